import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef, useState } from "react";
import type { S3Client } from "stowage/client";
import { formatCount, formatName } from "./format.ts";
import { showChanges } from "./object-pages.ts";
import { keyOf, type Row } from "./object-rows.tsx";
import { Confirm } from "./parts.tsx";

interface DeleteObjectsProps {
  readonly client: S3Client;
  readonly bucket: string;
  readonly rows: readonly Row[];
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** Asks, and deletes what was selected. It ends with the dialog: what is closed deletes no more. */
export function DeleteObjects({ client, bucket, rows, onDone, onClose }: DeleteObjectsProps): ReactNode {
  const queries = useQueryClient();
  const [deletedCount, setDeletedCount] = useState(0);
  const stop = useRef<AbortController>(null);
  useEffect(() => () => stop.current?.abort(), []);
  const deleting = useMutation({
    mutationFn: async () => {
      const { signal } = (stop.current = new AbortController());
      const keys = keysIn(client, bucket, rows, setDeletedCount);
      const { errors } = await client.deleteMany(bucket, keys, { signal });
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
    onSettled: (_, error) => showChanges(queries, bucket, error === null ? rows.map(keyOf) : []),
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
          .map((row) => formatName(row.name))
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
