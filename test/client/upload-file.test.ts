import assert from "node:assert/strict";
import { appendFile, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startTestServer, type TestServer } from "../../src/testing.ts";
import { uploadFile } from "../../src/client/sync/upload-file.ts";

let server: TestServer;
let folder: string;
before(async () => {
  server = await startTestServer({ bucket: "main" });
  folder = await mkdtemp(join(tmpdir(), "stowage-upload-"));
});
after(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

/** Uploads a file to whose content something happens each time that it was read. */
async function uploading(
  key: string,
  happens: (path: string, sends: number) => Promise<void>,
  ifNoneMatch?: "*",
): Promise<{ readonly sends: number; readonly stored: string }> {
  const path = join(folder, key);
  await writeFile(path, "old");
  await utimes(path, 1, 1);
  const client = Object.create(server.client) as typeof server.client;
  let sends = 0;
  client.upload = async (input, options) => {
    const written = await server.client.upload(input, options);
    await happens(path, ++sends);
    return written;
  };
  await uploadFile(client, path, { bucket: "main", key, ifNoneMatch }, {});
  const { body } = await server.client.getObject({ bucket: "main", key });
  return { sends, stored: await body.text() };
}

test("uploadFile() sends a file once that stays as it is", async () => {
  assert.deepEqual(await uploading("same", async () => {}), { sends: 1, stored: "old" });
});

for (const ifNoneMatch of [undefined, "*"] as const) {
  test(`uploadFile() sends a file again that was rewritten meanwhile, with ifNoneMatch ${ifNoneMatch}`, async () => {
    const rewrite = async (path: string, sends: number): Promise<void> => {
      if (sends === 1) await writeFile(path, "new");
    };
    assert.deepEqual(await uploading(`rewritten${ifNoneMatch}`, rewrite, ifNoneMatch), {
      sends: 2,
      stored: "new",
    });
  });
}

test("uploadFile() takes a file that became longer as it was, and one that went", async () => {
  assert.deepEqual(await uploading("longer", (path) => appendFile(path, "er")), { sends: 1, stored: "old" });
  assert.deepEqual(await uploading("gone", (path) => rm(path)), { sends: 1, stored: "old" });
});

test("uploadFile() throws where the file changes each time", async () => {
  await assert.rejects(
    uploading("changing", (path, sends) => writeFile(path, `${sends}00`)),
    /^RangeError: The file changed each of the 3 times that it was sent/,
  );
});
