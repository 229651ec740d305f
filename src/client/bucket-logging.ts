/** boto's object for access logs. */

import { bucketLoggingStatusXml, parseBucketLoggingStatus } from "../s3/documents/logging.ts";
import type { BucketLogging as PlainLogging } from "../s3/logging.ts";
import { Grant } from "./acl.ts";

/** Where a bucket's requests are logged. */
export class BucketLogging {
  /** Name of the bucket that takes the logs; undefined where nothing is logged. */
  readonly target: string | undefined;
  /** What their keys begin with. */
  readonly prefix: string;
  /** Who may do what with them, beside the owner of their bucket. */
  readonly grants: Grant[];

  constructor(target?: string, prefix = "", grants: readonly Grant[] = []) {
    this.target = target;
    this.prefix = prefix;
    this.grants = [...grants];
  }

  addGrant(grant: Grant): void {
    this.grants.push(grant);
  }

  static from(logging: PlainLogging | null): BucketLogging {
    if (logging === null) return new BucketLogging();
    const { targetBucket, targetPrefix, targetGrants = [] } = logging;
    return new BucketLogging(
      targetBucket,
      targetPrefix,
      targetGrants.map((grant) => Grant.from(grant)),
    );
  }

  static fromXml(xml: string): BucketLogging {
    return BucketLogging.from(parseBucketLoggingStatus(xml));
  }

  /** Null where nothing is logged. */
  toPlain(): PlainLogging | null {
    const { target, prefix, grants } = this;
    if (target === undefined) return null;
    const plain = { targetBucket: target, targetPrefix: prefix };
    return grants.length === 0 ? plain : { ...plain, targetGrants: grants.map((grant) => grant.toPlain()) };
  }

  toXml(): string {
    return bucketLoggingStatusXml(this.toPlain());
  }
}
