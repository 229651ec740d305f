/** Keys that are at hand without waiting: in the environment and in a profile. */

import type { Credentials } from "../../s3/credentials.ts";
import { type Environment, type Section, textOf } from "./profiles.ts";

/** The keys of the environment, or null. */
export function environmentCredentials(env: Environment): Credentials | null {
  const accessKeyId = env["AWS_ACCESS_KEY_ID"];
  const secretAccessKey = env["AWS_SECRET_ACCESS_KEY"];
  if (!accessKeyId || !secretAccessKey) return null;
  const sessionToken = env["AWS_SESSION_TOKEN"];
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
}

/** The keys that stand in a profile themselves, or null. */
export function profileCredentials(section: Section | undefined): Credentials | null {
  const accessKeyId = textOf(section, "aws_access_key_id");
  const secretAccessKey = textOf(section, "aws_secret_access_key");
  if (accessKeyId === undefined || secretAccessKey === undefined) return null;
  const sessionToken = textOf(section, "aws_session_token");
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}
