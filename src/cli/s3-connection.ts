/** The client of a command on S3. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { createTransport } from "../client/platform.ts";
import { S3Client } from "../client/s3-client.ts";
import { readSettings, type S3ClientOptions } from "../client/settings.ts";
import { limitBandwidth } from "./bandwidth.ts";
import { CommandError, type Io } from "./command.ts";
import type { ConnectionOptions } from "./connection-flags.ts";
import { explainMissing } from "./missing-object.ts";
import { mfaCodePrompt } from "./question.ts";

/** What moves bytes waits some seconds for a server that starts again; whoever only looks is told at once. */
const transferAttempts = 8;

/**
 * Runs what needs a client, and closes it.
 *
 * @throws {CommandError} Where `--data` has no keys, and for an environment or a profile that no client can be made of.
 */
export async function withClient<T>(
  env: Io["env"],
  options: ConnectionOptions & { readonly bandwidthLimit?: number; readonly isTransfer?: boolean },
  work: (client: S3Client) => Promise<T>,
): Promise<T> {
  const client = createClient(env, options);
  try {
    return await work(client);
  } catch (error) {
    throw await explainMissing(client, error);
  } finally {
    client[Symbol.dispose]();
  }
}

function createClient(
  env: Io["env"],
  options: ConnectionOptions & { readonly bandwidthLimit?: number; readonly isTransfer?: boolean },
): S3Client {
  const { bandwidthLimit, isTransfer = false } = options;
  const waits = isTransfer && !env["AWS_MAX_ATTEMPTS"];
  const settings = {
    ...clientOptions(env, options),
    retries: waits ? { maxAttempts: transferAttempts } : undefined,
  };
  try {
    if (bandwidthLimit === undefined) return new S3Client(settings);
    const transport = limitBandwidth(createTransport(settings, readSettings(settings)), bandwidthLimit);
    return new S3Client({ ...settings, transport });
  } catch (error) {
    throw new CommandError(
      (error as Error).message.replace(/\.$/, ""),
      "correct the environment or the profile, or give --endpoint and --region",
      { cause: error },
    );
  }
}

export function clientOptions(env: Io["env"], options: ConnectionOptions): S3ClientOptions {
  const { data, anon = false, region, profile } = options;
  return {
    env,
    // What the environment names the client reads itself, and knows in an error where it came from.
    endpoint:
      options.endpoint === undefined && endpointInEnvironment(env) ? undefined : addressOf(env, options),
    region,
    profile,
    mfaCodeProvider: mfaCodePrompt(),
    ...(anon ? { anon } : data === undefined ? {} : { credentials: keysIn(data) }),
  };
}

/** The server's address; undefined: Amazon's. */
export function addressOf(env: Io["env"], { endpoint, data }: ConnectionOptions): string | undefined {
  const local = data === undefined ? undefined : "http://127.0.0.1:9000";
  return endpoint?.origin ?? endpointInEnvironment(env) ?? local;
}

function endpointInEnvironment(env: Io["env"]): string | undefined {
  return env["AWS_ENDPOINT_URL_S3"] || env["AWS_ENDPOINT_URL"] || undefined;
}

function keysIn(data: string): { accessKeyId: string; secretAccessKey: string } {
  const path = join(data, "admin.env");
  const found = existsSync(path) ? parseEnv(readFileSync(path, "utf8")) : {};
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = found;
  if (accessKeyId !== undefined && secretAccessKey !== undefined) return { accessKeyId, secretAccessKey };
  throw new CommandError(
    `there are no keys in ${path}`,
    "give the server's data directory with --data, or the keys in the environment",
  );
}
