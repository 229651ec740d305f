/** Headers that stand beside an object's metadata and are kept with it. */

import type { ObjectInfo } from "./outputs.ts";

/** In the order in which they are shown. */
export const contentHeaders = [
  "contentType",
  "cacheControl",
  "contentDisposition",
  "contentEncoding",
  "contentLanguage",
  "expires",
] as const;

export type ContentHeader = (typeof contentHeaders)[number];

/** Those of an object, for a request that does not take them from it. */
export function contentHeadersOf(info: ObjectInfo): Partial<Record<ContentHeader, string | undefined>> {
  return Object.fromEntries(contentHeaders.map((name) => [name, info[name]]));
}
