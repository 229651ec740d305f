/** The example that is the tutorial, run as a person runs it. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

const program = join(import.meta.dirname, "..", "..", "examples", "cheatsheet", "cheatsheet.js");

/** What it prints, with words for what is another each time. */
function expected({ owner, logDeliveryWrite }: { owner: string; logDeliveryWrite: string }): string {
  return `
Connect to S3
  two connections to ENDPOINT

Shortcut to connect
  just another way: true

Canned access control lists
  private: FULL_CONTROL ${owner}
  public-read: READ AllUsers, FULL_CONTROL ${owner}
  public-read-write: READ AllUsers, WRITE AllUsers, FULL_CONTROL ${owner}
  authenticated-read: READ AuthenticatedUsers, FULL_CONTROL ${owner}
  bucket-owner-read: FULL_CONTROL ${owner}
  bucket-owner-full-control: FULL_CONTROL ${owner}
  log-delivery-write: ${logDeliveryWrite}

Set ACL for bucket
  anyone lists it: AccessDenied
  after public-read: foobar

Set ACL for key object
  anyone reads it: AccessDenied
  after public-read: Hello, Houston

Set ACL for key object (via Key)
  after private: AccessDenied

Create bucket
  mybucket-ENDING

List buckets
  meetuphouston-ENDING
  mybucket-ENDING

Create key (store data)
  from/a/file: 11 bytes
  from/a/filename: 11 bytes
  from/a/stream: 11 bytes
  from/anything: 34 bytes
  this/whole/thing/is/a/key1: 15 bytes

Delete key (delete data)
  from/anything is still there: false

Get data (from key)
  This is my text
  This is my text
  This is my text

Copy files within bucket
  this/is/a/newfile: to be copied

Get bucket access control policy
  READ AllUsers
  FULL_CONTROL ${owner}

Set meta data
  {"meta1":"first value","meta2":"second value"}

Get meta data
  first value, second value

Download file
  65536 bytes
  65536 bytes
  65536 bytes
  3392 bytes

Configure storages
  photos/2026/cat.txt

Check if file or directory exists
  file: true
  directory: true
  neither: false

List directory
  directories: 2026; files: 

Delete file or directory
  photos is still there: false

A model with a file
  the column holds dummy/my_file.txt

Read its file
  Hello from a form
  path: NotImplementedError

Send it to a browser
  text/plain; charset=utf-8; attachment; filename=my_file.txt
  Hello from a form

Collect static files
  1 static file copied, 1 post-processed.
  /static/site.7ad257dbd776.css
`;
}

test("the cheat sheet runs from its first line to its last on the embedded server", async () => {
  assert.equal(
    await run({}),
    expected({
      owner: "owner",
      logDeliveryWrite: "WRITE LogDelivery, READ_ACP LogDelivery, FULL_CONTROL owner",
    }),
  );
});

const {
  STOWAGE_TEST_KIND: kind,
  STOWAGE_TEST_ENDPOINT: endpoint,
  STOWAGE_TEST_ACCESS_KEY: accessKeyId,
  STOWAGE_TEST_SECRET_KEY: secretAccessKey,
} = process.env;
const skip = kind !== "rgw" && "STOWAGE_TEST_ENDPOINT names no Ceph RGW (test/rgw/rgw.sh starts one)";

test("the cheat sheet runs the same on Ceph's gateway", { skip }, async () => {
  const environment = {
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  };
  assert.equal(await run(environment), expected({ owner: "Main User", logDeliveryWrite: "InvalidArgument" }));
});

async function run(environment: NodeJS.ProcessEnv): Promise<string> {
  // Nothing of the AWS account that whoever runs this may have.
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("AWS_")));
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [program], {
    env: { ...own, ...environment },
    timeout: 60_000,
  });
  assert.equal(stderr, "");
  return stdout
    .replace(/(?<=two connections to )http:\S+/, "ENDPOINT")
    .replaceAll(/(?<=(?:meetuphouston|mybucket)-)[0-9a-z]+/g, "ENDING");
}
