/**
 * Patterns with `*` for any characters, `?` for one, and `${…}` for what a request says.
 *
 * A pattern is cut at its stars when it is read. Matching looks for one piece after the other, from left to right, and
 * never goes back behind a star (`segment.ts`). No regular expression is made of a policy, a key or a header.
 */

import {
  anyCharacter,
  findSegment,
  isAt,
  type Searched,
  searched,
  type Segment,
  segmentOf,
} from "./segment.ts";

/** Looks up a condition key in lower case; what stands behind the `/` of a key of tags keeps its case. */
export type ConditionValues = (key: string) => readonly string[] | undefined;

/** A compiled pattern. */
export interface Pattern {
  readonly source: string;
  /** What stands between the stars, where it is known when the policy is read. */
  readonly segments: readonly Segment[] | null;
  readonly pieces: readonly Piece[];
  readonly ignoreCase: boolean;
}

type Piece =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "star" }
  | { readonly type: "one" }
  | Variable;

interface Variable {
  readonly type: "variable";
  /** A condition key in lower case. */
  readonly key: string;
  readonly fallback: string | undefined;
}

export interface PatternOptions {
  /** Whether `*` and `?` stand for others, or for themselves. */
  readonly wildcards: boolean;
  /** Whether `${…}` is a variable, which it is in policies of 2012. */
  readonly variables: boolean;
  /** Default: false. */
  readonly ignoreCase?: boolean | undefined;
}

const noValues: ConditionValues = () => undefined;

/** Reads a pattern. Any text is one: an unfinished `${` stands for itself. */
export function compilePattern(
  source: string,
  { wildcards, variables, ignoreCase = false }: PatternOptions,
): Pattern {
  const pieces: Piece[] = [];
  let text = "";
  const push = (piece: Piece): void => {
    if (text !== "") pieces.push({ type: "text", text });
    text = "";
    pieces.push(piece);
  };
  for (let at = 0; at < source.length; at++) {
    const character = source[at] as string;
    if (variables && character === "$" && source[at + 1] === "{") {
      const end = source.indexOf("}", at + 2);
      if (end !== -1) {
        const inner = source.slice(at + 2, end);
        // `${*}`, `${?}` and `${$}` are the characters themselves.
        if (inner === "*" || inner === "?" || inner === "$") text += inner;
        else push(parseVariable(inner));
        at = end;
        continue;
      }
    }
    if (wildcards && character === "*") push({ type: "star" });
    else if (wildcards && character === "?") push({ type: "one" });
    else text += character;
  }
  if (text !== "") pieces.push({ type: "text", text });
  const isFixed = pieces.every(({ type }) => type !== "variable");
  return { source, pieces, ignoreCase, segments: isFixed ? cut(pieces, ignoreCase, noValues) : null };
}

/** `aws:username`, or `aws:username, 'nobody'` with what stands for a missing one. */
function parseVariable(inner: string): Variable {
  const comma = inner.indexOf(",");
  if (comma === -1) return { type: "variable", key: conditionKey(inner), fallback: undefined };
  const fallback = inner.slice(comma + 1).trim();
  const isQuoted = fallback.length >= 2 && fallback.startsWith("'") && fallback.endsWith("'");
  return {
    type: "variable",
    key: conditionKey(inner.slice(0, comma)),
    fallback: isQuoted ? fallback.slice(1, -1) : fallback,
  };
}

/** A condition key as it is looked up: without regard to case, but for the name of a tag behind the slash. */
export function conditionKey(name: string): string {
  const trimmed = name.trim();
  const slash = trimmed.indexOf("/");
  return slash === -1 ? trimmed.toLowerCase() : trimmed.slice(0, slash).toLowerCase() + trimmed.slice(slash);
}

/** Whether the request has a value for every variable of the pattern. One without matches nothing. */
export function patternResolves({ pieces, segments }: Pattern, values: ConditionValues): boolean {
  if (segments !== null) return true;
  return pieces.every((piece) => piece.type !== "variable" || valueOf(piece, values) !== undefined);
}

/** Whether the pattern matches the whole text. */
export function matchPattern(pattern: Pattern, text: string, values: ConditionValues): boolean {
  if (pattern.segments === null && !patternResolves(pattern, values)) return false;
  const { pieces, ignoreCase } = pattern;
  const whole = searchedOnce(ignoreCase ? text.toLowerCase() : text);
  const segments = pattern.segments ?? cut(pieces, ignoreCase, values, whole.codes.length);
  return segments !== null && matchSegments(segments, whole);
}

let searchedLast = searched("");

/** A policy holds all its patterns against the same few texts. */
function searchedOnce(text: string): Searched {
  if (searchedLast.text !== text) searchedLast = searched(text);
  return searchedLast;
}

/** Whether a pattern, and with it all that it can match, has wildcards or variables. */
export function isFixedText({ pieces }: Pattern): boolean {
  return pieces.every(({ type }) => type === "text");
}

/** A variable stands for one value. */
function valueOf({ key, fallback }: Variable, values: ConditionValues): string | undefined {
  return values(key)?.[0] ?? fallback;
}

/** @returns Null for more than `most` characters, which values can make of a short pattern: no text that long is there. */
function cut(
  pieces: readonly Piece[],
  ignoreCase: boolean,
  values: ConditionValues,
  most = Infinity,
): Segment[] | null {
  const segments: number[][] = [[]];
  let length = 0;
  for (const piece of pieces) {
    if (piece.type === "star") {
      segments.push([]);
      continue;
    }
    const segment = segments.at(-1) as number[];
    const before = segment.length;
    if (piece.type === "one") segment.push(anyCharacter);
    else {
      const text = piece.type === "text" ? piece.text : (valueOf(piece, values) ?? "");
      // A star in a variable's value is a star.
      for (const character of ignoreCase ? text.toLowerCase() : text) {
        segment.push(character.codePointAt(0) as number);
      }
    }
    length += segment.length - before;
    if (length > most) return null;
  }
  return segments.map(segmentOf);
}

function matchSegments(segments: readonly Segment[], text: Searched): boolean {
  const first = segments[0] as Segment;
  const last = segments.at(-1) as Segment;
  const { length } = text.codes;
  if (segments.length === 1) return length === first.codes.length && isAt(first, text, 0);
  const end = length - last.codes.length;
  if (first.codes.length > end || !isAt(first, text, 0) || !isAt(last, text, end)) return false;
  let at = first.codes.length;
  for (const segment of segments.slice(1, -1)) {
    const found = findSegment(segment, text, at, end);
    if (found === -1) return false;
    at = found + segment.codes.length;
  }
  return true;
}
