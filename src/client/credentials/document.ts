/** The JSON document in which processes, containers and instances give credentials. */

import { CredentialsError } from "../errors.ts";
import type { TemporaryCredentials } from "./credentials.ts";

interface Document {
  readonly Version?: number;
  readonly Code?: string;
  readonly Message?: string;
  readonly AccessKeyId?: string;
  readonly SecretAccessKey?: string;
  /** As processes and AWS Config say it; the metadata services say Token. */
  readonly SessionToken?: string;
  readonly Token?: string;
  readonly Expiration?: string;
}

/** Reads it. `source` begins the sentence of the error where it is none. */
export function readCredentialsDocument(text: string, source: string): TemporaryCredentials {
  let document: Document;
  try {
    document = JSON.parse(text) as Document;
  } catch {
    // The parser's own message would quote the text, and that may hold a secret.
    throw new CredentialsError(`${source} gave no JSON`, "");
  }
  const { AccessKeyId, SecretAccessKey, Expiration } = document;
  if (typeof AccessKeyId !== "string" || typeof SecretAccessKey !== "string") {
    const said = document.Message ?? document.Code;
    throw new CredentialsError(`${source} gave no credentials${said === undefined ? "" : `: ${said}`}`, "");
  }
  const sessionToken = document.SessionToken ?? document.Token;
  const expiration = Expiration === undefined ? undefined : new Date(Expiration);
  if (expiration !== undefined && Number.isNaN(expiration.getTime())) {
    throw new CredentialsError(
      `${source} gave credentials that end at "${Expiration}", which is no time`,
      "",
    );
  }
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    ...(expiration === undefined ? {} : { expiration }),
  };
}
