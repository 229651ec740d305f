/** What is stored beside an object's bytes: the headers it is answered with, its metadata and its tags. */

import { useMutation, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { ObjectInfo, S3Client } from "stowage/client";
import { textOf } from "./format.ts";
import { PairsEditor } from "./pairs-editor.tsx";
import { ErrorNote, Field } from "./parts.tsx";

interface ObjectMetadataProps {
  readonly client: S3Client;
  readonly bucket: string;
  readonly objectKey: string;
  readonly info: ObjectInfo;
  readonly onChanged: () => Promise<void>;
}

const headers = {
  contentType: "Content-Type",
  cacheControl: "Cache-Control",
  contentDisposition: "Content-Disposition",
  contentEncoding: "Content-Encoding",
  contentLanguage: "Content-Language",
} as const;

type Headers = Partial<Record<keyof typeof headers, string>>;

export function ObjectMetadata({
  client,
  bucket,
  objectKey: key,
  info,
  onChanged,
}: ObjectMetadataProps): ReactNode {
  const tags = useQuery({
    queryKey: ["object", bucket, key, "tags"],
    queryFn: () => client.getObjectTagging({ bucket, key }),
  });
  /** S3 changes them by a copy onto itself, which says all that is to stay; the ACL is not copied. */
  const rewrite = async (change: Headers & { metadata?: Record<string, string> }): Promise<void> => {
    const policy = await client.getObjectAcl({ bucket, key });
    await client.copy(
      {
        bucket,
        key,
        copySource: { bucket, key, versionId: info.versionId },
        copySourceIfMatch: info.etag,
        metadataDirective: "REPLACE",
        metadata: info.metadata,
        contentType: info.contentType,
        cacheControl: info.cacheControl,
        contentDisposition: info.contentDisposition,
        contentEncoding: info.contentEncoding,
        contentLanguage: info.contentLanguage,
        expires: info.expires,
        storageClass: info.storageClass,
        websiteRedirectLocation: info.websiteRedirectLocation,
        ...change,
      },
      { sizeBytes: info.size },
    );
    await client.putObjectAcl({ bucket, key, policy });
    await onChanged();
  };
  const saving = useMutation({ mutationFn: rewrite });
  return (
    <>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const fields = new FormData(event.currentTarget);
          const names = Object.keys(headers) as (keyof Headers)[];
          saving.mutate(Object.fromEntries(names.map((name) => [name, textOf(fields, name) || undefined])));
        }}
      >
        {(Object.keys(headers) as (keyof Headers)[]).map((name) => (
          <Field key={name} label={headers[name]}>
            <input name={name} defaultValue={info[name]} spellCheck={false} autoComplete="off" />
          </Field>
        ))}
        <ErrorNote error={saving.error} />
        <button type="submit" disabled={saving.isPending}>
          Save headers
        </button>
        {saving.isSuccess ? <span role="status"> Saved.</span> : null}
      </form>
      <PairsEditor title="Metadata" pairs={info.metadata} save={(metadata) => rewrite({ metadata })} />
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
