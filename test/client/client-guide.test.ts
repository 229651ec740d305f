/** The programs of docs/guides/client.md, run as they stand. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { startTestServer, type TestServer } from "../support/server.ts";
import { ownersEnvironment, programsOf } from "./guide-programs.ts";

const programs = programsOf("client");

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
  ["max-age=3600 Ada undefined STANDARD_IA", "2"],
  ["200", 'attachment; filename="for you.txt" from anybody'],
  ["5 hello", "a.txt 5", "NoSuchKey"],
];

const headings = [
  "Connect",
  "Bodies",
  "Changing what is stored",
  "URLs for others",
  "Coming from Amazon's SDK",
];

for (const [at, heading] of headings.entries()) {
  test(`docs/guides/client.md, "${heading}", does what it says`, async () => {
    assert.equal(programs.length, expected.length);
    const program = join(scratch, `${at}.mjs`);
    writeFileSync(program, programs[at] ?? "");
    const env = ownersEnvironment(server);
    const { stdout } = await promisify(execFile)(process.execPath, [program], { env, cwd: scratch });
    assert.deepEqual(stdout.trim().split("\n"), expected[at]);
  });
}
