/** Where files are: in the bucket that AWS_STORAGE_BUCKET_NAME names, on the S3 that AWS_ENDPOINT_URL_S3 and the keys do. */

import { defineConfig, type S3Storage, type StowageConfig, s3 } from "stowage/storage";

interface Config extends StowageConfig {
  readonly storages: { readonly default: () => S3Storage; readonly staticfiles: () => S3Storage };
}

const config: Config = defineConfig({
  storages: {
    // What people upload. Two who upload a cat.jpg get two files.
    default: () => s3({ location: "media", fileOverwrite: false, autoCreateBucket: true }),
    // What `stowage collectstatic` collects from the folder static/.
    staticfiles: () => s3({ location: "static", autoCreateBucket: true }),
  },
  // The bucket is private: the application serves them.
  static: { url: "/static/" },
});
export default config;
