/** Width and height from the first bytes of an image: PNG, JPEG, GIF, WebP. Nothing is decoded. */

import type { Content } from "../storage/content.ts";
import { StorageFile } from "../storage/file.ts";

export interface ImageSize {
  readonly type: "image/png" | "image/jpeg" | "image/gif" | "image/webp";
  /** Pixels, as they are stored: an orientation in the metadata is not applied. */
  readonly width: number;
  readonly height: number;
}

/** Reads bytes `start` to `end`, or fewer at the end. */
type ReadBytes = (start: number, end: number) => Promise<Uint8Array>;

const headBytes = 4096;

/** More metadata than that is before no real picture: segments of a JPEG are 64 KiB at most. */
const maxSegments = 500;

/**
 * The size of an image, or null for what is none of the four kinds, or is cut short.
 *
 * @example
 * await imageSize(await storage.open("cat.png", "r", { lazy: true })); // { type: "image/png", width: 640, height: 480 }
 */
export async function imageSize(content: Blob | StorageFile | Uint8Array): Promise<ImageSize | null> {
  const read = readerOf(content);
  const head = Buffer.from(await read(0, headBytes));
  return sizeOfPng(head) ?? sizeOfGif(head) ?? sizeOfWebp(head) ?? (await sizeOfJpeg(head, read));
}

/** Whether {@link imageSize} can look at it without using it up. */
export function canBeMeasured(content: Content): content is Blob | StorageFile | Uint8Array {
  return content instanceof Blob || content instanceof StorageFile || content instanceof Uint8Array;
}

function readerOf(content: Blob | StorageFile | Uint8Array): ReadBytes {
  if (content instanceof Uint8Array) return async (start, end) => content.subarray(start, end);
  if (content instanceof Blob) {
    return async (start, end) => new Uint8Array(await content.slice(start, end).arrayBuffer());
  }
  const { size } = content;
  return (start, end) => content.bytes({ start: Math.min(start, size), end: Math.min(end, size) });
}

/** @see https://www.w3.org/TR/png-3/#11IHDR */
function sizeOfPng(head: Buffer): ImageSize | null {
  const signature = "89504e470d0a1a0a0000000d49484452";
  if (head.length < 24 || head.toString("hex", 0, 16) !== signature) return null;
  return sized("image/png", head.readUInt32BE(16), head.readUInt32BE(20));
}

/** @see https://www.w3.org/Graphics/GIF/spec-gif89a.txt */
function sizeOfGif(head: Buffer): ImageSize | null {
  if (head.length < 10 || !/^GIF8[79]a$/.test(head.toString("latin1", 0, 6))) return null;
  return sized("image/gif", head.readUInt16LE(6), head.readUInt16LE(8));
}

/** @see https://www.rfc-editor.org/rfc/rfc9649#section-2 */
function sizeOfWebp(head: Buffer): ImageSize | null {
  if (
    head.length < 30 ||
    head.toString("latin1", 0, 4) !== "RIFF" ||
    head.toString("latin1", 8, 12) !== "WEBP"
  ) {
    return null;
  }
  const kind = head.toString("latin1", 12, 16);
  if (kind === "VP8X") return sized("image/webp", head.readUIntLE(24, 3) + 1, head.readUIntLE(27, 3) + 1);
  if (kind === "VP8L" && head[20] === 0x2f) {
    const bits = head.readUInt32LE(21);
    return sized("image/webp", (bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1);
  }
  if (kind !== "VP8 " || head.toString("hex", 23, 26) !== "9d012a") return null;
  return sized("image/webp", head.readUInt16LE(26) & 0x3fff, head.readUInt16LE(28) & 0x3fff);
}

/** @see https://www.w3.org/Graphics/JPEG/itu-t81.pdf B.1.1 and B.2.2 */
async function sizeOfJpeg(head: Buffer, read: ReadBytes): Promise<ImageSize | null> {
  if (head.length < 4 || head.readUInt16BE(0) !== 0xffd8) return null;
  let at = 2;
  for (let segment = 0; segment < maxSegments; segment++) {
    const bytes = at + 9 <= head.length ? head.subarray(at, at + 9) : Buffer.from(await read(at, at + 9));
    if (bytes.length < 9 || bytes[0] !== 0xff) return null;
    const marker = bytes[1]!;
    if (marker === 0xff) {
      // A marker may begin with any number of these.
      at++;
      continue;
    }
    if (isStartOfFrame(marker)) return sized("image/jpeg", bytes.readUInt16BE(7), bytes.readUInt16BE(5));
    // The pixels begin, or the picture ends, before any size was told.
    if (marker === 0xda || marker === 0xd9) return null;
    const standsAlone = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7);
    at += standsAlone ? 2 : 2 + bytes.readUInt16BE(2);
  }
  return null;
}

/** C0 to CF but DHT, JPG and DAC. */
function isStartOfFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function sized(type: ImageSize["type"], width: number, height: number): ImageSize | null {
  return width > 0 && height > 0 ? { type, width, height } : null;
}
