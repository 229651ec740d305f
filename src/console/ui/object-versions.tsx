import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { ListedVersion, S3Client } from "stowage/client";
import { formatBytes, formatCount, formatDate } from "./format.ts";
import { Download } from "./object-links.tsx";
import type { PageStart } from "./object-pages.ts";
import { Confirm, ErrorNote, Loading } from "./parts.tsx";

interface VersionsProps {
  readonly client: S3Client;
  readonly bucket: string;
  readonly objectKey: string;
  readonly onChanged: () => Promise<void>;
}

/** The versions of one key, newest first. */
export function Versions({ client, bucket, objectKey: key, onChanged }: VersionsProps): ReactNode {
  const [doomed, setDoomed] = useState<ListedVersion | null>(null);
  const versions = useInfiniteQuery({
    queryKey: ["object", bucket, key, "versions"],
    queryFn: ({ pageParam, signal }) =>
      client.listObjectVersions({ bucket, prefix: key, ...pageParam }, { signal }),
    initialPageParam: undefined as PageStart | undefined,
    // Of keys that begin with this one it is the first.
    getNextPageParam: ({ isTruncated, nextKeyMarker, nextVersionIdMarker }) =>
      isTruncated && nextKeyMarker === key
        ? { keyMarker: nextKeyMarker, versionIdMarker: nextVersionIdMarker }
        : undefined,
  });
  const read = (versions.data?.pages ?? []).flatMap((page) =>
    page.versions.filter((version) => version.key === key),
  );
  const restoring = useMutation({
    mutationFn: ({ versionId }: ListedVersion) =>
      client.copy({ bucket, key, copySource: { bucket, key, versionId } }),
    onSuccess: onChanged,
  });
  const removing = useMutation({
    mutationFn: ({ versionId }: ListedVersion) => client.deleteObject({ bucket, key, versionId }),
    onSuccess: async () => {
      await onChanged();
      setDoomed(null);
    },
  });
  return (
    <>
      <ErrorNote error={versions.error ?? restoring.error} />
      {versions.isPending ? <Loading /> : null}
      <ul className="versions">
        {read.map((version) => (
          <li key={version.versionId}>
            <span>
              {formatDate(version.lastModifiedMs)}
              {version.isLatest ? " (current)" : ""}
              <small className="quiet">
                {version.deleteMarker === true ? "deleted" : formatBytes(version.size)}, {version.versionId}
              </small>
            </span>
            <span className="actions">
              {version.deleteMarker === true ? null : (
                <Download client={client} bucket={bucket} objectKey={key} versionId={version.versionId} />
              )}
              {version.isLatest || version.deleteMarker === true ? null : (
                <button
                  type="button"
                  className="plain"
                  disabled={restoring.isPending}
                  onClick={() => restoring.mutate(version)}
                >
                  Restore
                </button>
              )}
              {version.isLatest ? null : (
                <button type="button" className="plain" onClick={() => setDoomed(version)}>
                  Delete for good
                </button>
              )}
            </span>
          </li>
        ))}
      </ul>
      {versions.hasNextPage ? (
        <p className="actions">
          <span className="quiet small">{formatCount(read.length, "version")} so far</span>
          <button type="button" disabled={versions.isFetching} onClick={() => void versions.fetchNextPage()}>
            Show earlier ones
          </button>
        </p>
      ) : null}
      {doomed === null ? null : (
        <Confirm
          title="Delete this version for good?"
          action="Delete version"
          isPending={removing.isPending}
          error={removing.error}
          onConfirm={() => removing.mutate(doomed)}
          onClose={() => {
            removing.reset();
            setDoomed(null);
          }}
        >
          <p>
            The version of {formatDate(doomed.lastModifiedMs)}, {doomed.versionId}, cannot be brought back.
          </p>
        </Confirm>
      )}
    </>
  );
}
