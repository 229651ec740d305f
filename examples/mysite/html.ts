/** HTML by a tagged template: whatever is put into it is escaped, but for HTML. */

export class Html {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

export type Fragment = Html | string | number | null | readonly Fragment[];

/**
 * @example
 * html`<p>${"1 < 2"}</p>`; // <p>1 &lt; 2</p>
 */
export function html(texts: TemplateStringsArray, ...values: readonly Fragment[]): Html {
  return new Html(String.raw({ raw: texts }, ...values.map(textOf)));
}

function textOf(value: Fragment): string {
  if (value === null) return "";
  if (value instanceof Html) return value.toString();
  if (typeof value === "object") return value.map(textOf).join("");
  return String(value).replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
