/** The process of a check. Argument: the data directory. What it finds goes to the process that started it. */

import { check } from "../engine/check.ts";
import type { CheckMessage } from "./check-apart.ts";
import { CommandError } from "./command.ts";
import { openDataDirectory } from "./data-directory.ts";

/** Resolves when it was sent: what comes next may be the end of this process. */
const say = (message: CheckMessage): Promise<void> =>
  new Promise((resolve, reject) => {
    process.send?.(message, (error: Error | null) => (error === null ? resolve() : reject(error)));
  });

const endAlone = (): never => process.exit(1);
process.once("disconnect", endAlone);
try {
  const engine = await openDataDirectory(process.argv[2] ?? "", { as: "check" });
  try {
    await check(engine, {
      onSubject: (subject) => say({ kind: "subject", subject }),
      onFinding: (finding) => void say({ kind: "finding", finding }),
    });
  } finally {
    await engine.close();
  }
  await say({ kind: "done" });
} catch (error) {
  if (!(error instanceof CommandError)) throw error;
  await say({ kind: "refused", message: error.message, fix: error.fix });
}
process.off("disconnect", endAlone);
process.disconnect();
