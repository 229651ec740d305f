import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkLifecycle } from "../check-lifecycle.ts";
import { S3Error } from "../errors.ts";
import type { LifecycleRule } from "../lifecycle.ts";
import { lifecycleConfigurationXml, parseLifecycleConfiguration } from "./lifecycle.ts";

const document = (rules: string): string =>
  `<LifecycleConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${rules}</LifecycleConfiguration>`;
const rule = (content: string): string =>
  document(`<Rule><ID>r</ID><Filter/><Status>Enabled</Status>${content}</Rule>`);

function refusal(xml: string): string {
  try {
    checkLifecycle(parseLifecycleConfiguration(xml));
  } catch (error) {
    if (error instanceof S3Error) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "nothing";
}

describe("parseLifecycleConfiguration()", () => {
  it("reads every action and filter, and what is written is read back the same", () => {
    const rules: LifecycleRule[] = [
      { id: "old form", status: "Disabled", prefix: "a/", expiration: { days: 30 } },
      {
        id: "all of it",
        status: "Enabled",
        filter: {
          prefix: "logs/<&",
          tags: [
            { key: "class", value: "blue" },
            { key: "empty", value: "" },
          ],
          objectSizeGreaterThan: 500,
          objectSizeLessThan: 64_000,
        },
        expiration: { dateMs: Date.UTC(2030, 0, 1) },
        transitions: [{ dateMs: Date.UTC(2029, 0, 1), storageClass: "GLACIER" }],
        noncurrentVersionExpiration: { noncurrentDays: 90, newerNoncurrentVersions: 3 },
        noncurrentVersionTransitions: [{ noncurrentDays: 30, storageClass: "STANDARD_IA" }],
      },
      {
        id: "one member",
        status: "Enabled",
        filter: { tags: [{ key: "k", value: "v" }] },
        expiration: { days: 1 },
      },
      {
        id: "everything",
        status: "Enabled",
        filter: {},
        expiration: { expiredObjectDeleteMarker: true },
        abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
      },
    ];
    checkLifecycle(rules);
    assert.deepEqual(parseLifecycleConfiguration(lifecycleConfigurationXml(rules)), rules);
  });

  it("writes several members of a filter within And and a single one alone", () => {
    const xml = lifecycleConfigurationXml([
      { status: "Enabled", filter: { prefix: "a", objectSizeLessThan: 9 }, expiration: { days: 1 } },
      { status: "Enabled", filter: { prefix: "b" }, expiration: { days: 1 } },
    ]);
    assert.match(
      xml,
      /<Filter><And><Prefix>a<\/Prefix><ObjectSizeLessThan>9<\/ObjectSizeLessThan><\/And><\/Filter>/,
    );
    assert.match(xml, /<Filter><Prefix>b<\/Prefix><\/Filter>/);
  });

  it("takes members beside each other and beside And as all of them, as Ceph's tests mean them", () => {
    const [read] = parseLifecycleConfiguration(
      document(
        `<Rule><Filter><Prefix>days1/</Prefix><Tag><Key>tom</Key><Value>sawyer</Value></Tag><And><Prefix>days1</Prefix><Tag><Key>huck</Key><Value>finn</Value></Tag></And></Filter><Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule>`,
      ),
    );
    assert.deepEqual(read?.filter, {
      prefix: "days1/",
      tags: [
        { key: "tom", value: "sawyer" },
        { key: "huck", value: "finn" },
      ],
    });
  });

  const refusals: [what: string, xml: string, expected: RegExp][] = [
    ["no rule", document(""), /^MalformedXML/],
    ["an unknown element", rule("<Expires/>"), /^MalformedXML.*<Expires>/],
    ["no action", rule(""), /^InvalidRequest: At least one action/],
    ["0 days", rule("<Expiration><Days>0</Days></Expiration>"), /^InvalidArgument: 'Days' for Expiration/],
    ["-1 days", rule("<Expiration><Days>-1</Days></Expiration>"), /^InvalidArgument/],
    ["a day and a half", rule("<Expiration><Days>1.5</Days></Expiration>"), /^MalformedXML/],
    ["more days than 32 bits", rule("<Expiration><Days>4294967297</Days></Expiration>"), /^MalformedXML/],
    [
      "days and date",
      rule("<Expiration><Days>1</Days><Date>2030-01-01T00:00:00Z</Date></Expiration>"),
      /^MalformedXML/,
    ],
    ["an empty expiration", rule("<Expiration/>"), /^MalformedXML/],
    [
      "a marker with days",
      rule(
        "<Expiration><Days>1</Days><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>",
      ),
      /^MalformedXML/,
    ],
    [
      "a date at noon",
      rule("<Expiration><Date>2030-01-01T12:00:00Z</Date></Expiration>"),
      /^InvalidArgument: 'Date' must be at midnight GMT/,
    ],
    ["a date that is none", rule("<Expiration><Date>20200101</Date></Expiration>"), /^MalformedXML/],
    [
      "an unknown storage class",
      rule("<Transition><Days>1</Days><StorageClass>CARDBOARD</StorageClass></Transition>"),
      /^MalformedXML.*CARDBOARD/,
    ],
    [
      "infrequent access too soon",
      rule("<Transition><Days>29</Days><StorageClass>STANDARD_IA</StorageClass></Transition>"),
      /^InvalidArgument: 'Days' in Transition action must be greater than or equal to 30/,
    ],
    [
      "expiration before transition",
      rule(
        "<Expiration><Days>5</Days></Expiration><Transition><Days>5</Days><StorageClass>GLACIER</StorageClass></Transition>",
      ),
      /^InvalidArgument: 'Days' in the Expiration action for prefix ''/,
    ],
    [
      "days beside a date",
      rule(
        "<Expiration><Days>5</Days></Expiration><Transition><Date>2020-01-01T00:00:00Z</Date><StorageClass>GLACIER</StorageClass></Transition>",
      ),
      /^InvalidRequest: Found mixed/,
    ],
    [
      "0 newer versions",
      rule(
        "<NoncurrentVersionExpiration><NoncurrentDays>1</NoncurrentDays><NewerNoncurrentVersions>0</NewerNoncurrentVersions></NoncurrentVersionExpiration>",
      ),
      /^InvalidArgument/,
    ],
    [
      "a status in lower case",
      document("<Rule><Prefix/><Status>enabled</Status><Expiration><Days>1</Days></Expiration></Rule>"),
      /^MalformedXML.*"enabled"/,
    ],
    [
      "neither filter nor prefix",
      document("<Rule><Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule>"),
      /^MalformedXML/,
    ],
    [
      "both",
      document(
        "<Rule><Filter/><Prefix/><Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule>",
      ),
      /^MalformedXML/,
    ],
    [
      "a tag twice",
      document(
        "<Rule><Filter><And><Tag><Key>a</Key><Value>1</Value></Tag><Tag><Key>a</Key><Value>2</Value></Tag></And></Filter><Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule>",
      ),
      /^InvalidRequest: Duplicate Tag Keys/,
    ],
    [
      "an empty tag key",
      document(
        "<Rule><Filter><Tag><Key></Key><Value>1</Value></Tag></Filter><Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule>",
      ),
      /^InvalidTag/,
    ],
    [
      "uploads by tag",
      document(
        "<Rule><Filter><Tag><Key>a</Key><Value>1</Value></Tag></Filter><Status>Enabled</Status><AbortIncompleteMultipartUpload><DaysAfterInitiation>1</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule>",
      ),
      /^InvalidRequest: AbortIncompleteMultipartUpload cannot be specified with Tags/,
    ],
    [
      "sizes that exclude each other",
      document(
        "<Rule><Filter><And><ObjectSizeGreaterThan>9</ObjectSizeGreaterThan><ObjectSizeLessThan>9</ObjectSizeLessThan></And></Filter><Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule>",
      ),
      /^InvalidRequest: 'ObjectSizeLessThan'/,
    ],
    [
      "an id of 256 characters",
      document(
        `<Rule><ID>${"a".repeat(256)}</ID><Prefix/><Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule>`,
      ),
      /^InvalidArgument: ID length/,
    ],
    [
      "an id twice",
      document(
        "<Rule><ID>a</ID><Prefix/><Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule>".repeat(
          2,
        ),
      ),
      /^InvalidArgument: Rule ID must be unique/,
    ],
    [
      "1,001 rules",
      document(
        "<Rule><Prefix/><Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule>".repeat(1001),
      ),
      /^InvalidRequest: The number of lifecycle rules/,
    ],
  ];
  for (const [what, xml, expected] of refusals) {
    it(`refuses ${what}`, () => assert.match(refusal(xml), expected));
  }
});
