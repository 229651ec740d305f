/**
 * Percent-encoding as AWS has it: unreserved characters of RFC 3986 stay (`A-Z a-z 0-9 - . _ ~`), every other byte of
 * the UTF-8 form becomes `%XX` in capitals. `encodeURIComponent` differs: it leaves `!'()*`.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */

/** Percent-encodes a text. `slash: false` leaves `/`, as in paths. Throws URIError on a lone surrogate. */
export function uriEncode(text: string, { slash = true }: { slash?: boolean } = {}): string {
  throw new Error(`not yet ${text} ${slash}`);
}

/**
 * The canonical form of a path as sent: decoded once and encoded once, not normalised, so `%2F` and `/` are the same
 * and `//`, `.` and `..` stay.
 */
export function canonicalPath(path: string): string {
  throw new Error(`not yet ${path}`);
}

/**
 * The canonical form of a query as sent: each name and value decoded (`+` is a space) and encoded, sorted by encoded
 * name and then value; `key` means `key=`. `without` leaves one name out.
 */
export function canonicalQuery(query: string, { without }: { without?: string } = {}): string {
  throw new Error(`not yet ${query} ${without}`);
}

/** The pairs of a query as sent, decoded as UTF-8 (`+` is a space), in order; `key` has the value `""`. */
export function parseQuery(query: string): [name: string, value: string][] {
  throw new Error(`not yet ${query}`);
}
