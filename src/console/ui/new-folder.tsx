import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { S3Client } from "stowage/client";
import { codeOf, textOf } from "./format.ts";
import { showChanges } from "./object-pages.ts";
import { Dialog, ErrorNote, Field } from "./parts.tsx";
import { go } from "./route.ts";

interface NewFolderProps {
  readonly client: S3Client;
  readonly bucket: string;
  readonly prefix: string;
  readonly onClose: () => void;
}

/** Makes a folder: an empty object whose key ends in a slash, as other clients make it. */
export function NewFolder({ client, bucket, prefix, onClose }: NewFolderProps): ReactNode {
  const queries = useQueryClient();
  const making = useMutation({
    mutationFn: async (name: string) => {
      const key = `${prefix}${name.replace(/\/+$/, "")}/`;
      try {
        await client.putObject({
          bucket,
          key,
          body: "",
          contentType: "application/x-directory",
          ifNoneMatch: "*",
        });
      } catch (error) {
        if (codeOf(error) !== "PreconditionFailed") throw error;
        throw new Error(`There is a folder “${name}” already.`, { cause: error });
      }
      return key;
    },
    onSuccess: async (key) => {
      await showChanges(queries, bucket);
      go({ page: "objects", bucket, prefix: key });
    },
  });
  return (
    <Dialog title="New folder" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          making.mutate(textOf(new FormData(event.currentTarget), "name"));
        }}
      >
        <Field label="Name">
          <input name="name" required pattern=".*[^\/].*" autoFocus spellCheck={false} autoComplete="off" />
        </Field>
        <ErrorNote error={making.error} />
        <div className="actions">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="main" disabled={making.isPending}>
            Make folder
          </button>
        </div>
      </form>
    </Dialog>
  );
}
