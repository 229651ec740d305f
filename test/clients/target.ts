/** The S3 that the suites talk to: our own server as a child process, or any other by its endpoint. */

import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { program, type Serving, startServing } from "../support/serve.ts";

/** An endpoint, and two users of it by the names that the suites read. */
export interface Target {
  readonly description: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Stops what was started. */
  stop(): Promise<void>;
}

/** The endpoint that the environment names (STOWAGE_TEST_ENDPOINT and the keys), or null when it names none. */
export function targetFromEnvironment(): Target | null {
  const endpoint = process.env["STOWAGE_TEST_ENDPOINT"];
  if (endpoint === undefined) return null;
  const names = ["ACCESS_KEY", "SECRET_KEY", "ALT_ACCESS_KEY", "ALT_SECRET_KEY", "ALT_EMAIL"];
  for (const name of names) {
    if (process.env[`STOWAGE_TEST_${name}`] === undefined)
      throw new Error(`STOWAGE_TEST_ENDPOINT is set and STOWAGE_TEST_${name} is not`);
  }
  const kind = process.env["STOWAGE_TEST_KIND"] ?? "aws";
  return {
    description: `${kind} at ${endpoint}`,
    environment: { STOWAGE_TEST_KIND: kind },
    stop: () => Promise.resolve(),
  };
}

/** Starts `stowage serve` on an empty data directory and adds a second user, as an administrator would. */
export async function startStowage(): Promise<Target> {
  const dataDir = await mkdtemp(join(tmpdir(), "stowage-clients-"));
  const main = { accessKey: "STOWAGETESTMAIN00001", secretKey: "stowage/test+main/secret0000000000000001" };
  const alt = { accessKey: "STOWAGETESTALT000001", secretKey: "stowage/test+alt/secret00000000000000001" };
  const email = "alt@example.com";
  let serving: Serving | undefined;
  const stop = async (): Promise<void> => {
    await serving?.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    serving = await startServing({
      dataDir,
      environment: { STOWAGE_ACCESS_KEY: main.accessKey, STOWAGE_SECRET_KEY: main.secretKey },
    });
    const { endpoint } = serving;
    await promisify(execFile)(
      process.execPath,
      // prettier-ignore
      [program, "user", "add", "alt", "--email", email, "--access-key", alt.accessKey, "--secret-key", alt.secretKey,
        "--endpoint", endpoint],
      { env: { ...process.env, AWS_ACCESS_KEY_ID: main.accessKey, AWS_SECRET_ACCESS_KEY: main.secretKey } },
    );
    return {
      description: `stowage serve at ${endpoint}`,
      environment: {
        STOWAGE_TEST_KIND: "stowage",
        STOWAGE_TEST_ENDPOINT: endpoint,
        STOWAGE_TEST_ACCESS_KEY: main.accessKey,
        STOWAGE_TEST_SECRET_KEY: main.secretKey,
        STOWAGE_TEST_ALT_ACCESS_KEY: alt.accessKey,
        STOWAGE_TEST_ALT_SECRET_KEY: alt.secretKey,
        STOWAGE_TEST_ALT_EMAIL: email,
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
