/** Every backend keeps the contract; S3 on our own server, and on Ceph's RGW where STOWAGE_TEST_RGW_ENDPOINT names one. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe } from "node:test";
import { disk, memory, s3, type Storage } from "../../src/storage.ts";
import { storageContract } from "../../src/testing.ts";
import { describeTargets } from "./targets.ts";

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

describeTargets("s3()", (targetOf) => {
  let count = 0;
  const create = (fileOverwrite: boolean) => (): Storage =>
    s3({ ...targetOf().options, location: `contract/${count++}`, fileOverwrite });

  storageContract("s3()", create(true));
  storageContract("s3({ fileOverwrite: false })", create(false));
});
