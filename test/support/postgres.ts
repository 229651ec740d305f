/** A Postgres for one test file: Debian's, with its data in a temporary folder and a port of its own. */

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.ts";

const folder = findPrograms();

/** Why there is none, or false: for `skip` of node:test. */
export const noPostgres: string | false =
  folder === null
    ? "there is no Postgres here (Debian: apt-get install postgresql)"
    : process.getuid?.() === 0 && userIds() === null
      ? "Postgres does not run as root, and there is no user postgres"
      : false;

export interface Postgres {
  /** For DATABASE_URL. */
  readonly url: string;
  close(): Promise<void>;
}

export async function startPostgres(): Promise<Postgres> {
  const directory = mkdtempSync(join(tmpdir(), "stowage-postgres-"));
  // It refuses to run as root.
  const ids = process.getuid?.() === 0 ? userIds() : null;
  if (ids !== null) chownSync(directory, ids.uid, ids.gid);
  const as = { cwd: directory, ...ids };
  const data = join(directory, "data");
  const made = spawnSync(join(folder!, "initdb"), ["-D", data, "-U", "stowage", "-A", "trust", "--no-sync"], {
    ...as,
    encoding: "utf8",
  });
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  const port = await freePort();
  const options = { listen_addresses: "127.0.0.1", unix_socket_directories: "", fsync: "off" };
  const settings = Object.entries(options).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const server = spawn(join(folder!, "postgres"), ["-D", data, "-p", String(port), ...settings], {
    ...as,
    stdio: ["ignore", "ignore", "pipe"],
  });
  await untilReady(server);
  return {
    url: `postgres://stowage@127.0.0.1:${port}/postgres`,
    async close() {
      // Fast: whoever is connected is thrown out.
      server.kill("SIGINT");
      if (server.exitCode === null) await once(server, "exit");
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function untilReady(server: ChildProcess): Promise<void> {
  let said = "";
  for await (const chunk of server.stderr!) {
    said += String(chunk);
    if (!said.includes("ready to accept connections")) continue;
    server.stderr!.resume();
    return;
  }
  throw new Error(`Postgres ended: ${said}`);
}

/** The folder of the newest one. */
function findPrograms(): string | null {
  const base = "/usr/lib/postgresql";
  const versions = existsSync(base) ? readdirSync(base).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [...versions.map((version) => join(base, version, "bin")), "/usr/local/bin", "/usr/bin"];
  return folders.find((one) => ["initdb", "postgres"].every((name) => existsSync(join(one, name)))) ?? null;
}

function userIds(): { uid: number; gid: number } | null {
  const [uid, gid] = ["-u", "-g"].map((which) =>
    Number.parseInt(spawnSync("id", [which, "postgres"], { encoding: "utf8" }).stdout, 10),
  );
  return Number.isInteger(uid) && Number.isInteger(gid) ? { uid: uid!, gid: gid! } : null;
}
