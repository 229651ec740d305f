/**
 * Clients that take their time or more than they should: the server's memory stays bounded, and others are served.
 *
 * Sized for the normal tests; `STOWAGE_LARGE_MIB=10240` and `STOWAGE_IDLE_CONNECTIONS=10000` are the whole of it.
 */

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { S3Client } from "../../src/client/s3-client.ts";
import { signV4 } from "../../src/s3/sigv4.ts";
import { startServing, type Serving } from "../support/serve.ts";

const MiB = 1024 * 1024;
const largeMiB = Number(process.env["STOWAGE_LARGE_MIB"] ?? 200);
const idleConnections = Number(process.env["STOWAGE_IDLE_CONNECTIONS"] ?? 500);
const credentials = { accessKeyId: "AKIDSLOW000000000000", secretAccessKey: "slow-secret" };

/** security.md: "a 10 GiB upload and download within 200 MiB of RSS". */
const mostRssMiB = 200;

describe("slow and large clients", { timeout: 60_000 + largeMiB * 1000 }, () => {
  let dataDir: string;
  let serving: Serving;
  let port: number;
  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "stowage-slow-"));
    serving = await startServing({
      dataDir,
      environment: {
        STOWAGE_ACCESS_KEY: credentials.accessKeyId,
        STOWAGE_SECRET_KEY: credentials.secretAccessKey,
      },
    });
    port = Number(new URL(serving.endpoint).port);
    await send("PUT", "/slow");
  });
  after(async () => {
    await serving.stop();
    await rm(dataDir, { recursive: true });
  });

  const headersFor = (method: string, path: string, query = ""): Record<string, string> => {
    const headers = { host: `127.0.0.1:${port}` };
    const payloadHash = "UNSIGNED-PAYLOAD";
    return {
      ...headers,
      ...signV4(
        { method, path, query, headers },
        { credentials, region: "us-east-1", payloadHash, date: new Date() },
      ),
    };
  };

  /** Sends a request with a body of so many pieces, and gives what the answer is. */
  async function send(
    method: string,
    path: string,
    pieces = 0,
    piece: Uint8Array = new Uint8Array(0),
  ): Promise<number> {
    const [plain = "", query = ""] = path.split("?");
    const outgoing = request({
      host: "127.0.0.1",
      port,
      method,
      path,
      agent: false,
      headers: { ...headersFor(method, plain, query), "content-length": String(pieces * piece.length) },
    });
    const answered = once(outgoing, "response") as Promise<[IncomingMessage]>;
    for (let sent = 0; sent < pieces; sent++) {
      if (!outgoing.write(piece)) await once(outgoing, "drain");
    }
    outgoing.end();
    const [answer] = await answered;
    answer.resume();
    await once(answer, "end");
    return answer.statusCode ?? 0;
  }

  async function rssMiB(field: "VmRSS" | "VmHWM" | "RssAnon"): Promise<number> {
    const status = await readFile(`/proc/${serving.pid}/status`, "latin1");
    return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(status)?.[1]) / 1024;
  }
  const hasProc = process.platform === "linux";

  it(
    `${largeMiB} MiB go up and down within ${mostRssMiB} MiB of memory`,
    { skip: !hasProc && "there is no /proc" },
    async () => {
      // A body of one PUT has at most 5 GiB.
      if (largeMiB > 5 * 1024) await putParts("large");
      else assert.equal(await send("PUT", "/slow/large", largeMiB, Buffer.alloc(MiB, "l")), 200);
      const incoming = await open("/slow/large");
      let size = 0;
      incoming.on("data", (chunk: Buffer) => {
        size += chunk.length;
      });
      await once(incoming, "end");
      assert.equal(size, largeMiB * MiB);
      const peak = await rssMiB("VmHWM");
      assert.ok(peak < mostRssMiB, `the server took ${Math.round(peak)} MiB at its peak`);
    },
  );

  async function putParts(key: string): Promise<void> {
    const partMiB = 1024;
    const to = { bucket: "slow", key };
    const client = new S3Client({ endpoint: serving.endpoint, region: "us-east-1", credentials });
    const { uploadId } = await client.createMultipartUpload(to);
    for (let at = 0; at * partMiB < largeMiB; at++) {
      const path = `/slow/${key}?partNumber=${at + 1}&uploadId=${uploadId}`;
      const pieces = Math.min(partMiB, largeMiB - at * partMiB);
      assert.equal(await send("PUT", path, pieces, Buffer.alloc(MiB, "l")), 200);
    }
    const { parts } = await client.listParts({ ...to, uploadId });
    await client.completeMultipartUpload({ ...to, uploadId, parts });
    await client.close();
  }

  async function open(path: string): Promise<IncomingMessage> {
    const outgoing = request({
      host: "127.0.0.1",
      port,
      path,
      agent: false,
      headers: headersFor("GET", path),
    });
    outgoing.end();
    const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
    return incoming;
  }

  it(
    "clients that stop reading hold what the sockets hold, and no more",
    { skip: !hasProc && "there is no /proc" },
    async () => {
      assert.equal(await send("PUT", "/slow/read", 32, Buffer.alloc(MiB, "r")), 200);
      const before = await rssMiB("RssAnon");
      const readers = await Promise.all(
        Array.from({ length: 40 }, async () => {
          const incoming = await open("/slow/read");
          incoming.pause();
          return incoming;
        }),
      );
      await setTimeout(300);
      // Two buffers of half a MiB for each, where the whole would be 32 MiB.
      const grown = (await rssMiB("RssAnon")) - before;
      assert.ok(grown < 40 * 3, `40 readers that stand still took ${Math.round(grown)} MiB`);
      assert.equal(await send("GET", "/slow?list-type=2"), 200);
      for (const reader of readers) reader.destroy();
    },
  );

  it("heads that never end, bodies that stand still and half-closed sockets leave others served", async () => {
    const sockets: Socket[] = [];
    const start = async (text: string, halfClose = false): Promise<void> => {
      const socket = connect({ host: "127.0.0.1", port, allowHalfOpen: true });
      socket.on("error", () => {});
      await once(socket, "connect");
      socket.write(text);
      if (halfClose) socket.end();
      sockets.push(socket);
    };
    const head = Object.entries(headersFor("PUT", "/slow/never"))
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join("");
    for (let round = 0; round < 30; round++) {
      await start("GET / HTTP/1.1\r\nhost: a\r\nx-slow: ");
      await start(`PUT /slow/never HTTP/1.1\r\n${head}content-length: 100000000\r\n\r\nfirst bytes`);
      await start(`PUT /slow/never HTTP/1.1\r\n${head}content-length: 100000000\r\n\r\nfirst bytes`, true);
      await start("GET /slow?list-type=2 HTTP/1.1\r\nhost: a\r\n\r\n", true);
    }
    assert.equal(await send("PUT", "/slow/other", 1, Buffer.from("x")), 200);
    assert.equal(await send("GET", "/slow/other"), 200);
    for (const socket of sockets) socket.destroy();
    await setTimeout(100);
    // Nothing of a body that never came to its end is there.
    assert.equal(await send("GET", "/slow/never"), 404);
  });

  it(
    `${idleConnections} idle connections leave others served`,
    { skip: !hasProc && "there is no /proc" },
    async () => {
      const before = await rssMiB("VmRSS");
      const sockets: Socket[] = [];
      for (let opened = 0; opened < idleConnections; opened += 100) {
        const batch = Array.from({ length: Math.min(100, idleConnections - opened) }, () => {
          const socket = connect({ host: "127.0.0.1", port });
          socket.on("error", () => {});
          sockets.push(socket);
          return once(socket, "connect");
        });
        await Promise.all(batch);
      }
      assert.equal(await send("GET", "/slow?list-type=2"), 200);
      const grown = (await rssMiB("VmRSS")) - before;
      assert.ok(
        grown < 20 + idleConnections / 50,
        `${idleConnections} connections took ${Math.round(grown)} MiB`,
      );
      for (const socket of sockets) socket.destroy();
    },
  );
});
