import assert from "node:assert/strict";
import { test } from "node:test";
import { createMemoryEngine } from "../../src/engine/engine.ts";
import { type ServerOptions, createServer } from "../../src/server/listen.ts";

test("createServer() refuses an option that there is not, and wants an engine", async () => {
  const wrong = { engine: createMemoryEngine(), prot: 0 } as unknown as ServerOptions;
  await assert.rejects(createServer(wrong), {
    name: "TypeError",
    message: /^createServer\(\) has no option "prot"\. Its options are engine, host, port, /,
  });
  await assert.rejects(createServer({ port: 0 } as unknown as ServerOptions), {
    name: "TypeError",
    message: /^createServer\(\) needs engine: /,
  });
});
