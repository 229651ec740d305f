/**
 * How a body travels in a browser: whole. Fetch sends a stream over HTTP/2 alone, and not in every browser, so what is no
 * bytes yet is gathered first; upload() gathers a part at a time.
 */

import { concat } from "./bodies.ts";
import { checksums } from "./load-seldom.ts";
import { type Framing, type FramingOptions, frameBytes, noBody } from "./framing.ts";
import type { Payload } from "./payload.ts";

export async function frame(payload: Payload | null, options: FramingOptions): Promise<Framing> {
  if (payload === null) return noBody;
  const bytes = payload.bytes ?? (await gather(payload));
  const { checksumOf } = options.checksum === null ? noChecksum : await checksums();
  // Fetch does not tell how far a body is: it counts when the answer is there.
  return { ...frameBytes(bytes, options, checksumOf), sent: () => options.onSent?.(bytes.length) };
}

const noChecksum = { checksumOf: () => "" };

async function gather(payload: Payload): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of payload.open()) pieces.push(piece);
  return concat(pieces, payload.size);
}
