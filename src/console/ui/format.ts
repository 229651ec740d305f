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

const dates = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

export function formatDate(ms: number): string {
  return dates.format(ms);
}

export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString()} ${count === 1 ? one : many}`;
}

/** What went wrong, in a sentence for whoever did it. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { serverMessage, fix, code } = error as Error & {
    serverMessage?: string;
    fix?: string;
    code?: string;
  };
  if (serverMessage === undefined) return error.message;
  return [serverMessage, fix, code === undefined ? "" : `(${code})`].filter(Boolean).join(" ");
}

/** S3's code of an error, such as `NoSuchKey`. */
export function codeOf(error: unknown): string | undefined {
  return (error as { readonly code?: string } | null)?.code;
}

/** A field of a form; empty where it is not there. */
export function textOf(fields: FormData, name: string): string {
  const value = fields.get(name);
  return typeof value === "string" ? value.trim() : "";
}
