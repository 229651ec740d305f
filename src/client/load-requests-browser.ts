/**
 * Everything that sends, at once: over a network one file costs less than two. Named one by one: of `import *` a bundler makes more.
 */

import {
  checkTarget,
  copyObject,
  createBucket,
  deleteBucket,
  deleteObject,
  deleteObjects,
  getBucketLocation,
  getObject,
  headBucket,
  headObject,
  listBuckets,
  listObjects,
  listObjectsV2,
  putObject,
} from "./operations.ts";
import { request } from "./request.ts";
import type * as Requests from "./requests.ts";

const loaded: typeof Requests = {
  checkTarget,
  copyObject,
  createBucket,
  deleteBucket,
  deleteObject,
  deleteObjects,
  getBucketLocation,
  getObject,
  headBucket,
  headObject,
  listBuckets,
  listObjects,
  listObjectsV2,
  putObject,
  request,
};

export async function requests(): Promise<typeof Requests> {
  return loaded;
}
