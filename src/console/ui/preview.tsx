import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo, useState } from "react";
import type { ObjectInfo, S3Client } from "stowage/client";

interface PreviewProps {
  readonly client: S3Client;
  readonly bucket: string;
  readonly objectKey: string;
  readonly info: ObjectInfo;
}

/** The most of a text that is shown. */
const textBytes = 64 * 1024;
const textTypes = /^(?:text\/|application\/(?:json|xml|javascript|x-ndjson|yaml|toml|x-sh)\b|image\/svg)/;

/**
 * Shows an object, as an image, sound, film or text. Nothing that can run does: what is HTML or SVG is shown as its text,
 * and images come from the API's origin, which is not this one.
 */
export function Preview({ client, bucket, objectKey: key, info }: PreviewProps): ReactNode {
  const [isBroken, setBroken] = useState(false);
  const type = info.contentType?.toLowerCase() ?? "";
  const { versionId, etag } = info;
  // Signed once: with another signature it would be another address, and what plays would begin again.
  const url = useMemo(
    () => client.presign({ bucket, key, versionId }),
    [client, bucket, key, versionId, etag],
  );
  if (info.size === 0 || isBroken) return null;
  if (textTypes.test(type))
    return <TextPreview client={client} bucket={bucket} objectKey={key} info={info} />;
  if (type.startsWith("image/")) {
    return <img className="preview" src={url} alt="" onError={() => setBroken(true)} />;
  }
  if (type.startsWith("video/")) {
    return (
      <video className="preview" src={url} controls preload="metadata" onError={() => setBroken(true)} />
    );
  }
  if (type.startsWith("audio/")) {
    return (
      <audio className="preview" src={url} controls preload="metadata" onError={() => setBroken(true)} />
    );
  }
  return null;
}

function TextPreview({ client, bucket, objectKey: key, info }: PreviewProps): ReactNode {
  const text = useQuery({
    queryKey: ["object", bucket, key, "text", info.etag],
    queryFn: async ({ signal }) => {
      const { body } = await client.getObject({ bucket, key, range: `bytes=0-${textBytes - 1}` }, { signal });
      return body.text();
    },
  });
  if (text.data === undefined) return null;
  return (
    <pre className="preview" tabIndex={0}>
      {text.data}
      {info.size > textBytes ? "\n…" : ""}
    </pre>
  );
}
