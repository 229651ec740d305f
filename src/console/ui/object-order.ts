/** By what the rows of a folder are sorted. */

import type { Row } from "./object-rows.tsx";

export type Column = "name" | "size" | "modified";

export interface Order {
  readonly by: Column;
  readonly isDescending: boolean;
}

/** As the server lists: by the bytes of the names. */
export const asServed: Order = { by: "name", isDescending: false };

/** Another column begins with what is mostly looked for in it: the largest, the newest. */
export function nextOrder({ by, isDescending }: Order, column: Column): Order {
  const next = { by: column, isDescending: by === column ? !isDescending : column !== "name" };
  return next.by === asServed.by && !next.isDescending ? asServed : next;
}

/** Folders stay in front: they have neither size nor time. */
export function sortRows(rows: readonly Row[], { by, isDescending }: Order): readonly Row[] {
  const folders = rows.filter((row) => "folder" in row);
  const objects = rows.filter((row) => "object" in row);
  if (by === "name") return isDescending ? [...folders.toReversed(), ...objects.toReversed()] : rows;
  const valueOf = ({ object }: (typeof objects)[number]): number =>
    by === "size" ? object.size : object.lastModifiedMs;
  const sign = isDescending ? -1 : 1;
  return [...folders, ...objects.toSorted((a, b) => sign * (valueOf(a) - valueOf(b)))];
}
