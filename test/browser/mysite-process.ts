/** The example site in a process of its own, as a person starts it. */

import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

export interface Mysite {
  /** Such as `http://127.0.0.1:41234`. */
  readonly url: string;
  readonly pid: number;
  [Symbol.asyncDispose](): Promise<void>;
}

/** @throws Error with what the site said, when it ended instead of listening. */
export async function startMysite(settings: Readonly<Record<string, string>> = {}): Promise<Mysite> {
  // Nothing of the AWS account that whoever runs this may have.
  const own = Object.entries(process.env).filter(([name]) => !/^(?:AWS_|MYSITE_|DATABASE_URL)/.test(name));
  const program = join(process.cwd(), "dist/examples/mysite/start.js");
  const site = spawn(process.execPath, ["--max-semi-space-size=1", program], {
    cwd: "examples/mysite",
    env: { ...Object.fromEntries(own), PORT: "0", ...settings },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<void>((resolve) => site.once("exit", () => resolve()));
  let said = "";
  site.stderr.on("data", (chunk) => (said += String(chunk)));
  for await (const line of createInterface({ input: site.stdout })) {
    said += `${line}\n`;
    const [, url] = /^mysite: (http:.*)$/.exec(line) ?? [];
    if (url === undefined) continue;
    site.stdout.resume();
    return {
      url,
      pid: site.pid!,
      [Symbol.asyncDispose]: async () => {
        site.kill();
        await ended;
      },
    };
  }
  throw new Error(`mysite ended: ${said}`);
}
