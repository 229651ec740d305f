import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { ListedUpload, S3Client } from "stowage/client";
import { formatCount, formatDate } from "./format.ts";
import { ErrorNote } from "./parts.tsx";

interface UnfinishedUploadsProps {
  readonly client: S3Client;
  readonly bucket: string;
}

/** Uploads in parts that were begun and neither completed nor aborted: their parts take room, and no list of objects shows them. */
export function UnfinishedUploads({ client, bucket }: UnfinishedUploadsProps): ReactNode {
  const queries = useQueryClient();
  const queryKey = ["settings", bucket, "uploads"];
  const uploads = useQuery({ queryKey, queryFn: () => client.listMultipartUploads({ bucket }) });
  const aborting = useMutation({
    mutationFn: async (all: readonly ListedUpload[]) => {
      for (const { key, uploadId } of all) await client.abortMultipartUpload({ bucket, key, uploadId });
    },
    onSettled: () => queries.invalidateQueries({ queryKey }),
  });
  const { data } = uploads;
  return (
    <section>
      <h2>Unfinished uploads</h2>
      <ErrorNote error={uploads.error ?? aborting.error} />
      {data === undefined ? null : data.uploads.length === 0 ? (
        <p className="quiet">There are none.</p>
      ) : (
        <>
          <ul className="lines">
            {data.uploads.map((upload) => (
              <li key={`${upload.key} ${upload.uploadId}`}>
                <span>
                  {upload.key}
                  <small className="quiet">begun {formatDate(upload.initiatedAtMs)}</small>
                </span>
                <button
                  type="button"
                  className="plain"
                  aria-label={`Abort the upload of ${upload.key}`}
                  disabled={aborting.isPending}
                  onClick={() => aborting.mutate([upload])}
                >
                  Abort
                </button>
              </li>
            ))}
          </ul>
          <button
            type="button"
            className="danger"
            disabled={aborting.isPending}
            onClick={() => aborting.mutate(data.uploads)}
          >
            Abort {formatCount(data.uploads.length, "upload")}
            {data.isTruncated ? ", of more" : ""}
          </button>
        </>
      )}
    </section>
  );
}
