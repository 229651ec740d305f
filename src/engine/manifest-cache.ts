/** Decoded lists of parts. A list never changes under its id, so what is cached cannot be stale. */

import type { PartRecord } from "./records/manifest.ts";

/** Parts of all cached lists together. */
const mostParts = 50_000;

export interface ManifestCache {
  get(id: Buffer): readonly PartRecord[] | undefined;
  set(id: Buffer, parts: readonly PartRecord[]): void;
}

/** The list that was longest unused goes first. */
export function createManifestCache(): ManifestCache {
  const lists = new Map<string, readonly PartRecord[]>();
  let parts = 0;
  return {
    get(id): readonly PartRecord[] | undefined {
      const name = id.toString("latin1");
      const list = lists.get(name);
      if (list !== undefined) {
        lists.delete(name);
        lists.set(name, list);
      }
      return list;
    },
    set(id, list): void {
      const name = id.toString("latin1");
      if (lists.has(name)) return;
      lists.set(name, list);
      parts += list.length;
      for (const [oldest, { length }] of lists) {
        if (parts <= mostParts) break;
        lists.delete(oldest);
        parts -= length;
      }
    },
  };
}
