/** All about one object: a look at it, what is stored beside it, who may read it, its versions, and links to it. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef, useState } from "react";
import type { ObjectInfo, S3Client } from "stowage/client";
import { AclEditor } from "./acl-editor.tsx";
import { CopyObject } from "./copy-object.tsx";
import { DeleteObject } from "./delete-object.tsx";
import { hasDotSegments } from "./dot-segments.ts";
import { codeOf, formatBytes, formatDate, formatName } from "./format.ts";
import { showChanges } from "./object-pages.ts";
import { ObjectByList } from "./object-by-list.tsx";
import { ObjectLock } from "./object-lock.tsx";
import { ObjectMetadata } from "./object-metadata.tsx";
import { Download, Share } from "./object-links.tsx";
import { Versions } from "./object-versions.tsx";
import { ErrorNote, Facts, Loading, useReturningFocus } from "./parts.tsx";
import { Preview } from "./preview.tsx";
import type { Session } from "./session.ts";

interface ObjectPanelProps {
  readonly session: Session;
  readonly bucket: string;
  readonly objectKey: string;
  readonly onClose: () => void;
}

export function ObjectPanel({
  session: { client },
  bucket,
  objectKey: key,
  onClose,
}: ObjectPanelProps): ReactNode {
  const panel = useRef<HTMLElement>(null);
  useReturningFocus();
  useEffect(() => panel.current?.focus(), []);
  const Content = hasDotSegments(key) ? ObjectByList : ObjectByKey;
  return (
    <aside
      ref={panel}
      className="panel"
      aria-label={formatName(key)}
      tabIndex={-1}
      onKeyDown={(event) => {
        // A dialog in it closes itself, and a field would lose what was typed.
        const isOther = (event.target as Element).closest("dialog, input, select, textarea") !== null;
        if (event.key === "Escape" && !isOther) onClose();
      }}
    >
      <header>
        <h2>
          <bdi>{formatName(key)}</bdi>
        </h2>
        <button type="button" className="plain" onClick={onClose}>
          Close
        </button>
      </header>
      <Content client={client} bucket={bucket} objectKey={key} onClose={onClose} />
    </aside>
  );
}

interface ContentProps {
  readonly client: S3Client;
  readonly bucket: string;
  readonly objectKey: string;
  readonly onClose: () => void;
}

function ObjectByKey({ client, bucket, objectKey: key, onClose }: ContentProps): ReactNode {
  const queries = useQueryClient();
  const [isDeleting, setDeleting] = useState(false);
  const [isCopying, setCopying] = useState(false);
  const at = { client, bucket, objectKey: key };
  const info = useQuery({
    queryKey: ["object", bucket, key],
    queryFn: ({ signal }) => client.headObject({ bucket, key }, { signal }),
  });
  const isDeleted = ["NoSuchKey", "NotFound"].includes(codeOf(info.error) ?? "");
  const refresh = async (): Promise<void> => {
    await queries.invalidateQueries({ queryKey: ["object", bucket, key] });
    await showChanges(queries, bucket);
  };
  return (
    <>
      {isDeleted ? <p className="note">This object was deleted. Restore one of its versions.</p> : null}
      <ErrorNote error={isDeleted ? null : info.error} />
      {info.isPending ? <Loading /> : null}
      {isDeleted ? <Versions {...at} onChanged={refresh} /> : null}
      {info.data === undefined ? null : (
        <>
          <div className="actions">
            <Download {...at} className="button main" />
            <button type="button" onClick={() => setCopying(true)}>
              Copy or move
            </button>
            <button type="button" className="danger" onClick={() => setDeleting(true)}>
              Delete
            </button>
          </div>
          <Preview {...at} info={info.data} />
          <Properties info={info.data} />
          <details>
            <summary>Share a link</summary>
            <Share {...at} />
          </details>
          <details>
            <summary>Headers, metadata and tags</summary>
            <ObjectMetadata {...at} info={info.data} onChanged={refresh} />
          </details>
          <details>
            <summary>Who may read it</summary>
            <AclEditor
              queryKey={["object", bucket, key, "acl"]}
              isBucket={false}
              read={() => client.getObjectAcl({ bucket, key })}
              write={(change) => client.putObjectAcl({ bucket, key, ...change })}
            />
          </details>
          <details>
            <summary>Object lock</summary>
            <ObjectLock {...at} info={info.data} onChanged={refresh} />
          </details>
          <details>
            <summary>Versions</summary>
            <Versions {...at} onChanged={refresh} />
          </details>
        </>
      )}
      {isCopying && info.data !== undefined ? (
        <CopyObject {...at} info={info.data} onClose={() => setCopying(false)} />
      ) : null}
      {isDeleting ? (
        <DeleteObject
          bucket={bucket}
          objectKey={key}
          remove={() => client.deleteObject({ bucket, key })}
          onDeleted={onClose}
          onClose={() => setDeleting(false)}
        />
      ) : null}
    </>
  );
}

function Properties({ info }: { readonly info: ObjectInfo }): ReactNode {
  const rows: readonly (readonly [string, string | undefined])[] = [
    ["Size", `${formatBytes(info.size)} (${info.size.toLocaleString()} bytes)`],
    ["Type", info.contentType],
    ["Modified", formatDate(info.lastModifiedMs)],
    ["ETag", info.etag],
    [
      "Checksum",
      info.checksum === undefined ? undefined : `${info.checksum.algorithm} ${info.checksum.value}`,
    ],
    ["Storage class", info.storageClass],
    ["Encrypted", info.encryption],
    ["Version", info.versionId],
    [
      "Kept until",
      info.retention === undefined
        ? undefined
        : `${formatDate(info.retention.untilMs)} (${info.retention.mode})`,
    ],
    ["Legal hold", info.legalHold],
    ["Cache-Control", info.cacheControl],
    ["Content-Encoding", info.contentEncoding],
  ];
  return <Facts rows={rows} />;
}
