/**
 * The floor under every large PUT: MD5 alone, which the ETag needs, over the same bytes again and again. Arguments:
 * size in bytes, milliseconds. Writes `{"bytesPerSecond": …, "cpuSecondsPerByte": …}`.
 */

import { createHash } from "node:crypto";

const [size = "67108864", durationMs = "3000"] = process.argv.slice(2);
const pieceBytes = 1024 * 1024;
const piece = Buffer.alloc(pieceBytes, "m");
const before = process.cpuUsage();
const startedAt = performance.now();
let bytes = 0;
while (performance.now() - startedAt < Number(durationMs)) {
  const md5 = createHash("md5");
  for (let at = 0; at < Number(size); at += pieceBytes) md5.update(piece);
  md5.digest();
  bytes += Number(size);
}
const seconds = (performance.now() - startedAt) / 1000;
const { user, system } = process.cpuUsage(before);
process.stdout.write(
  `${JSON.stringify({ bytesPerSecond: bytes / seconds, cpuSecondsPerByte: (user + system) / 1e6 / bytes })}\n`,
);
