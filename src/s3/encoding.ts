/**
 * Percent-encoding as AWS has it: the unreserved characters of RFC 3986 stay (`A-Z a-z 0-9 - . _ ~`), every other byte
 * becomes `%XX` in capitals. `encodeURIComponent` differs: it leaves `!'()*`.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */

const slashCode = 0x2f;
const percentCode = 0x25;
const plusCode = 0x2b;

/** Whether a byte is unreserved. */
const unreserved = new Uint8Array(256);
for (const byte of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~") {
  unreserved[byte.charCodeAt(0)] = 1;
}

/** `%XX` of every byte. */
const escapes: readonly string[] = Array.from(
  { length: 256 },
  (_, byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`,
);

/**
 * Percent-encodes a text as UTF-8.
 *
 * @param options.slash Whether `/` is encoded too. Default: true; false is for paths.
 * @throws {URIError} For a surrogate without its other half.
 * @example
 * uriEncode("a b/(1)"); // "a%20b%2F%281%29"
 * uriEncode("a b/(1)", { slash: false }); // "a%20b/%281%29"
 */
export function uriEncode(text: string, { slash = true }: { slash?: boolean } = {}): string {
  if (/^[\w.~-]*$/.test(text)) return text;
  const encoded = encodeURIComponent(text).replaceAll(/[!'()*]/g, (c) => escapes[c.charCodeAt(0)] ?? c);
  return slash ? encoded : encoded.replaceAll("%2F", "/");
}

/**
 * The canonical form of a path as sent: decoded once and encoded once, so `%2F` and `/` are the same. It is not
 * normalised: `//`, `.` and `..` stay. A `+` is a plus.
 */
export function canonicalPath(path: string): string {
  return path === "" ? "/" : recode(path, "path");
}

/**
 * The canonical form of a query as sent: every name and value decoded and encoded, sorted by encoded name and then by
 * value; `key` means `key=`. A `+` is a space: Python's urlencode and Go's url.Values write it so after they signed
 * `%20`.
 *
 * @param without A name that is left out.
 */
export function canonicalQuery(query: string, without?: string): string {
  if (query === "") return "";
  const pairs: [name: string, value: string][] = [];
  for (const pair of query.split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const name = recode(equals === -1 ? pair : pair.slice(0, equals), "query");
    if (name !== without) pairs.push([name, equals === -1 ? "" : recode(pair.slice(equals + 1), "query")]);
  }
  // By name first: of the strings `a=` and `a-b=`, the second would sort before the first.
  if (pairs.length > 1) pairs.sort((a, b) => compareBytes(a[0], b[0]) || compareBytes(a[1], b[1]));
  let canonical = "";
  for (const [name, value] of pairs) canonical += `${canonical === "" ? "" : "&"}${name}=${value}`;
  return canonical;
}

/** The pairs of a query as sent, in order, decoded to bytes (one code unit a byte). A `+` is a space. */
export function queryPairs(query: string): [name: string, value: string][] {
  const pairs: [name: string, value: string][] = [];
  for (const pair of query.split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    if (equals === -1) pairs.push([decodeBytes(pair), ""]);
    else pairs.push([decodeBytes(pair.slice(0, equals)), decodeBytes(pair.slice(equals + 1))]);
  }
  return pairs;
}

/** Of strings of bytes, so that the order of code units is the order of bytes. */
function compareBytes(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Decodes and encodes in one pass. A `%` that begins no escape is a percent sign. */
function recode(text: string, part: "path" | "query"): string {
  let done = 0;
  let recoded = "";
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (unreserved[code] === 1 || (code === slashCode && part === "path")) continue;
    if (code > 0xff) {
      throw new TypeError(`Cannot sign ${JSON.stringify(text)}: percent-encode it first.`);
    }
    const escaped = code === percentCode ? hexByte(text, i + 1) : -1;
    const byte = escaped === -1 ? code : escaped;
    recoded += text.slice(done, i);
    if (escaped === -1 && code === plusCode && part === "query") recoded += "%20";
    else if (unreserved[byte] === 1) recoded += String.fromCharCode(byte);
    else recoded += byte === slashCode && part === "path" ? "/" : escapes[byte];
    if (escaped !== -1) i += 2;
    done = i + 1;
  }
  return done === 0 ? text : recoded + text.slice(done);
}

function decodeBytes(text: string): string {
  return text.replaceAll(/\+|%[\da-f]{2}/gi, (found) =>
    found === "+" ? " " : String.fromCharCode(Number.parseInt(found.slice(1), 16)),
  );
}

/** The byte that two hexadecimal digits name, or -1. */
function hexByte(text: string, at: number): number {
  const high = hexDigit(text.charCodeAt(at));
  const low = hexDigit(text.charCodeAt(at + 1));
  return high === -1 || low === -1 ? -1 : high * 16 + low;
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  // Lower case differs from upper case in this bit alone.
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
