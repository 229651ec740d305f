/** Options that several commands on objects share. */

import { cannedAcls } from "../s3/acl.ts";
import { type Flag, UsageError } from "./command.ts";
import { checkMetadataName } from "./pairs.ts";

export const nameFlags: readonly Flag[] = [
  {
    flags: "--include <pattern>",
    description: "Only names that match; may be given several times",
    parse: collect,
  },
  {
    flags: "--exclude <pattern>",
    description: "No names that match; may be given several times",
    parse: collect,
  },
];

export const filterFlags: readonly Flag[] = [
  ...nameFlags,
  { flags: "--raw", description: "Take * ? [ in a key as they are" },
];

export const jsonFlag: Flag = { flags: "--json", description: "Print JSON for programs, an object a line" };
export const recursiveFlag: Flag = {
  flags: "-r, --recursive",
  description: "All that is in a folder, a bucket or a directory",
};
export const dryRunFlag: Flag = {
  flags: "-n, --dry-run",
  description: "Say what would be done, and do nothing",
};

export const maxDeleteFlag: Flag = {
  flags: "--max-delete <number>",
  description: "Where more than that would be deleted, nothing is",
  parse: parseCount,
};

/** The way out where more would go. */
export const raiseMaxDelete = "raise --max-delete if all of them are to go";

function parseCount(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new UsageError(`"${text}" is no number of files`, "give a whole number from 0 up");
}

export const transferFlags: readonly Flag[] = [
  {
    flags: "--jobs <number>",
    description: "Transfers at once",
    default: 8,
    parse: parseJobs,
  },
  {
    flags: "--bandwidth-limit <rate>",
    description: "Bytes a second at most, such as 500K or 10M",
    parse: parseRate,
  },
  { flags: "-q, --quiet", description: "Say nothing but errors" },
];

function collect(text: string, previous: unknown): string[] {
  return [...((previous as string[] | undefined) ?? []), text];
}

function parseJobs(text: string): number {
  const jobs = Number(text);
  if (!/^\d+$/.test(text) || jobs < 1 || jobs > 1000) {
    throw new UsageError(`"${text}" is no number of transfers`, "give a whole number from 1 to 1000");
  }
  return jobs;
}

const multiples: Readonly<Record<string, number>> = { "": 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 };

/** A number of bytes, such as `500K`. */
export function parseRate(text: string): number {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?)([KMG]?)(?:i?B)?$/i.exec(text) ?? [];
  const bytes = Math.round(Number(number) * (multiples[unit.toUpperCase()] ?? 1));
  if (number === "" || bytes < 1) {
    throw new UsageError(`"${text}" is no number of bytes`, "give it as 500K, 10M or 1G");
  }
  return bytes;
}

export const aclFlag: Flag = {
  flags: "--acl <name>",
  description: "Canned ACL of what is written",
  choices: cannedAcls,
};

/** What is stored beside what is written. */
export const propertyFlags: readonly Flag[] = [
  aclFlag,
  { flags: "--content-type <type>", description: "Media type (default: by the name, or the source's)" },
  { flags: "--cache-control <text>", description: "How long caches may keep it" },
  { flags: "--storage-class <name>", description: "Storage class" },
  {
    flags: "--metadata <name=value>",
    description: "Metadata; may be given several times",
    parse: collectMetadata,
  },
];

function collectMetadata(text: string, previous: unknown): Record<string, string> {
  const [, name, value] = /^([^=\s]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw new UsageError(`"${text}" is no metadata`, "give it as NAME=VALUE");
  }
  checkMetadataName(name);
  return { ...(previous as Record<string, string> | undefined), [name]: value };
}
