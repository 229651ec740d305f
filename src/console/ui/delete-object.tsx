import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { formatName } from "./format.ts";
import { showChanges } from "./object-pages.ts";
import { Confirm } from "./parts.tsx";

interface DeleteObjectProps {
  readonly bucket: string;
  readonly objectKey: string;
  /** Deletes it. */
  readonly remove: () => Promise<unknown>;
  readonly onDeleted: () => void;
  readonly onClose: () => void;
}

/** Asks, and deletes one object. */
export function DeleteObject(props: DeleteObjectProps): ReactNode {
  const { bucket, objectKey: key, remove, onDeleted, onClose } = props;
  const queries = useQueryClient();
  const deleting = useMutation({
    mutationFn: remove,
    onSuccess: async () => {
      onDeleted();
      queries.removeQueries({ queryKey: ["object", bucket, key] });
      await showChanges(queries, bucket, [key]);
    },
  });
  return (
    <Confirm
      title={`Delete ${formatName(key)}?`}
      action="Delete object"
      isPending={deleting.isPending}
      error={deleting.error}
      onConfirm={() => deleting.mutate()}
      onClose={onClose}
    >
      <p>Where the bucket keeps versions, it can be brought back; else it is gone.</p>
    </Confirm>
  );
}
