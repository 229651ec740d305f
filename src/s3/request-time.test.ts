import assert from "node:assert/strict";
import { it } from "node:test";

import { parseAmzDate } from "./request-time.ts";
import { formatAmzDate } from "./dates.ts";

it("parseAmzDate() reads what formatAmzDate() writes", () => {
  for (const timeMs of [
    Date.UTC(2013, 4, 24),
    Date.UTC(2024, 1, 29, 23, 59, 59),
    Date.UTC(1999, 11, 31, 1),
  ]) {
    assert.equal(parseAmzDate(formatAmzDate(timeMs)), timeMs);
  }
});

it("parseAmzDate() returns null for dates that there are not and for other forms", () => {
  for (const value of [
    "20130524T000000",
    "20130524t000000Z",
    "2013-05-24T00:00Z",
    "20130524T000000z",
    "20130524T240000Z",
    "20130524T006000Z",
    "20130524T000060Z",
    "20131324T000000Z",
    "20130024T000000Z",
    "20130500T000000Z",
    "20130532T000000Z",
    "20130231T000000Z",
    "20230229T000000Z",
    "19000229T000000Z",
    "2013052 T000000Z",
    "20130524T0000-1Z",
    " 0130524T000000Z",
    "20130524T000000Z ",
    "",
  ]) {
    assert.equal(parseAmzDate(value), null, value);
  }
  assert.equal(parseAmzDate("20000229T000000Z"), Date.UTC(2000, 1, 29));
});
