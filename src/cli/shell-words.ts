/** Words of a command line, as a shell would take them apart. */

/** A word, and where in it a quote is open or what a backslash protects stood. */
export interface ShellWord {
  /** Without quotes and backslashes. */
  readonly text: string;
  /** By the characters of {@link text}: whether each was typed as it is, outside of quotes and without a backslash. */
  readonly bare: readonly boolean[];
}

/**
 * The words of a line that may end in the middle of one; behind a space, the last word is empty. Quotes and backslashes
 * are those of POSIX. Nothing is expanded.
 *
 * @example
 * shellWords("cp 'a b' c\\ d").map(({ text }) => text); // ["cp", "a b", "c d"]
 */
export function shellWords(line: string): ShellWord[] {
  const words: ShellWord[] = [];
  let text = "";
  let bare: boolean[] = [];
  let quote = "";
  let isOpen = false;
  const add = (character: string, isBare: boolean): void => {
    text += character;
    for (let unit = 0; unit < character.length; unit++) bare.push(isBare);
    isOpen = true;
  };
  const characters = Array.from(line);
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? "";
    const next = characters[at + 1] ?? "";
    if (character === "\\" && quote !== "'" && (quote === "" || /["\\$`]/.test(next))) {
      add(next, false);
      at++;
    } else if (quote !== "") {
      if (character === quote) quote = "";
      else add(character, false);
    } else if (/["']/.test(character)) {
      quote = character;
      isOpen = true;
    } else if (/\s/.test(character)) {
      if (isOpen) words.push({ text, bare });
      [text, bare, isOpen] = ["", [], false];
    } else {
      add(character, true);
    }
  }
  words.push({ text, bare });
  return words;
}

/** A word that a shell reads as it is. */
export function shellQuoted(word: string): string {
  return /^[\w./:-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
