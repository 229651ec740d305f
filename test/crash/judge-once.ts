/**
 * Judges one store in a process of its own: a store that is damaged may take its reader down with it. Arguments: data
 * directory, what is told when it fails; on standard input, the states of the keys as JSON.
 */

import { readFileSync } from "node:fs";

import { judge, type KeyState } from "./judge.ts";

const [dataDir = "", when = ""] = process.argv.slice(2);
const states = new Map(JSON.parse(readFileSync(0, "utf8")) as [string, KeyState][]);
await judge(dataDir, states, when);
