/** The same file by Express's own `sendFile`, at /express, and by ours from a storage on disk, at /stowage. */

import type { AddressInfo } from "node:net";
import { join } from "node:path";
import express from "express";
import { sendFile } from "../../src/express.ts";
import { disk } from "../../src/storage.ts";

const [, , location = "", name = ""] = process.argv;
const storage = disk({ location });
const app = express().disable("x-powered-by");
app.get("/express", (_request, response) => response.sendFile(join(location, name)));
app.get("/stowage", async (_request, response) => sendFile(response, await storage.open(name)));
const server = app.listen(0, "127.0.0.1", () => {
  process.stdout.write(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
process.once("SIGTERM", () => process.exit(0));
