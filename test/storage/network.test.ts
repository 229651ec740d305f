/** The S3 storage's ways through a network: certificates that nobody knows, and proxies. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import type { Duplex } from "node:stream";
import { test } from "node:test";
import { s3 } from "../../src/storage.ts";
import { owner, startTestServer } from "../support/server.ts";

const [cert, key] = ["cert", "key"].map((name) => readFileSync(`test/support/tls/${name}.pem`, "utf8"));

for (const tls of [undefined, { cert: cert!, key: key! }]) {
  const scheme = tls === undefined ? "http" : "https";

  test(`s3({ proxies, verify: false }) goes through the proxy to a server over ${scheme}`, async () => {
    const server = await startTestServer(tls === undefined ? {} : { tls });
    const asked: string[] = [];
    const sockets = new Set<Duplex>();
    const proxy = createServer();
    proxy.on("connect", (request, client, head) => {
      asked.push(request.url ?? "");
      const [host = "", port = ""] = (request.url ?? "").split(":");
      const upstream = connect(Number(port), host, () => {
        client.write("HTTP/1.1 200 Connection established\r\n\r\n");
        upstream.write(head);
        upstream.pipe(client).pipe(upstream);
      });
      for (const socket of [client, upstream]) socket.on("error", () => {});
      sockets.add(client).add(upstream);
    });
    await once(proxy.listen(0, "127.0.0.1"), "listening");
    const uri = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const options = {
      endpointUrl: server.server.url,
      accessKey: owner.accessKeyId,
      secretKey: owner.secretAccessKey,
      bucketName: "proxied",
      autoCreateBucket: true,
      proxies: { http: uri, https: uri },
    };
    const storage = s3({ ...options, verify: false });
    const strict = s3({ ...options, clientConfig: { retries: { maxAttempts: 1 } } });
    try {
      await storage.save("a.txt", "through a proxy");
      assert.equal(await (await storage.open("a.txt")).text(), "through a proxy");
      assert.ok(asked.length > 0);
      assert.deepEqual([...new Set(asked)], [new URL(server.server.url).host]);
      if (tls !== undefined)
        await assert.rejects(strict.exists("a.txt"), /not trusted|self-signed|certificate/);
    } finally {
      await Promise.all([storage.close(), strict.close()]);
      for (const socket of sockets) socket.destroy();
      proxy.close();
      await server.close();
    }
  });
}
