/** A check in a process of its own: reading a damaged index may end it, and that must be told too. */

import { fork } from "node:child_process";
import { once } from "node:events";

import type { Finding } from "../engine/check.ts";
import { CommandError } from "./command.ts";

/** What the other process says. */
export type CheckMessage =
  /** What it reads next. */
  | { readonly kind: "subject"; readonly subject: string }
  | { readonly kind: "finding"; readonly finding: Finding }
  /** It could not begin. */
  | { readonly kind: "refused"; readonly message: string; readonly fix: string }
  | { readonly kind: "done" };

/**
 * @param onFinding Told what is found, at once; that the other process was ended is the last of it.
 * @throws {CommandError} When the directory cannot be opened.
 */
export async function checkApart(dataDir: string, onFinding: (finding: Finding) => void): Promise<void> {
  const child = fork(new URL("check-process.js", import.meta.url), [dataDir]);
  let subject = "the index";
  let isDone = false;
  let refusal: CommandError | undefined;
  child.on("message", (message: CheckMessage) => {
    if (message.kind === "subject") subject = message.subject;
    else if (message.kind === "finding") onFinding(message.finding);
    else if (message.kind === "refused") refusal = new CommandError(message.message, message.fix);
    else isDone = true;
  });
  // The channel may have messages after the process is gone.
  const [[code, signal]] = (await Promise.all([once(child, "exit"), once(child, "disconnect")])) as [
    [number | null, string | null],
    unknown,
  ];
  if (refusal !== undefined) throw refusal;
  if (isDone) return;
  const end = signal === null ? `with exit code ${code}` : `by ${signal}`;
  onFinding({ kind: "damage", subject, problem: `the process that read it was ended ${end}` });
}
