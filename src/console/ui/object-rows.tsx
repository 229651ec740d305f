/** The rows of a folder, of which only those in sight are in the page. */

import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useRef } from "react";
import type { ListedObject } from "stowage/client";
import { formatBytes, formatCount, formatDate, formatName } from "./format.ts";
import { asServed, type Column, nextOrder, type Order } from "./object-order.ts";
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

const columns: Readonly<Record<Column, string>> = { name: "Name", size: "Size", modified: "Modified" };

interface RowsProps {
  readonly rows: readonly Row[];
  readonly bucket: string;
  readonly prefix: string;
  readonly shown: string | undefined;
  readonly selected: ReadonlySet<string>;
  /** Absent: rows cannot be selected. */
  readonly onToggle: ((key: string) => void) | undefined;
  readonly onSelect: (keys: ReadonlySet<string>) => void;
  readonly order: Order;
  readonly onOrder: (order: Order) => void;
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
  onSelect,
  order,
  onOrder,
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
        {isMore && order !== asServed ? ", sorted when all are read" : ""}
        {selected.size === 0 ? "" : `, ${selected.size.toLocaleString()} selected`}
      </p>
      <div
        className="rows"
        ref={scroller}
        role="table"
        aria-label="Objects"
        aria-rowcount={isMore ? -1 : rows.length + 1}
      >
        <div className="row columns" role="row" aria-rowindex={1}>
          <span role="cell">
            {onToggle === undefined ? null : (
              <input
                type="checkbox"
                aria-label={isMore ? "Select all that were read so far" : "Select all"}
                checked={selected.size > 0 && selected.size === rows.length}
                onChange={({ currentTarget }) =>
                  onSelect(new Set(currentTarget.checked ? rows.map(keyOf) : []))
                }
              />
            )}
          </span>
          {(Object.keys(columns) as Column[]).map((column) => (
            <span
              key={column}
              role="columnheader"
              className={column === "size" ? "number" : ""}
              aria-sort={order.by !== column ? undefined : order.isDescending ? "descending" : "ascending"}
            >
              <button type="button" className="plain" onClick={() => onOrder(nextOrder(order, column))}>
                {columns[column]}
                <span aria-hidden="true">{order.by !== column ? "" : order.isDescending ? " ↓" : " ↑"}</span>
              </button>
            </span>
          ))}
        </div>
        <div style={{ height: virtual.getTotalSize(), position: "relative" }} role="rowgroup">
          {items.map(({ index, start, key }) => {
            const row = rows[index]!;
            return (
              <div
                key={key}
                role="row"
                aria-rowindex={index + 2}
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
  const title = row.name === "" ? "(this folder's own object)" : formatName(row.name);
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
        <a href={href} title={title}>
          {"folder" in row ? <span aria-hidden="true">▸ </span> : null}
          <bdi>{title}</bdi>
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
