/** What is in a bucket, folder by folder: to look at, upload into and delete from. */

import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { type DragEvent, type ReactNode, useEffect, useRef, useState } from "react";
import type { S3Client } from "stowage/client";
import { formatCount } from "./format.ts";
import { listDeletedPage, listPage, type PageStart } from "./object-pages.ts";
import { ObjectPanel } from "./object-panel.tsx";
import { keyOf, type Row, Rows } from "./object-rows.tsx";
import { Confirm, ErrorNote, Loading } from "./parts.tsx";
import { go, hrefOf } from "./route.ts";
import type { Session } from "./session.ts";
import { type ChosenFile, chosenFiles, droppedFiles, type Uploads } from "./uploads.ts";

interface ObjectsProps {
  readonly session: Session;
  readonly uploads: Uploads;
  readonly bucket: string;
  readonly prefix: string;
  readonly object: string | undefined;
}

export function Objects({ session, uploads, bucket, prefix, object }: ObjectsProps): ReactNode {
  const { client } = session;
  const [filter, setFilter] = useState("");
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [isDeleting, setDeleting] = useState(false);
  const [isOver, setOver] = useState(false);
  const [isDeleted, setDeleted] = useState(false);
  const list = useInfiniteQuery({
    queryKey: ["objects", bucket, prefix, filter, isDeleted],
    queryFn: ({ pageParam, signal }) => {
      const input = { bucket, prefix: prefix + filter, delimiter: "/" };
      return isDeleted
        ? listDeletedPage(client, input, pageParam, signal)
        : listPage(client, input, pageParam, signal);
    },
    initialPageParam: undefined as PageStart | undefined,
    getNextPageParam: ({ next }) => next,
  });
  const rows = (list.data?.pages ?? []).flatMap(({ folders, objects }): Row[] => [
    ...folders.map((folder) => ({ name: folder.slice(prefix.length), folder })),
    ...objects.map((one) => ({ name: one.key.slice(prefix.length), object: one })),
  ]);

  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  const readOn = (): void => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  };
  useEffect(() => {
    // A page may have no row in it: of versions, where none of its objects was deleted.
    if (rows.length === 0) readOn();
  });

  const add = (files: readonly ChosenFile[]): void => uploads.add(bucket, prefix, files);
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    void droppedFiles(event.dataTransfer).then(add);
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
          <FileButton label="Upload files" isMain onFiles={add} />
          <FileButton label="Upload a folder" isFolder onFiles={add} />
        </span>
      </div>
      <ErrorNote error={list.error} />
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
    <h1 className="path">
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
              {part === "" ? "(empty name)" : part}
            </a>
          </span>
        );
      })}
    </h1>
  );
}

interface FileButtonProps {
  readonly label: string;
  readonly isMain?: boolean;
  readonly isFolder?: boolean;
  readonly onFiles: (files: readonly ChosenFile[]) => void;
}

function FileButton({ label, isMain = false, isFolder = false, onFiles }: FileButtonProps): ReactNode {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" className={isMain ? "main" : ""} onClick={() => input.current?.click()}>
        {label}
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={label}
        webkitdirectory={isFolder ? "" : undefined}
        onChange={({ currentTarget }) => {
          onFiles(chosenFiles(currentTarget.files));
          // The same files can be chosen again.
          currentTarget.value = "";
        }}
      />
    </>
  );
}

interface DeleteObjectsProps {
  readonly client: S3Client;
  readonly bucket: string;
  readonly rows: readonly Row[];
  readonly onDone: () => void;
  readonly onClose: () => void;
}

function DeleteObjects({ client, bucket, rows, onDone, onClose }: DeleteObjectsProps): ReactNode {
  const queries = useQueryClient();
  const [deletedCount, setDeletedCount] = useState(0);
  const deleting = useMutation({
    mutationFn: async () => {
      const { errors } = await client.deleteMany(bucket, keysIn(client, bucket, rows, setDeletedCount));
      const [first] = errors;
      if (first !== undefined) {
        throw new Error(
          `${formatCount(errors.length, "object was", "objects were")} not deleted. ${first.key}: ${first.message}`,
        );
      }
    },
    onSuccess: () => {
      onDone();
      onClose();
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ["objects", bucket] }),
  });
  const folders = rows.filter((row) => "folder" in row);
  const objectCount = rows.length - folders.length;
  const what = [
    ...(folders.length === 0 ? [] : [`${formatCount(folders.length, "folder")} with all that is in them`]),
    ...(objectCount === 0 ? [] : [formatCount(objectCount, "object")]),
  ].join(" and ");
  return (
    <Confirm
      title={`Delete ${what}?`}
      action={folders.length === 0 ? `Delete ${what}` : "Delete everything in them"}
      isPending={deleting.isPending}
      error={deleting.error}
      onConfirm={() => deleting.mutate()}
      onClose={onClose}
    >
      <p className="names">
        {rows
          .slice(0, 5)
          .map((row) => row.name)
          .join(", ") + (rows.length > 5 ? ", …" : "")}
      </p>
      <p>Where the bucket keeps versions, they can be brought back; else they are gone.</p>
      {deleting.isPending && deletedCount > 0 ? (
        <p role="status">{formatCount(deletedCount, "object")} so far</p>
      ) : null}
    </Confirm>
  );
}

/** The keys of rows, and of all that is in their folders. */
async function* keysIn(
  client: S3Client,
  bucket: string,
  rows: readonly Row[],
  onCount: (count: number) => void,
): AsyncGenerator<string> {
  let count = 0;
  for (const row of rows) {
    const found = "object" in row ? [row.object] : client.list({ bucket, prefix: row.folder });
    for await (const { key } of found) {
      yield key;
      if (++count % 100 === 0) onCount(count);
    }
  }
}
