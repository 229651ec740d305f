/** The Chromium of the system: `apt-get install chromium`, or CHROMIUM names another. */

import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const executablePath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

/** Why there is no test in a browser; false where there is one. */
export const skip: string | false = existsSync(executablePath)
  ? false
  : `there is no Chromium at ${executablePath}`;

/** @param args Further ones of its command line. */
export async function launchChromium(...args: readonly string[]): Promise<Browser> {
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", ...args] });
}
