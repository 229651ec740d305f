import assert from "node:assert/strict";
import { test } from "node:test";

import { type Answer, fakeServer, sendError } from "../../test/client/fake-server.ts";

/** Knows no batches, and keeps one key. */
const oneByOne: Answer = ({ method, target }, response) => {
  if (method === "POST") return sendError(response, 501, "NotImplemented");
  if (target === "/bucket/locked") return sendError(response, 403, "AccessDenied");
  return response.writeHead(204).end();
};

test("deleteMany() deletes one by one where a server has no batches, and tells what could not be deleted", async () => {
  await using server = await fakeServer(oneByOne);
  const keys = Array.from({ length: 1001 }, (_, at) => `k${at}`);
  const { deleted, errors } = await server.client().deleteMany("bucket", [...keys, "locked"]);
  assert.deepEqual(new Set(deleted.map(({ key }) => key)), new Set(keys));
  assert.deepEqual(errors, [{ key: "locked", code: "AccessDenied", message: "Because." }]);
  const batches = server.seen.filter(({ method }) => method === "POST").length;
  assert.ok(batches <= 2, "a batch is tried while nothing is known, and not again");
});

test("deleteMany() goes on where a key that no document carries is refused", async () => {
  await using server = await fakeServer(({ method }, response) =>
    method === "DELETE"
      ? sendError(response, 403, "AccessDenied")
      : response.end("<DeleteResult><Deleted><Key>plain</Key></Deleted></DeleteResult>"),
  );
  const { deleted, errors } = await server.client().deleteMany("bucket", ["\u0001", "plain"]);
  assert.deepEqual(
    deleted.map(({ key }) => key),
    ["plain"],
  );
  assert.deepEqual(
    errors.map(({ key, code }) => [key, code]),
    [["\u0001", "AccessDenied"]],
  );
});

test("deleteMany() throws where there is no bucket", async () => {
  await using server = await fakeServer(({ method }, response) =>
    method === "POST"
      ? sendError(response, 405, "MethodNotAllowed")
      : sendError(response, 404, "NoSuchBucket"),
  );
  await assert.rejects(server.client().deleteMany("bucket", ["a"]), { code: "NoSuchBucket" });
});
