/** What is in a bucket, folder by folder: to look at, upload into and delete from. */

import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { type DragEvent, type ReactNode, useEffect, useMemo, useState } from "react";
import { DeleteObjects } from "./delete-objects.tsx";
import { FileButton } from "./file-button.tsx";
import { formatName } from "./format.ts";
import { NewFolder } from "./new-folder.tsx";
import { isShort, listDeletedPage, listPage, type PageStart } from "./object-pages.ts";
import { ObjectPanel } from "./object-panel.tsx";
import { keyOf, type Row, Rows } from "./object-rows.tsx";
import { asServed, type Order, sortRows } from "./object-order.ts";
import { ErrorNote, Loading } from "./parts.tsx";
import { go, hrefOf } from "./route.ts";
import type { Session } from "./session.ts";
import { type ChosenFile, droppedFiles, type Uploads } from "./uploads.ts";

interface ObjectsProps {
  readonly session: Session;
  readonly uploads: Uploads;
  readonly bucket: string;
  readonly prefix: string;
  readonly object: string | undefined;
}

export function Objects({ session, uploads, bucket, prefix, object }: ObjectsProps): ReactNode {
  const { client } = session;
  const queries = useQueryClient();
  const [filter, setFilter] = useState("");
  const [marked, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [isDeleting, setDeleting] = useState(false);
  const [isMakingFolder, setMakingFolder] = useState(false);
  const [order, setOrder] = useState<Order>(asServed);
  const [dropError, setDropError] = useState<unknown>(null);
  const [isOver, setOver] = useState(false);
  const [isDeleted, setDeleted] = useState(false);
  const queryKey = ["objects", bucket, prefix, filter, isDeleted];
  const list = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) => {
      const input = { bucket, prefix: prefix + filter, delimiter: "/" };
      return isDeleted
        ? listDeletedPage(client, input, pageParam, signal)
        : listPage(client, input, pageParam, signal);
    },
    initialPageParam: undefined as PageStart | undefined,
    getNextPageParam: ({ next }) => next,
    refetchOnMount: isShort,
    refetchOnWindowFocus: isShort,
    refetchOnReconnect: isShort,
  });
  const { data, error, hasNextPage, isFetching, fetchNextPage } = list;
  const read = useMemo(
    () =>
      (data?.pages ?? []).flatMap(({ folders, objects }): Row[] => [
        ...folders.map((folder) => ({ name: folder.slice(prefix.length), folder })),
        ...objects.map((one) => ({ name: one.key.slice(prefix.length), object: one })),
      ]),
    [data, prefix],
  );
  // The largest of what was read so far may be none of the largest: sorted is what is complete.
  const rows = useMemo(
    () => (hasNextPage || order === asServed ? read : sortRows(read, order)),
    [read, order, hasNextPage],
  );
  // What is gone by somebody else's hand is selected no more.
  const selected = useMemo(
    () => (marked.size === 0 ? marked : new Set(rows.map(keyOf).filter((key) => marked.has(key)))),
    [rows, marked],
  );
  const readOn = (): void => {
    // What failed is read again when the person says so.
    if (hasNextPage && !isFetching && error === null) void fetchNextPage();
  };
  useEffect(() => {
    // A page may have no row in it: of versions, where none of its objects was deleted.
    if (rows.length === 0 || order !== asServed) readOn();
  });
  const refresh = (): void => {
    setSelected(new Set());
    void queries.resetQueries({ queryKey });
  };

  const add = (files: readonly ChosenFile[]): void => uploads.add(bucket, prefix, files);
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    droppedFiles(event.dataTransfer).then(add, setDropError);
  };
  const toggle = (key: string): void => {
    const next = new Set(selected);
    if (!next.delete(key)) next.add(key);
    setSelected(next);
  };

  return (
    <div
      className={`objects${isOver ? " over" : ""}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (event.target === event.currentTarget) setOver(false);
      }}
      onDrop={drop}
    >
      <div className="heading">
        <Path bucket={bucket} prefix={prefix} />
        <a className="button" href={hrefOf({ page: "settings", bucket })}>
          Settings
        </a>
      </div>
      <div className="toolbar">
        <input
          type="search"
          aria-label="Names that begin with"
          placeholder="Names that begin with…"
          value={filter}
          onChange={(event) => {
            setFilter(event.currentTarget.value);
            setSelected(new Set());
          }}
        />
        <span className="actions">
          <label className="check">
            <input
              type="checkbox"
              checked={isDeleted}
              onChange={({ currentTarget }) => {
                setDeleted(currentTarget.checked);
                setSelected(new Set());
              }}
            />
            Deleted ones
          </label>
          {selected.size === 0 ? null : (
            <button type="button" className="danger" onClick={() => setDeleting(true)}>
              Delete {selected.size}
            </button>
          )}
          <button type="button" onClick={refresh}>
            Refresh
          </button>
          <button type="button" onClick={() => setMakingFolder(true)}>
            New folder
          </button>
          <FileButton label="Upload files" isMain onFiles={add} />
          <FileButton label="Upload a folder" isFolder onFiles={add} />
        </span>
      </div>
      <ErrorNote error={dropError} />
      <ErrorNote error={error} onRetry={() => (data === undefined ? list.refetch() : fetchNextPage())} />
      {list.isPending ? <Loading /> : null}
      {list.data !== undefined && rows.length === 0 ? (
        <p className="empty">
          {isDeleted
            ? "Nothing here was deleted that can be brought back."
            : filter === ""
              ? "Nothing is here yet. Drop files, or upload them."
              : `No name begins with “${filter}”.`}
        </p>
      ) : null}
      {rows.length === 0 ? null : (
        <Rows
          rows={rows}
          bucket={bucket}
          prefix={prefix}
          shown={object}
          selected={selected}
          onToggle={isDeleted ? undefined : toggle}
          onSelect={setSelected}
          order={order}
          onOrder={setOrder}
          onEnd={readOn}
          isMore={hasNextPage}
        />
      )}
      {object === undefined ? null : (
        <ObjectPanel
          key={object}
          session={session}
          bucket={bucket}
          objectKey={object}
          onClose={() => go({ page: "objects", bucket, prefix })}
        />
      )}
      {isMakingFolder ? (
        <NewFolder client={client} bucket={bucket} prefix={prefix} onClose={() => setMakingFolder(false)} />
      ) : null}
      {isDeleting ? (
        <DeleteObjects
          client={client}
          bucket={bucket}
          rows={rows.filter((row) => selected.has(keyOf(row)))}
          onDone={() => setSelected(new Set())}
          onClose={() => setDeleting(false)}
        />
      ) : null}
    </div>
  );
}

function Path({ bucket, prefix }: { readonly bucket: string; readonly prefix: string }): ReactNode {
  const parts = prefix.split("/").slice(0, -1);
  return (
    <h1 className="path" tabIndex={-1}>
      <a href={hrefOf({ page: "buckets" })} className="hidden-small">
        Buckets
      </a>
      <span aria-hidden="true" className="hidden-small">
        /
      </span>
      <a href={hrefOf({ page: "objects", bucket, prefix: "" })}>{bucket}</a>
      {parts.map((part, at) => {
        const folder = `${parts.slice(0, at + 1).join("/")}/`;
        return (
          <span key={folder}>
            <span aria-hidden="true">/</span>
            <a href={hrefOf({ page: "objects", bucket, prefix: folder })}>
              <bdi>{part === "" ? "(empty name)" : formatName(part)}</bdi>
            </a>
          </span>
        );
      })}
    </h1>
  );
}
