import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { memory } from "../storage/backends/memory.ts";
import { fileCache } from "./file-cache.ts";
import { fileField } from "./file-field.ts";
import { withFiles } from "./with-files.ts";

const secret = "0123456789abcdef";

test("a file that was kept is found by its token, promoted, and gone from the cache", async () => {
  const storage = memory();
  const cache = fileCache({ storage, secret });
  const kept = await cache.add("photo", new File(["cat"], "my cat.jpg", { type: "image/jpeg" }));
  const found = await fileCache({ storage, secret }).find("photo", kept.token);
  assert.ok(found !== null);
  assert.deepEqual([found.filename, found.contentType, found.size], ["my cat.jpg", "image/jpeg", 3]);
  const photo = fileField("photo", { uploadTo: "dummy", storage });
  const name = await withFiles((files) => files.save(photo.of({}).assign(found)));
  assert.equal(name, "dummy/my_cat.jpg");
  const file = await storage.open(name);
  assert.deepEqual([await file.text(), file.contentType], ["cat", "image/jpeg"]);
  assert.equal(await cache.find("photo", kept.token), null);
  assert.deepEqual(await storage.listdir(), [["dummy"], []]);
});

test("a file that was kept stays in the cache when the transaction rolls back", async () => {
  const storage = memory();
  const cache = fileCache({ storage, secret });
  const kept = await cache.add("photo", new File(["cat"], "cat.jpg"));
  const photo = fileField("photo", { uploadTo: "dummy", storage });
  const failing = withFiles(async (files) => {
    await files.save(photo.of({}).assign(kept));
    throw new Error("no");
  });
  await assert.rejects(failing, /no/);
  assert.deepEqual(await storage.listdir(), [["cache"], []]);
  assert.ok(await cache.find("photo", kept.token));
});

test("FileCache.find() knows no token that is forged, another field's, too old, or of something else", async () => {
  let now = 1_000_000;
  const storage = memory();
  await storage.save("secret.txt", "secret");
  const cache = fileCache({ storage, secret, maxAgeSeconds: 60, clock: () => now });
  const { token } = await cache.add("photo", new File(["cat"], "cat.jpg"));
  const [body = "", signature = ""] = token.split(".");
  const claim = JSON.parse(Buffer.from(body, "base64url").toString()) as object;
  const forged = Buffer.from(JSON.stringify({ ...claim, name: "secret.txt" })).toString("base64url");
  const signed = createHmac("sha256", secret).update(`stowage-cache:${forged}`).digest("base64url");
  for (const bad of [
    undefined,
    null,
    7,
    "",
    ".",
    token.slice(0, -2),
    `${forged}.${signature}`,
    `${forged}.${signed}`,
  ]) {
    assert.equal(await cache.find("photo", bad), null);
  }
  assert.equal(await cache.find("avatar", token), null);
  assert.equal(await fileCache({ storage, secret: "fedcba9876543210" }).find("photo", token), null);
  assert.ok(await cache.find("photo", token));
  now += 60_000;
  assert.equal(await cache.find("photo", token), null);
});

test("FileCache.sweep() removes what is too old and nothing else", async () => {
  let now = 1_000_000;
  const storage = memory();
  const cache = fileCache({ storage, secret, maxAgeSeconds: 60, clock: () => now });
  await cache.add("photo", new File(["old"], "old.jpg"));
  now += 30_000;
  const kept = await cache.add("photo", new File(["new"], "new.jpg"));
  await storage.save("cache/0-strange/a.txt", "somebody else's");
  now += 30_000;
  assert.equal(await cache.sweep(), 1);
  assert.ok(await cache.find("photo", kept.token));
  assert.ok(await storage.exists("cache/0-strange/a.txt"));
});

test("fileCache() refuses a secret that is too short", () => {
  assert.throws(
    () => fileCache({ storage: memory(), secret: "short" }),
    /5 characters; it must have 16 or more/,
  );
});
