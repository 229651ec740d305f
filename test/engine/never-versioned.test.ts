import assert from "node:assert/strict";
import { it } from "node:test";

import { deleteObject } from "../../src/engine/delete-object.ts";
import type { Commit, Index } from "../../src/engine/index/index.ts";
import { headObject, openObject } from "../../src/engine/open-object.ts";
import { putObject } from "../../src/engine/put-object.ts";
import { access, eachEngine } from "./engines.ts";

eachEngine("a bucket that was never versioned", (open) => {
  it("pays nothing for versions: no row of them is read, checked or written", async () => {
    const { engine, newBucket } = open();
    const bucket = await newBucket();
    const reads: string[] = [];
    const commits: string[] = [];
    const tablesOf = ({ checks = [], puts = [], deletes = [] }: Commit): string =>
      [
        `checks ${checks.map(({ table }) => table).join()}`,
        `puts ${puts.map(({ table }) => table).join()}`,
        `deletes ${deletes.map(({ table }) => table).join()}`,
      ].join("; ");
    const index: Index = {
      ...engine.index,
      get: (table, key) => {
        reads.push(table);
        return engine.index.get(table, key);
      },
      commit: (commit) => {
        commits.push(tablesOf(commit));
        return engine.index.commit(commit);
      },
    };
    const counted = { ...engine, index };
    const body = Buffer.from("hello");
    await putObject(counted, { bucket, key: "k", body, ...access });
    await putObject(counted, { bucket, key: "k", body, ...access });
    await headObject(counted, bucket, "k");
    (await openObject(counted, bucket, "k"))?.close();
    await deleteObject(counted, bucket, "k");
    assert.deepEqual(reads, ["objects", "objects", "objects", "objects", "inline", "objects"]);
    assert.deepEqual(commits, [
      "checks buckets,objects; puts objects,inline; deletes ",
      "checks buckets,objects; puts objects,inline; deletes inline",
      // Of the bucket, that nobody has enabled versioning since.
      "checks buckets,objects; puts ; deletes inline,objects",
    ]);
  });
});
