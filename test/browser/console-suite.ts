/** `stowage serve` in a process of its own, a browser, and what the tests of its console do over and over. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before } from "node:test";
import type { Browser, Locator, Page } from "playwright-core";
import { S3Client } from "../../src/client.ts";
import { launchChromium, skip } from "./chromium.ts";

export { skip } from "./chromium.ts";

/** The administrator's. */
export const keys = {
  accessKeyId: "CONSOLEADMIN00000000",
  secretAccessKey: "the-console-suite's-secret",
} as const;

export interface Server {
  /** The API's. */
  readonly url: string;
  readonly consoleUrl: string;
  readonly client: S3Client;
  close(): Promise<void>;
}

export interface Suite extends Server {
  readonly browser: Browser;
}

/** The suite of a file of tests: it is there while they run. */
export function useSuite(): Suite {
  const suite = {} as Suite;
  before(async () => {
    if (skip === false) Object.assign(suite, await startSuite());
  });
  after(async () => {
    if (skip === false) await suite.close();
  });
  return suite;
}

async function startSuite(): Promise<Suite> {
  const server = await startServer();
  const browser = await launchChromium();
  const close = async (): Promise<void> => {
    await browser.close();
    await server.close();
  };
  return { ...server, browser, close };
}

export async function startServer(): Promise<Server> {
  const data = await mkdtemp(join(tmpdir(), "console-"));
  const server = spawn(
    process.execPath,
    [join(process.cwd(), "dist/src/cli/main.js"), "serve", "--data", data, "--port", "0"],
    {
      env: {
        PATH: process.env["PATH"],
        STOWAGE_ACCESS_KEY: keys.accessKeyId,
        STOWAGE_SECRET_KEY: keys.secretAccessKey,
      },
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  const { url, consoleUrl } = await addressesOf(createInterface({ input: server.stderr }));
  server.stderr.resume();
  const client = new S3Client({ endpoint: url, credentials: keys, env: {} });
  return {
    url,
    consoleUrl,
    client,
    close: async () => {
      await client.close();
      server.kill();
      await once(server, "exit");
      await rm(data, { recursive: true });
    },
  };
}

async function addressesOf(log: AsyncIterable<string>): Promise<{ url: string; consoleUrl: string }> {
  const lines: string[] = [];
  for await (const line of log) {
    lines.push(line);
    const { url, consoleUrl } = JSON.parse(line) as { url?: string; consoleUrl?: string };
    if (url !== undefined && consoleUrl !== undefined) return { url, consoleUrl };
  }
  throw new Error(`the server ended: ${lines.join("\n")}`);
}

/**
 * Opens the console and signs in.
 *
 * @returns What the page throws and what the browser's policy refuses, as it comes.
 */
export async function signIn(
  page: Page,
  consoleUrl: string,
  { accessKeyId, secretAccessKey }: { accessKeyId: string; secretAccessKey: string } = keys,
): Promise<string[]> {
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => {
    if (/Content Security Policy|React/.test(message.text())) faults.push(message.text());
  });
  await page.goto(consoleUrl);
  await page.getByLabel("Access key").fill(accessKeyId);
  await page.getByLabel("Secret key").fill(secretAccessKey);
  await page.getByRole("button", { name: "Sign in" }).click();
  return faults;
}

export function uploadInto(
  page: Page,
  name: string,
  mimeType: string,
  bytes: string | Buffer,
): Promise<void> {
  const buffer = Buffer.from(bytes);
  return page.locator("input[type=file]").first().setInputFiles([{ name, mimeType, buffer }]);
}

/** The panel of a key, opened in the list. */
export async function panelOf(page: Page, key: string): Promise<Locator> {
  await page.getByRole("table", { name: "Objects" }).getByRole("link", { name: key, exact: true }).click();
  return page.getByRole("complementary", { name: key });
}

export async function expectSoon(holds: () => Promise<boolean>): Promise<void> {
  const until = Date.now() + 10_000;
  while (!(await holds().catch(() => false))) {
    assert.ok(Date.now() < until, `${String(holds)} within 10 s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
