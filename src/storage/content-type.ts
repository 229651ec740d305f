/** The type of a file: as it is asked for, as the content says itself, by the name. */

import type { ContentSource } from "./content.ts";

export const defaultContentType = "application/octet-stream";

let lookup: ((name: string) => string | false) | undefined;

/** The type for a name, or undefined. Not more than a type: a `.tar.gz` is gzip, not a tar that is encoded. */
export async function contentTypeOfName(name: string): Promise<string | undefined> {
  // The table has 2,500 rows: it is loaded when the first file comes.
  lookup ??= (await import("mime-types")).default.lookup;
  // It takes a name without a dot for an ending.
  return (name.includes(".") && lookup(name)) || undefined;
}

/** The type that a content is stored with. `explicit` may be one or several, of which the first counts. */
export async function contentTypeFor(
  name: string,
  content: ContentSource,
  ...explicit: readonly (string | undefined)[]
): Promise<string> {
  const asked = explicit.find((type) => type !== undefined) ?? content.contentType;
  return asked ?? (await contentTypeOfName(name)) ?? defaultContentType;
}
