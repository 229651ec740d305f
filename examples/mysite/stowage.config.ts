/** Where files are: in the bucket that AWS_STORAGE_BUCKET_NAME names, on the S3 that AWS_ENDPOINT_URL_S3 and the keys do. */

import { withFileUses } from "stowage/fields";
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

/** For `stowage orphans`, on the database of DATABASE_URL: a PGlite has one process at a time, and that is the site. */
const withUses: Config = withFileUses(config, async () => {
  const url = process.env["DATABASE_URL"];
  if (url === undefined) throw new Error("DATABASE_URL does not say where the records are");
  const [{ openDatabase }, { fileUse }] = await Promise.all([import("./database.ts"), import("./models.ts")]);
  const { db, close } = await openDatabase({ url });
  return [{ ...fileUse(db), close }];
});
export default withUses;
