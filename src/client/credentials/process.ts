/**
 * Credentials that a command prints.
 *
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
 */

import { exec } from "node:child_process";
import { CredentialsError } from "../errors.ts";
import type { TemporaryCredentials } from "./credentials.ts";
import { readCredentialsDocument } from "./document.ts";

/** Runs the command of a profile's `credential_process`, by the shell as AWS does, for at most a minute. */
export async function processCredentials(command: string): Promise<TemporaryCredentials> {
  // The output and the command may hold secrets: neither goes into a message.
  const output = await new Promise<string>((resolve, reject) => {
    exec(command, { timeout: 60_000, maxBuffer: 1 << 20, windowsHide: true }, (error, stdout) => {
      if (error === null) resolve(stdout);
      else {
        const ended =
          error.killed === true ? "did not end within a minute" : `ended with ${error.code ?? "an error"}`;
        reject(new CredentialsError(`The credential_process of the profile ${ended}`, "Run it by hand."));
      }
    });
  });
  return readCredentialsDocument(output, "The credential_process of the profile");
}
