/** The policy of a bucket, read once for as long as its row stays the same. */

import type { Bucket } from "../engine/types.ts";
import { S3Error } from "../s3/errors.ts";
import { parsePolicy } from "../s3/policy/parse.ts";
import type { BucketPolicy } from "../s3/policy/policy.ts";
import { isPublicPolicy } from "../s3/policy/public.ts";

export interface ReadPolicy {
  readonly policy: BucketPolicy;
  readonly isPublic: boolean;
}

/** By the decoded bucket, which is shared by all requests until somebody changes it. */
let read = new WeakMap<Bucket, ReadPolicy>();
/** Of the policies that were read. What is made of one takes thirty times its length. */
let readCharacters = 0;
const mostCharacters = 2_000_000;

/**
 * The policy of a bucket that has one.
 *
 * @throws {S3Error} `AccessDenied` for one that this version cannot read: what it would deny is not known.
 */
export function policyOf(bucket: Bucket): ReadPolicy {
  const known = read.get(bucket);
  if (known !== undefined) return known;
  try {
    const policy = withIds(parsePolicy(bucket.policy ?? "", bucket.name), bucket.policyUsers);
    const value = { policy, isPublic: isPublicPolicy(policy) };
    const { length } = bucket.policy ?? "";
    readCharacters += length;
    if (readCharacters > mostCharacters) {
      // All are forgotten: who is in use comes back at once.
      read = new WeakMap();
      readCharacters = length;
    }
    read.set(bucket, value);
    return value;
  } catch (cause) {
    throw new S3Error("AccessDenied", {
      message: "Access Denied: the bucket's policy cannot be read. Its owner can put another.",
      cause,
    });
  }
}

/** The policy as it was meant when it was put: a name that somebody else has got since is not theirs. */
function withIds(policy: BucketPolicy, users: Bucket["policyUsers"] = {}): BucketPolicy {
  const statements = policy.statements.map((statement) => {
    const entries = statement.principals.entries.map((entry) =>
      entry.type === "name" && Object.hasOwn(users, entry.name)
        ? { ...entry, account: users[entry.name] ?? entry.account }
        : entry,
    );
    return { ...statement, principals: { ...statement.principals, entries } };
  });
  return { ...policy, statements };
}
