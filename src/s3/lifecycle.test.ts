import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import {
  calendarDayMs,
  expirationOf,
  judgeCurrent,
  judgeNoncurrent,
  judgeUpload,
  type JudgedCurrent,
  type LifecycleConfiguration,
  type LifecycleRule,
  prefixesOf,
} from "./lifecycle.ts";

const at = (text: string): number => Date.parse(text);
const clock = (text: string) => ({ nowMs: at(text), dayMs: calendarDayMs });

const object: JudgedCurrent = {
  key: "logs/a",
  size: 1_000_000,
  lastModifiedMs: at("2014-01-15T10:30:00Z"),
  storageClass: "STANDARD",
};

const enabled = (rule: Partial<LifecycleRule>): LifecycleConfiguration => ({
  rules: [{ id: "r", status: "Enabled", filter: {}, ...rule }],
});

describe("judgeCurrent()", () => {
  // "if an object was created on 1/15/2014 10:30 AM UTC and you specify 3 days in a transition rule, then the
  // transition date of the object would be calculated as 1/19/2014 00:00 UTC."
  it("rounds days up to the next midnight, as in AWS's example", () => {
    const rules = enabled({ expiration: { days: 3 } });
    assert.equal(judgeCurrent(rules, object, clock("2014-01-18T23:59:59.999Z")), null);
    assert.equal(judgeCurrent(rules, object, clock("2014-01-19T00:00:00Z"))?.type, "expire");
    const moved = enabled({ transitions: [{ days: 3, storageClass: "GLACIER" }] });
    assert.equal(judgeCurrent(moved, object, clock("2014-01-18T23:59:59.999Z")), null);
    assert.equal(judgeCurrent(moved, object, clock("2014-01-19T00:00:00Z"))?.type, "transition");
  });

  it("gives what is made at midnight its whole days", () => {
    const midnight = { ...object, lastModifiedMs: at("2014-01-15T00:00:00Z") };
    const rules = enabled({ expiration: { days: 1 } });
    assert.equal(judgeCurrent(rules, midnight, clock("2014-01-16T23:59:59Z")), null);
    assert.equal(judgeCurrent(rules, midnight, clock("2014-01-17T00:00:00Z"))?.type, "expire");
  });

  it("counts a shortened day from the object's own time", () => {
    const rules = enabled({ expiration: { days: 2 } });
    const since = object.lastModifiedMs;
    assert.equal(judgeCurrent(rules, object, { nowMs: since + 19_999, dayMs: 10_000 }), null);
    assert.equal(judgeCurrent(rules, object, { nowMs: since + 20_000, dayMs: 10_000 })?.type, "expire");
  });

  it("expires by date whatever the object's age", () => {
    const rules = enabled({ expiration: { dateMs: at("2014-01-16T00:00:00Z") } });
    assert.equal(judgeCurrent(rules, object, clock("2014-01-15T23:59:59Z")), null);
    assert.equal(judgeCurrent(rules, object, clock("2014-01-16T00:00:00Z"))?.type, "expire");
  });

  it("leaves alone what a rule is not about: prefix, size, tags, or a rule that is disabled", () => {
    const later = clock("2030-01-01T00:00:00Z");
    const expiration = { days: 1 } as const;
    const tagged = { ...object, tags: { class: "blue", size: "small" } };
    const cases: [Partial<LifecycleRule>, boolean][] = [
      [{ filter: {} }, true],
      [{ filter: { prefix: "logs/" } }, true],
      [{ filter: { prefix: "log" } }, true],
      [{ filter: { prefix: "logs/b" } }, false],
      [{ prefix: "logs/", filter: undefined }, true],
      [{ prefix: "tmp/", filter: undefined }, false],
      [{ filter: { objectSizeGreaterThan: 999_999 } }, true],
      [{ filter: { objectSizeGreaterThan: 1_000_000 } }, false],
      [{ filter: { objectSizeLessThan: 1_000_001 } }, true],
      [{ filter: { objectSizeLessThan: 1_000_000 } }, false],
      [{ filter: { tags: [{ key: "class", value: "blue" }] } }, true],
      [{ filter: { tags: [{ key: "class", value: "red" }] } }, false],
      [{ filter: { tags: [{ key: "constructor", value: "" }] } }, false],
      [
        {
          filter: {
            tags: [
              { key: "class", value: "blue" },
              { key: "size", value: "small" },
            ],
          },
        },
        true,
      ],
      [
        {
          filter: {
            tags: [
              { key: "class", value: "blue" },
              { key: "size", value: "large" },
            ],
          },
        },
        false,
      ],
      [{ status: "Disabled" }, false],
    ];
    for (const [rule, expires] of cases) {
      const action = judgeCurrent(enabled({ expiration, ...rule }), tagged, later);
      assert.equal(action?.type === "expire", expires, JSON.stringify(rule));
    }
  });

  it("takes the earlier of two expirations, and expiration before transition", () => {
    const rules: LifecycleRule[] = [
      { id: "late", status: "Enabled", filter: {}, expiration: { days: 365 } },
      { id: "early", status: "Enabled", filter: { prefix: "logs/" }, expiration: { days: 30 } },
      {
        id: "move",
        status: "Enabled",
        filter: {},
        transitions: [{ days: 30, storageClass: "GLACIER" }],
      },
    ];
    const action = judgeCurrent({ rules }, object, clock("2014-02-20T00:00:00Z"));
    assert.deepEqual([action?.type, action?.rule.id], ["expire", "early"]);
    assert.equal(expirationOf({ rules }, object)?.rule.id, "early");
  });

  it("moves to the least expensive class that is due, and never back", () => {
    const rules = enabled({
      transitions: [
        { days: 30, storageClass: "STANDARD_IA" },
        { days: 60, storageClass: "GLACIER" },
      ],
    });
    const classAt = (text: string, storageClass = "STANDARD"): string | undefined => {
      const action = judgeCurrent(rules, { ...object, storageClass }, clock(text));
      return action?.type === "transition" ? action.storageClass : undefined;
    };
    assert.equal(classAt("2014-02-01T00:00:00Z"), undefined);
    assert.equal(classAt("2014-02-20T00:00:00Z"), "STANDARD_IA");
    assert.equal(classAt("2014-04-01T00:00:00Z"), "GLACIER");
    assert.equal(classAt("2014-02-20T00:00:00Z", "STANDARD_IA"), undefined);
    assert.equal(classAt("2014-04-01T00:00:00Z", "DEEP_ARCHIVE"), undefined);
  });

  it("moves nothing under 128 KiB, unless the default or the rule's own sizes say so", () => {
    const small = { ...object, size: 1000 };
    const later = clock("2030-01-01T00:00:00Z");
    const moves = (
      storageClass: string,
      minimum?: LifecycleConfiguration["transitionMinimum"],
      filter: LifecycleRule["filter"] = {},
    ): boolean => {
      const transitions = [{ days: 30, storageClass }];
      const configuration = { ...enabled({ transitions, filter }), transitionMinimum: minimum };
      return judgeCurrent(configuration, small, later) !== null;
    };
    assert.equal(moves("GLACIER"), false);
    assert.equal(moves("GLACIER", "varies_by_storage_class"), true);
    assert.equal(moves("STANDARD_IA", "varies_by_storage_class"), false);
    assert.equal(moves("STANDARD_IA", undefined, { objectSizeGreaterThan: 500 }), true);
  });

  it("removes a delete marker only when nothing is left behind it", () => {
    const marker = { ...object, size: 0, isDeleteMarker: true };
    const asked = enabled({ expiration: { expiredObjectDeleteMarker: true } });
    const later = clock("2030-01-01T00:00:00Z");
    assert.equal(judgeCurrent(asked, { ...marker, isOnlyVersion: false }, later), null);
    assert.equal(judgeCurrent(asked, { ...marker, isOnlyVersion: true }, later)?.type, "removeDeleteMarker");
    const aged = enabled({ expiration: { days: 3 } });
    assert.equal(judgeCurrent(aged, { ...marker, isOnlyVersion: true }, clock("2014-01-18T12:00:00Z")), null);
    assert.equal(
      judgeCurrent(aged, { ...marker, isOnlyVersion: true }, clock("2014-01-19T00:00:00Z"))?.type,
      "removeDeleteMarker",
    );
    const refused = enabled({ expiration: { expiredObjectDeleteMarker: false } });
    assert.equal(judgeCurrent(refused, { ...marker, isOnlyVersion: true }, later), null);
  });
});

describe("judgeNoncurrent()", () => {
  // "Suppose that … the object became noncurrent at 1/15/2014 10:30 AM UTC … 3 days … 1/19/2014 00:00 UTC".
  it("counts from when the next version was made", () => {
    const version = {
      ...object,
      lastModifiedMs: at("2013-01-01T00:00:00Z"),
      noncurrentSinceMs: at("2014-01-15T10:30:00Z"),
      newerNoncurrentVersions: 0,
    };
    const rules = enabled({ noncurrentVersionExpiration: { noncurrentDays: 3 } });
    assert.equal(judgeNoncurrent(rules, version, clock("2014-01-18T23:59:59Z")), null);
    assert.equal(judgeNoncurrent(rules, version, clock("2014-01-19T00:00:00Z"))?.type, "expire");
    assert.equal(judgeCurrent(rules, version, clock("2030-01-01T00:00:00Z")), null);
  });

  it("keeps as many newer noncurrent versions as it is told", () => {
    const rules = enabled({
      noncurrentVersionExpiration: { noncurrentDays: 1, newerNoncurrentVersions: 2 },
    });
    const expires = [0, 1, 2, 3].map((newerNoncurrentVersions) => {
      const version = { ...object, noncurrentSinceMs: object.lastModifiedMs, newerNoncurrentVersions };
      return judgeNoncurrent(rules, version, clock("2015-01-01T00:00:00Z")) !== null;
    });
    assert.deepEqual(expires, [false, false, true, true]);
  });
});

describe("judgeUpload()", () => {
  it("aborts an upload of the prefix after its days", () => {
    const rules = enabled({
      filter: { prefix: "big/" },
      abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
    });
    const upload = { key: "big/a", initiatedAtMs: at("2014-01-01T12:00:00Z") };
    assert.equal(judgeUpload(rules, upload, clock("2014-01-08T23:59:59Z")), null);
    assert.equal(judgeUpload(rules, upload, clock("2014-01-09T00:00:00Z"))?.id, "r");
    assert.equal(judgeUpload(rules, { ...upload, key: "a" }, clock("2030-01-01T00:00:00Z")), null);
  });
});

describe("prefixesOf()", () => {
  it("leaves out what another covers, and rules that are disabled", () => {
    const rule = (prefix: string, status: LifecycleRule["status"] = "Enabled"): LifecycleRule => ({
      status,
      filter: { prefix },
      expiration: { days: 1 },
    });
    assert.deepEqual(
      prefixesOf({ rules: [rule("b/"), rule("a/x/"), rule("a/"), rule("a/"), rule("c", "Disabled")] }),
      ["a/", "b/"],
    );
    assert.deepEqual(prefixesOf({ rules: [rule("b/"), rule("")] }), [""]);
    assert.deepEqual(prefixesOf({ rules: [rule("b/", "Disabled")] }), []);
  });
});

describe("lifecycle rules, whatever they are", () => {
  const rule: fc.Arbitrary<LifecycleRule> = fc.record({
    status: fc.constantFrom("Enabled" as const, "Disabled" as const),
    filter: fc.record({
      prefix: fc.constantFrom("", "a", "a/", "ab", "b"),
      tags: fc.constantFrom(undefined, [{ key: "k", value: "v" }]),
      objectSizeGreaterThan: fc.option(fc.nat(20), { nil: undefined }),
    }),
    expiration: fc.option(
      fc.oneof(
        fc.record({ days: fc.integer({ min: 1, max: 20 }) }),
        fc.record({ dateMs: fc.nat(30).map((day) => day * calendarDayMs) }),
      ),
      { nil: undefined },
    ),
    abortIncompleteMultipartUpload: fc.option(
      fc.record({ daysAfterInitiation: fc.integer({ min: 1, max: 20 }) }),
      { nil: undefined },
    ),
  });
  const judged = fc.record({
    key: fc.constantFrom("a", "a/1", "ab/1", "b", "c"),
    size: fc.nat(30),
    tags: fc.constantFrom({}, { k: "v" }, { k: "w" }),
    lastModifiedMs: fc.nat(10 * calendarDayMs),
    storageClass: fc.constant("STANDARD"),
  });

  it("expire an object exactly from the time that x-amz-expiration tells, and only within prefixesOf()", () => {
    fc.assert(
      fc.property(
        fc.array(rule, { maxLength: 5 }),
        judged,
        fc.nat(40 * calendarDayMs),
        (rules, one, nowMs) => {
          const expires = judgeCurrent({ rules }, one, { nowMs, dayMs: calendarDayMs })?.type === "expire";
          const told = expirationOf({ rules }, one);
          assert.equal(expires, told !== null && told.expiresAtMs <= nowMs);
          if (expires) assert.ok(prefixesOf({ rules }).some((prefix) => one.key.startsWith(prefix)));
        },
      ),
    );
  });

  it("never take back an expiration as time goes on, and a further rule never saves an object", () => {
    fc.assert(
      fc.property(
        fc.array(rule, { maxLength: 5 }),
        rule,
        judged,
        fc.nat(40 * calendarDayMs),
        fc.nat(calendarDayMs),
        (rules, further, one, nowMs, laterMs) => {
          const expires = (all: LifecycleRule[], timeMs: number): boolean =>
            judgeCurrent({ rules: all }, one, { nowMs: timeMs, dayMs: calendarDayMs })?.type === "expire";
          if (!expires(rules, nowMs)) return;
          assert.ok(expires(rules, nowMs + laterMs));
          assert.ok(expires([...rules, further], nowMs));
        },
      ),
    );
  });
});
