import assert from "node:assert/strict";
import { test } from "node:test";
import { operations } from "./operations.ts";

test("operations are told apart by method, resource, query and header", () => {
  const requests = [...operations.values()].map(({ method, resource, query, header }) =>
    JSON.stringify([method, resource, query.toSorted(), header]),
  );
  assert.equal(new Set(requests).size, operations.size);
});

test("operations on objects ask for a permission of their bucket or of the object itself, or for its owner", () => {
  for (const { name, method, resource, allowed } of operations.values()) {
    // A preflight is decided by the bucket's CORS rules alone.
    if (method === "OPTIONS") continue;
    if (resource === "object") assert.notEqual(allowed, "user", name);
    else assert.notEqual(typeof allowed === "object" && allowed.of, "object", name);
  }
});

test("operations parse their rows", () => {
  assert.deepEqual(operations.get("UploadPartCopy"), {
    name: "UploadPartCopy",
    method: "PUT",
    resource: "object",
    query: ["partNumber", "uploadId"],
    action: "s3:PutObject",
    allowed: { of: "bucket", permission: "WRITE" },
    header: "x-amz-copy-source",
  });
  assert.deepEqual(operations.get("ListBuckets")?.query, []);
  assert.equal(operations.get("DeleteBucket")?.allowed, "owner");
  assert.equal(operations.get("constructor"), undefined);
});
