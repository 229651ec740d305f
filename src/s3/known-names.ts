/** That each name in an object of options is one that there is, and what is needed is there: JavaScript has no types for it. */

/** 1, or any other word: a value; an object: the names within it, or within each of a list. */
export type KnownNames = Readonly<Record<string, unknown>>;

/** A table of names of which none is missing. */
export type NamesOf<Options> = { readonly [Name in keyof Options]-?: 1 };

/**
 * @param what Whose options they are, as the message names it.
 * @throws TypeError for an option that there is not. It names the one that was meant.
 * @example
 * checkNames("save()", { maxlength: 100 }, { maxLength: 1 }); // save() has no option "maxlength". Did you mean maxLength?
 */
export function checkNames(what: string, options: object, names: KnownNames, group = ""): void {
  if (Array.isArray(options)) {
    for (const one of options as readonly object[]) checkNames(what, one, names, group);
    return;
  }
  for (const [name, value] of Object.entries(options)) {
    const within = Object.hasOwn(names, name) && names[name];
    if (within === false) throw unknownName(what, group + name, name, Object.keys(names));
    if (typeof within === "object" && value !== undefined && value !== null)
      checkNames(what, value as object, within as KnownNames, `${group}${name}.`);
  }
}

/** Throws TypeError for a field that is missing, empty or of another type. */
export function requireField(what: string, name: string, value: unknown, type = "string"): void {
  if (typeof value !== type || value === "")
    throw new TypeError(`${what} needs ${name}, a ${type} that is not empty.`);
}

/** A table of this many names is no help in a message. */
const maxListed = 40;

function unknownName(what: string, path: string, name: string, names: readonly string[]): TypeError {
  let nearest = "";
  let most = 0.4;
  for (const one of names) {
    const likeness = likenessOf(name, one);
    if (likeness >= most) [nearest, most] = [one, likeness];
  }
  const hint =
    name === "0"
      ? " Options are an object."
      : nearest !== ""
        ? ` Did you mean ${nearest}?`
        : names.length < maxListed
          ? ` Its options are ${names.join(", ")}.`
          : "";
  return new TypeError(`${what} has no option "${path}".${hint}`);
}

/** From 0 to 1, by the pairs of letters that two names share (Dice's coefficient). */
function likenessOf(one: string, other: string): number {
  const [pairs, others] = [pairsOf(one), pairsOf(other)];
  const shared = [...pairs].filter((pair) => others.has(pair));
  return (2 * shared.length) / (pairs.size + others.size);
}

function pairsOf(name: string): Set<string> {
  // The space makes a pair of the first letter.
  const lower = ` ${name.toLowerCase()}`;
  return new Set(Array.from(lower.slice(1), (letter, before) => lower.charAt(before) + letter));
}
