import { type AccountOptions, openTransport } from "../accounts.ts";
import { type Command, UsageError } from "../command.ts";
import { accountFlags, accountVariables } from "../flags.ts";
import { parseBucketName } from "../s3-url.ts";
import { printFields, printJson } from "../table.ts";

interface QuotaOptions extends AccountOptions {
  readonly maxSize?: number;
  readonly maxObjects?: number;
  readonly none?: boolean;
}

/** What the administration tells of a bucket's quota. */
interface QuotaView {
  readonly bucket: string;
  readonly quota: { readonly maxBytes?: number; readonly maxObjects?: number } | null;
  readonly usage: { readonly bytes: number; readonly objects: number } | null;
}

/** Shows, sets and takes away how much a bucket may hold. */
export const bucketQuota: Command = {
  path: "bucket quota",
  summary: "Show how much a bucket may hold and does hold, or set it.",
  details: `A quota counts objects, versions and parts of unfinished uploads. Writes beyond it are refused with QuotaExceeded;
deleting always works. What a bucket without a quota holds is not counted.`,
  arguments: [{ name: "<bucket>", description: "Name of the bucket, or s3://NAME" }],
  flags: [
    {
      flags: "--max-size <size>",
      description: "Bytes that it may hold, such as 500MB, 10GB or 10GiB",
      parse: parseSize,
    },
    { flags: "--max-objects <number>", description: "Objects that it may hold", parse: parseCount },
    { flags: "--none", description: "Take the quota away" },
    ...accountFlags,
  ],
  environment: accountVariables,
  examples: ["bucket quota photos --max-size 10GB --max-objects 100000", "bucket quota photos"],
  run: async (io, [name = ""], given) => {
    const options = given as unknown as QuotaOptions;
    const { maxSize: maxBytes, maxObjects, none } = options;
    const sets = maxBytes !== undefined || maxObjects !== undefined;
    if (sets && none === true) {
      throw new UsageError("--none stands beside a quota", "give the one or the other");
    }
    const transport = await openTransport(io, options);
    try {
      const bucket = parseBucketName(name);
      const path = `buckets/${encodeURIComponent(bucket)}/quota`;
      if (none === true) await transport.send("DELETE", path);
      const view = sets
        ? await transport.send("PUT", path, { maxBytes, maxObjects })
        : await transport.send("GET", path);
      if (options.json === true) printJson(io, view);
      else printFields(io, fieldsOf(view as QuotaView));
    } finally {
      await transport.close();
    }
  },
};

function fieldsOf({ bucket, quota, usage }: QuotaView): Record<string, string> {
  const unknown = quota === null ? "not counted" : "being counted";
  return {
    bucket,
    "max bytes": show(quota?.maxBytes, "no limit"),
    bytes: show(usage?.bytes, unknown),
    "max objects": show(quota?.maxObjects, "no limit"),
    objects: show(usage?.objects, unknown),
  };
}

function show(value: number | undefined, none: string): string {
  return value === undefined ? none : value.toLocaleString("en");
}

const units: Readonly<Record<string, number>> = {
  "": 1,
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
};

function parseSize(text: string): number {
  const [, digits = "", unit = ""] = /^(\d+(?:\.\d+)?)\s*([A-Za-z]*)$/.exec(text) ?? [];
  const factor = units[unit.toUpperCase()];
  const bytes = Math.floor(Number(digits) * (factor ?? Number.NaN));
  if (digits === "" || !Number.isSafeInteger(bytes)) {
    throw new UsageError(`"${text}" is no size`, "give it as 500MB, 10GB or 10GiB");
  }
  return bytes;
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(count)) {
    throw new UsageError(`"${text}" is no number of objects`, "give a whole number from 0 up");
  }
  return count;
}
