/** The header Content-Disposition: what a file is called when it is saved. */

import { create } from "content-disposition";
import { displayName } from "./file-names.ts";

/**
 * The header's value with the name in both forms, that of all browsers and RFC 8187's. There is never a line break in
 * it, whatever is in the name, and never a directory.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6266
 * @example
 * contentDisposition("attachment", "résumé.pdf"); // attachment; filename="r_sum_.pdf"; filename*=UTF-8''r%C3%A9sum%C3%A9.pdf
 */
export function contentDisposition(type: "attachment" | "inline", filename: string): string {
  const name = displayName(filename);
  return name === "" ? type : create(name, { type, fallback: asciiName(name) });
}

/** For programs that know only the old form. "?" would be refused by Windows, and a "%" decoded by some. */
function asciiName(name: string): string {
  return name.replaceAll(/[^\x20-\x7e]+|["%\\]/g, "_");
}
