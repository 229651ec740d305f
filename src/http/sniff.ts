/** What a file is by its first bytes. A small table of our own: what people upload, and what is passed off as that. */

/** As many bytes as {@link sniffType} looks at. */
export const sniffBytes = 4096;

interface Signature {
  readonly type: string;
  /** Bytes as latin1; a `?` may be any byte. */
  readonly bytes: string;
  /** Where they stand. Default: 0. */
  readonly at?: number;
}

/** In this order: the first that fits counts. */
const signatures: readonly Signature[] = [
  { type: "image/png", bytes: "\x89PNG\r\n\x1a\n" },
  { type: "image/jpeg", bytes: "\xff\xd8\xff" },
  { type: "image/gif", bytes: "GIF87a" },
  { type: "image/gif", bytes: "GIF89a" },
  { type: "image/webp", bytes: "RIFF????WEBP" },
  { type: "image/bmp", bytes: "BM????\0\0\0\0" },
  { type: "image/tiff", bytes: "II*\0" },
  { type: "image/tiff", bytes: "MM\0*" },
  { type: "image/vnd.microsoft.icon", bytes: "\0\0\x01\0" },
  { type: "image/vnd.adobe.photoshop", bytes: "8BPS" },
  { type: "image/avif", bytes: "ftypavi", at: 4 },
  { type: "image/heic", bytes: "ftyphei", at: 4 },
  { type: "image/heic", bytes: "ftyphev", at: 4 },
  { type: "image/heif", bytes: "ftypmif1", at: 4 },
  { type: "video/quicktime", bytes: "ftypqt  ", at: 4 },
  { type: "audio/mp4", bytes: "ftypM4A", at: 4 },
  { type: "video/3gpp", bytes: "ftyp3g", at: 4 },
  { type: "video/mp4", bytes: "ftyp", at: 4 },
  { type: "video/webm", bytes: "\x1a\x45\xdf\xa3" },
  { type: "video/x-msvideo", bytes: "RIFF????AVI " },
  { type: "audio/wav", bytes: "RIFF????WAVE" },
  { type: "audio/mpeg", bytes: "ID3" },
  { type: "audio/mpeg", bytes: "\xff\xfb" },
  { type: "audio/mpeg", bytes: "\xff\xfa" },
  { type: "audio/mpeg", bytes: "\xff\xf3" },
  { type: "audio/mpeg", bytes: "\xff\xf2" },
  { type: "audio/flac", bytes: "fLaC" },
  { type: "audio/ogg", bytes: "OggS" },
  { type: "audio/midi", bytes: "MThd" },
  { type: "application/pdf", bytes: "%PDF-" },
  { type: "application/zip", bytes: "PK\x03\x04" },
  { type: "application/zip", bytes: "PK\x05\x06" },
  { type: "application/gzip", bytes: "\x1f\x8b" },
  { type: "application/x-bzip2", bytes: "BZh" },
  { type: "application/x-xz", bytes: "\xfd7zXZ\0" },
  { type: "application/zstd", bytes: "\x28\xb5\x2f\xfd" },
  { type: "application/x-7z-compressed", bytes: "7z\xbc\xaf\x27\x1c" },
  { type: "application/vnd.rar", bytes: "Rar!\x1a\x07" },
  { type: "application/x-tar", bytes: "ustar", at: 257 },
  { type: "application/x-cfb", bytes: "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" },
  { type: "application/rtf", bytes: "{\\rtf" },
  { type: "application/vnd.sqlite3", bytes: "SQLite format 3\0" },
  { type: "application/wasm", bytes: "\0asm" },
  { type: "application/x-msdos-program", bytes: "MZ" },
  { type: "application/x-executable", bytes: "\x7fELF" },
  { type: "font/woff", bytes: "wOFF" },
  { type: "font/woff2", bytes: "wOF2" },
  { type: "font/otf", bytes: "OTTO" },
  { type: "font/ttf", bytes: "\0\x01\0\0\0" },
];

/** After white space, comments and an XML declaration; without regard to case. What WHATWG's MIME sniffing looks for. */
const htmlStart =
  /^(?:<!doctype html|<(?:html|head|body|script|iframe|h1|div|font|table|a|style|title|b|br|p|form|img|meta|link)[\s>/])/;

/**
 * The type of a file by its first bytes.
 *
 * @param head At most {@link sniffBytes} are looked at.
 * @returns undefined for what has no signature, such as text.
 * @see https://mimesniff.spec.whatwg.org/
 */
export function sniffType(head: Uint8Array): string | undefined {
  const start = Buffer.from(head.subarray(0, sniffBytes)).toString("latin1");
  return signatures.find((signature) => fits(signature, start))?.type ?? markupType(start);
}

/** Whether every file of this type begins with a signature of the table. */
export function hasSignature(type: string): boolean {
  return signedTypes.has(type) || type === "image/svg+xml";
}

const signedTypes: ReadonlySet<string> = new Set(signatures.map(({ type }) => type));

function fits({ bytes, at = 0 }: Signature, start: string): boolean {
  if (start.length < at + bytes.length) return false;
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] !== start[at + i] && bytes[i] !== "?") return false;
  }
  return true;
}

function markupType(start: string): string | undefined {
  let text = withoutSpace(start.replace(/^\xef\xbb\xbf/, ""));
  const declared = text.startsWith("<?xml");
  // Step by step, not by one expression that could be made to backtrack.
  for (;;) {
    const end = text.startsWith("<!--") ? "-->" : text.startsWith("<?") ? "?>" : undefined;
    if (end === undefined) break;
    const at = text.indexOf(end);
    if (at === -1) break;
    text = withoutSpace(text.slice(at + end.length));
  }
  const lower = text.slice(0, 256).toLowerCase();
  if (lower.startsWith("<svg") || lower.startsWith("<!doctype svg")) return "image/svg+xml";
  if (htmlStart.test(lower)) return "text/html";
  return declared ? "application/xml" : undefined;
}

function withoutSpace(text: string): string {
  return text.replace(/^[\t\n\f\r ]+/, "");
}
