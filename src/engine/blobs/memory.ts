/** Blobs in memory: for tests, and for a server whose data may go when it stops. */

import type { Blobs } from "./blobs.ts";

/** Bytes of a piece that a read yields. */
const pieceBytes = 256 * 1024;

export function createMemoryBlobs(): Blobs {
  const blobs = new Map<string, Buffer>();
  return {
    async write(id, source): Promise<number> {
      const name = id.toString("hex");
      if (blobs.has(name)) throw new Error(`Cannot write blob ${name}: it exists`);
      const pieces: Buffer[] = [];
      for await (const piece of source) pieces.push(Buffer.from(piece));
      const bytes = Buffer.concat(pieces);
      blobs.set(name, bytes);
      return bytes.length;
    },
    async *read(id, { size, start, end }): AsyncIterable<Buffer> {
      const name = id.toString("hex");
      const bytes = blobs.get(name);
      if (bytes === undefined) throw new Error(`Cannot read blob ${name}: there is none`);
      if (bytes.length !== size) {
        throw new Error(`Cannot read blob ${name}: it has ${bytes.length} bytes, its record says ${size}`);
      }
      for (let at = start; at <= end; at += pieceBytes) {
        yield Buffer.from(bytes.subarray(at, Math.min(at + pieceBytes, end + 1)));
      }
    },
    async size(id): Promise<number> {
      const name = id.toString("hex");
      const bytes = blobs.get(name);
      if (bytes === undefined) throw new Error(`Cannot read blob ${name}: there is none`);
      return bytes.length;
    },
    async remove(id): Promise<void> {
      blobs.delete(id.toString("hex"));
    },
    async *list(): AsyncIterable<Buffer> {
      for (const name of blobs.keys()) yield Buffer.from(name, "hex");
    },
    async close(): Promise<void> {},
  };
}
