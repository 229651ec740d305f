/** What the environment and the shared files of AWS hold, keys at hand among it. The files are read in shared-files.ts. */

import type { Credentials } from "../../s3/credentials.ts";

/** Names and values of one section; a value with indented lines below it is a section of its own. */
export type Section = { readonly [name: string]: string | Readonly<Record<string, string>> };

export interface Profiles {
  /** The settings of a profile: those of `credentials` over those of `config`. Undefined where neither has it. */
  profile(name: string): Section | undefined;
  /** The endpoint for S3 of a profile: that of its section `[services NAME]`, else its own. */
  endpoint(name: string): string | undefined;
  /** The files that were looked at: `config` and `credentials`. */
  readonly paths: readonly string[];
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** A value of a section that is a plain text, or undefined. */
export function textOf(section: Section | undefined, name: string): string | undefined {
  const value = section?.[name];
  return typeof value === "string" ? value : undefined;
}

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
