/** The floor under every GET: node:http answering a fixed body and doing nothing else. */

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const body = Buffer.alloc(Number(process.argv[2] ?? 4096), "b");
const server = createServer((_request, response) => {
  response.writeHead(200, { "content-type": "application/octet-stream", "content-length": body.length });
  response.end(body);
});
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
process.once("SIGTERM", () => process.exit(0));
