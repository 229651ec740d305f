/** The rows of a folder, of which only those in sight are in the page. */

import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useRef } from "react";
import type { ListedObject } from "stowage/client";
import { formatBytes, formatCount, formatDate } from "./format.ts";
import { hrefOf } from "./route.ts";

/** A row of the list: a folder, which is a common prefix, or an object. */
export type Row =
  | { readonly name: string; readonly folder: string }
  | { readonly name: string; readonly object: ListedObject };

/** What a row is selected by: the key of an object, or what the keys in a folder begin with. */
export function keyOf(row: Row): string {
  return "folder" in row ? row.folder : row.object.key;
}

const rowHeightPx = 40;

interface RowsProps {
  readonly rows: readonly Row[];
  readonly bucket: string;
  readonly prefix: string;
  readonly shown: string | undefined;
  readonly selected: ReadonlySet<string>;
  /** Absent: rows cannot be selected. */
  readonly onToggle: ((key: string) => void) | undefined;
  /** The person is near the end of what was read so far. */
  readonly onEnd: () => void;
  readonly isMore: boolean;
}

export function Rows({
  rows,
  bucket,
  prefix,
  shown,
  selected,
  onToggle,
  onEnd,
  isMore,
}: RowsProps): ReactNode {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeightPx,
    overscan: 20,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= rows.length - 100) onEnd();
  });
  return (
    <>
      <p className="quiet small" role="status">
        {formatCount(rows.length, "name")}
        {isMore ? " so far" : ""}
      </p>
      <div
        className="rows"
        ref={scroller}
        role="table"
        aria-label="Objects"
        aria-rowcount={isMore ? -1 : rows.length}
      >
        <div style={{ height: virtual.getTotalSize(), position: "relative" }} role="rowgroup">
          {items.map(({ index, start, key }) => {
            const row = rows[index]!;
            return (
              <div
                key={key}
                role="row"
                aria-rowindex={index + 1}
                className={"object" in row && row.object.key === shown ? "row shown" : "row"}
                style={{ transform: `translateY(${start}px)`, height: rowHeightPx }}
              >
                <Cells
                  row={row}
                  href={hrefOf(
                    "folder" in row
                      ? { page: "objects", bucket, prefix: row.folder }
                      : { page: "objects", bucket, prefix, object: row.object.key },
                  )}
                  isSelected={selected.has(keyOf(row))}
                  onToggle={onToggle}
                />
              </div>
            );
          })}
        </div>
      </div>
    </>
  );
}

interface CellsProps {
  readonly row: Row;
  readonly href: string;
  readonly isSelected: boolean;
  readonly onToggle: RowsProps["onToggle"];
}

function Cells({ row, href, isSelected, onToggle }: CellsProps): ReactNode {
  const title = row.name === "" ? "(this folder's own object)" : row.name;
  return (
    <>
      <span role="cell">
        {onToggle === undefined ? null : (
          <input
            type="checkbox"
            aria-label={`Select ${title}`}
            checked={isSelected}
            onChange={() => onToggle(keyOf(row))}
          />
        )}
      </span>
      <span role="cell" className="name">
        <a href={href}>
          {"folder" in row ? <span aria-hidden="true">▸ </span> : null}
          {title}
        </a>
      </span>
      <span role="cell" className="quiet number">
        {"folder" in row || onToggle === undefined ? "" : formatBytes(row.object.size)}
      </span>
      <span role="cell" className="quiet">
        {"folder" in row ? "" : formatDate(row.object.lastModifiedMs)}
      </span>
    </>
  );
}
