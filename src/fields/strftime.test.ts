import assert from "node:assert/strict";
import { test } from "node:test";
import { strftime } from "./strftime.ts";

/** As Python 3.11 writes them in the locale C, of dates without a zone: `datetime.datetime(2026, 1, 31, …).strftime(…)`. */
const written: readonly (readonly [date: Date, marks: Readonly<Record<string, string>>])[] = [
  [
    new Date(2026, 0, 31, 13, 4, 5, 678),
    {
      "%a %A %w %u": "Sat Saturday 6 6",
      "%d %e %j": "31 31 031",
      "%b %B %m": "Jan January 01",
      "%y %Y": "26 2026",
      "%H %I %p %M %S %f": "13 01 PM 04 05 678000",
      "%U %W %G-%V": "04 04 2026-05",
      "%c": "Sat Jan 31 13:04:05 2026",
      "%x %X": "01/31/26 13:04:05",
      "%D %F %T %R": "01/31/26 2026-01-31 13:04:05 13:04",
      "[%z%Z] 100%%": "[] 100%",
    },
  ],
  [
    new Date(2021, 0, 3),
    {
      "%c": "Sun Jan  3 00:00:00 2021",
      "%e %w %u %I %p": " 3 0 7 12 AM",
      "%U %W %G-%V": "01 00 2020-53",
    },
  ],
  [new Date(2024, 11, 30, 23, 59, 59, 999), { "%U %W %G-%V %u": "52 53 2025-01 1", "%f": "999000" }],
  [new Date(2016, 0, 1, 12), { "%U %W %G-%V %u %I %p": "00 00 2015-53 5 12 PM" }],
  [new Date(2020, 11, 31, 9, 8, 7), { "%j %U %W %G-%V %u": "366 52 52 2020-53 4", "%X": "09:08:07" }],
  [new Date(2026, 10, 5, 1, 2, 3, 4), { "%G-%V %e %f": "2026-45  5 004000" }],
];

test("strftime() writes what Python writes", () => {
  for (const [date, marks] of written) {
    for (const [pattern, text] of Object.entries(marks)) {
      assert.equal(strftime(pattern, date), text, `${pattern} of ${date.toString()}`);
    }
  }
});

test("strftime() refuses a mark that it does not know, and one that is cut off", () => {
  assert.throws(() => strftime("a/%Q", new Date(0)), {
    name: "RangeError",
    message: /"a\/%Q" has "%Q" in it/,
  });
  assert.throws(() => strftime("a/%", new Date(0)), /"a\/%" has "%" in it/);
});
