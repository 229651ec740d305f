/** What a bucket is set to, a section a setting. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { S3Client } from "stowage/client";
import { AclEditor } from "./acl-editor.tsx";
import { readQuota, removeQuota, setQuota } from "./admin.ts";
import { BucketSize } from "./bucket-size.tsx";
import { codeOf, formatBytes, formatCount, parseBytes, textOf } from "./format.ts";
import { PairsEditor } from "./pairs-editor.tsx";
import { ErrorNote, Field, Loading } from "./parts.tsx";
import { hrefOf } from "./route.ts";
import type { Session } from "./session.ts";
import { TextSetting, XmlSetting, xmlSettings } from "./text-setting.tsx";
import { UnfinishedUploads } from "./unfinished-uploads.tsx";

interface SettingsProps {
  readonly session: Session;
  readonly bucket: string;
}

interface SectionProps {
  readonly client: S3Client;
  readonly bucket: string;
}

export function BucketSettings({ session, bucket }: SettingsProps): ReactNode {
  const { client } = session;
  return (
    <>
      <div className="heading">
        <h1 className="path" tabIndex={-1}>
          <a href={hrefOf({ page: "objects", bucket, prefix: "" })}>{bucket}</a>
          <span aria-hidden="true">/</span>
          <span>Settings</span>
        </h1>
      </div>
      <div className="sections">
        <Versioning client={client} bucket={bucket} />
        <section>
          <h2>Who may read and write</h2>
          <AclEditor
            queryKey={["settings", bucket, "acl"]}
            isBucket
            read={() => client.getBucketAcl({ bucket })}
            write={(change) => client.putBucketAcl({ bucket, ...change })}
          />
        </section>
        <PublicAccess client={client} bucket={bucket} />
        <BucketPolicy client={client} bucket={bucket} />
        <BucketSize client={client} bucket={bucket} />
        {session.isAdmin ? <Quota client={client} bucket={bucket} /> : null}
        <BucketTags client={client} bucket={bucket} />
        <UnfinishedUploads client={client} bucket={bucket} />
        {xmlSettings.map((setting) => (
          <XmlSetting key={setting.subresource} client={client} bucket={bucket} {...setting} />
        ))}
      </div>
    </>
  );
}

function Versioning({ client, bucket }: SectionProps): ReactNode {
  const queries = useQueryClient();
  const queryKey = ["settings", bucket, "versioning"];
  const versioning = useQuery({ queryKey, queryFn: () => client.getBucketVersioning({ bucket }) });
  const changing = useMutation({
    mutationFn: (status: "Enabled" | "Suspended") => client.putBucketVersioning({ bucket, status }),
    onSuccess: () => queries.invalidateQueries({ queryKey }),
  });
  const status = versioning.data?.status;
  return (
    <section>
      <h2>Versions</h2>
      <ErrorNote error={versioning.error ?? changing.error} />
      {versioning.isPending ? <Loading /> : null}
      {versioning.data === undefined ? null : (
        <>
          <p>
            {status === "Enabled"
              ? "Earlier versions of objects are kept, also of deleted ones."
              : status === "Suspended"
                ? "Versions that were kept stay; new ones replace each other."
                : "What is overwritten or deleted is gone."}
          </p>
          <button
            type="button"
            disabled={changing.isPending}
            onClick={() => changing.mutate(status === "Enabled" ? "Suspended" : "Enabled")}
          >
            {status === "Enabled" ? "Suspend versions" : "Keep versions"}
          </button>
        </>
      )}
    </section>
  );
}

const blocks = {
  blockPublicAcls: "Refuse new ACLs that grant to everybody",
  ignorePublicAcls: "Ignore what ACLs grant to everybody",
  blockPublicPolicy: "Refuse new policies that are public",
  restrictPublicBuckets: "Ignore what a public policy allows others",
} as const;

type Block = Record<keyof typeof blocks, boolean>;

function PublicAccess({ client, bucket }: SectionProps): ReactNode {
  const queries = useQueryClient();
  const queryKey = ["settings", bucket, "public-access"];
  // What was just ticked is shown while it is on its way.
  const [asked, setAsked] = useState<Block | null>(null);
  const block = useQuery({
    queryKey,
    queryFn: (): Promise<Block> =>
      client.getPublicAccessBlock({ bucket }).catch((error: unknown) => {
        if (codeOf(error) !== "NoSuchPublicAccessBlockConfiguration") throw error;
        return {
          blockPublicAcls: false,
          ignorePublicAcls: false,
          blockPublicPolicy: false,
          restrictPublicBuckets: false,
        };
      }),
  });
  const changing = useMutation({
    mutationFn: (changed: Block) => client.putPublicAccessBlock({ bucket, ...changed }),
    onSuccess: () => queries.invalidateQueries({ queryKey }),
    onSettled: () => setAsked(null),
  });
  const change = (changed: Block): void => {
    setAsked(changed);
    changing.mutate(changed);
  };
  const data = asked ?? block.data;
  return (
    <section>
      <h2>Public access</h2>
      <ErrorNote error={block.error ?? changing.error} />
      {data === undefined
        ? null
        : (Object.keys(blocks) as (keyof Block)[]).map((name) => (
            <label className="check" key={name}>
              <input
                type="checkbox"
                checked={data[name]}
                disabled={changing.isPending}
                onChange={({ currentTarget }) => change({ ...data, [name]: currentTarget.checked })}
              />
              {blocks[name]}
            </label>
          ))}
    </section>
  );
}

function BucketPolicy({ client, bucket }: SectionProps): ReactNode {
  return (
    <TextSetting
      title="Policy"
      hint="AWS's policy language, as JSON. It is checked to the last word before it is taken."
      queryKey={["settings", bucket, "policy"]}
      read={async () => {
        try {
          return JSON.stringify(JSON.parse(await client.getBucketPolicy({ bucket })), null, 2);
        } catch (error) {
          if (codeOf(error) !== "NoSuchBucketPolicy") throw error;
          return "";
        }
      }}
      write={(policy) => client.putBucketPolicy({ bucket, policy })}
      remove={() => client.deleteBucketPolicy({ bucket })}
      example={JSON.stringify(
        {
          Version: "2012-10-17",
          Statement: [
            { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: `arn:aws:s3:::${bucket}/*` },
          ],
        },
        null,
        2,
      )}
    />
  );
}

function BucketTags({ client, bucket }: SectionProps): ReactNode {
  const tags = useQuery({
    queryKey: ["settings", bucket, "tags"],
    queryFn: () =>
      client.getBucketTagging({ bucket }).catch((error: unknown) => {
        if (codeOf(error) !== "NoSuchTagSet") throw error;
        return {};
      }),
  });
  return (
    <section>
      <h2>Tags</h2>
      <ErrorNote error={tags.error} />
      {tags.data === undefined ? null : (
        <PairsEditor
          title="Tags"
          isTitled
          pairs={tags.data}
          save={(changed) =>
            Object.keys(changed).length === 0
              ? client.deleteBucketTagging({ bucket })
              : client.putBucketTagging({ bucket, tags: changed })
          }
        />
      )}
    </section>
  );
}

function Quota({ client, bucket }: SectionProps): ReactNode {
  const queries = useQueryClient();
  const queryKey = ["settings", bucket, "quota"];
  const quota = useQuery({ queryKey, queryFn: () => readQuota(client, bucket) });
  const changing = useMutation({
    mutationFn: async (fields: FormData) => {
      const limits = Object.fromEntries(
        ["maxBytes", "maxObjects"].flatMap((name) => {
          const value = textOf(fields, name);
          return value === "" ? [] : [[name, name === "maxBytes" ? parseBytes(value) : Number(value)]];
        }),
      );
      return Object.keys(limits).length === 0
        ? removeQuota(client, bucket)
        : setQuota(client, bucket, limits);
    },
    onSuccess: () => queries.invalidateQueries({ queryKey }),
  });
  const { data } = quota;
  return (
    <section>
      <h2>Quota</h2>
      <ErrorNote error={quota.error} />
      {data === undefined ? null : (
        <form
          key={JSON.stringify(data.quota)}
          onSubmit={(event) => {
            event.preventDefault();
            changing.mutate(new FormData(event.currentTarget));
          }}
        >
          {data.usage === null ? null : (
            <p>
              It holds {formatBytes(data.usage.bytes)} in {formatCount(data.usage.objects, "object")}.
            </p>
          )}
          <Field label="Bytes at most" hint="Also with a unit: 500 MB, 10 GB, 2 TiB.">
            <input
              name="maxBytes"
              spellCheck={false}
              autoComplete="off"
              defaultValue={data.quota?.maxBytes}
              placeholder="no limit"
            />
          </Field>
          <Field label="Objects at most">
            <input
              name="maxObjects"
              type="number"
              min={0}
              step={1}
              defaultValue={data.quota?.maxObjects}
              placeholder="no limit"
            />
          </Field>
          <ErrorNote error={changing.error} />
          <button type="submit" disabled={changing.isPending}>
            Save quota
          </button>
          {changing.isSuccess ? <span role="status"> Saved.</span> : null}
        </form>
      )}
    </section>
  );
}
