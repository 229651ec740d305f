/** The programs of guides to the client, and what they need to run. */

import { readFileSync } from "node:fs";
import { owner, type TestServer } from "../support/server.ts";

/** Every JavaScript program of `docs/guides/NAME.md`. */
export function programsOf(name: string): string[] {
  const guide = readFileSync(`docs/guides/${name}.md`, "utf8");
  return Array.from(guide.matchAll(/```js\n([\s\S]*?)```/g), ([, code = ""]) => code);
}

/** The environment in which a program is the server's owner. */
export function ownersEnvironment({ server }: TestServer): NodeJS.ProcessEnv {
  return {
    PATH: process.env["PATH"],
    AWS_ENDPOINT_URL_S3: server.url,
    AWS_ACCESS_KEY_ID: owner.accessKeyId,
    AWS_SECRET_ACCESS_KEY: owner.secretAccessKey,
    AWS_REGION: "us-east-1",
  };
}
