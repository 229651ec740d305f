/**
 * Starts the site by itself. `npm start` does it with a server beside it.
 *
 *     npm run build && cd examples/mysite && node --max-semi-space-size=1 ../../dist/examples/mysite/start.js
 *
 * The option keeps memory low: without it V8 lets 20 to 40 MiB more of garbage pile up while a large file passes.
 *
 * Without AWS_ENDPOINT_URL_S3 and AWS_STORAGE_BUCKET_NAME the S3 is in this process, and so is what it stores.
 */

import { startSite } from "./site.ts";

const { env } = process;
if (env["AWS_ENDPOINT_URL_S3"] === undefined && env["AWS_STORAGE_BUCKET_NAME"] === undefined) {
  const { addUser, createMemoryEngine, createServer } = await import("stowage/server");
  const engine = createMemoryEngine();
  const { key } = await addUser(engine, { name: "mysite" });
  env["AWS_ENDPOINT_URL_S3"] = (await createServer({ engine, port: 0 })).url;
  env["AWS_ACCESS_KEY_ID"] = key.accessKeyId;
  env["AWS_SECRET_ACCESS_KEY"] = key.secretAccessKey;
}
env["AWS_STORAGE_BUCKET_NAME"] ??= "mysite";

const site = await startSite({
  root: process.cwd(),
  port: Number(env["PORT"] ?? 8000),
  maxBytes: Number(env["MYSITE_MAX_BYTES"] ?? 4e9),
  databaseUrl: env["DATABASE_URL"],
  databaseDirectory: env["MYSITE_DATABASE"],
});
console.log(`mysite: ${site.url}`);
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => void site.close().then(() => process.exit()));
}
