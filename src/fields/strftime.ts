/** The marks of C's and Python's strftime, in local time and the locale C. */

const days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const months = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

const marks: Readonly<Record<string, (date: Date) => string>> = {
  Y: (date) => digits(date.getFullYear(), 4),
  y: (date) => digits(date.getFullYear() % 100, 2),
  m: (date) => digits(date.getMonth() + 1, 2),
  d: (date) => digits(date.getDate(), 2),
  H: (date) => digits(date.getHours(), 2),
  I: (date) => digits(date.getHours() % 12 || 12, 2),
  p: (date) => (date.getHours() < 12 ? "AM" : "PM"),
  M: (date) => digits(date.getMinutes(), 2),
  S: (date) => digits(date.getSeconds(), 2),
  f: (date) => digits(date.getMilliseconds() * 1000, 6),
  j: (date) => digits(dayOfYear(date), 3),
  U: (date) => digits(Math.floor((dayOfYear(date) + 6 - date.getDay()) / 7), 2),
  W: (date) => digits(Math.floor((dayOfYear(date) + 6 - ((date.getDay() + 6) % 7)) / 7), 2),
  w: (date) => String(date.getDay()),
  a: (date) => days[date.getDay()]!.slice(0, 3),
  A: (date) => days[date.getDay()]!,
  b: (date) => months[date.getMonth()]!.slice(0, 3),
  B: (date) => months[date.getMonth()]!,
  u: (date) => String(date.getDay() || 7),
  e: (date) => String(date.getDate()).padStart(2),
  G: (date) => digits(isoWeek(date).year, 4),
  V: (date) => digits(isoWeek(date).week, 2),
  // Python writes no zone of a date that has none, as Django's here has none.
  z: () => "",
  Z: () => "",
  c: (date) => strftime("%a %b %e %H:%M:%S %Y", date),
  x: (date) => strftime("%m/%d/%y", date),
  D: (date) => strftime("%m/%d/%y", date),
  X: (date) => strftime("%H:%M:%S", date),
  T: (date) => strftime("%H:%M:%S", date),
  R: (date) => strftime("%H:%M", date),
  F: (date) => strftime("%Y-%m-%d", date),
  "%": () => "%",
};

/**
 * A pattern with its marks replaced.
 *
 * @throws RangeError for a mark that is not among them.
 * @see https://docs.python.org/3/library/datetime.html#strftime-and-strptime-format-codes
 * @example
 * strftime("photos/%Y/%m", new Date(2026, 0, 31)); // "photos/2026/01"
 */
export function strftime(pattern: string, date: Date): string {
  return pattern.replaceAll(/%(.?)/gsu, (mark, letter: string) => {
    const write = Object.hasOwn(marks, letter) ? marks[letter] : undefined;
    if (write !== undefined) return write(date);
    throw new RangeError(
      `${JSON.stringify(pattern)} has ${JSON.stringify(mark)} in it; the marks are %${Object.keys(marks).join(", %")}.`,
    );
  });
}

function digits(value: number, count: number): string {
  return String(value).padStart(count, "0");
}

/** A week belongs to the year of its Thursday. */
function isoWeek(date: Date): { readonly year: number; readonly week: number } {
  const thursday = new Date(date.getFullYear(), date.getMonth(), date.getDate() + 4 - (date.getDay() || 7));
  return { year: thursday.getFullYear(), week: Math.ceil(dayOfYear(thursday) / 7) };
}

function dayOfYear(date: Date): number {
  // In UTC, where every day has 24 hours.
  const day = Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return (day - Date.UTC(date.getFullYear(), 0, 1)) / 86_400_000 + 1;
}
