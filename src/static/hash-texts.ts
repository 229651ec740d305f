/** Names of files that name others: a file's hash is that of its text with the hashed names of all it refers to. */

import { hashedName, hashOf } from "./hashed-name.ts";
import type { Reference } from "./references.ts";
import type { Target } from "./resolve-reference.ts";

/** A text with its references to other static files. */
export interface LinkedText {
  readonly name: string;
  readonly text: string;
  readonly links: readonly (Reference & { readonly target: Target })[];
}

/** A text as it is stored under its hashed name. */
export interface HashedText {
  readonly name: string;
  readonly hashed: string;
  readonly bytes: Uint8Array;
}

/**
 * Gives each text its name, those that are referred to first. Texts that refer to each other in a circle get one hash,
 * made of all of them.
 *
 * @param hashedNames The names of all other files; the texts' are added.
 */
export function hashTexts(
  texts: ReadonlyMap<string, LinkedText>,
  hashedNames: Map<string, string>,
): HashedText[] {
  const stored: HashedText[] = [];
  for (const group of inOrder(texts)) {
    // Names of the group itself are not known yet: these references stand as they are.
    const rendered = group.map((one) => render(one, hashedNames));
    const hash = hashOf(Buffer.concat(rendered));
    for (const { name } of group) hashedNames.set(name, hashedName(name, hash));
    for (const [index, one] of group.entries()) {
      const alone = group.length === 1 && !one.links.some(({ target }) => target.name === one.name);
      const bytes = alone ? rendered[index]! : render(one, hashedNames);
      stored.push({ name: one.name, hashed: hashedNames.get(one.name)!, bytes });
    }
  }
  return stored;
}

/** The text with the hashed names that are known. */
function render({ text, links }: LinkedText, hashedNames: ReadonlyMap<string, string>): Buffer {
  const pieces: string[] = [];
  let at = 0;
  for (const { start, end, target, write } of links) {
    const hashed = hashedNames.get(target.name);
    if (hashed === undefined) continue;
    pieces.push(text.slice(at, start), write(target.withBase(hashed.slice(hashed.lastIndexOf("/") + 1))));
    at = end;
  }
  pieces.push(text.slice(at));
  return Buffer.from(pieces.join(""));
}

/**
 * Groups of texts that depend on each other, each after those that it depends on; a group's texts by name.
 *
 * @see https://en.wikipedia.org/wiki/Tarjan%27s_strongly_connected_components_algorithm
 */
function inOrder(texts: ReadonlyMap<string, LinkedText>): LinkedText[][] {
  const groups: LinkedText[][] = [];
  const indexes = new Map<string, number>();
  const stack: string[] = [];
  const waiting = new Set<string>();

  const visit = (text: LinkedText): number => {
    const index = indexes.size;
    indexes.set(text.name, index);
    stack.push(text.name);
    waiting.add(text.name);
    let lowest = index;
    for (const { target } of text.links) {
      const other = texts.get(target.name);
      if (other === undefined) continue;
      const seen = indexes.get(other.name);
      if (seen === undefined) lowest = Math.min(lowest, visit(other));
      else if (waiting.has(other.name)) lowest = Math.min(lowest, seen);
    }
    if (lowest === index) {
      const names = stack.splice(stack.indexOf(text.name)).sort();
      for (const name of names) waiting.delete(name);
      groups.push(names.map((name) => texts.get(name)!));
    }
    return lowest;
  };
  for (const text of texts.values()) if (!indexes.has(text.name)) visit(text);
  return groups;
}
