#!/usr/bin/env node
/** The `stowage` program. */

import { runProgram } from "./program.ts";
import { stopSignal } from "./stop-signal.ts";

// Whoever read the log may go away; the server stays.
process.stdout.on("error", () => {});
process.stderr.on("error", () => {});

process.exitCode = await runProgram(process.argv.slice(2), {
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  terminal: process.stderr.isTTY,
  stopSignal,
});
