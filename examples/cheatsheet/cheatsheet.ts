/**
 * The tutorial "A basic understanding of Python and Django with S3", in its order, in TypeScript: first S3 itself, then
 * files in an application. What is left out of it is the site that comes out of it, examples/mysite.
 *
 *     npm run build && node dist/examples/cheatsheet/cheatsheet.js
 *
 * AWS_ENDPOINT_URL_S3, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY name the S3 that it talks to; without an endpoint it
 * starts one in this process. It makes two buckets and removes them again.
 */

import { createReadStream } from "node:fs";
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Bucket,
  CannedACL,
  type CannedAcl,
  connectS3,
  Key,
  S3Connection,
  S3ResponseError,
} from "stowage/client";
import { fileField, withFiles } from "stowage/fields";
import { fileResponse } from "stowage/http";
import { addUser, createMemoryEngine, createServer } from "stowage/server";
import { collectStatic, createStaticSite, openStaticFiles, summaryOf } from "stowage/static";
import { createStorages, defineConfig, s3 } from "stowage/storage";

const { endpoint, accessKeyId, secretAccessKey, stopServer } = await findS3();
const directory = await mkdtemp(join(tmpdir(), "cheatsheet-"));

title("Connect to S3");
const anyone = new S3Connection({ anon: true, endpoint }); // access to public files
const owner = new S3Connection(accessKeyId, secretAccessKey, { endpoint }); // access to all files
show(`two connections to ${endpoint}`);

title("Shortcut to connect");
const conn = connectS3(accessKeyId, secretAccessKey, { endpoint });
show(`just another way: ${conn instanceof S3Connection}`);

// The tutorial finds a bucket with a key in it. All users share the names of buckets, so ours get an ending of their own.
const ending = Date.now().toString(36);
const meetup = await conn.createBucket(`meetuphouston-${ending}`);
await meetup.newKey("foobar").setContentsFromString("Hello, Houston");
const created = [meetup];

try {
  title("Canned access control lists");
  for (const acl of Object.values(CannedACL)) {
    // The last one is for buckets only. Ceph has none of it.
    const subject = acl === CannedACL.logDeliveryWrite ? meetup : meetup.newKey("foobar");
    show(`${acl}: ${await outcome(grantsBy(acl, subject))}`);
    await subject.setAcl(CannedACL.private);
  }

  title("Set ACL for bucket");
  const bucket = await conn.getBucket(meetup.name); // throws where there is none
  const publicBucket = await anyone.getBucket(meetup.name, { validate: false });
  show(`anyone lists it: ${await outcome(namesIn(publicBucket))}`);
  await bucket.setAcl("public-read");
  show(`after public-read: ${await outcome(namesIn(publicBucket))}`);

  title("Set ACL for key object");
  const publicKey = publicBucket.newKey("foobar");
  show(`anyone reads it: ${await outcome(publicKey.getContentsAsString())}`);
  await bucket.setAcl("public-read", "foobar");
  show(`after public-read: ${await outcome(publicKey.getContentsAsString())}`);

  title("Set ACL for key object (via Key)");
  const foobar = new Key(bucket);
  foobar.key = "foobar";
  await foobar.setAcl("private");
  show(`after private: ${await outcome(publicKey.getContentsAsString())}`);

  title("Create bucket");
  const mybucket = await conn.createBucket(`mybucket-${ending}`);
  created.push(mybucket);
  show(mybucket.name);

  title("List buckets");
  const buckets = await conn.getAllBuckets();
  for (const { name } of buckets) if (name.endsWith(ending)) show(name);

  title("Create key (store data)");
  const key = new Key(mybucket);
  key.key = "this/whole/thing/is/a/key1";
  await key.setContentsFromString("This is my text");
  const path = join(directory, "report.txt");
  await writeFile(path, "From a file");
  const report = await open(path);
  await mybucket.newKey("from/a/file").setContentsFromFile(report);
  await report.close();
  await mybucket.newKey("from/a/filename").setContentsFromFilename(path);
  await mybucket.newKey("from/a/stream").setContentsFromStream(createReadStream(path)); // of unknown length
  await mybucket.newKey("from/anything").put(new Blob(["put() takes all of these, and more"]));
  for await (const { name, size } of mybucket) show(`${name}: ${size} bytes`);

  title("Delete key (delete data)");
  await mybucket.deleteKey("from/anything");
  show(`from/anything is still there: ${await mybucket.newKey("from/anything").exists()}`);

  title("Get data (from key)");
  show(await key.getContentsAsString());
  const copyOfFile = await open(join(directory, "by-handle"), "w");
  await key.getContentsToFile(copyOfFile);
  await copyOfFile.close();
  show(await readFile(join(directory, "by-handle"), "utf8"));
  await key.getContentsToFilename(join(directory, "by-name"));
  show(await readFile(join(directory, "by-name"), "utf8"));

  title("Copy files within bucket");
  key.key = "this/is/a/file";
  await key.setContentsFromString("to be copied");
  const copy = await key.copy(mybucket.name, "this/is/a/newfile"); // on the server
  show(`${copy.name}: ${await copy.text()}`);

  title("Get bucket access control policy");
  const acp = await bucket.getAcl();
  for (const grant of acp.acl.grants) show(`${grant.permission} ${grant.grantee}`);

  title("Set meta data");
  key.key = "has_metadata.txt";
  key.setMetadata("meta1", "first value");
  key.setMetadata("meta2", "second value");
  await key.setContentsFromString("some data"); // takes the metadata along
  show(JSON.stringify(key.metadata));

  title("Get meta data");
  const found = await (await owner.getBucket(mybucket.name)).getKey("has_metadata.txt");
  show(`${found?.getMetadata("meta1")}, ${found?.getMetadata("meta2")}`);

  title("Download file");
  key.key = "some-file-on-s3.txt";
  await key.setContentsFromString("0123456789".repeat(20_000));
  const download = await open(join(directory, "some-file-from-s3.txt"), "w");
  for (let bytes = await key.read(65_536); bytes.length > 0; bytes = await key.read(65_536)) {
    await download.write(bytes);
    show(`${bytes.length} bytes`);
  }
  await download.close();

  title("Configure storages");
  const place = { endpointUrl: endpoint, accessKey: accessKeyId, secretKey: secretAccessKey };
  const config = defineConfig({
    storages: {
      default: () => s3({ ...place, bucketName: mybucket.name, location: "media" }),
      staticfiles: () => s3({ ...place, bucketName: mybucket.name, location: "static" }),
    },
    static: { directories: [join(directory, "static")] },
  });
  const storages = createStorages(config); // an application leaves config in stowage.config.ts, and imports storages
  const storage = storages.default;
  show(await storage.save("photos/2026/cat.txt", "Meow"));

  title("Check if file or directory exists");
  show(`file: ${await storage.exists("photos/2026/cat.txt")}`);
  show(`directory: ${await storage.exists("photos/2026")}`);
  show(`neither: ${await storage.exists("photos/2025")}`);

  title("List directory");
  const [directories, files] = await storage.listdir("photos");
  show(`directories: ${directories.join(", ")}; files: ${files.join(", ")}`);

  title("Delete file or directory");
  await storage.delete("photos"); // with all that is in it
  show(`photos is still there: ${await storage.exists("photos")}`);

  title("A model with a file");
  const formField = fileField("form_field", { uploadTo: "dummy", storage });
  const upload = new File(["Hello from a form"], "my file.txt");
  // Stored before the record is, and removed where that fails. With Drizzle: insertWithFiles(db, myObjects, { formField: upload }).
  const row = await withFiles((changes) => changes.store({ formField }, { formField: upload }));
  show(`the column holds ${row.formField}`);

  title("Read its file");
  const file = formField.of(row, row.formField);
  show(await (await storage.open(file.name)).text());
  try {
    show(file.path);
  } catch (error) {
    show(`path: ${(error as Error).name}`);
  }

  title("Send it to a browser");
  const response = fileResponse(await file.open(), { attachment: true });
  show(`${response.headers.get("content-type")}; ${response.headers.get("content-disposition")}`);
  show(await response.text());

  title("Collect static files");
  await mkdir(join(directory, "static"));
  await writeFile(join(directory, "static/site.css"), "body { color: teal }");
  const site = createStaticSite(config, { storages });
  show(summaryOf(await collectStatic(site)));
  const { url } = await openStaticFiles({ ...site, url: "/static/" }, { development: false });
  show(url("site.css"));
  await Promise.all([storage.close(), storages.staticfiles.close()]);
} finally {
  for (const bucket of created) {
    await bucket.deleteKeys(bucket.list());
    await bucket.delete();
  }
  await Promise.all([anyone.close(), owner.close(), conn.close()]);
  await stopServer();
  await rm(directory, { recursive: true });
}

/** The S3 of the environment, or else one in memory that ends with this process. */
async function findS3(): Promise<{
  endpoint: string;
  accessKeyId: string;
  secretAccessKey: string;
  stopServer: () => Promise<void>;
}> {
  const { AWS_ENDPOINT_URL_S3, AWS_ACCESS_KEY_ID = "", AWS_SECRET_ACCESS_KEY = "" } = process.env;
  if (AWS_ENDPOINT_URL_S3 !== undefined) {
    return {
      endpoint: AWS_ENDPOINT_URL_S3,
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      stopServer: () => Promise.resolve(),
    };
  }
  const engine = createMemoryEngine();
  const { key } = await addUser(engine, { name: "owner" });
  const server = await createServer({ engine, port: 0 });
  return { endpoint: server.url, ...key, stopServer: () => server.close() };
}

/** What came of a request: its result, or the code of the error that S3 answered. */
async function outcome(request: Promise<string>): Promise<string> {
  return request.catch((error: unknown) => {
    if (error instanceof S3ResponseError) return error.code;
    throw error;
  });
}

async function grantsBy(acl: CannedAcl, subject: Bucket | Key): Promise<string> {
  await subject.setAcl(acl);
  const { grants } = (await subject.getAcl()).acl;
  return grants.map(({ permission, grantee }) => `${permission} ${grantee}`).join(", ");
}

async function namesIn(bucket: Bucket): Promise<string> {
  const names: string[] = [];
  for await (const { name } of bucket) names.push(name);
  return names.join(", ");
}

function title(text: string): void {
  console.log(`\n${text}`);
}

function show(text: string): void {
  console.log(`  ${text}`);
}
