/** Links to an object, signed in the browser: to download it, and to give to others. */

import { type ReactNode, useState } from "react";
import type { S3Client } from "stowage/client";
import { Copyable, Field } from "./parts.tsx";

interface LinkProps {
  readonly client: S3Client;
  readonly bucket: string;
  readonly objectKey: string;
}

interface DownloadProps extends LinkProps {
  readonly versionId?: string | undefined;
  readonly className?: string;
}

/** A tab of its own, which ends with the download: what the server refuses would stand in place of the console. */
export function Download({ client, bucket, objectKey: key, versionId, className }: DownloadProps): ReactNode {
  const name = key.split("/").findLast((part) => part !== "") ?? key;
  const sign = (): string =>
    client.presign({
      bucket,
      key,
      versionId,
      responseContentDisposition: `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
    });
  return (
    <a
      className={className}
      href={sign()}
      target="_blank"
      rel="noreferrer"
      onClick={({ currentTarget }) => {
        // The panel may have been open for longer than its link is good.
        currentTarget.href = sign();
      }}
    >
      Download
    </a>
  );
}

const times: readonly (readonly [label: string, seconds: number])[] = [
  ["an hour", 3600],
  ["a day", 86_400],
  ["a week", 604_800],
];

export function Share({ client, bucket, objectKey: key }: LinkProps): ReactNode {
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
