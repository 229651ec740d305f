/** The delivery of server access logs: an object for what was gathered since the last time. */

import { readWaitingLogs, removeLogs, type WaitingLogs } from "../engine/access-logs.ts";
import { getBucket } from "../engine/buckets.ts";
import { putObject } from "../engine/put-object.ts";
import type { Bucket, Engine } from "../engine/types.ts";
import { type Grant, grantsAllow, type Owner } from "../s3/acl.ts";
import { S3Error } from "../s3/errors.ts";
import { logDeliveryOwner, logDeliveryService, logKey } from "../s3/logging.ts";
import { evaluatePolicy } from "../s3/policy/policy.ts";
import { policyOf } from "./bucket-policy.ts";

/**
 * Delivers what waits. Logs that cannot be delivered because their bucket is gone, full or closed to them are lost, as on
 * AWS, and the log says so.
 *
 * @returns How many objects were written.
 */
export async function deliverLogs(engine: Engine, signal: AbortSignal): Promise<number> {
  let delivered = 0;
  for await (const logs of readWaitingLogs(engine)) {
    signal.throwIfAborted();
    if (await deliver(engine, logs)) delivered++;
    await removeLogs(engine, logs);
  }
  return delivered;
}

async function deliver(engine: Engine, logs: WaitingLogs): Promise<boolean> {
  const { source, logging } = logs;
  const lost = (why: string): false => {
    engine.log("warn", `Access logs of "${source.name}" are lost: ${why}`);
    return false;
  };
  const target = await getBucket(engine, logging.targetBucket);
  if (target === null) return lost(`there is no bucket "${logging.targetBucket}"`);
  const key = logKey(logging, {
    eventMs: logs.sinceMs,
    deliveryMs: engine.clock(),
    unique: engine.random(8).toString("hex").toUpperCase(),
    source,
  });
  if (target.owner.id !== source.ownerId || !mayDeliverLogs(target, source, key)) {
    return lost(`the bucket "${target.name}" does not take them`);
  }
  try {
    await putObject(engine, {
      bucket: target,
      key,
      body: Buffer.from(logs.lines),
      headers: { "content-type": "text/plain" },
      owner: logDeliveryOwner,
      grants: grantsOf(target, logging.targetGrants),
    });
    return true;
  } catch (error) {
    if (!(error instanceof S3Error) || !refusals.has(error.code)) throw error;
    return lost(error.message);
  }
}

const refusals: ReadonlySet<string> = new Set(["NoSuchBucket", "QuotaExceeded", "KeyTooLongError"]);

/**
 * Whether a bucket takes logs: its list gives the group LogDelivery WRITE and READ_ACP, or its policy lets the service
 * put objects.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
 */
export function mayDeliverLogs(
  target: Bucket,
  source: { readonly name: string; readonly ownerId: string },
  key: string,
): boolean {
  const logDelivery = { logDelivery: true };
  const byList =
    target.objectOwnership !== "BucketOwnerEnforced" &&
    grantsAllow(target.grants, logDelivery, "WRITE") &&
    grantsAllow(target.grants, logDelivery, "READ_ACP");
  if (target.policy === undefined) return byList;
  const values: Readonly<Record<string, string>> = {
    "aws:sourcearn": `arn:aws:s3:::${source.name}`,
    "aws:sourceaccount": source.ownerId,
    "aws:principalisawsservice": "true",
    "aws:principalservicename": logDeliveryService,
    "aws:principaltype": "Service",
    "aws:securetransport": "true",
  };
  const verdict = evaluatePolicy(policyOf(target).policy, {
    principal: { service: logDeliveryService },
    action: "s3:PutObject",
    resource: `arn:aws:s3:::${target.name}/${key}`,
    values: (name) => {
      const value = values[name.toLowerCase()];
      return value === undefined ? undefined : [value];
    },
  });
  return verdict === "Allow" || (verdict === undefined && byList);
}

function grantsOf(target: Bucket, targetGrants: readonly Grant[] = []): Grant[] {
  return [fullControl(logDeliveryOwner), fullControl(target.owner), ...targetGrants];
}

function fullControl({ id, displayName }: Owner): Grant {
  return { grantee: { type: "user", id, displayName }, permission: "FULL_CONTROL" };
}
