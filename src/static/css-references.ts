/** References of style sheets: `url()`, `@import` and source maps. Comments and other strings are left alone. */

import { type CSSToken, tokenize, TokenType } from "@csstools/css-tokenizer";
import type { Reference } from "./references.ts";

const sourceMap = /^\/\*#[ \t]sourceMappingURL=(.*?)[ \t]*\*\/$/;

/**
 * The references of a style sheet, as they come. What replaces them is in Django's form, so that both give a file the
 * same hash: `url("…")` with double quotes, and `@import url("…")`.
 *
 * @see https://www.w3.org/TR/css-syntax-3/
 */
export function cssReferences(css: string): Reference[] {
  const found: Reference[] = [];
  const tokens = tokenize({ css });
  let inNamespace = false;
  /** Where an `@import` begins whose URL has not come yet. */
  let importAt: number | null = null;
  for (const [index, token] of tokens.entries()) {
    const [type, text, start, last] = token;
    if (isBlank(token)) {
      const url = sourceMap.exec(text)?.[1];
      if (url !== undefined) found.push({ start, end: last + 1, url, write: writeSourceMap });
      continue;
    }
    if (type === TokenType.AtKeyword) inNamespace = token[4].value.toLowerCase() === "namespace";
    else if (type === TokenType.Semicolon) inNamespace = false;
    else if (inNamespace) continue;
    else if (type === TokenType.URL) {
      found.push({ start, end: last + 1, url: token[4].value, write: writeUrl });
    } else if (type === TokenType.Function && token[4].value.toLowerCase() === "url") {
      const quoted = quotedUrl(tokens, index);
      if (quoted !== null) found.push({ start, ...quoted, write: writeUrl });
    } else if (type === TokenType.String && importAt !== null) {
      found.push({ start: importAt, end: last + 1, url: token[4].value, write: writeImport });
    }
    importAt = type === TokenType.AtKeyword && token[4].value.toLowerCase() === "import" ? start : null;
  }
  return found;
}

/** The string and the end of `url( "…" )`; null for one with modifiers or without a string. */
function quotedUrl(tokens: readonly CSSToken[], opening: number): { url: string; end: number } | null {
  const rest: CSSToken[] = [];
  for (let index = opening + 1; index < tokens.length && rest.length < 2; index++) {
    const token = tokens[index]!;
    if (!isBlank(token)) rest.push(token);
  }
  const [string, closing] = rest;
  if (string?.[0] !== TokenType.String || closing?.[0] !== TokenType.CloseParen) return null;
  return { url: string[4].value, end: closing[3] + 1 };
}

function isBlank([type]: CSSToken): boolean {
  return type === TokenType.Whitespace || type === TokenType.Comment;
}

function writeUrl(url: string): string {
  return `url("${url}")`;
}

function writeImport(url: string): string {
  return `@import url("${url}")`;
}

function writeSourceMap(url: string): string {
  return `/*# sourceMappingURL=${url.replaceAll(" ", "%20")} */`;
}
