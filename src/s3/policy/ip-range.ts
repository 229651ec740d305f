/** Addresses of IPv4 and IPv6, and ranges of them (RFC 4632, RFC 4291). */

/** Four bytes or sixteen. */
export type IpAddress = readonly number[];

/** The addresses that share their first bits with one. */
export interface IpRange {
  readonly address: IpAddress;
  readonly prefixBits: number;
}

/**
 * Reads an address.
 *
 * @returns null for what is none. `::ffff:192.0.2.1`, which a socket says of a client over IPv4, is 192.0.2.1.
 */
export function parseIp(text: string): IpAddress | null {
  if (!text.includes(":")) return parseV4(text);
  const bytes = parseV6(text);
  if (bytes === null) return null;
  const isMapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
  return isMapped ? bytes.slice(12) : bytes;
}

/** Reads `192.0.2.0/24`, `2001:db8::/32`, or one address. */
export function parseIpRange(text: string): IpRange | null {
  const slash = text.indexOf("/");
  const address = parseIp(slash === -1 ? text : text.slice(0, slash));
  if (address === null) return null;
  const mostBits = address.length * 8;
  if (slash === -1) return { address, prefixBits: mostBits };
  const digits = text.slice(slash + 1);
  if (!/^\d{1,3}$/.test(digits) || Number(digits) > mostBits) return null;
  return { address, prefixBits: Number(digits) };
}

export function ipRangeContains({ address, prefixBits }: IpRange, other: IpAddress): boolean {
  if (address.length !== other.length) return false;
  for (let bits = prefixBits, i = 0; bits > 0; bits -= 8, i++) {
    const mask = bits >= 8 ? 0xff : (0xff << (8 - bits)) & 0xff;
    if (((address[i] as number) & mask) !== ((other[i] as number) & mask)) return false;
  }
  return true;
}

function parseV4(text: string): number[] | null {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part))) return null;
  const bytes = parts.map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : null;
}

function parseV6(text: string): number[] | null {
  // A zone says which of the machine's networks, not which address.
  const [bare = ""] = text.split("%", 1);
  const halves = bare.split("::");
  if (halves.length > 2) return null;
  const [head, tail] = halves.map((half, i) => groupsOf(half, i === halves.length - 1));
  if (head === null || head === undefined || tail === null) return null;
  if (tail === undefined) return head.length === 16 ? head : null;
  const zeros = 16 - head.length - tail.length;
  return zeros >= 2 ? [...head, ...Array.from({ length: zeros }, () => 0), ...tail] : null;
}

/** @param isLast Whether the last group may be an address of IPv4. */
function groupsOf(half: string, isLast: boolean): number[] | null {
  if (half === "") return [];
  const bytes: number[] = [];
  const groups = half.split(":");
  for (const [i, group] of groups.entries()) {
    if (isLast && i === groups.length - 1 && group.includes(".")) {
      const v4 = parseV4(group);
      if (v4 === null) return null;
      bytes.push(...v4);
    } else {
      if (!/^[0-9a-f]{1,4}$/i.test(group)) return null;
      const value = Number.parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
    }
  }
  return bytes;
}
