/** What a pure function made of a text, kept while the text keeps coming. */

const mostEntries = 1000;
/** A longer text is not what everybody sends, and a thousand of them would be memory. */
const longestText = 256;

/**
 * Remembers results by their input. What throws is not remembered. When there are many, all are forgotten: whatever is
 * in use comes back at once, and strangers cannot make it grow.
 */
export class Memo<T> {
  readonly #known = new Map<string, T>();
  readonly #make: (text: string) => T;

  /** @param make Its result depends on nothing but the text; it is shared, and must not be changed. */
  constructor(make: (text: string) => T) {
    this.#make = make;
  }

  get(text: string): T {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const made = this.#make(text);
    if (text.length > longestText) return made;
    if (this.#known.size >= mostEntries) this.#known.clear();
    this.#known.set(text, made);
    return made;
  }
}
