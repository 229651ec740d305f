import type { S3Client } from "../../client/s3-client.ts";
import type { Io } from "../command.ts";
import { nameFilter, type NameFilter } from "../key-pattern.ts";
import { formatBytes, printable, printJsonLine, printLine } from "../output.ts";
import { folderPrefix, formatS3Url, type S3Url } from "../s3-url.ts";

export interface DuOptions extends NameFilter {
  readonly depth?: number;
  readonly bytes?: boolean;
  readonly json?: boolean;
}

interface Sum {
  readonly folder: string;
  bytes: number;
  objects: number;
}

/** How much folders hold, each when it has been read whole: keys come in order, so only the way down is remembered. */
export async function du(
  io: Io,
  client: S3Client,
  { bucket, key }: S3Url,
  options: DuOptions,
): Promise<void> {
  const { depth = 0, ...filter } = options;
  const root = folderPrefix(key);
  const goes = nameFilter(filter);
  const open: Sum[] = [{ folder: root, bytes: 0, objects: 0 }];
  const close = async (count: number): Promise<void> => {
    while (open.length > count) {
      const { folder, bytes, objects } = open.pop()!;
      const url = formatS3Url({ bucket, key: folder });
      const amount = options.bytes === true ? String(bytes) : formatBytes(bytes);
      if (options.json === true) await printJsonLine(io, { url, bytes, objects });
      else await printLine(io, `${amount.padStart(12)}  ${String(objects).padStart(9)}  ${printable(url)}`);
    }
  };
  for await (const object of client.list({ bucket, prefix: root })) {
    if (!goes(object.key.slice(root.length))) continue;
    const folders = object.key.slice(root.length).split("/").slice(0, -1).slice(0, depth);
    let same = 0;
    while (same < folders.length && open[same + 1]?.folder === folderAt(root, folders, same)) same++;
    await close(same + 1);
    while (open.length <= folders.length) {
      open.push({ folder: folderAt(root, folders, open.length - 1), bytes: 0, objects: 0 });
    }
    for (const sum of open) {
      sum.bytes += object.size;
      sum.objects++;
    }
  }
  await close(0);
}

function folderAt(root: string, folders: readonly string[], at: number): string {
  return `${root}${folders.slice(0, at + 1).join("/")}/`;
}
