#!/usr/bin/env node
/** The `stowage` program. */

import { constants } from "node:os";
import { runProgram } from "./program.ts";

const parentPollMs = 500;

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
    if (process.env["npm_lifecycle_event"] !== undefined) {
      // npm gives SIGTERM to the shell between it and this process. The shell dies of it and passes nothing on.
      const shell = process.ppid;
      setInterval(() => {
        if (process.ppid !== shell) resolve("the end of npm");
      }, parentPollMs).unref();
    }
  });
}
