/** References of scripts: source maps, and on request the modules that they import. */

import { init, parse } from "es-module-lexer";
import type { Reference } from "./references.ts";

/** Before {@link moduleReferences}: the lexer is WebAssembly. */
export async function loadLexer(): Promise<void> {
  await init();
}

/**
 * The source map that a script names, if any: in the last of its lines that is no other comment, as tools read it.
 *
 * @see https://tc39.es/ecma426/#sec-linking-inline
 */
export function sourceMapReference(script: string): Reference[] {
  for (let end = script.length; end > 0;) {
    const start = script.lastIndexOf("\n", end - 1) + 1;
    const line = script.slice(start, end);
    // A quote or a backtick is the end of a text that only looks like a comment.
    const url = /^\/\/# sourceMappingURL=([^\s'"`]+)\s*$/.exec(line)?.[1];
    if (url !== undefined) {
      const at = start + line.indexOf("=") + 1;
      return [{ start: at, end: at + url.length, url, write: (target) => target.replaceAll(" ", "%20") }];
    }
    if (!/^\s*(\/\/[^\n]*)?$/.test(line)) return [];
    end = start - 1;
  }
  return [];
}

/**
 * The modules that a script imports by a path: `./`, `../` and `/`. Bare names are the browser's to resolve, and what is
 * computed cannot be known.
 *
 * @throws What the lexer says of a script that is no JavaScript.
 */
export function moduleReferences(script: string): Reference[] {
  if (!/\b(import|export)\b/.test(script)) return [];
  const found: Reference[] = [];
  for (const one of parse(script)[0]) {
    const { specifier } = one;
    // Null for what is computed.
    if (typeof specifier !== "string" || !/^\.{0,2}\//.test(specifier)) continue;
    if (one.type === "dynamic" && one.glob) continue;
    // A dynamic import's place is that of the whole expression, with its quotes.
    const quotes = one.type === "dynamic" ? 1 : 0;
    const start = one.start + quotes;
    found.push({ start, end: one.end - quotes, url: specifier, write: escapeQuotes });
  }
  return found;
}

function escapeQuotes(url: string): string {
  return url.replaceAll(/[\\'"`]/g, "\\$&");
}
