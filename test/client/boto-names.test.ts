/** docs/reference/boto.md says which of boto's names are here: they are. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as client from "../../src/client.ts";

const page = readFileSync("docs/reference/boto.md", "utf8");
const exported: Readonly<Record<string, unknown>> = { ...client };

const conn = new client.S3Connection({ anon: true, env: {} });
const bucket = new client.Bucket(conn, "b");
const listed = { key: "k", versionId: "v", isLatest: true, lastModifiedMs: 0, deleteMarker: true } as const;

/** One of each class, so that its fields are seen as well as its methods. */
const examples: Readonly<Record<string, object>> = {
  S3Connection: conn,
  Bucket: bucket,
  Key: new client.Key(bucket, "k"),
  MultiPartUpload: new client.MultiPartUpload(bucket, { key: "k", uploadId: "u" }),
  ACL: new client.ACL(),
  Policy: new client.Policy(),
  Grant: new client.Grant({ permission: "READ", id: "i" }),
  User: new client.User(),
  Lifecycle: new client.Lifecycle(),
  Expiration: new client.Expiration({ days: 1 }),
  Transition: new client.Transition({ days: 1, storageClass: "GLACIER" }),
  CORSConfiguration: new client.CORSConfiguration(),
  Tags: new client.Tags(),
  TagSet: new client.TagSet(),
  Tag: new client.Tag("k", "v"),
  WebsiteConfiguration: new client.WebsiteConfiguration(),
  RoutingRules: new client.RoutingRules(),
  RoutingRule: new client.RoutingRule(undefined),
  BucketLogging: new client.BucketLogging(),
  DeleteMarker: new client.DeleteMarker(bucket, { ...listed, size: 0, etag: "", storageClass: "STANDARD" }),
  Prefix: new client.Prefix(bucket, "p/"),
};

test("every name that docs/reference/boto.md says is here, is here", () => {
  const told = new Map<string, string[]>();
  for (const section of page.split(/^## /m).slice(1)) {
    const heading = section.slice(0, section.indexOf("\n"));
    for (const paragraph of section.split("\n\n")) {
      const [, , className = heading] = /^(The same|Ours)(?:, of `(\w+)`)?: /.exec(paragraph) ?? [];
      if (!/^(The same|Ours)/.test(paragraph)) continue;
      const names = paragraph.slice(paragraph.indexOf(": ")).matchAll(/`(\w+)`/g);
      told.set(className, [...(told.get(className) ?? []), ...Array.from(names, ([, name = ""]) => name)]);
    }
  }
  assert.deepEqual([...told.keys()].toSorted(byName), Object.keys(examples).toSorted(byName));
  const missing = [...told].flatMap(([className, names]) =>
    names.filter((name) => !(name in (examples[className] ?? {}))).map((name) => `${className}.${name}`),
  );
  assert.deepEqual(missing, []);
});

test("every error and calling format that docs/reference/boto.md names is exported", () => {
  const names = page.match(/\b(?:S3[A-Z]\w+Error|\w+CallingFormat|CredentialsError|CannedACL)\b/g) ?? [];
  assert.deepEqual(
    names.filter((name) => exported[name] === undefined),
    [],
  );
  assert.ok(names.length > 10);
});

function byName(a: string, b: string): number {
  return a < b ? -1 : 1;
}
