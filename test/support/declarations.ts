/** The declarations that a front door exports, as TypeScript writes them for whoever imports it. */

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

export interface Declaration {
  readonly name: string;
  /** What its comment says; empty where there is none. */
  readonly comment: string;
  /** As it is declared; a function may be declared several times. */
  readonly code: string;
}

/** @param door Such as `dist/src/http.d.ts`. */
export function declarationsOf(door: string): Declaration[] {
  const lists = readFileSync(door, "utf8").matchAll(/^export (?:type )?\{([^}]*)\} from "([^"]+)";$/gm);
  return [...lists].flatMap(([, names = "", path = ""]) =>
    names
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== "")
      .map((name) => name.split(" as "))
      .map(([name = "", alias = name]) => ({
        ...declarationOf(name, join(dirname(door), path.replace(/\.ts$/, ".d.ts"))),
        name: alias,
      })),
  );
}

/** What a door says of itself before its lists. */
export function purposeOf(door: string): string {
  const [, comment = ""] = /^\/\*\*(.*?)\*\//s.exec(readFileSync(door, "utf8")) ?? [];
  return textOf(comment);
}

function declarationOf(name: string, path: string): Declaration {
  const text = readFileSync(path, "utf8");
  const again = new RegExp(`^export (?:type )?\\{[^}]*\\b${name}\\b[^}]*\\} from "([^"]+)";$`, "m").exec(
    text,
  );
  if (again !== null) {
    return declarationOf(name, join(dirname(path), again[1]!.replace(/\.ts$/, ".d.ts")));
  }
  const kinds = "(?:abstract )?class|function|const|interface|type";
  const starts = [...text.matchAll(new RegExp(`^export (?:declare )?(?:${kinds}) ${name}\\b`, "gm"))];
  if (starts.length === 0) throw new Error(`${path} does not declare ${name}.`);
  const [, comment = ""] = /\/\*\*((?:(?!\*\/).)*)\*\/\s*$/s.exec(text.slice(0, starts[0]!.index)) ?? [];
  const code = starts.map(({ index }) => blockAt(text, index)).join("\n");
  return {
    name,
    comment: textOf(comment),
    code: withoutPrivates(code).replaceAll("export declare ", "export "),
  };
}

/** From a declaration's first letter to its end: the brace of a class or an interface, or a semicolon. */
function blockAt(text: string, start: number): string {
  const isBlock = /^export (?:declare )?(?:abstract )?(?:class|interface)/.test(text.slice(start));
  const token = /\/\*.*?\*\/|"(?:[^"\\]|\\.)*"|[{}()[\];]/gs;
  token.lastIndex = start;
  let depth = 0;
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    const [sign] = found;
    if (/^[{([]$/.test(sign)) depth++;
    if (/^[})\]]$/.test(sign)) depth--;
    if (depth === 0 && sign === (isBlock ? "}" : ";")) return text.slice(start, token.lastIndex);
  }
  throw new Error(`A declaration has no end: ${text.slice(start, start + 60)}`);
}

/** Of a class: what no user can name. */
function withoutPrivates(code: string): string {
  return code.replaceAll(/\n(?: {4}\/\*\*(?:(?!\*\/).)*\*\/\n)? {4}(?:#private|private [^\n]*);/gs, "");
}

function textOf(comment: string): string {
  return comment
    .split("\n")
    .map((line) => line.replace(/^ ?\* ?/, "").trimEnd())
    .join("\n")
    .trim();
}
