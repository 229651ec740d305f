/** ETags, as they stand in headers and documents. */

/** An ETag without the quotes, and without the `W/` that a proxy may have put before them. */
export function unquoteETag(value: string): string {
  const text = value.trim();
  const from = text.startsWith('W/"') ? 3 : text.startsWith('"') ? 1 : 0;
  return from > 0 && text.length > from && text.endsWith('"') ? text.slice(from, -1) : text;
}
