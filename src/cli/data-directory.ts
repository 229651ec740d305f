/** Opens the store of a data directory, and says in a command's words why it cannot. */

import { existsSync } from "node:fs";
import type { Engine } from "../engine/engine.ts";
import { CommandError } from "./command.ts";

/** How to open. */
export interface OpenOptions {
  /** Make the directory where there is none. */
  readonly create: boolean;
  readonly durability: "strict" | "relaxed";
}

export async function openDataDirectory(
  dataDir: string,
  { create, durability }: OpenOptions,
): Promise<Engine> {
  if (!create && !existsSync(dataDir)) {
    throw new CommandError(`there is no data directory ${dataDir}`, "give the server's own with --data");
  }
  throw new Error(`not yet ${durability}`);
}
