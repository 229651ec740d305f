import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { ObjectInfo, S3Client } from "stowage/client";
import { deleteByKey } from "./dot-segments.ts";
import { codeOf, exactTextOf, textOf } from "./format.ts";
import { showChanges } from "./object-pages.ts";
import { Dialog, ErrorNote, Field } from "./parts.tsx";
import { go } from "./route.ts";

interface CopyObjectProps {
  readonly client: S3Client;
  readonly bucket: string;
  readonly objectKey: string;
  readonly info: Pick<ObjectInfo, "etag" | "size"> & Partial<Pick<ObjectInfo, "versionId">>;
  readonly onClose: () => void;
}

interface Target {
  readonly bucket: string;
  readonly key: string;
  readonly isMove: boolean;
  readonly mayReplace: boolean;
}

/** Copies an object on the server, under another key or into another bucket; a move deletes the original then. */
export function CopyObject({ client, bucket, objectKey: key, info, onClose }: CopyObjectProps): ReactNode {
  const queries = useQueryClient();
  const buckets = useQuery({
    queryKey: ["buckets"],
    queryFn: ({ signal }) => client.listBuckets({}, { signal }),
  });
  const copying = useMutation({
    mutationFn: async (to: Target) => {
      try {
        await client.copy(
          {
            bucket: to.bucket,
            key: to.key,
            // Of what is shown here, and not of what may have replaced it meanwhile.
            copySource: { bucket, key, versionId: info.versionId },
            copySourceIfMatch: info.etag,
            ...(to.mayReplace ? {} : { ifNoneMatch: "*" }),
          },
          { sizeBytes: info.size },
        );
      } catch (error) {
        if (codeOf(error) !== "PreconditionFailed") throw error;
        throw new Error("There is an object of this key already, or this one has changed.", { cause: error });
      }
      if (to.isMove) await deleteByKey(client, bucket, key);
    },
    onSuccess: async (_, to) => {
      await showChanges(queries, bucket, to.isMove ? [key] : []);
      await showChanges(queries, to.bucket);
      onClose();
      const prefix = to.key.slice(0, to.key.lastIndexOf("/") + 1);
      go({ page: "objects", bucket: to.bucket, prefix, object: to.key });
    },
  });
  return (
    <Dialog title="Copy or move" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const fields = new FormData(event.currentTarget);
          copying.mutate({
            bucket: textOf(fields, "bucket"),
            key: exactTextOf(fields, "key"),
            isMove: fields.has("move"),
            mayReplace: fields.has("replace"),
          });
        }}
      >
        <Field label="Bucket">
          <input name="bucket" required defaultValue={bucket} list="buckets" spellCheck={false} />
        </Field>
        <datalist id="buckets">
          {(buckets.data?.buckets ?? []).map(({ name }) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <Field label="Key" hint="Metadata and tags go with it; who may read it does not.">
          <input name="key" required defaultValue={key} spellCheck={false} autoComplete="off" />
        </Field>
        <label className="check">
          <input type="checkbox" name="move" /> Move: delete the original then
        </label>
        <label className="check">
          <input type="checkbox" name="replace" /> Replace what has this key there
        </label>
        <ErrorNote error={copying.error} />
        <div className="actions">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="main" disabled={copying.isPending}>
            {copying.isPending ? "Copying…" : "Copy or move"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
