/** Every backend keeps the contract; S3 on our own server, and on Ceph's RGW where STOWAGE_TEST_RGW_ENDPOINT names one. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { disk, memory, s3, type Storage } from "../../src/storage.ts";
import { storageContract } from "../../src/testing.ts";
import { rgwTarget, s3Target, type S3Target } from "./targets.ts";

storageContract("memory()", () => memory());
storageContract("memory({ allowOverwrite })", () => memory({ allowOverwrite: true, baseUrl: "/media/" }));

describe("on disk", () => {
  let root = "";
  let count = 0;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), "stowage-storage-"));
  });
  after(() => rm(root, { recursive: true, force: true }));

  storageContract("disk()", () => disk({ location: join(root, String(count++)), baseUrl: "/media/" }));
  storageContract("disk({ allowOverwrite })", () =>
    disk({ location: join(root, String(count++)), allowOverwrite: true }),
  );
});

for (const [name, target] of [
  ["our server", s3Target],
  ["Ceph's RGW", rgwTarget],
] as const) {
  describe(`on ${name}`, () => {
    if (target === rgwTarget && process.env["STOWAGE_TEST_RGW_ENDPOINT"] === undefined) {
      it("keeps the contract", { skip: "STOWAGE_TEST_RGW_ENDPOINT is not set" });
      return;
    }
    let s3Server: S3Target | null = null;
    let count = 0;
    before(async () => {
      s3Server = await target();
    });
    after(() => s3Server?.close());
    const create = (fileOverwrite: boolean) => (): Storage =>
      s3({ ...s3Server!.options, location: `contract/${count++}`, fileOverwrite });

    storageContract("s3()", create(true));
    storageContract("s3({ fileOverwrite: false })", create(false));
  });
}
