import assert from "node:assert/strict";
import { test } from "node:test";
import type { Command } from "./command.ts";
import { brokenOff, complete } from "./completion.ts";
import { shellWords } from "./shell-words.ts";

const base = { summary: "Does it.", environment: [], examples: [], run: async () => {} };
const commands: readonly Command[] = [
  {
    ...base,
    path: "put",
    arguments: [
      { name: "<place>", description: "" },
      { name: "<url>", description: "" },
    ],
    flags: [
      { flags: "-n, --dry-run", description: "Does nothing" },
      { flags: "--how <word>", description: "How", choices: ["fast", "slow"] },
      { flags: "--endpoint <url>", description: "Where" },
      { flags: "--secret", description: "Hidden", hidden: true },
    ],
  },
  { ...base, path: "acl", arguments: [{ name: "<url>", description: "" }], flags: [] },
  {
    ...base,
    path: "acl set",
    arguments: [
      { name: "<url>", description: "" },
      { name: "<acl>", description: "", choices: ["private", "public-read"] },
    ],
    flags: [],
  },
  { ...base, path: "user add", arguments: [], flags: [] },
  {
    ...base,
    path: "with",
    arguments: [{ name: "[command...]", description: "" }],
    flags: [],
    passThrough: true,
  },
];
const table = { commands, groups: { user: "Users" } };
const keys = ["2026/", "a b.txt", "tab\there"];

async function values(line: string): Promise<readonly string[]> {
  const { candidates, files } = await complete(table, line, () => ({
    buckets: async () => ["photos", "letters"],
    keys: async (bucket, prefix) => keys.filter((key) => bucket === "photos" && key.startsWith(prefix)),
  }));
  return [...candidates.map(({ value }) => value), ...(files ? [":files"] : [])];
}

for (const [line, expected] of [
  ["stowage ", ["put", "acl", "user", "with", "help"]],
  ["stowage p", ["put"]],
  ["stowage help p", ["put"]],
  ["stowage user ", ["add"]],
  ["stowage --v", ["--version"]],
  ["stowage put --", ["--dry-run", "--how", "--endpoint", "--help"]],
  ["stowage put --how ", ["fast", "slow"]],
  ["stowage put --how=s", ["--how=slow"]],
  ["stowage put --none=s", []],
  ["stowage put ", ["s3://", ":files"]],
  ["stowage put x s3://", ["s3://photos/", "s3://letters/"]],
  ["stowage put -n --how fast x s3://ph", ["s3://photos/"]],
  ["stowage put x s3://photos/", ["s3://photos/2026/", "s3://photos/a b.txt"]],
  ["stowage put x 's3://photos/a b", ["s3://photos/a b.txt"]],
  ["stowage put x y z", []],
  ["stowage acl s", ["set", "s3://"]],
  ["stowage acl set s3://photos/x p", ["private", "public-read"]],
  ["stowage with no", [":files"]],
  ["stowage with node --", [":files"]],
  ["stowage none x", []],
] as const) {
  test(`complete() answers ${JSON.stringify(line)}`, async () => {
    assert.deepEqual(await values(line), expected);
  });
}

test("complete() describes commands, groups and options", async () => {
  const found = await complete(table, "stowage ", () => assert.fail());
  assert.deepEqual(
    found.candidates.filter(({ value }) => value === "user" || value === "acl"),
    [
      { value: "acl", description: "Does it." },
      { value: "user", description: "Users" },
    ],
  );
});

test("complete() reaches the server that the line names", async () => {
  await complete(table, "stowage put --endpoint http://a:1 -n x s3://p", (options) => {
    assert.deepEqual(options, { endpoint: "http://a:1", dryRun: true });
    return { buckets: async () => [], keys: async () => [] };
  });
});

for (const [line, expected] of [
  ["", [""]],
  ["a  b ", ["a", "b", ""]],
  ["'a b' \"c d\"e", ["a b", "c de"]],
  ['a\\ b "c\\"\\d"', ["a b", 'c"\\d']],
  ["'it'\\''s", ["it's"]],
  ["''", [""]],
] as const) {
  test(`shellWords() takes ${JSON.stringify(line)} apart`, () => {
    assert.deepEqual(
      shellWords(line).map(({ text }) => text),
      expected,
    );
  });
}

for (const [line, expected] of [
  ["stowage cat s3://b", "s3:"],
  ["stowage cat s3://b/x:y", "s3://b/x:"],
  ["stowage cat s3://b/x\\:y", "s3:"],
  ["stowage cat 's3://b", ""],
  ["stowage serve --how=f", "--how="],
] as const) {
  test(`brokenOff() finds what bash has set aside of ${JSON.stringify(line)}`, () => {
    assert.equal(brokenOff(line, " \t\n\"'><=;|&(:"), expected);
    assert.equal(brokenOff(line, " \t\n"), "");
  });
}
