/**
 * The options of the S3 backend: those of django-storages by the same names in camelCase, and of the old s3boto. Each is
 * an option, else a default of the class, else a variable of the environment with the name that Django's setting has.
 *
 * @see https://django-storages.readthedocs.io/en/latest/backends/amazon-S3.html
 */

import type { AclInput, ObjectProperties } from "../../client/inputs.ts";
import type { S3ClientOptions } from "../../client/settings.ts";
import type { CannedAcl } from "../../s3/acl.ts";

/** What is stored beside the bytes of a file, and who may read it. `headers` are for what has no field here. */
export interface ObjectParameters extends ObjectProperties, AclInput {
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** How files are cut for the way. */
export interface TransferConfig {
  /** At least 5 MiB. Default: 8 MiB. */
  readonly partSizeBytes?: number | undefined;
  /** Parts under way at once. Default: 4. */
  readonly concurrency?: number | undefined;
}

/** Signs a URL of CloudFront until it expires. */
export type CloudFrontSigner = (url: string, expires: Date) => string | Promise<string>;

export interface S3Options {
  /** Environment: AWS_S3_ACCESS_KEY_ID, AWS_ACCESS_KEY_ID. Without keys AWS's chain finds them. */
  readonly accessKey?: string | undefined;
  /** Environment: AWS_S3_SECRET_ACCESS_KEY, AWS_SECRET_ACCESS_KEY. */
  readonly secretKey?: string | undefined;
  /** Of temporary keys. Environment, where the keys are from there: AWS_SESSION_TOKEN, AWS_SECURITY_TOKEN. */
  readonly securityToken?: string | undefined;
  /** A profile of AWS's shared files, instead of keys. Environment: AWS_S3_SESSION_PROFILE. */
  readonly sessionProfile?: string | undefined;
  /** Environment: AWS_STORAGE_BUCKET_NAME. */
  readonly bucketName?: string | undefined;
  /** Environment: AWS_S3_REGION_NAME, then as the client. */
  readonly regionName?: string | undefined;
  /** Environment: AWS_S3_ENDPOINT_URL, then as the client: AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL. */
  readonly endpointUrl?: string | undefined;
  /** For an endpoint without a scheme, and Amazon's own. Environment: AWS_S3_USE_SSL. Default: true. */
  readonly useSsl?: boolean | undefined;
  /** The file of certificates to trust, in PEM. Environment: AWS_S3_VERIFY. Default: the system's. */
  readonly verify?: boolean | string | undefined;
  /** Environment: AWS_S3_ADDRESSING_STYLE. Default: `virtual` on AWS, `path` elsewhere. */
  readonly addressingStyle?: "auto" | "virtual" | "path" | undefined;
  /** `s3v4`, or `s3` for version 2. Environment: AWS_S3_SIGNATURE_VERSION. Default: `s3v4`. */
  readonly signatureVersion?: "s3v4" | "s3" | undefined;
  /** A proxy for each scheme: `{ https: "http://proxy:3128" }`. */
  readonly proxies?: { readonly http?: string; readonly https?: string } | undefined;
  /** Options of the client, over all others. */
  readonly clientConfig?: S3ClientOptions | undefined;
  readonly transferConfig?: TransferConfig | undefined;
  /** What keys begin with; names do not show it. Environment: AWS_LOCATION. Default: none. */
  readonly location?: string | undefined;
  /** Whether save() replaces a file of the same name. Environment: AWS_S3_FILE_OVERWRITE. Default: true. */
  readonly fileOverwrite?: boolean | undefined;
  /** For every file, or by its name. */
  readonly objectParameters?: ObjectParameters | ((name: string) => ObjectParameters) | undefined;
  /** Environment: AWS_DEFAULT_ACL. Default: none, and the bucket decides. */
  readonly defaultAcl?: CannedAcl | undefined;
  /** Compress what compresses well. Environment: AWS_IS_GZIPPED. Default: false. */
  readonly gzip?: boolean | undefined;
  /** What gzip is for. Default: CSS, JavaScript and SVG. */
  readonly gzipContentTypes?: readonly string[] | undefined;
  /** The most memory for the parts of one upload, in bytes. Environment: AWS_S3_MAX_MEMORY_SIZE. Default: 0, any. */
  readonly maxMemorySize?: number | undefined;
  /** Parts of a file that open() writes, in bytes. Environment: AWS_S3_FILE_BUFFER_SIZE. Default: 5 MiB. */
  readonly fileBufferSize?: number | undefined;
  /** Whether URLs are signed. Environment: AWS_QUERYSTRING_AUTH. Default: true. */
  readonly querystringAuth?: boolean | undefined;
  /** How long signed URLs work, in seconds. Environment: AWS_QUERYSTRING_EXPIRE. Default: 3,600. */
  readonly querystringExpire?: number | undefined;
  /** Of a custom domain. Environment: AWS_S3_URL_PROTOCOL. Default: `https:`. */
  readonly urlProtocol?: "https:" | "http:" | undefined;
  /** The host for URLs, such as that of a CDN; a path may follow. Environment: AWS_S3_CUSTOM_DOMAIN. */
  readonly customDomain?: string | undefined;
  /** With cloudfrontKey: URLs of the custom domain are signed for CloudFront. Environment: AWS_CLOUDFRONT_KEY_ID. */
  readonly cloudfrontKeyId?: string | undefined;
  /** An RSA private key in PEM. Environment: AWS_CLOUDFRONT_KEY. */
  readonly cloudfrontKey?: string | undefined;
  /** Signs instead of the key; null signs nothing. */
  readonly cloudfrontSigner?: CloudFrontSigner | null | undefined;
  /** Make the bucket where it is not there. Environment: AWS_AUTO_CREATE_BUCKET. Default: false. */
  readonly autoCreateBucket?: boolean | undefined;
  /** Of a bucket that is made. Environment: AWS_BUCKET_ACL. Default: private. */
  readonly bucketAcl?: CannedAcl | undefined;
  /** Store with less redundancy. Environment: AWS_REDUCED_REDUNDANCY. Default: false. */
  readonly reducedRedundancy?: boolean | undefined;
  /** Have the server encrypt. Environment: AWS_S3_ENCRYPTION. Default: false. */
  readonly encryption?: boolean | undefined;
  /** Answer exists() and size() from one listing made at the first call. Environment: AWS_PRELOAD_METADATA. Default: false. */
  readonly preloadMetadata?: boolean | undefined;
}
