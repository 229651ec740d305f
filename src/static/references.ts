/** What a text says of other static files, and where. */

/** A place in a text that names another file. */
export interface Reference {
  /** The first code unit that is replaced. */
  readonly start: number;
  /** After the last one. */
  readonly end: number;
  /** What the text says, without quotes and escapes. */
  readonly url: string;
  /** What stands there when the URL is another one. */
  readonly write: (url: string) => string;
}

/** The number of the line where something stands, from 1. */
export function lineOf(text: string, position: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at !== -1 && at < position; at = text.indexOf("\n", at + 1)) line++;
  return line;
}
