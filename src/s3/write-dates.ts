/** Dates as S3 writes them: HTTP's in headers, ISO 8601 in XML. Of a client only its seldom documents have any. */

/** A time as `Fri, 24 May 2013 00:00:00 GMT`, the form of Last-Modified. */
export function httpDate(timeMs: number): string {
  return `${dayOf(timeMs).http}${clockOf(timeMs)} GMT`;
}

/**
 * A time as `2013-05-24T00:00:00.000Z`, the form of LastModified in XML.
 *
 * The milliseconds are always zero, as on AWS: a listing then agrees with the Last-Modified header of the same object,
 * and whoever compares the two (rclone, sync tools) sees no change.
 */
export function isoDate(timeMs: number): string {
  return `${dayOf(timeMs).iso}${clockOf(timeMs)}.000Z`;
}

const dayMs = 86_400_000;
const twoDigits = Array.from({ length: 60 }, (_, i) => String(i).padStart(2, "0"));
let lastDay = { day: Number.NaN, http: "", iso: "" };

// A page of a listing is a thousand dates, often of one day: `toISOString` alone would be half the cost of its XML.
function dayOf(timeMs: number): typeof lastDay {
  const day = Math.floor(timeMs / dayMs);
  if (day !== lastDay.day) {
    const date = new Date(day * dayMs);
    lastDay = { day, http: date.toUTCString().slice(0, 17), iso: date.toISOString().slice(0, 11) };
  }
  return lastDay;
}

function clockOf(timeMs: number): string {
  const second = Math.floor((((timeMs % dayMs) + dayMs) % dayMs) / 1000);
  const minute = Math.floor(second / 60);
  return `${twoDigits[Math.floor(minute / 60)]}:${twoDigits[minute % 60]}:${twoDigits[second % 60]}`;
}
