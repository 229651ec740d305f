import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { parseHttpDate, parseIsoDate } from "./dates.ts";
import { httpDate, isoDate } from "./write-dates.ts";

const timeMs = Date.UTC(2013, 4, 24, 7, 8, 9);

test("httpDate() and isoDate() write whole seconds", () => {
  assert.equal(httpDate(timeMs + 999), "Fri, 24 May 2013 07:08:09 GMT");
  assert.equal(isoDate(timeMs + 999), "2013-05-24T07:08:09.000Z");
});

test("isoDate() equals toISOString() without the milliseconds", () => {
  fc.assert(
    fc.property(fc.date({ noInvalidDate: true, min: new Date(0), max: new Date("9999-12-31") }), (date) => {
      assert.equal(isoDate(date.getTime()), date.toISOString().replace(/\.\d+Z/, ".000Z"));
    }),
  );
});

test("parseHttpDate() reads the three forms of RFC 9110 and their looser kin", () => {
  const forms = [
    "Fri, 24 May 2013 07:08:09 GMT",
    "Friday, 24-May-13 07:08:09 GMT",
    "Fri May 24 07:08:09 2013",
    "Fri, 24 May 2013 07:08:09 +0000",
    "Fri, 24 May 2013 09:08:09 +0200",
    "Fri, 24 May 2013 01:38:09 -0530",
    "24 May 2013 07:08:09 UTC",
    " fri, 24 may 2013 07:08:09 gmt ",
  ];
  for (const form of forms) assert.equal(parseHttpDate(form), timeMs, form);
  assert.equal(parseHttpDate("Sun Nov  6 08:49:37 1994"), Date.UTC(1994, 10, 6, 8, 49, 37));
  assert.equal(parseHttpDate("Sunday, 06-Nov-94 08:49:37 GMT"), Date.UTC(1994, 10, 6, 8, 49, 37));
});

test("parseHttpDate() is null for what is no date", () => {
  for (const form of [
    "",
    "yesterday",
    "2013-05-24",
    "24 May 2013",
    "Fri, 31 Feb 2013 00:00:00 GMT",
    "Fri, 24 May 2013",

    "Fri, 24 Mai 2013 07:08:09 GMT",
    "Fri, 24 May 2013 25:08:09 GMT",
    "Fri, 24 May 2013 07:61:09 GMT",
    "0",
  ]) {
    assert.equal(parseHttpDate(form), null, form);
  }
});

test("parseIsoDate() reads dates with and without fraction and zone", () => {
  assert.equal(parseIsoDate("2013-05-24T07:08:09.000Z"), timeMs);
  assert.equal(parseIsoDate(" 2013-05-24T07:08:09Z\n"), timeMs);
  assert.equal(parseIsoDate("2013-05-24T09:08:09.123456789+02:00"), timeMs + 123);
  for (const text of ["", "2013-05-24", "2013-13-24T07:08:09Z", "Fri, 24 May 2013 07:08:09 GMT"]) {
    assert.equal(parseIsoDate(text), null, text);
  }
});

test("httpDate() and isoDate() agree with Date, also before 1970", () => {
  fc.assert(
    fc.property(fc.integer({ min: -2e12, max: 4e12 }), (timeMs) => {
      const date = new Date(timeMs);
      assert.equal(httpDate(timeMs), date.toUTCString());
      assert.equal(isoDate(timeMs), date.toISOString().replace(/\.\d{3}Z$/, ".000Z"));
    }),
  );
});
