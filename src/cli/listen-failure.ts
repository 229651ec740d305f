import { CommandError } from "./command.ts";

/** Why there is no listening, with the way out. */
export function listenFailure(
  { host, port, flag }: { readonly host: string; readonly port: number; readonly flag: string },
  cause: unknown,
): CommandError {
  const [reason, fix] = listenFailures[(cause as NodeJS.ErrnoException).code ?? ""] ?? [
    reasonOf(cause),
    `check --host and ${flag}`,
  ];
  return new CommandError(`cannot listen on ${host} port ${port}: ${reason}`, fix.replace("--port", flag), {
    cause,
  });
}

const listenFailures: Readonly<Record<string, readonly [reason: string, fix: string]>> = {
  EADDRINUSE: ["the port is in use", "choose another with --port, or stop what uses it"],
  EACCES: ["permission denied", "choose a port from 1024 up with --port"],
  EADDRNOTAVAIL: ["this machine has no such address", "give one of its own with --host"],
  ENOTFOUND: ["no such host", "give an address of this machine with --host"],
};

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === "ENOENT" ? "no such file" : code === "EACCES" ? "permission denied" : message;
}
