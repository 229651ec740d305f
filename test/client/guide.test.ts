/** The programs of docs/guides/versions.md, run as they stand. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { owner, startTestServer, type TestServer } from "../support/server.ts";

const guide = readFileSync("docs/guides/versions.md", "utf8");
const programs = Array.from(guide.matchAll(/```js\n([\s\S]*?)```/g), ([, code = ""]) => code);

describe("docs/guides/versions.md", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer();
  });
  after(() => server.close());

  async function run(code: string): Promise<string[]> {
    const env = {
      PATH: process.env["PATH"],
      AWS_ENDPOINT_URL_S3: server.server.url,
      AWS_ACCESS_KEY_ID: owner.accessKeyId,
      AWS_SECRET_ACCESS_KEY: owner.secretAccessKey,
      AWS_REGION: "us-east-1",
    };
    // From the package's root, where "stowage/client" is the package itself.
    const args = ["--input-type=module", "--eval", code];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    return stdout.trim().split("\n");
  }

  it("keeps versions as it says", async () => {
    const lines = await run(programs[0] ?? "");
    assert.deepEqual(
      lines.map((line) => line.replace(/[0-9a-f]{32}/, "ID")),
      [
        "null",
        "draft.txt ID true true",
        "draft.txt ID false false",
        "draft.txt ID false false",
        "Dear Sir",
        "Dear Sir",
      ],
    );
  });

  it("locks as it says", async () => {
    assert.equal(programs.length, 2);
    assert.deepEqual(await run(programs[1] ?? ""), ["AccessDenied"]);
  });
});
