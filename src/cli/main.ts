#!/usr/bin/env node
/** The `stowage` program. */

import { constants } from "node:os";
import { runProgram } from "./program.ts";

process.exitCode = await runProgram(process.argv.slice(2), {
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  terminal: process.stderr.isTTY,
  stopSignal,
});

function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.on(signal, () => {
        // Whoever asks twice does not want to wait. What was acknowledged is on the disk, so nothing is lost by it.
        if (asked) process.exit(128 + constants.signals[signal]);
        asked = true;
        resolve(signal);
      });
    }
  });
}
