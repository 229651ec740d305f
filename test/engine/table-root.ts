/** Where the tree of a table begins in the bytes of an LMDB data file, for tests that damage it. */

export const pageBytes = 4096;

/** The place of a table's head, in the newest list of tables. */
export function headOf(bytes: Buffer, table: string): number {
  const newest = bytes.readBigUInt64LE(152) > bytes.readBigUInt64LE(pageBytes + 152) ? 0 : pageBytes;
  const main = Number(bytes.readBigUInt64LE(newest + 96 + 40));
  const name = Buffer.from(`${table}\0`);
  return bytes.indexOf(name, main * pageBytes) + name.length;
}

/** The number of its topmost page. */
export function rootOf(bytes: Buffer, table: string): number {
  return Number(bytes.readBigUInt64LE(headOf(bytes, table) + 40));
}

/** Flips a bit in each number of a page below the topmost one, which must have some: they name pages that are not there. */
export function loseSubtrees(bytes: Buffer, table: string): void {
  const root = rootOf(bytes, table) * pageBytes;
  const branch = 1;
  if (bytes.readUInt16LE(root + 18) !== branch) throw new Error(`"${table}" has one page`);
  const count = bytes.readUInt16LE(root + 20) / 2;
  for (let child = 0; child < count; child++) {
    const at = root + 24 + bytes.readUInt16LE(root + 24 + child * 2);
    bytes.writeUInt32LE((bytes.readUInt32LE(at) ^ 0x4000_0000) >>> 0, at);
  }
}

/**
 * Flips the lowest bit in the first key of the topmost page, which ends with a digit.
 *
 * @returns The key of the row that is not found any more: between the old key and the new one there is one.
 */
export function hideRow(bytes: Buffer, table: string): Buffer {
  const root = rootOf(bytes, table) * pageBytes;
  // The first node has no key: it stands for all that is below the second.
  const node = root + 24 + bytes.readUInt16LE(root + 24 + 2);
  const key = bytes.subarray(node + 8, node + 8 + bytes.readUInt16LE(node + 6));
  const last = key.length - 1;
  const digit = key.readUInt8(last);
  key.writeUInt8(digit ^ 1, last);
  const hidden = Buffer.from(key);
  hidden.writeUInt8(digit & ~1, last);
  return hidden;
}
