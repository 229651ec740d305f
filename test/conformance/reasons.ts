/**
 * Why a test of the suite may fail. The first row whose pattern matches the whole name of a test gives its reason; a
 * test that fails and has none is a fault of ours. Rows are about tests, not about outcomes: one that passes counts.
 */

/** Kinds of reasons. `ours` counts as portable: AWS does it, and Stowage does not. */
export type Kind = "ceph" | "aws" | "suite" | "ours";

/** One row. */
export interface Reason {
  readonly kind: Kind;
  readonly pattern: RegExp;
  readonly why: string;
}

export const kinds: Readonly<Record<Kind, string>> = {
  ceph: "what Ceph has beyond S3",
  aws: "contrary to what AWS documents",
  suite: "a fault of the suite, or of its settings",
  ours: "what AWS does and Stowage does not",
};

/** Files of the suite that are not run, and why. */
export const filesLeftOut: readonly (readonly [file: string, why: string])[] = [
  [
    "test_iam.py",
    "AWS IAM, another service's API: users, groups and roles. Stowage's users are managed by `stowage user`.",
  ],
  ["test_sts.py", "AWS STS, another service's API: temporary credentials for roles."],
  ["test_sns.py", "AWS SNS, another service's API: topics. Stowage's events go to webhooks."],
  ["test_s3select.py", "SelectObjectContent, which AWS no longer offers to new customers."],
  ["test_utils.py", "It tests the suite itself, and talks to no server."],
];

export const reasons: readonly Reason[] = [];

/** The reason for a test, or null. */
export function reasonFor(name: string): Reason | null {
  return reasons.find(({ pattern }) => pattern.test(name)) ?? null;
}
