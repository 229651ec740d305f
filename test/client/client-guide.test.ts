/** The programs of docs/guides/client.md, run as they stand. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { owner, startTestServer, type TestServer } from "../support/server.ts";

const guide = readFileSync("docs/guides/client.md", "utf8");
const programs = Array.from(guide.matchAll(/```js\n([\s\S]*?)```/g), ([, code = ""]) => code);

let server: TestServer;
let scratch = "";
before(async () => {
  // Inside the package, so that "stowage/client" is the package itself.
  scratch = mkdtempSync(resolve("dist/client-guide-"));
  server = await startTestServer();
});
after(async () => {
  rmSync(scratch, { recursive: true });
  await server.close();
});

const expected = [
  ["12 text/csv sales", "null", "NoSuchBucket 404"],
  ["20000000", "[ 1, 2 ]", "film.bin 20000000"],
  ["200", 'attachment; filename="for you.txt" from anybody'],
];

for (const [at, heading] of ["Connect", "Bodies", "URLs for others"].entries()) {
  test(`docs/guides/client.md, "${heading}", does what it says`, async () => {
    assert.equal(programs.length, expected.length);
    const program = join(scratch, `${at}.mjs`);
    writeFileSync(program, programs[at] ?? "");
    const env = {
      PATH: process.env["PATH"],
      AWS_ENDPOINT_URL_S3: server.server.url,
      AWS_ACCESS_KEY_ID: owner.accessKeyId,
      AWS_SECRET_ACCESS_KEY: owner.secretAccessKey,
      AWS_REGION: "us-east-1",
    };
    const { stdout } = await promisify(execFile)(process.execPath, [program], { env, cwd: scratch });
    assert.deepEqual(stdout.trim().split("\n"), expected[at]);
  });
}
