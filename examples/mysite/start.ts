/**
 * Starts the site. It runs in the folder of its stowage.config.ts:
 *
 *     npm run build && cd examples/mysite && node ../../dist/examples/mysite/start.js
 *
 * Without AWS_ENDPOINT_URL_S3 and AWS_STORAGE_BUCKET_NAME the S3 is in this process, and so is what it stores.
 */

import type { AddressInfo } from "node:net";
import { directUpload } from "stowage/direct-upload";
import { addUser, createMemoryEngine, createServer } from "stowage/server";
import { collectStatic, createStaticSite, openStaticFiles, summaryOf, useStatic } from "stowage/static";
import { useConfig } from "stowage/storage";
import { createApp } from "./app.ts";
import { nameFor, openDatabase } from "./models.ts";
import config from "./stowage.config.ts";

const { env } = process;
if (env["AWS_ENDPOINT_URL_S3"] === undefined && env["AWS_STORAGE_BUCKET_NAME"] === undefined) {
  const engine = createMemoryEngine();
  const { key } = await addUser(engine, { name: "mysite" });
  env["AWS_ENDPOINT_URL_S3"] = (await createServer({ engine, port: 0 })).url;
  env["AWS_ACCESS_KEY_ID"] = key.accessKeyId;
  env["AWS_SECRET_ACCESS_KEY"] = key.secretAccessKey;
}
env["AWS_STORAGE_BUCKET_NAME"] ??= "mysite";
useConfig(config);

// As `stowage collectstatic` does it where a site is deployed. What is there already is not sent again.
const site = createStaticSite(config);
console.log(summaryOf(await collectStatic(site)));
const staticFiles = await openStaticFiles(site, { development: false });
useStatic(staticFiles);

const storage = config.storages.default();
const types = "image/*,audio/*,video/*,application/pdf,text/plain,text/csv,application/zip".split(",");
const maxBytes = Number(env["MYSITE_MAX_BYTES"] ?? 4e9);
const app = createApp({
  db: await openDatabase(env["MYSITE_DATABASE"]),
  forms: { storage, name: nameFor, maxLength: 100, types, maxFileBytes: maxBytes, fields: ["file"] },
  // Through the application; without relayPath straight to S3, whose bucket must then allow it to this site by CORS.
  directUploads: directUpload({ storage, name: nameFor, types, maxBytes, relayPath: "/uploads" }),
  staticFiles,
});
const server = app.listen(Number(env["PORT"] ?? 8000), "127.0.0.1", (error) => {
  if (error !== undefined) throw error;
  console.log(`mysite: http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
