/** Values as people read them, in the language of their browser. */

const units = ["B", "kB", "MB", "GB", "TB", "PB"];

/** @example formatBytes(1_536_000); // "1.5 MB" */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 99.5 ? 0 : 1;
  return `${value.toFixed(digits)} ${units[unit]}`;
}

/**
 * What a person typed as a size.
 *
 * @throws {RangeError} For what is none.
 * @example parseBytes("1.5 GB"); // 1_500_000_000
 */
export function parseBytes(text: string): number {
  const [, digits, unit = "", binary] = /^(\d+(?:\.\d+)?)\s*([kmgtp]?)(i?)b?$/i.exec(text.trim()) ?? [];
  if (digits === undefined)
    throw new RangeError(`“${text}” is no size: give bytes, or such as 500 MB or 2 TiB.`);
  return Math.round(
    Number(digits) *
      (binary === "i" ? 1024 : 1000) ** ["", "k", "m", "g", "t", "p"].indexOf(unit.toLowerCase()),
  );
}

const dates = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

export function formatDate(ms: number): string {
  return dates.format(ms);
}

export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString()} ${count === 1 ? one : many}`;
}

/** A name with what would not be seen in it, or would turn its letters around, told by its number. */
export function formatName(name: string): string {
  // Joiners are parts of emoji and of many languages' words.
  return name.replace(
    /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (sign) => `[U+${sign.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}]`,
  );
}

/** What went wrong, in a sentence for whoever did it; what the client says to programmers is left out. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { serverMessage, code } = error as Error & { serverMessage?: string; code?: string };
  if (code === "FETCH_FAILED") return "The server cannot be reached, or does not answer this page.";
  if (serverMessage === undefined) return error.message;
  const said =
    serverMessage === "Access Denied"
      ? "These keys have no right to do this, by ACL or policy."
      : serverMessage;
  return code === undefined ? said : `${said} (${code})`;
}

/** S3's code of an error, such as `NoSuchKey`. */
export function codeOf(error: unknown): string | undefined {
  return (error as { readonly code?: string } | null)?.code;
}

/** A field of a form, without spaces around it; empty where it is not there. */
export function textOf(fields: FormData, name: string): string {
  return exactTextOf(fields, name).trim();
}

/** A field of a form as it was typed: in a key a space is a part of it. */
export function exactTextOf(fields: FormData, name: string): string {
  const value = fields.get(name);
  return typeof value === "string" ? value : "";
}
