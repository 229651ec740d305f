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
