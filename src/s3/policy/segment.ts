/**
 * What stands between two stars of a pattern, and where it stands in a text.
 *
 * A segment without `?` is found by the engine's own search, one with them by Shift-And at 32 places at once: the time is
 * bounded by the length of the text times a thirty-second of that of the segment, whatever somebody has made of them.
 */

/** Characters by their code points, of which {@link anyCharacter} is any one. */
export interface Segment {
  readonly codes: readonly number[];
  /** The characters as they stand, where none of them is any. */
  readonly literal: string | undefined;
}

export const anyCharacter = -1;

/** A text that segments are looked for in. */
export interface Searched {
  readonly text: string;
  /** Code points: whole characters, not halves. */
  readonly codes: Uint32Array;
  /** Whether a character's place is the same in both. */
  readonly isPlain: boolean;
}

export function segmentOf(codes: readonly number[]): Segment {
  const isLiteral = !codes.includes(anyCharacter);
  return { codes, literal: isLiteral ? codes.map((code) => String.fromCodePoint(code)).join("") : undefined };
}

export function searched(text: string): Searched {
  const codes = Uint32Array.from(text, (character) => character.codePointAt(0) as number);
  return { text, codes, isPlain: codes.length === text.length };
}

/** Whether a segment stands at a place. */
export function isAt({ codes }: Segment, text: Searched, at: number): boolean {
  if (at + codes.length > text.codes.length) return false;
  for (let i = 0; i < codes.length; i++) {
    const wanted = codes[i];
    if (wanted !== anyCharacter && wanted !== text.codes[at + i]) return false;
  }
  return true;
}

/** The first place of a segment from `from` on, all of it before `end`; -1 where there is none. */
export function findSegment(segment: Segment, text: Searched, from: number, end: number): number {
  const { codes, literal } = segment;
  if (codes.length === 0) return from;
  if (codes.length > end - from) return -1;
  if (literal === undefined || !text.isPlain) return shiftAnd(codes, text.codes, from, end);
  const found = text.text.indexOf(literal, from);
  return found !== -1 && found + codes.length <= end ? found : -1;
}

/**
 * Bit i of the state says whether the text, as far as it was read, ends with the segment's characters up to the i-th.
 *
 * @see Baeza-Yates and Gonnet, "A New Approach to Text Searching", 1992
 */
function shiftAnd(codes: readonly number[], text: Uint32Array, from: number, end: number): number {
  const words = Math.ceil(codes.length / 32);
  const { table, rowOf } = placesOf(codes, words);
  const lastBit = 1 << ((codes.length - 1) & 31);
  const state = new Uint32Array(words);
  for (let at = from; at < end; at++) {
    const row = rowOf(text[at] as number) * words;
    let carry = 1;
    for (let word = 0; word < words; word++) {
      const before = state[word] as number;
      state[word] = ((before << 1) | carry) & (table[row + word] as number);
      carry = before >>> 31;
    }
    if (((state[words - 1] as number) & lastBit) !== 0) return at - codes.length + 1;
  }
  return -1;
}

/** Characters below have a row by their code; the next row is of those that the segment does not have. */
const directRows = 256;

/** A row of bits for each character: where in the segment it may stand. */
function placesOf(
  codes: readonly number[],
  words: number,
): { readonly table: Uint32Array; readonly rowOf: (code: number) => number } {
  const far = new Map<number, number>();
  for (const code of codes) {
    if (code >= directRows && !far.has(code)) far.set(code, directRows + 1 + far.size);
  }
  const rowOf = (code: number): number => (code < directRows ? code : (far.get(code) ?? directRows));
  const rows = directRows + 1 + far.size;
  const table = new Uint32Array(rows * words);
  for (const [at, code] of codes.entries()) {
    const bit = 1 << (at & 31);
    const word = at >> 5;
    const set = (row: number): void => {
      table[row * words + word] = (table[row * words + word] as number) | bit;
    };
    if (code !== anyCharacter) set(rowOf(code));
    else for (let row = 0; row < rows; row++) set(row);
  }
  return { table, rowOf };
}
