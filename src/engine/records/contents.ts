/** Where a record's bytes are, whatever record it is. */

import type { Table } from "../index/index.ts";
import { decodeManifest, decodePart } from "./manifest.ts";
import { decodeObject } from "./object.ts";
import type { Content } from "./object.ts";

/** What a row names: of a list of parts, all of theirs. */
export function contentsOf(table: Table, value: Buffer): readonly Content[] {
  switch (table) {
    case "objects":
    case "versions":
      return [decodeObject(value, "", { id: "", displayName: "" }).content];
    case "parts":
      return [decodePart(value).content];
    case "manifests":
      return decodeManifest(value).map(({ content }) => content);
    default:
      return [];
  }
}
