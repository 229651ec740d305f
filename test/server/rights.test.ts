/** Every row of `src/s3/operations.ts`, asked by who may not, by whom a policy lets in, and by whom one keeps out. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { type Operation, operations } from "../../src/s3/operations.ts";
import { actions } from "../../src/s3/policy/actions.ts";
import { requiredActions } from "../../src/server/required-actions.ts";
import {
  other,
  owner,
  type Sent,
  type SendOptions,
  startTestServer,
  type TestServer,
} from "../support/server.ts";

/** Of no bucket that has a policy. */
const ofNoBucket = new Set(["ListBuckets", "CreateBucket"]);
/** Its owner's, whatever a policy says. */
const ofThePolicy = new Set(["GetBucketPolicy", "PutBucketPolicy", "DeleteBucketPolicy"]);

const deletion = "<Delete><Object><Key>key</Key></Object></Delete>";
const form =
  '--b\r\nContent-Disposition: form-data; name="key"\r\n\r\nkey\r\n' +
  '--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\nx\r\n--b--\r\n';

/** Bodies and headers of operations that say no without them before they ask who it is. */
const inputs: Readonly<Record<string, SendOptions>> = {
  DeleteObjects: {
    body: deletion,
    headers: { "content-md5": createHash("md5").update(deletion).digest("base64") },
  },
  PostObject: { body: form, headers: { "content-type": "multipart/form-data; boundary=b" } },
};

/** A policy of one statement on a bucket and everything in it. */
function policy(
  bucket: string,
  Effect: "Allow" | "Deny",
  Action: string | string[],
  principalId: string | null,
): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: {
      Effect,
      Principal: principalId === null ? "*" : { CanonicalUser: principalId },
      Action,
      Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
    },
  });
}

describe("every operation asks for its right", () => {
  let s3: TestServer;
  let buckets = 0;
  before(async () => {
    s3 = await startTestServer();
    await s3.send("PUT /source");
    await s3.send("PUT /source/key", { body: "x", headers: { "x-amz-acl": "public-read" } });
  });
  after(() => s3.close());

  async function newBucket(): Promise<string> {
    const name = `rights-${++buckets}`;
    await s3.send(`PUT /${name}`);
    await s3.send(`PUT /${name}/key`, { body: "x" });
    return name;
  }

  /** The least request that is this operation. */
  function ask(
    { name, method, resource, query, header }: Operation,
    bucket: string,
    as: SendOptions["as"],
  ): Promise<Sent> {
    const path = resource === "service" ? "/" : resource === "bucket" ? `/${bucket}` : `/${bucket}/key`;
    const parameters = query.map((one) => (one === "partNumber" ? "partNumber=1" : one));
    const { headers, body = "" } = inputs[name] ?? {};
    return s3.send(`${method} ${path}${query.length === 0 ? "" : "?"}${parameters.join("&")}`, {
      ...(as === undefined ? {} : { as }),
      headers: { ...headers, ...(header === undefined ? {} : { [header]: "/source/key" }) },
      body,
    });
  }

  /** Whether it was refused for want of a right: as a whole, or, by DeleteObjects, key by key. */
  function isRefused({ status, text }: Sent): boolean {
    return status === 403 || (status === 200 && text.includes("<Code>AccessDenied</Code>"));
  }

  for (const operation of operations.values()) {
    const { name, action, method } = operation;
    // Decided by the bucket's CORS rules alone.
    if (method === "OPTIONS") continue;

    it(`${name} refuses anonymous and strangers`, async () => {
      const bucket = await newBucket();
      const anonymous = await ask(operation, bucket, null);
      assert.ok(isRefused(anonymous), `anonymous: ${anonymous.status} ${anonymous.text}`);
      if (ofNoBucket.has(name)) return;
      const stranger = await ask(operation, bucket, name === "PostObject" ? null : other);
      assert.ok(isRefused(stranger), `a stranger: ${stranger.status} ${stranger.text}`);
      assert.equal((await s3.send(`GET /${bucket}/key`)).text, "x");
    });

    if (ofNoBucket.has(name)) continue;

    it(`${name} is allowed by a policy that allows ${action}, and by none that allows the rest`, async () => {
      assert.ok(actions.has(action.toLowerCase()), `${action} is no action of S3`);
      const bucket = await newBucket();
      // Forms are signed by themselves; anonymous ones are not at all.
      const as = name === "PostObject" ? null : other;
      const principal = as === null ? null : other.id;
      const rest = JSON.stringify({
        Version: "2012-10-17",
        Statement: {
          Effect: "Allow",
          Principal: "*",
          NotAction: action,
          Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
        },
      });
      assert.equal((await s3.send(`PUT /${bucket}?policy`, { body: rest })).status, 204);
      const without = await ask(operation, bucket, as);
      assert.ok(isRefused(without), `without the action: ${without.status} ${without.text}`);
      const allow = policy(bucket, "Allow", requiredActions(operation, {}, undefined), principal);
      assert.equal((await s3.send(`PUT /${bucket}?policy`, { body: allow })).status, 204);
      const allowed = await ask(operation, bucket, as);
      assert.ok(!isRefused(allowed), `with it: ${allowed.status} ${allowed.text}`);
      assert.notEqual(allowed.status, 500, allowed.text);
      if (ofThePolicy.has(name)) assert.equal(allowed.code, "MethodNotAllowed");
    });

    it(`${name} is denied by a policy that denies ${action}, its owner too`, async () => {
      const bucket = await newBucket();
      const as = name === "PostObject" ? null : owner;
      if (as === null) await s3.send(`PUT /${bucket}?acl`, { headers: { "x-amz-acl": "public-read-write" } });
      const before = await ask(operation, bucket, as);
      assert.ok(!isRefused(before), `without a policy: ${before.status} ${before.text}`);
      if (name === "DeleteBucket") assert.equal(before.code, "BucketNotEmpty");
      const deny = policy(bucket, "Deny", action, as === null ? null : owner.id);
      assert.equal((await s3.send(`PUT /${bucket}?policy`, { body: deny })).status, 204);
      const denied = await ask(operation, bucket, as);
      assert.equal(isRefused(denied), !ofThePolicy.has(name), `${denied.status} ${denied.text}`);
    });
  }
});
