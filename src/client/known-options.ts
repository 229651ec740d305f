/** That each option is one that there is: a misspelt `endpoint` would send keys and files to Amazon. */

import type { S3ClientOptions } from "./settings.ts";

type Group = "timeouts" | "retries" | "proxies";

/** 1: a value; else the options within it. */
type Known<Options> = {
  readonly [Name in keyof Options]-?: Name extends Group ? Known<NonNullable<Options[Name]>> : 1;
};

export const knownOptions: Known<S3ClientOptions> = {
  endpoint: 1,
  region: 1,
  credentials: 1,
  profile: 1,
  mfaCodeProvider: 1,
  anon: 1,
  addressing: 1,
  signatureVersion: 1,
  timeouts: { connectMs: 1, headersMs: 1, bodyMs: 1 },
  retries: { maxAttempts: 1, baseDelayMs: 1, throttledDelayMs: 1, maxDelayMs: 1 },
  maxConnections: 1,
  ca: 1,
  verify: 1,
  proxies: { http: 1, https: 1 },
  requestChecksums: 1,
  responseChecksums: 1,
  partSizeBytes: 1,
  concurrency: 1,
  transport: 1,
  clock: 1,
  random: 1,
  env: 1,
};

/** @throws TypeError for an option that there is not. It names the one that was meant. */
export function checkOptions(options: object, names: object = knownOptions, group = ""): void {
  for (const [name, value] of Object.entries(options)) {
    const within: unknown = Object.hasOwn(names, name) && names[name as keyof typeof names];
    if (within === false) throw unknownOption(group + name, name, Object.keys(names));
    if (within !== 1 && value !== undefined) checkOptions(value as object, within as object, `${name}.`);
  }
}

function unknownOption(path: string, name: string, names: readonly string[]): TypeError {
  let nearest = "";
  let most = 0.4;
  for (const one of names) {
    const likeness = likenessOf(name, one);
    if (likeness >= most) [nearest, most] = [one, likeness];
  }
  const hint = nearest === "" ? `Its options are ${names.join(", ")}.` : `Did you mean ${nearest}?`;
  return new TypeError(`S3Client has no option "${path}". ${hint}`);
}

/** From 0 to 1, by the pairs of letters that two names share (Dice's coefficient). */
function likenessOf(one: string, other: string): number {
  const [pairs, others] = [pairsOf(one), pairsOf(other)];
  const shared = [...pairs].filter((pair) => others.has(pair));
  return (2 * shared.length) / (pairs.size + others.size);
}

function pairsOf(name: string): Set<string> {
  const lower = name.toLowerCase();
  return new Set(Array.from(lower.slice(1), (letter, before) => lower.charAt(before) + letter));
}
