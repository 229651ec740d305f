/** The small documents: lists of buckets, where a bucket is, copies, and the answer to a form. */

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  copyObjectResultXml,
  copyPartResultXml,
  parseCopyObjectResult,
  parseCopyPartResult,
} from "./copy-result.ts";
import { createBucketConfigurationXml, parseCreateBucketConfiguration } from "./create-bucket.ts";
import { listBucketsXml, parseListBuckets } from "./list-buckets.ts";
import { locationXml, parseLocation } from "./location.ts";
import { postResponseXml } from "./post-response.ts";

const someMs = Date.UTC(2013, 4, 24);

test("parseListBuckets() reads what listBucketsXml() wrote", () => {
  const list = {
    owner: { id: "75aa57f09aa0c8ca", displayName: "ann & bob" },
    buckets: [
      { name: "one", createdAtMs: someMs, region: undefined },
      { name: "two", createdAtMs: someMs, region: "eu-west-1" },
    ],
    prefix: "",
    continuationToken: "abc==",
  };
  const xml = listBucketsXml(list);
  assert.match(
    xml,
    /<Bucket><Name>one<\/Name><CreationDate>2013-05-24T00:00:00.000Z<\/CreationDate><\/Bucket>/,
  );
  assert.deepEqual(parseListBuckets(xml), list);
});

test("parseListBuckets() reads no bucket, and one, and no owner's name", () => {
  const owner = "<Owner><ID>x</ID></Owner>";
  const read = (buckets: string): string[] =>
    parseListBuckets(`<ListAllMyBucketsResult>${buckets}${owner}</ListAllMyBucketsResult>`).buckets.map(
      ({ name }) => name,
    );
  assert.deepEqual(read(""), []);
  assert.deepEqual(read("<Buckets/>"), []);
  const one = "<Bucket><CreationDate>2013-05-24T00:00:00.123456Z</CreationDate><Name>007</Name></Bucket>";
  assert.deepEqual(read(`<Buckets>\n${one}\n</Buckets>`), ["007"]);
});

test("locationXml() is empty for us-east-1, and parseLocation() knows it", () => {
  assert.equal(
    locationXml(""),
    '<?xml version="1.0" encoding="UTF-8"?>\n<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>',
  );
  assert.equal(parseLocation(locationXml("")), "us-east-1");
  assert.equal(parseLocation(locationXml("eu-central-1")), "eu-central-1");
  assert.equal(parseLocation("<LocationConstraint>EU</LocationConstraint>"), "eu-west-1");
  const nested = "<LocationConstraint><LocationConstraint>x-1</LocationConstraint></LocationConstraint>";
  assert.equal(parseLocation(nested), "x-1");
});

test("parseCreateBucketConfiguration() reads an empty body, boto 2's and our own", () => {
  assert.deepEqual(parseCreateBucketConfiguration(""), {});
  const boto =
    "<CreateBucketConfiguration><LocationConstraint>EU</LocationConstraint></CreateBucketConfiguration>";
  assert.deepEqual(parseCreateBucketConfiguration(boto), { locationConstraint: "EU" });
  assert.deepEqual(parseCreateBucketConfiguration(createBucketConfigurationXml({})), {});
  const configuration = { locationConstraint: "eu-central-1" };
  assert.deepEqual(
    parseCreateBucketConfiguration(createBucketConfigurationXml(configuration)),
    configuration,
  );
  assert.throws(() => parseCreateBucketConfiguration("{}"), { code: "MalformedXML" });
});

test("parseCopyObjectResult() and parseCopyPartResult() read what was written, or throw the error in it", () => {
  const copy = { etag: "9b2cf535f27731c974343645a3985328", lastModifiedMs: someMs };
  const checksum = { algorithm: "CRC32", type: "FULL_OBJECT", value: "y/Q5Jg==" } as const;
  assert.match(
    copyObjectResultXml(copy),
    /<ETag>"9b2cf535f27731c974343645a3985328"<\/ETag><\/CopyObjectResult>$/,
  );
  assert.deepEqual(parseCopyObjectResult(copyObjectResultXml({ ...copy, checksum })), { ...copy, checksum });
  assert.deepEqual(parseCopyPartResult(copyPartResultXml({ ...copy, checksum })), { ...copy, checksum });
  assert.deepEqual(parseCopyPartResult(copyPartResultXml(copy)), { ...copy, checksum: undefined });
  assert.throws(() => parseCopyPartResult("<Error><Code>SlowDown</Code></Error>"), {
    code: "SlowDown",
    status: 503,
  });
});

test("postResponseXml() is in no namespace", () => {
  assert.equal(
    postResponseXml({ location: "http://localhost/b/a&b", bucket: "b", key: "a&b", etag: "abc" }),
    '<?xml version="1.0" encoding="UTF-8"?>\n<PostResponse><Location>http://localhost/b/a&amp;b</Location><Bucket>b</Bucket><Key>a&amp;b</Key><ETag>"abc"</ETag></PostResponse>',
  );
});

test("parseListBuckets() reads a list of any length", () => {
  const bucket = "<Bucket><Name>a</Name><CreationDate>2026-01-02T00:00:00.000Z</CreationDate></Bucket>";
  const { buckets } = parseListBuckets(
    `<ListAllMyBucketsResult><Buckets>${bucket.repeat(40_000)}</Buckets></ListAllMyBucketsResult>`,
  );
  assert.equal(buckets.length, 40_000);
});
