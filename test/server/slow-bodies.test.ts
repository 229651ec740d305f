/** Bodies that come a byte now and then, for as long as they are let: "slow loris". */

import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { after, before, describe, it } from "node:test";
import { setTimeout } from "node:timers/promises";
import { startTestServer, type TestServer } from "../support/server.ts";

const bodyPace = { graceMs: 300, bytesPerSecond: 10_000 };

describe("a body that comes slowly", () => {
  let s3: TestServer;
  before(async () => {
    s3 = await startTestServer({ bodyPace });
    await s3.send("PUT /slow", { headers: { "x-amz-acl": "public-read-write" } });
    await s3.send("PUT /closed");
  });
  after(() => s3.close());

  /** Sends so many bytes of a body every 20 ms, and gives what comes back until the server closes. */
  async function trickle(
    path: string,
    { announced, each, pieces = 200 }: { announced: number; each: number; pieces?: number },
  ): Promise<{ answer: string; ms: number }> {
    const begun = performance.now();
    const socket = connect(s3.server.port, "127.0.0.1");
    const closed = new Promise((resolve) => socket.once("close", resolve));
    let answer = "";
    socket.on("data", (chunk) => (answer += chunk.toString()));
    socket.on("error", () => {});
    await once(socket, "connect");
    socket.write(`PUT ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: ${announced}\r\n\r\n`);
    for (let sent = 0; sent < pieces && !socket.destroyed; sent++) {
      socket.write(Buffer.alloc(each, "x"));
      await setTimeout(20);
    }
    socket.end();
    await closed;
    return { answer, ms: performance.now() - begun };
  }

  for (const [what, announced] of [
    ["of an object in the index", 50_000],
    ["of an object in a file", 50_000_000],
  ] as const) {
    it(`${what} is refused with RequestTimeout, and its connection closed`, async () => {
      const { answer, ms } = await trickle("/slow/never", { announced, each: 1 });
      assert.match(answer, /^HTTP\/1\.1 400 [^]*<Code>RequestTimeout<\/Code>/);
      assert.ok(ms < 3500, `${Math.round(ms)} ms`);
      assert.equal((await s3.send("GET /slow/never")).code, "NoSuchKey");
    });
  }

  it("is taken where it comes at the pace, however long", async () => {
    const { answer } = await trickle("/slow/steady", { announced: 2000 * 50, each: 2000, pieces: 50 });
    assert.match(answer, /^HTTP\/1\.1 200 /);
  });

  it("and nobody wants is given up after the grace", async () => {
    const { answer, ms } = await trickle("/closed/key", { announced: 1000, each: 1 });
    assert.match(answer, /^HTTP\/1\.1 403 /);
    assert.ok(ms < 3500, `${Math.round(ms)} ms`);
  });
});
