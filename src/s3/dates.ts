/**
 * The forms of dates in S3, read: HTTP's in headers, ISO 8601 in XML. Inside the program a time is a number, `…Ms`. They are written in
 * write-dates.ts.
 */

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/** RFC 1123 and RFC 850: `Fri, 24 May 2013 00:00:00 GMT`, `Friday, 24-May-13 00:00:00 GMT`. */
const rfcDate =
  /^(?:[A-Za-z]{3,9}, ?)?(\d{1,2})[ -]([A-Za-z]{3})[ -](\d{4}|\d{2}) (\d{2}):(\d{2}):(\d{2})(?: (?:GMT|UTC|Z|([+-])(\d{2}):?(\d{2})))?$/i;
/** The form of C's asctime: `Fri May 24 00:00:00 2013`. */
const asctimeDate = /^[A-Za-z]{3} ([A-Za-z]{3}) {1,2}(\d{1,2}) (\d{2}):(\d{2}):(\d{2}) (\d{4})$/;

/**
 * A date of an HTTP header in any of the three forms that RFC 9110 asks a recipient to take, and with a numeric zone.
 *
 * @returns Milliseconds since the epoch, or null for anything else.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7
 */
export function parseHttpDate(value: string): number | null {
  const text = value.trim();
  const rfc = rfcDate.exec(text);
  if (rfc !== null) {
    const [, day, month, year, hour, minute, second, sign, zoneHour, zoneMinute] = rfc;
    const timeMs = utcMs(fullYear(year), month, day, hour, minute, second);
    if (timeMs === null || sign === undefined) return timeMs;
    const offsetMs = (Number(zoneHour) * 60 + Number(zoneMinute)) * 60_000;
    return sign === "+" ? timeMs - offsetMs : timeMs + offsetMs;
  }
  const asctime = asctimeDate.exec(text);
  if (asctime === null) return null;
  const [, month, day, hour, minute, second, year] = asctime;
  return utcMs(Number(year), month, day, hour, minute, second);
}

/** Two digits come from RFC 850 alone, which was out of use before S3 began: a pivot is enough. */
function fullYear(digits = ""): number {
  const year = Number(digits);
  if (digits.length > 2) return year;
  return year >= 70 ? 1900 + year : 2000 + year;
}

function utcMs(year: number, monthName = "", day = "", hour = "", minute = "", second = ""): number | null {
  const month = months.indexOf(monthName.toLowerCase());
  const timeMs = Date.UTC(year, month, Number(day), Number(hour), Number(minute), Number(second));
  // Date.UTC rolls 31 February over into March; such a date is none. A leap second is the one overflow that exists.
  const date = new Date(timeMs);
  const exact = date.getUTCMonth() === month && date.getUTCDate() === Number(day);
  return month !== -1 && (exact || second === "60") && Number(hour) < 24 && Number(minute) < 60
    ? timeMs
    : null;
}

const isoForm = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})$/;

/**
 * A date of an XML document: `2013-05-24T00:00:00.000Z`, with or without a fraction.
 *
 * @returns Milliseconds since the epoch, or null for anything else.
 */
export function parseIsoDate(value: string): number | null {
  const text = value.trim();
  const timeMs = isoForm.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(timeMs) ? null : timeMs;
}

/** A time as `20130524T000000Z`. */
export function formatAmzDate(timeMs: number): string {
  const iso = new Date(timeMs).toISOString();
  return `${iso.slice(0, 4)}${iso.slice(5, 7)}${iso.slice(8, 13)}${iso.slice(14, 16)}${iso.slice(17, 19)}Z`;
}
