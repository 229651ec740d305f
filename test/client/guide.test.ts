/** The programs of docs/guides/versions.md, run as they stand. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { startTestServer, type TestServer } from "../support/server.ts";
import { ownersEnvironment, programsOf } from "./guide-programs.ts";

const programs = programsOf("versions");

describe("docs/guides/versions.md", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer();
  });
  after(() => server.close());

  async function run(code: string): Promise<string[]> {
    const env = ownersEnvironment(server);
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

  it("takes changes back as it says", async () => {
    // Three versions were written, two by the undo and one by the restoration.
    assert.deepEqual(await run(programs[1] ?? ""), ["delete june.txt", "restore may.txt", "as agreed", "6"]);
  });

  it("locks as it says", async () => {
    assert.equal(programs.length, 3);
    assert.deepEqual(await run(programs[2] ?? ""), ["AccessDenied"]);
  });
});
