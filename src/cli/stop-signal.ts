/** How a process is told to stop: by a signal, or by the end of the npm that started it. */

import { constants } from "node:os";

const parentPollMs = 500;

/** The name of what asks this process to stop, when it does. A second signal ends the process at once. */
export function stopSignal(): Promise<string> {
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
