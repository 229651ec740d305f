/** Which function carries out which operation, and what it must be given. */

import type { BucketContext, Context, ObjectContext, OpenContext, S3Response } from "../context.ts";
import { getBucketAcl, getObjectAcl, putBucketAcl, putObjectAcl } from "./acl.ts";
import { deleteBucketEncryption, getBucketEncryption, putBucketEncryption } from "./bucket-encryption.ts";
import {
  createBucketOperation,
  deleteBucketOperation,
  getBucketLocationOperation,
  headBucketOperation,
  listBucketsOperation,
} from "./buckets.ts";
import { copyObjectOperation } from "./copy-object.ts";
import { deleteBucketCors, getBucketCors, putBucketCors } from "./cors.ts";
import { deleteObjectOperation, deleteObjects } from "./delete-objects.ts";
import { getObject, headObjectOperation } from "./get-object.ts";
import { deleteBucketLifecycle, getBucketLifecycle, putBucketLifecycle } from "./lifecycle.ts";
import { listObjectsV1, listObjectsV2 } from "./list-objects.ts";
import {
  abortMultipartUpload,
  completeMultipartUpload,
  createMultipartUpload,
  listMultipartUploads,
  listPartsOperation,
  uploadPart,
  uploadPartCopy,
} from "./multipart.ts";
import {
  deleteBucketOwnershipControls,
  getBucketOwnershipControls,
  putBucketOwnershipControls,
} from "./ownership-controls.ts";
import { deleteBucketPolicy, getBucketPolicy, getBucketPolicyStatus, putBucketPolicy } from "./policy.ts";
import { getObjectAttributes } from "./object-attributes.ts";
import { getBucketLogging, putBucketLogging } from "./logging.ts";
import { getBucketNotification, putBucketNotification } from "./notification.ts";
import {
  getObjectLegalHold,
  getObjectLockConfiguration,
  getObjectRetention,
  putObjectLegalHold,
  putObjectLockConfiguration,
  putObjectRetention,
} from "./object-lock.ts";
import { getBucketVersioning, listObjectVersions, putBucketVersioning } from "./versioning.ts";
import { postObject } from "./post-object.ts";
import {
  deletePublicAccessBlock,
  getPublicAccessBlock,
  putPublicAccessBlock,
} from "./public-access-block.ts";
import { renameObjectOperation } from "./rename-object.ts";
import { getBucketRequestPayment, putBucketRequestPayment } from "./request-payment.ts";
import { restoreObject } from "./restore-object.ts";
import {
  deleteNothing,
  getBucketAbac,
  getBucketAccelerate,
  noConfigurations,
  noSuchConfiguration,
  notFound,
  putBucketAbac,
  putBucketAccelerate,
  refuseConfiguration,
} from "./unconfigured.ts";
import { putObjectOperation } from "./put-object.ts";
import {
  deleteBucketTagging,
  deleteObjectTagging,
  getBucketTagging,
  getObjectTagging,
  putBucketTagging,
  putObjectTagging,
} from "./tagging.ts";
import { deleteBucketWebsite, getBucketWebsite, putBucketWebsite } from "./website.ts";

type Run<C> = (context: C) => Promise<S3Response>;

/** What must exist before an operation runs, and the function that runs. */
export type Handler = Needs & {
  /** The feature is not there: the operation answers as AWS does where nobody configured it. */
  readonly withoutFeature?: true;
};

type Needs =
  | { readonly needs: "nothing"; readonly run: Run<Context> }
  | {
      readonly needs: "bucket";
      readonly run: Run<BucketContext>;
      readonly authorizesItself?: true;
      /** An operation on an object that resolves `?versionId=` itself. */
      readonly takesVersionId?: true;
    }
  | { readonly needs: "info"; readonly run: Run<ObjectContext> }
  | { readonly needs: "object"; readonly run: Run<OpenContext> };

const nothing = (run: Run<Context>): Handler => ({ needs: "nothing", run });
const bucket = (run: Run<BucketContext>): Handler => ({ needs: "bucket", run });
const unconfigured = (run: Run<BucketContext>): Handler => ({ needs: "bucket", run, withoutFeature: true });
const version = (run: Run<BucketContext>): Handler => ({ needs: "bucket", run, takesVersionId: true });
const info = (run: Run<ObjectContext>): Handler => ({ needs: "info", run });
const object = (run: Run<OpenContext>): Handler => ({ needs: "object", run });

/** Handlers of what there is none of: an empty list, no single one, and none that could be put. */
const namedConfigurations = (name: string, listRoot: string): [name: string, handler: Handler][] => [
  [`ListBucket${name}Configurations`, unconfigured(noConfigurations(listRoot))],
  [`GetBucket${name}Configuration`, unconfigured(noSuchConfiguration)],
  [`PutBucket${name}Configuration`, unconfigured(refuseConfiguration(name))],
  [`DeleteBucket${name}Configuration`, unconfigured(noSuchConfiguration)],
];

/** By the operation's name, as in `s3/operations.ts`. */
export const handlers: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ["ListBuckets", nothing(listBucketsOperation)],
  ["CreateBucket", nothing(createBucketOperation)],
  ["DeleteBucket", bucket(deleteBucketOperation)],
  ["HeadBucket", bucket(headBucketOperation)],
  ["ListObjects", bucket(listObjectsV1)],
  ["ListObjectsV2", bucket(listObjectsV2)],
  ["GetBucketLocation", bucket(getBucketLocationOperation)],
  ["GetBucketAcl", bucket(getBucketAcl)],
  ["PutBucketAcl", bucket(putBucketAcl)],
  ["GetBucketCors", bucket(getBucketCors)],
  ["PutBucketCors", bucket(putBucketCors)],
  ["DeleteBucketCors", bucket(deleteBucketCors)],
  ["GetBucketTagging", bucket(getBucketTagging)],
  ["PutBucketTagging", bucket(putBucketTagging)],
  ["DeleteBucketTagging", bucket(deleteBucketTagging)],
  ["GetBucketLifecycleConfiguration", bucket(getBucketLifecycle)],
  ["PutBucketLifecycleConfiguration", bucket(putBucketLifecycle)],
  ["GetBucketNotificationConfiguration", bucket(getBucketNotification)],
  ["PutBucketNotificationConfiguration", bucket(putBucketNotification)],
  ["GetBucketLogging", bucket(getBucketLogging)],
  ["PutBucketLogging", bucket(putBucketLogging)],
  ["DeleteBucketLifecycle", bucket(deleteBucketLifecycle)],
  ["GetBucketPolicy", bucket(getBucketPolicy)],
  ["PutBucketPolicy", bucket(putBucketPolicy)],
  ["DeleteBucketPolicy", bucket(deleteBucketPolicy)],
  ["GetBucketPolicyStatus", bucket(getBucketPolicyStatus)],
  ["GetPublicAccessBlock", bucket(getPublicAccessBlock)],
  ["PutPublicAccessBlock", bucket(putPublicAccessBlock)],
  ["DeletePublicAccessBlock", bucket(deletePublicAccessBlock)],
  ["GetBucketOwnershipControls", bucket(getBucketOwnershipControls)],
  ["PutBucketOwnershipControls", bucket(putBucketOwnershipControls)],
  ["DeleteBucketOwnershipControls", bucket(deleteBucketOwnershipControls)],
  ["GetBucketEncryption", bucket(getBucketEncryption)],
  ["PutBucketEncryption", bucket(putBucketEncryption)],
  ["DeleteBucketEncryption", bucket(deleteBucketEncryption)],
  ["GetBucketWebsite", bucket(getBucketWebsite)],
  ["PutBucketWebsite", bucket(putBucketWebsite)],
  ["DeleteBucketWebsite", bucket(deleteBucketWebsite)],
  ["GetBucketRequestPayment", bucket(getBucketRequestPayment)],
  ["PutBucketRequestPayment", bucket(putBucketRequestPayment)],
  ["GetBucketAccelerateConfiguration", unconfigured(getBucketAccelerate)],
  ["PutBucketAccelerateConfiguration", unconfigured(putBucketAccelerate)],
  ["GetBucketAbac", unconfigured(getBucketAbac)],
  ["PutBucketAbac", unconfigured(putBucketAbac)],
  ["GetBucketReplication", unconfigured(notFound("ReplicationConfigurationNotFoundError"))],
  ["PutBucketReplication", unconfigured(refuseConfiguration("Replication"))],
  ["DeleteBucketReplication", unconfigured(deleteNothing)],
  ["GetBucketMetadataConfiguration", unconfigured(notFound("MetadataConfigurationNotFound"))],
  ["GetBucketMetadataTableConfiguration", unconfigured(notFound("MetadataConfigurationNotFound"))],
  ...namedConfigurations("Inventory", "ListInventoryConfigurationsResult"),
  ...namedConfigurations("Analytics", "ListBucketAnalyticsConfigurationResult"),
  ...namedConfigurations("Metrics", "ListMetricsConfigurationsResult"),
  ...namedConfigurations("IntelligentTiering", "ListBucketIntelligentTieringConfigurationsOutput"),
  ["GetBucketVersioning", bucket(getBucketVersioning)],
  ["PutBucketVersioning", bucket(putBucketVersioning)],
  ["ListObjectVersions", bucket(listObjectVersions)],
  ["GetObjectLockConfiguration", bucket(getObjectLockConfiguration)],
  ["PutObjectLockConfiguration", bucket(putObjectLockConfiguration)],
  ["ListMultipartUploads", bucket(listMultipartUploads)],
  ["DeleteObjects", { needs: "bucket", run: deleteObjects, authorizesItself: true }],
  ["PostObject", { needs: "bucket", run: postObject, authorizesItself: true }],
  ["GetObject", object(getObject)],
  ["HeadObject", object(headObjectOperation)],
  ["PutObject", bucket(putObjectOperation)],
  ["CopyObject", bucket(copyObjectOperation)],
  ["DeleteObject", version(deleteObjectOperation)],
  ["RenameObject", bucket(renameObjectOperation)],
  ["RestoreObject", { ...info(restoreObject), withoutFeature: true }],
  ["GetObjectAttributes", object(getObjectAttributes)],
  ["GetObjectRetention", version(getObjectRetention)],
  ["PutObjectRetention", version(putObjectRetention)],
  ["GetObjectLegalHold", version(getObjectLegalHold)],
  ["PutObjectLegalHold", version(putObjectLegalHold)],
  ["GetObjectAcl", info(getObjectAcl)],
  ["PutObjectAcl", info(putObjectAcl)],
  ["GetObjectTagging", info(getObjectTagging)],
  ["PutObjectTagging", info(putObjectTagging)],
  ["DeleteObjectTagging", info(deleteObjectTagging)],
  ["CreateMultipartUpload", bucket(createMultipartUpload)],
  ["UploadPart", bucket(uploadPart)],
  ["UploadPartCopy", bucket(uploadPartCopy)],
  ["ListParts", bucket(listPartsOperation)],
  ["CompleteMultipartUpload", bucket(completeMultipartUpload)],
  ["AbortMultipartUpload", bucket(abortMultipartUpload)],
]);
