/** The floor under every large GET: nginx serving a file, one worker on the server's core. */

import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, connect } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { cores, pinned } from "../proc.ts";

export interface Nginx {
  readonly endpoint: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** What nginx says of itself; null where there is none. */
export function nginxVersion(): string | null {
  const { status, stderr } = spawnSync("nginx", ["-v"], { encoding: "utf8" });
  return status === 0 ? stderr.trim().replace(/^nginx version: /, "") : null;
}

/**
 * Serves a directory, which must be readable by everybody.
 *
 * @param sendfile Whether the kernel sends the file: the setting that Debian ships is on, nginx's own default is off.
 */
export async function startNginx(directory: string, root: string, sendfile: boolean): Promise<Nginx> {
  const port = await freePort();
  mkdirSync(join(directory, "logs"), { recursive: true });
  const configuration = join(directory, "nginx.conf");
  writeFileSync(
    configuration,
    `daemon off;
master_process off;
pid ${directory}/nginx.pid;
error_log stderr error;
events {}
http {
  access_log off;
  sendfile ${sendfile ? "on" : "off"};
  tcp_nopush on;
  client_body_temp_path ${directory}/body;
  proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi;
  scgi_temp_path ${directory}/scgi;
  server { listen 127.0.0.1:${port}; root ${root}; }
}
`,
  );
  const [command, ...rest] = pinned(cores?.server, ["nginx", "-p", directory, "-c", configuration]);
  const child = spawn(command as string, rest, { stdio: ["ignore", "ignore", "inherit"] });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  for (let attempt = 0; !(await answers(port)); attempt++) {
    if (attempt === 100 || child.exitCode !== null) throw new Error("nginx did not start");
    await setTimeout(50);
  }
  return {
    endpoint: `http://127.0.0.1:${port}`,
    pid: child.pid as number,
    stop: () => {
      child.kill("SIGTERM");
      return ended;
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
