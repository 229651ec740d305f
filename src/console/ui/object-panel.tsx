/** All about one object: a look at it, what is stored beside it, who may read it, its versions, and links to it. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef, useState } from "react";
import type { ListedVersion, ObjectInfo, S3Client } from "stowage/client";
import { AclEditor } from "./acl-editor.tsx";
import { codeOf, formatBytes, formatDate } from "./format.ts";
import { ObjectLock } from "./object-lock.tsx";
import { Confirm, Copyable, ErrorNote, Field, Loading } from "./parts.tsx";
import { PairsEditor } from "./pairs-editor.tsx";
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
  const queries = useQueryClient();
  const [isDeleting, setDeleting] = useState(false);
  const panel = useRef<HTMLElement>(null);
  useEffect(() => panel.current?.focus(), []);
  const info = useQuery({
    queryKey: ["object", bucket, key],
    queryFn: ({ signal }) => client.headObject({ bucket, key }, { signal }),
  });
  const isDeleted = ["NoSuchKey", "NotFound"].includes(codeOf(info.error) ?? "");
  const refresh = async (): Promise<void> => {
    await queries.invalidateQueries({ queryKey: ["object", bucket, key] });
    await queries.invalidateQueries({ queryKey: ["objects", bucket] });
  };
  const deleting = useMutation({
    mutationFn: () => client.deleteObject({ bucket, key }),
    onSuccess: async () => {
      onClose();
      await queries.invalidateQueries({ queryKey: ["objects", bucket] });
    },
  });
  return (
    <aside
      ref={panel}
      className="panel"
      aria-label={key}
      tabIndex={-1}
      onKeyDown={(event) => {
        // A dialog in it closes itself.
        if (event.key === "Escape" && !isDeleting) onClose();
      }}
    >
      <header>
        <h2>{key}</h2>
        <button type="button" className="plain" onClick={onClose}>
          Close
        </button>
      </header>
      {isDeleted ? <p className="note">This object was deleted. Restore one of its versions.</p> : null}
      <ErrorNote error={isDeleted ? null : info.error} />
      {info.isPending ? <Loading /> : null}
      {isDeleted ? <Versions client={client} bucket={bucket} objectKey={key} onChanged={refresh} /> : null}
      {info.data === undefined ? null : (
        <>
          <div className="actions">
            <a className="button main" href={downloadUrl(client, bucket, key)}>
              Download
            </a>
            <button type="button" className="danger" onClick={() => setDeleting(true)}>
              Delete
            </button>
          </div>
          <Preview client={client} bucket={bucket} objectKey={key} info={info.data} />
          <Properties info={info.data} />
          <details>
            <summary>Share a link</summary>
            <Share client={client} bucket={bucket} objectKey={key} />
          </details>
          <details>
            <summary>Metadata and tags</summary>
            <Metadata client={client} bucket={bucket} objectKey={key} info={info.data} onChanged={refresh} />
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
            <ObjectLock
              client={client}
              bucket={bucket}
              objectKey={key}
              info={info.data}
              onChanged={refresh}
            />
          </details>
          <details>
            <summary>Versions</summary>
            <Versions client={client} bucket={bucket} objectKey={key} onChanged={refresh} />
          </details>
        </>
      )}
      {isDeleting ? (
        <Confirm
          title={`Delete ${key}?`}
          action="Delete object"
          isPending={deleting.isPending}
          error={deleting.error}
          onConfirm={() => deleting.mutate()}
          onClose={() => setDeleting(false)}
        >
          <p>Where the bucket keeps versions, it can be brought back; else it is gone.</p>
        </Confirm>
      ) : null}
    </aside>
  );
}

function downloadUrl(client: S3Client, bucket: string, key: string, versionId?: string): string {
  const name = key.split("/").findLast((part) => part !== "") ?? key;
  return client.presign({
    bucket,
    key,
    versionId,
    responseContentDisposition: `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
  });
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
  return (
    <dl>
      {rows.map(([name, value]) =>
        value === undefined ? null : (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

interface PartProps {
  readonly client: S3Client;
  readonly bucket: string;
  readonly objectKey: string;
}

const times: readonly (readonly [label: string, seconds: number])[] = [
  ["an hour", 3600],
  ["a day", 86_400],
  ["a week", 604_800],
];

function Share({ client, bucket, objectKey: key }: PartProps): ReactNode {
  const [expiresSeconds, setExpires] = useState(86_400);
  return (
    <>
      <Field
        label="Good for"
        hint="Whoever has the link can read the object until then, or until your key is removed."
      >
        <select value={expiresSeconds} onChange={(event) => setExpires(Number(event.currentTarget.value))}>
          {times.map(([label, seconds]) => (
            <option key={seconds} value={seconds}>
              {label}
            </option>
          ))}
        </select>
      </Field>
      <Copyable label="Link" text={client.presign({ bucket, key, expiresSeconds })} />
      <Copyable
        label="Address for everybody, where the object is public"
        text={client.presign({ bucket, key, unsigned: true })}
      />
    </>
  );
}

interface MetadataProps extends PartProps {
  readonly info: ObjectInfo;
  readonly onChanged: () => Promise<void>;
}

function Metadata({ client, bucket, objectKey: key, info, onChanged }: MetadataProps): ReactNode {
  const tags = useQuery({
    queryKey: ["object", bucket, key, "tags"],
    queryFn: () => client.getObjectTagging({ bucket, key }),
  });
  return (
    <>
      <PairsEditor
        title="Metadata"
        pairs={info.metadata}
        save={async (metadata) => {
          // S3 changes metadata by a copy onto itself, which says all that is to stay; the ACL is not copied.
          const policy = await client.getObjectAcl({ bucket, key });
          await client.copyObject({
            bucket,
            key,
            copySource: { bucket, key, versionId: info.versionId },
            copySourceIfMatch: info.etag,
            metadataDirective: "REPLACE",
            metadata,
            contentType: info.contentType,
            cacheControl: info.cacheControl,
            contentDisposition: info.contentDisposition,
            contentEncoding: info.contentEncoding,
            contentLanguage: info.contentLanguage,
            expires: info.expires,
            storageClass: info.storageClass,
            websiteRedirectLocation: info.websiteRedirectLocation,
          });
          await client.putObjectAcl({ bucket, key, policy });
          await onChanged();
        }}
      />
      <ErrorNote error={tags.error} />
      {tags.data === undefined ? null : (
        <PairsEditor
          title="Tags"
          pairs={tags.data}
          save={async (changed) => {
            await client.putObjectTagging({ bucket, key, tags: changed });
            await onChanged();
          }}
        />
      )}
    </>
  );
}

function Versions({
  client,
  bucket,
  objectKey: key,
  onChanged,
}: PartProps & { readonly onChanged: () => Promise<void> }): ReactNode {
  const versions = useQuery({
    queryKey: ["object", bucket, key, "versions"],
    queryFn: async ({ signal }) => {
      const page = await client.listObjectVersions({ bucket, prefix: key }, { signal });
      return page.versions.filter((version) => version.key === key);
    },
  });
  const changing = useMutation({
    mutationFn: (change: () => Promise<unknown>) => change(),
    onSuccess: onChanged,
  });
  const restore = ({ versionId }: ListedVersion): Promise<unknown> =>
    client.copy({ bucket, key, copySource: { bucket, key, versionId } });
  const remove = ({ versionId }: ListedVersion): Promise<unknown> =>
    client.deleteObject({ bucket, key, versionId });
  return (
    <>
      <ErrorNote error={versions.error ?? changing.error} />
      {versions.isPending ? <Loading /> : null}
      <ul className="versions">
        {(versions.data ?? []).map((version) => (
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
                <a href={downloadUrl(client, bucket, key, version.versionId)}>Download</a>
              )}
              {version.isLatest || version.deleteMarker === true ? null : (
                <button
                  type="button"
                  className="plain"
                  onClick={() => changing.mutate(() => restore(version))}
                >
                  Restore
                </button>
              )}
              {version.isLatest ? null : (
                <button
                  type="button"
                  className="plain"
                  onClick={() => changing.mutate(() => remove(version))}
                >
                  Delete for good
                </button>
              )}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
