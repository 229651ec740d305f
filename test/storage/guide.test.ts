/** The programs of docs/guides/storage.md, run as they stand: on disk, and the same on S3. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { startTestServer, type TestServer } from "../../src/testing.ts";

const guide = readFileSync("docs/guides/storage.md", "utf8");
const programs = Array.from(
  guide.matchAll(/```ts\n\/\/ (\S+)\n([\s\S]*?)```/g),
  ([, file = "", code = ""]) => ({
    file,
    code,
  }),
);

describe("docs/guides/storage.md", () => {
  let scratch = "";
  let server: TestServer;

  before(async () => {
    server = await startTestServer();
    // Inside the package, so that "stowage/storage" is the package itself.
    mkdirSync("dist", { recursive: true });
    scratch = mkdtempSync(resolve("dist/guide-"));
  });
  after(async () => {
    rmSync(scratch, { recursive: true, force: true });
    await server.close();
  });

  /** Writes the configuration number `config` and every program, and runs those named, in one process. */
  async function run(
    config: number,
    names: readonly string[],
    env: Record<string, string>,
  ): Promise<string[]> {
    const directory = mkdtempSync(join(scratch, "site-"));
    const configs = programs.filter(({ file }) => file === "stowage.config.ts");
    for (const { file, code } of programs) writeFileSync(join(directory, file), code);
    writeFileSync(join(directory, "stowage.config.ts"), configs[config]!.code);
    const code = `
      import { createJiti } from "jiti";
      const jiti = createJiti(process.cwd() + "/");
      for (const name of ${JSON.stringify(names)}) {
        await jiti.import("./" + name);
        console.log("-- end");
      }`;
    const args = ["--input-type=module", "--eval", code];
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      cwd: directory,
      env: { ...process.env, NODE_TEST_CONTEXT: undefined, ...env },
      timeout: 60_000,
    });
    return stdout.split("-- end\n");
  }

  const inOrder = ["hello.ts", "contents.ts", "reading.ts", "names.ts", "test.ts"];

  function check([hello = "", contents, reading = "", names, tests]: readonly string[]): void {
    assert.match(hello, /^text\/plain 13\nHello, world\n\ntrue\n\[ \[\], \[ 'hello\.txt' \] \]\n/);
    assert.equal(contents, "");
    assert.match(reading, /^1,1\n2,4\n\n\d+\n/);
    assert.equal(names, "portraits/johns_portrait_in_2004.jpg\nportraits/johns_portrait_in_2004.jpg\n");
    assert.equal(tests, "a.txt\na.txt\nno space left\n");
  }

  it("has no program that is not run", () => {
    const files = programs.map(({ file }) => file);
    assert.deepEqual(
      files.filter((file) => file !== "stowage.config.ts"),
      [...inOrder, "my-storage.test.ts"],
    );
    assert.equal(files.length, guide.split("```ts").length - 1);
  });

  it("runs on disk", async () => {
    const outputs = await run(0, inOrder, {});
    check(outputs);
    assert.match(outputs[0]!, /\n\/media\/notes\/hello\.txt\n$/);
  });

  it("runs on S3", async () => {
    const { endpoint, credentials, bucket } = server;
    const outputs = await run(1, inOrder, {
      NODE_ENV: "production",
      AWS_ENDPOINT_URL_S3: endpoint,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_STORAGE_BUCKET_NAME: bucket,
    });
    check(outputs);
    assert.match(outputs[0]!, /\nhttp:.*\/media\/notes\/hello\.txt\?X-Amz-Algorithm=/);
  });

  it("registers the contract for a backend of one's own", async () => {
    const [, output = ""] = await run(0, ["my-storage.test.ts"], {});
    assert.match(output, /# pass [3-9]\d\n(.*\n)*# fail 0/);
  });
});
