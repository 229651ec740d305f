import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef, useState } from "react";
import type { S3Client } from "stowage/client";
import { formatBytes, formatCount } from "./format.ts";
import { ErrorNote } from "./parts.tsx";

interface BucketSizeProps {
  readonly client: S3Client;
  readonly bucket: string;
}

interface Size {
  readonly bytes: number;
  readonly objects: number;
}

/** How much a bucket holds: S3 has no answer to that but its list, so it is counted when somebody asks. */
export function BucketSize({ client, bucket }: BucketSizeProps): ReactNode {
  const [size, setSize] = useState<Size | null>(null);
  const stop = useRef<AbortController>(null);
  useEffect(() => () => stop.current?.abort(), []);
  const counting = useMutation({
    mutationFn: async () => {
      const { signal } = (stop.current = new AbortController());
      let bytes = 0;
      let objects = 0;
      for await (const page of client.list({ bucket }, { signal }).pages()) {
        objects += page.objects.length;
        bytes += page.objects.reduce((sum, object) => sum + object.size, 0);
        setSize({ bytes, objects });
      }
      setSize({ bytes, objects });
    },
  });
  return (
    <section>
      <h2>Size</h2>
      <p className="quiet">
        Counted from the list of objects, a thousand at a time; earlier versions and unfinished uploads are
        not in it.
      </p>
      {size === null ? null : (
        <p role="status">
          {formatBytes(size.bytes)} in {formatCount(size.objects, "object")}
          {counting.isSuccess ? "" : " so far"}
        </p>
      )}
      <ErrorNote error={stop.current?.signal.aborted === true ? null : counting.error} />
      {counting.isPending ? (
        <button type="button" onClick={() => stop.current?.abort()}>
          Stop
        </button>
      ) : (
        <button type="button" onClick={() => counting.mutate()}>
          Count
        </button>
      )}
    </section>
  );
}
