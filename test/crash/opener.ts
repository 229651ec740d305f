/** Opens a data directory, which recovers it and sweeps, and stays until it is killed. Argument: the directory. */

import { openEngine } from "../../src/engine/engine.ts";
import { inlineBytes } from "./operations.ts";

await openEngine({ dataDir: process.argv[2] ?? "", limits: { inlineBytes, trashGraceMs: 20 } });
process.stdout.write("open\n");
setInterval(() => {}, 1000);
