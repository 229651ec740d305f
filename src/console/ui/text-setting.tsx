/** Settings that are a document: read, changed and put as a text. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { S3Client } from "stowage/client";
import { codeOf } from "./format.ts";
import { ErrorNote, Field, Loading } from "./parts.tsx";

interface XmlDocument {
  readonly title: string;
  readonly subresource: string;
  /** The code of the error that says that there is none. */
  readonly absent?: string;
  /** What is put to have none, where S3 has no other way; it is also what is read then. */
  readonly empty?: string;
  readonly example: string;
}

/** What is written as S3's own XML. */
export const xmlSettings: readonly XmlDocument[] = [
  {
    title: "Lifecycle",
    subresource: "lifecycle",
    absent: "NoSuchLifecycleConfiguration",
    example: `<LifecycleConfiguration>
  <Rule>
    <ID>old-logs</ID>
    <Filter><Prefix>logs/</Prefix></Filter>
    <Status>Enabled</Status>
    <Expiration><Days>30</Days></Expiration>
  </Rule>
</LifecycleConfiguration>`,
  },
  {
    title: "CORS",
    subresource: "cors",
    absent: "NoSuchCORSConfiguration",
    example: `<CORSConfiguration>
  <CORSRule>
    <AllowedOrigin>https://www.example.com</AllowedOrigin>
    <AllowedMethod>GET</AllowedMethod>
    <AllowedMethod>POST</AllowedMethod>
  </CORSRule>
</CORSConfiguration>`,
  },
  {
    title: "Website",
    subresource: "website",
    absent: "NoSuchWebsiteConfiguration",
    example: `<WebsiteConfiguration>
  <IndexDocument><Suffix>index.html</Suffix></IndexDocument>
  <ErrorDocument><Key>error.html</Key></ErrorDocument>
</WebsiteConfiguration>`,
  },
  {
    title: "Events",
    subresource: "notification",
    empty: "<NotificationConfiguration/>",
    example: `<NotificationConfiguration>
  <QueueConfiguration>
    <Queue>arn:stowage:webhook:::name-of-a-webhook</Queue>
    <Event>s3:ObjectCreated:*</Event>
  </QueueConfiguration>
</NotificationConfiguration>`,
  },
  {
    title: "Encryption",
    subresource: "encryption",
    absent: "ServerSideEncryptionConfigurationNotFoundError",
    example: `<ServerSideEncryptionConfiguration>
  <Rule>
    <ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault>
  </Rule>
</ServerSideEncryptionConfiguration>`,
  },
  {
    title: "Access log",
    subresource: "logging",
    empty: "<BucketLoggingStatus/>",
    example: `<BucketLoggingStatus>
  <LoggingEnabled>
    <TargetBucket>a-bucket-for-logs</TargetBucket>
    <TargetPrefix>access/</TargetPrefix>
  </LoggingEnabled>
</BucketLoggingStatus>`,
  },
  {
    title: "Ownership",
    subresource: "ownershipControls",
    absent: "OwnershipControlsNotFoundError",
    example: `<OwnershipControls>
  <Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule>
</OwnershipControls>`,
  },
];

interface XmlSettingProps {
  readonly client: S3Client;
  readonly bucket: string;
}

export function XmlSetting({
  client,
  bucket,
  title,
  subresource,
  absent,
  empty,
  example,
}: XmlSettingProps & XmlDocument): ReactNode {
  const query = { [subresource]: "" };
  return (
    <TextSetting
      title={title}
      hint="In S3's own XML."
      queryKey={["settings", bucket, subresource]}
      read={async () => {
        try {
          const { body } = await client.request({ bucket, query });
          const text = await body.text();
          return isEmpty(text) && empty !== undefined ? "" : text;
        } catch (error) {
          if (codeOf(error) !== absent) throw error;
          return "";
        }
      }}
      write={(body) => client.request({ method: "PUT", bucket, query, body })}
      remove={() =>
        client.request(
          empty === undefined
            ? { method: "DELETE", bucket, query }
            : { method: "PUT", bucket, query, body: empty },
        )
      }
      example={example}
    />
  );
}

/** Whether a document's element has nothing in it. */
function isEmpty(xml: string): boolean {
  return new DOMParser().parseFromString(xml, "application/xml").documentElement.childElementCount === 0;
}

interface TextSettingProps {
  readonly title: string;
  readonly hint: string;
  readonly queryKey: readonly string[];
  /** Empty: it is not set. */
  readonly read: () => Promise<string>;
  readonly write: (text: string) => Promise<unknown>;
  readonly remove: () => Promise<unknown>;
  readonly example: string;
}

export function TextSetting({
  title,
  hint,
  queryKey,
  read,
  write,
  remove,
  example,
}: TextSettingProps): ReactNode {
  const queries = useQueryClient();
  const [text, setText] = useState<string | null>(null);
  const setting = useQuery({ queryKey, queryFn: read });
  const saving = useMutation({
    mutationFn: (changed: string) => (changed.trim() === "" ? remove() : write(changed)),
    onSuccess: async (_, changed) => {
      await queries.invalidateQueries({ queryKey });
      // What was typed meanwhile stays.
      setText((text) => (text === changed || changed === "" ? null : text));
    },
  });
  const stored = setting.data;
  // What was not read is not shown as not set: it would be replaced unseen.
  if (stored === undefined) {
    return (
      <section>
        <h2>{title}</h2>
        {setting.error === null ? <Loading /> : <ErrorNote error={setting.error} />}
      </section>
    );
  }
  return (
    <section>
      <h2>{title}</h2>
      <ErrorNote error={setting.error} />
      <Field label={hint}>
        <textarea
          aria-label={`${title}. ${hint}`}
          rows={stored === "" && text === null ? 3 : 12}
          spellCheck={false}
          value={text ?? stored}
          placeholder="Not set."
          onChange={({ currentTarget }) => {
            saving.reset();
            setText(currentTarget.value);
          }}
        />
      </Field>
      <ErrorNote error={saving.error} />
      <div className="actions">
        {stored === "" && text === null ? (
          <button type="button" onClick={() => setText(example)}>
            Begin with an example
          </button>
        ) : null}
        {stored === "" ? null : (
          <button type="button" disabled={saving.isPending} onClick={() => saving.mutate("")}>
            Remove
          </button>
        )}
        <button
          type="button"
          className="main"
          disabled={text === null || saving.isPending}
          onClick={() => saving.mutate(text ?? "")}
        >
          Save {title === title.toUpperCase() ? title : title.toLowerCase()}
        </button>
        {saving.isSuccess ? <span role="status">Saved.</span> : null}
      </div>
    </section>
  );
}
