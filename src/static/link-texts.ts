/** Style sheets and scripts with what they refer to, read and checked before anything is stored. */

import { StorageError } from "../storage/errors.ts";
import { cssReferences } from "./css-references.ts";
import type { LinkedText } from "./hash-texts.ts";
import { loadLexer, moduleReferences, sourceMapReference } from "./js-references.ts";
import { lineOf, type Reference } from "./references.ts";
import { resolveReference } from "./resolve-reference.ts";

export interface LinkOptions {
  /** The path at which static files are found, such as `/static/`. */
  readonly staticPath: string;
  /** Whether scripts' imports are references. */
  readonly moduleImports: boolean;
  /** Whether a file of that name is collected. */
  readonly exists: (name: string) => boolean;
  /** Told of each reference to a file that is not there. */
  readonly onMissing: (message: string) => void;
}

/** Whether a file may refer to others. */
export function isLinking(name: string): boolean {
  return /\.(css|m?js)$/.test(name);
}

/**
 * A text and its references.
 *
 * @throws StorageError `InvalidText` for bytes that are no UTF-8 and, where imports count, for a script that is none.
 */
export async function linkText(name: string, bytes: Uint8Array, options: LinkOptions): Promise<LinkedText> {
  const text = decode(name, bytes);
  const links: LinkedText["links"][number][] = [];
  for (const reference of await referencesOf(name, text, options)) {
    const target = resolveReference(reference.url, name, options.staticPath);
    if (target === null) continue;
    if (options.exists(target.name)) links.push({ ...reference, target });
    else {
      options.onMissing(
        `${name} refers to ${JSON.stringify(reference.url)} on line ${lineOf(text, reference.start)},` +
          ` but there is no static file ${JSON.stringify(target.name)}.`,
      );
    }
  }
  return { name, text, links };
}

async function referencesOf(
  name: string,
  text: string,
  { moduleImports }: LinkOptions,
): Promise<Reference[]> {
  if (name.endsWith(".css")) return cssReferences(text);
  if (!moduleImports) return sourceMapReference(text);
  await loadLexer();
  try {
    return [...moduleReferences(text), ...sourceMapReference(text)];
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new StorageError("InvalidText", `The imports of ${name} cannot be read: ${why}`, { cause });
  }
}

function decode(name: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new StorageError("InvalidText", `${name} is no UTF-8, as style sheets and scripts have to be.`, {
      cause,
      fix: "Save it as UTF-8, or leave it out with --ignore.",
    });
  }
}
