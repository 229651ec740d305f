/** Wildcards in keys, as shells have them: `*` and `?` within a folder, `**` across folders, `[a-z]`, and `\` before a plain one. */

import picomatch from "picomatch";

/** Keys that a pattern is for. */
export interface KeyPattern {
  /** What all of them begin with: what is to be listed. */
  readonly prefix: string;
  readonly matches: (key: string) => boolean;
}

/** Null for a key that has no wildcards. */
export function keyPattern(key: string): KeyPattern | null {
  const first = /(?<!\\)[*?[]/.exec(key);
  if (first === null) return null;
  return { prefix: key.slice(0, first.index).replaceAll(/\\(.)/gs, "$1"), matches: matcher(key) };
}

/** Which names go along. */
export interface NameFilter {
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
}

/**
 * Whether a name, relative to where the work begins, goes along: one that an `--include` matches, where there are any, and
 * no `--exclude`. A pattern without a slash is for the last part of a name.
 */
export function nameFilter({ include, exclude }: NameFilter): (name: string) => boolean {
  const included = (include ?? []).map(nameMatcher);
  const excluded = (exclude ?? []).map(nameMatcher);
  return (name) =>
    (included.length === 0 || included.some((matches) => matches(name))) &&
    !excluded.some((matches) => matches(name));
}

function nameMatcher(pattern: string): (name: string) => boolean {
  const matches = matcher(pattern);
  return pattern.includes("/") ? matches : (name) => matches(name.slice(name.lastIndexOf("/") + 1));
}

function matcher(pattern: string): (text: string) => boolean {
  const regex = picomatch.makeRe(pattern, {
    dot: true,
    nobrace: true,
    noext: true,
    nonegate: true,
    strictSlashes: true,
    windows: false,
  });
  return (text) => regex.test(text);
}
