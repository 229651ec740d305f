/**
 * Patterns with `*` for any characters, `?` for one, and `${…}` for what a request says.
 *
 * A pattern is cut at its stars when it is read. Matching looks for one piece after the other, from left to right, and
 * never goes back behind a star: the time is bounded by the length of the text times that of the longest piece, whatever
 * somebody writes into a policy or a key. No regular expression is made of either.
 */

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

/** Characters, of which `null` is any one. */
type Segment = readonly (string | null)[];

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
  return matchSegments(
    pattern.segments ?? cut(pieces, ignoreCase, values),
    ignoreCase ? text.toLowerCase() : text,
  );
}

/** Whether a pattern, and with it all that it can match, has wildcards or variables. */
export function isFixedText({ pieces }: Pattern): boolean {
  return pieces.every(({ type }) => type === "text");
}

/** A variable stands for one value. */
function valueOf({ key, fallback }: Variable, values: ConditionValues): string | undefined {
  return values(key)?.[0] ?? fallback;
}

function cut(pieces: readonly Piece[], ignoreCase: boolean, values: ConditionValues): Segment[] {
  const segments: (string | null)[][] = [[]];
  for (const piece of pieces) {
    const segment = segments.at(-1) as (string | null)[];
    if (piece.type === "star") segments.push([]);
    else if (piece.type === "one") segment.push(null);
    else {
      const text = piece.type === "text" ? piece.text : (valueOf(piece, values) ?? "");
      // Whole characters, not halves. A star in a variable's value is a star.
      segment.push(...Array.from(ignoreCase ? text.toLowerCase() : text));
    }
  }
  return segments;
}

function matchSegments(segments: readonly Segment[], whole: string): boolean {
  const text = Array.from(whole);
  const first = segments[0] as Segment;
  const last = segments.at(-1) as Segment;
  if (segments.length === 1) return text.length === first.length && isAt(first, text, 0);
  const end = text.length - last.length;
  if (first.length > end || !isAt(first, text, 0) || !isAt(last, text, end)) return false;
  let at = first.length;
  for (const segment of segments.slice(1, -1)) {
    while (at + segment.length <= end && !isAt(segment, text, at)) at++;
    if (at + segment.length > end) return false;
    at += segment.length;
  }
  return true;
}

function isAt(segment: Segment, text: readonly string[], at: number): boolean {
  for (let i = 0; i < segment.length; i++) {
    const wanted = segment[i];
    if (wanted !== null && wanted !== text[at + i]) return false;
  }
  return true;
}
