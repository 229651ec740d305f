/**
 * The Firefox of the system, driven by WebDriver BiDi, which it speaks itself: `apt-get install firefox-esr`, or FIREFOX names
 * another. Playwright drives only its own.
 *
 * @see https://www.w3.org/TR/webdriver-bidi/
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { WebSocket } from "undici";

const executablePath = process.env["FIREFOX"] ?? "/usr/bin/firefox-esr";

/** Why there is no test in it; false where there is one. */
export const skip: string | false = existsSync(executablePath)
  ? false
  : `there is no Firefox at ${executablePath}`;

type Answer = Readonly<Record<string, unknown>>;

/** One window of Firefox, with a profile of its own. */
export class Firefox {
  readonly #process: ChildProcess;
  readonly #socket: WebSocket;
  readonly #profile: string;
  readonly #waiting = new Map<number, { resolve(answer: Answer): void; reject(error: Error): void }>();
  #context = "";
  #lastId = 0;

  private constructor(process: ChildProcess, socket: WebSocket, profile: string) {
    this.#process = process;
    this.#socket = socket;
    this.#profile = profile;
    socket.addEventListener("message", ({ data }) => {
      const { id, result, message } = JSON.parse(data as string) as {
        readonly id?: number;
        readonly result?: Answer;
        readonly message?: string;
      };
      const waiting = this.#waiting.get(id ?? 0);
      this.#waiting.delete(id ?? 0);
      if (result === undefined) waiting?.reject(new Error(message));
      else waiting?.resolve(result);
    });
  }

  /** @param downloads Where it puts what it downloads. */
  static async launch(downloads: string): Promise<Firefox> {
    const profile = await mkdtemp(join(tmpdir(), "firefox-"));
    const preferences = { "browser.download.folderList": 2, "browser.download.dir": downloads };
    const lines = Object.entries(preferences).map(
      ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
    );
    await writeFile(join(profile, "user.js"), lines.join("\n"));
    const args = ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0"];
    const firefox = spawn(executablePath, args, { stdio: ["ignore", "ignore", "pipe"] });
    const socket = new WebSocket(`${await addressIn(createInterface({ input: firefox.stderr }))}/session`);
    firefox.stderr.resume();
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener("open", () => resolve());
      socket.addEventListener("error", ({ error }) => reject(error));
    });
    const browser = new Firefox(firefox, socket, profile);
    await browser.#send("session.new", { capabilities: {} });
    const { contexts } = await browser.#send("browsingContext.getTree", {});
    browser.#context = (contexts as readonly { readonly context: string }[])[0]!.context;
    return browser;
  }

  async goto(url: string): Promise<void> {
    await this.#send("browsingContext.navigate", { context: this.#context, url, wait: "complete" });
  }

  /** The value of an expression in the page, as JSON has it; what it does counts as done by a person. */
  async evaluate(expression: string): Promise<unknown> {
    const { result, exceptionDetails } = await this.#send("script.evaluate", {
      expression: `Promise.resolve(${expression}).then((value) => JSON.stringify(value ?? null))`,
      target: { context: this.#context },
      awaitPromise: true,
      userActivation: true,
    });
    if (result === undefined) throw new Error((exceptionDetails as { readonly text: string }).text);
    return JSON.parse((result as { readonly value: string }).value);
  }

  /** Chooses files for the first input of them. */
  async chooseFiles(...files: readonly string[]): Promise<void> {
    const locator = { type: "css", value: "input[type=file]" };
    const { nodes } = await this.#send("browsingContext.locateNodes", { context: this.#context, locator });
    const [element] = nodes as readonly { readonly sharedId: string }[];
    await this.#send("input.setFiles", { context: this.#context, element, files });
  }

  async close(): Promise<void> {
    const ended = once(this.#process, "exit");
    await this.#send("browser.close", {});
    this.#socket.close();
    await ended;
    await rm(this.#profile, { recursive: true, maxRetries: 5 });
  }

  #send(method: string, params: object): Promise<Answer> {
    const id = ++this.#lastId;
    this.#socket.send(JSON.stringify({ id, method, params }));
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }
}

async function addressIn(log: AsyncIterable<string>): Promise<string> {
  const lines: string[] = [];
  for await (const line of log) {
    lines.push(line);
    const address = /WebDriver BiDi listening on (ws:\S+)/.exec(line)?.[1];
    if (address !== undefined) return address;
  }
  throw new Error(`Firefox ended: ${lines.join("\n")}`);
}
