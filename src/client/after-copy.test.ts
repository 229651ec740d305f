import assert from "node:assert/strict";
import { test } from "node:test";

import { type Answer, fakeServer, sendError, sendXml } from "../../test/client/fake-server.ts";

const copied =
  "<CopyObjectResult><ETag>&quot;e&quot;</ETag><LastModified>2026-01-01T00:00:00.000Z</LastModified></CopyObjectResult>";
const tagging = "<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>";

/** Has tags, until metadata is replaced. */
function losesTags(): Answer {
  let isTagged = true;
  return ({ method, target, headers }, response) => {
    if (target.includes("?acl")) return sendError(response, 501, "NotImplemented");
    if (target.includes("tagging") && method === "GET")
      return sendXml(response, isTagged ? tagging : "<Tagging><TagSet/></Tagging>");
    if (target.includes("tagging")) isTagged = true;
    else if (headers["x-amz-copy-source"] !== undefined) {
      if (headers["x-amz-metadata-directive"] === "REPLACE") isTagged = false;
      return sendXml(response, copied);
    }
    return response
      .writeHead(200, { etag: '"e"', ...(isTagged ? { "x-amz-tagging-count": "1" } : {}) })
      .end();
  };
}

test("changeMetadata() gives tags again to a server that loses them with the metadata", async () => {
  await using server = await fakeServer(losesTags());
  const client = server.client();
  await client.changeMetadata({ bucket: "bucket", key: "key" }, { set: { author: "ben" } });
  const put = server.seen.findLast(({ method, target }) => method === "PUT" && target.includes("tagging"));
  assert.match(put?.body.toString() ?? "", /<Key>a<\/Key><Value>1<\/Value>/);
});

test("copy() tells where a server has overlooked the customer's key", async () => {
  await using server = await fakeServer(({ headers }, response) =>
    headers["x-amz-copy-source"] === undefined
      ? response.writeHead(200, { etag: '"e"' }).end()
      : sendXml(response, copied),
  );
  const copySource = { bucket: "bucket", key: "key" };
  const input = { bucket: "bucket", key: "copy", copySource, customerKey: new Uint8Array(32) };
  await assert.rejects(server.client().copy(input), { code: "NotEncrypted", key: "copy" });
});
