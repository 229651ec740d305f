/** Which files are no static files: patterns of shells, with Python's fnmatch as the judge. No I/O. */

import picomatch from "picomatch";

/** Django's: what version control and editors leave, and what is hidden. */
export const defaultIgnore: readonly string[] = ["CVS", ".*", "*~"];

/** Tells whether a name, with its directories, is to be left out. */
export type Ignored = (name: string) => boolean;

/**
 * A judge by patterns. A pattern is held against the base name, against the name of each directory, and against the
 * whole name, where `*` matches slashes too.
 *
 * @see https://docs.djangoproject.com/en/stable/ref/contrib/staticfiles/#cmdoption-collectstatic-ignore
 * @example
 * const ignored = ignoreMatcher([...defaultIgnore, "*.scss"]);
 * ignored("css/site.scss"); // true
 */
export function ignoreMatcher(patterns: readonly string[]): Ignored {
  const judges = patterns.map((pattern) => fnmatch(pattern.replace(/^\.\//, "").replace(/\/+$/, "")));
  const any = (name: string): boolean => judges.some((judge) => judge(name));
  return (name) => any(name) || name.split("/").some(any);
}

/** Directories that need not be walked, as globs: of patterns that mean the same to every library. */
export function prunedGlobs(patterns: readonly string[]): string[] {
  return patterns.filter((pattern) => /^[\w.*?~-]+$/.test(pattern)).map((pattern) => `**/${pattern}/**`);
}

/** Python's fnmatchcase: `*`, `?` and `[…]` alone are special, and they match everything. */
function fnmatch(pattern: string): (name: string) => boolean {
  return picomatch(pattern.replaceAll("[!", "[^"), {
    bash: true,
    dot: true,
    nobrace: true,
    noextglob: true,
    nonegate: true,
  });
}
