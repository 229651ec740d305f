/**
 * Which actions of a bucket policy a request needs beside its operation's own.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
 */

import { hasAclHeaders } from "../s3/acl.ts";
import type { Operation } from "../s3/operations.ts";

/** Actions that have another name when a version is named. */
const ofVersions: ReadonlyMap<string, string> = new Map([
  ["s3:GetObject", "s3:GetObjectVersion"],
  ["s3:GetObjectAcl", "s3:GetObjectVersionAcl"],
  ["s3:GetObjectAttributes", "s3:GetObjectVersionAttributes"],
  ["s3:GetObjectTagging", "s3:GetObjectVersionTagging"],
  ["s3:PutObjectAcl", "s3:PutObjectVersionAcl"],
  ["s3:PutObjectTagging", "s3:PutObjectVersionTagging"],
  ["s3:DeleteObject", "s3:DeleteObjectVersion"],
  ["s3:DeleteObjectTagging", "s3:DeleteObjectVersionTagging"],
]);

/** The name of an action on the current object, or on a version of it. */
export function actionOn(action: string, versionId: string | undefined): string {
  return versionId === undefined ? action : (ofVersions.get(action) ?? action);
}

/** Operations that make an object of what their headers say. */
const writers: ReadonlySet<string> = new Set([
  "PutObject",
  "CopyObject",
  "CreateMultipartUpload",
  "PostObject",
]);

/** The actions that a request needs; all of them. */
export function requiredActions(
  operation: Operation,
  headers: Readonly<Record<string, string>>,
  versionId: string | undefined,
): string[] {
  const actions = [actionOn(operation.action, versionId)];
  if (operation.name === "GetObjectAttributes") actions.push(actionOn("s3:GetObject", versionId));
  if (!writers.has(operation.name)) return actions;
  if (hasAclHeaders(headers)) actions.push("s3:PutObjectAcl");
  if (headers["x-amz-tagging"] !== undefined) actions.push("s3:PutObjectTagging");
  const { "x-amz-object-lock-mode": mode, "x-amz-object-lock-retain-until-date": until } = headers;
  if (mode !== undefined || until !== undefined) actions.push("s3:PutObjectRetention");
  if (headers["x-amz-object-lock-legal-hold"] !== undefined) actions.push("s3:PutObjectLegalHold");
  return actions;
}
