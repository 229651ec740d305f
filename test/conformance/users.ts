/** The people that the suite's settings name, a set for each of its processes, and the file that tells it of them. */

import { createHash } from "node:crypto";
import { openEngine } from "../../src/engine/engine.ts";
import { addUser } from "../../src/engine/users.ts";

/** Sections of the suite's configuration that name a user. */
const sections = ["s3 main", "s3 alt", "s3 tenant", "iam", "iam root", "iam alt root"] as const;

interface SuiteUser {
  readonly section: string;
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

/** The users of one of the suite's processes. */
export function usersOf(worker: number): SuiteUser[] {
  return sections.map((section, index) => {
    const word = section.replaceAll(" ", "-");
    const digest = createHash("sha256").update(`${worker} ${section}`).digest("hex");
    return {
      section,
      id: digest,
      name: `${word}-${worker}`,
      email: `${word}-${worker}@example.com`,
      accessKey: `CONFORMANCE${String(worker).padStart(4, "0")}${String(index).padStart(5, "0")}`,
      secretKey: `conformance+/${digest.slice(0, 27)}`,
    };
  });
}

/** Adds the users of so many processes to the data directory of a server that does not run. */
export async function addUsers(dataDir: string, workers: number): Promise<void> {
  const engine = await openEngine({ dataDir });
  try {
    for (let worker = 0; worker < workers; worker++) {
      for (const { id, name, email, accessKey, secretKey } of usersOf(worker))
        await addUser(engine, { id, name, email, accessKey, secretKey });
    }
  } finally {
    await engine.close();
  }
}

/** Keys that the suite encrypts with, as `aws:kms`. */
export const kmsKeys: readonly string[] = ["testkey-1", "testkey-2"];

/**
 * The suite's configuration for one of its processes.
 *
 * `api_name` is left out: it is what Ceph answers for the location of a bucket that was made without one; AWS answers
 * nothing in us-east-1.
 *
 * @param lifecycleDaySeconds How long the server takes a day of a lifecycle rule to be.
 */
export function configuration(endpoint: string, worker: number, lifecycleDaySeconds: number): string {
  const { hostname, port } = new URL(endpoint);
  const users = usersOf(worker).flatMap(({ section, id, name, email, accessKey, secretKey }) => [
    `[${section}]`,
    `user_id = ${id}`,
    `display_name = ${name}`,
    `email = ${email}`,
    `access_key = ${accessKey}`,
    `secret_key = ${secretKey}`,
    ...(section === "s3 main" ? kmsKeys.map((key, at) => `kms_keyid${at === 0 ? "" : at + 1} = ${key}`) : []),
    ...(section === "s3 tenant" ? ["tenant = testx"] : []),
    ...(section === "s3 main" ? [`lc_debug_interval = ${lifecycleDaySeconds}`] : []),
  ]);
  return [
    "[DEFAULT]",
    `host = ${hostname}`,
    `port = ${port}`,
    "is_secure = False",
    "ssl_verify = False",
    "[fixtures]",
    "bucket prefix = conformance-{random}-",
    "iam name prefix = conformance-",
    "iam path prefix = /conformance/",
    ...users,
    "",
  ].join("\n");
}
