import type { S3Client } from "../../client/s3-client.ts";
import type { Io } from "../command.ts";
import { nameFilter, type NameFilter } from "../key-pattern.ts";
import { formatBytes, formatTime, printable, printLine } from "../output.ts";
import { folderPrefix, formatS3Url, type S3Url } from "../s3-url.ts";

/** Folders and objects, drawn as a tree while they are read. */
export async function tree(
  io: Io,
  client: S3Client,
  { bucket, key }: S3Url,
  { sizes = false, ...filter }: NameFilter & { readonly sizes?: boolean },
): Promise<void> {
  const root = folderPrefix(key);
  const goes = nameFilter(filter);
  await printLine(io, printable(formatS3Url({ bucket, key: root })));
  let shown: readonly string[] = [];
  let count = 0;
  let bytes = 0;
  for await (const object of client.list({ bucket, prefix: root })) {
    const name = object.key.slice(root.length);
    if (name === "" || !goes(name)) continue;
    const parts = name.split("/");
    const folders = parts.slice(0, -1);
    let same = 0;
    while (same < folders.length && shown[same] === folders[same]) same++;
    for (let level = same; level < folders.length; level++) {
      await printLine(io, `${"  ".repeat(level + 1)}${printable(folders[level]!)}/`);
    }
    shown = folders;
    const last = parts.at(-1)!;
    const about = sizes ? `  ${formatBytes(object.size)}  ${formatTime(object.lastModifiedMs)}` : "";
    if (last !== "") await printLine(io, `${"  ".repeat(parts.length)}${printable(last)}${about}`);
    count++;
    bytes += object.size;
  }
  await printLine(io, `${count} object${count === 1 ? "" : "s"}, ${formatBytes(bytes)}`);
}
