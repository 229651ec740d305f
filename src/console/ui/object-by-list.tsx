/** What can be had of an object whose key is not for a browser's addresses: what a list says, copies, and its end. */

import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { S3Client } from "stowage/client";
import { CopyObject } from "./copy-object.tsx";
import { DeleteObject } from "./delete-object.tsx";
import { deleteByKey } from "./dot-segments.ts";
import { formatBytes, formatDate } from "./format.ts";
import { Copyable, ErrorNote, Facts, Loading } from "./parts.tsx";

interface ObjectByListProps {
  readonly client: S3Client;
  readonly bucket: string;
  readonly objectKey: string;
  readonly onClose: () => void;
}

export function ObjectByList({ client, bucket, objectKey: key, onClose }: ObjectByListProps): ReactNode {
  const [open, setOpen] = useState<"copy" | "delete" | null>(null);
  const found = useQuery({
    queryKey: ["object", bucket, key, "listed"],
    queryFn: async ({ signal }) => {
      const { objects } = await client.listObjectsV2({ bucket, prefix: key, maxKeys: 1 }, { signal });
      return objects.find((object) => object.key === key) ?? null;
    },
  });
  const info = found.data;
  return (
    <>
      <ErrorNote error={found.error} />
      {found.isPending ? <Loading /> : null}
      {info === null ? <p className="note">There is no such object, or it was deleted.</p> : null}
      {info === undefined || info === null ? null : (
        <>
          <p className="note">
            No browser can open this key: in an address it takes “.” and “..” for folders. Copy it to another
            key, or download it by the command.
          </p>
          <div className="actions">
            <button type="button" onClick={() => setOpen("copy")}>
              Copy or move
            </button>
            <button type="button" className="danger" onClick={() => setOpen("delete")}>
              Delete
            </button>
          </div>
          <Copyable label="Command that downloads it" text={downloadCommand(bucket, key)} />
          <Facts
            rows={[
              ["Size", `${formatBytes(info.size)} (${info.size.toLocaleString()} bytes)`],
              ["Modified", formatDate(info.lastModifiedMs)],
              ["ETag", info.etag],
              ["Storage class", info.storageClass],
            ]}
          />
        </>
      )}
      {open === "copy" && info ? (
        <CopyObject
          client={client}
          bucket={bucket}
          objectKey={key}
          info={info}
          onClose={() => setOpen(null)}
        />
      ) : null}
      {open === "delete" ? (
        <DeleteObject
          bucket={bucket}
          objectKey={key}
          remove={() => deleteByKey(client, bucket, key)}
          onDeleted={onClose}
          onClose={() => setOpen(null)}
        />
      ) : null}
    </>
  );
}

/** For a shell; into a file named after the last segment that can be a file's name. */
function downloadCommand(bucket: string, key: string): string {
  const name = key.split("/").findLast((segment) => !["", ".", ".."].includes(segment)) ?? "object";
  return `stowage cp --raw ${quoted(`s3://${bucket}/${key}`)} ${quoted(`./${name}`)}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
