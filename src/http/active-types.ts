/** Which types a browser may show as a page of the application's own origin. */

const passive = /^(?:image|audio|video|font)\/(?!svg$)[\w.-]+$/;
const passiveTypes: ReadonlySet<string> = new Set([
  "application/json",
  "application/pdf",
  "text/csv",
  "text/markdown",
  "text/plain",
]);

/**
 * Whether a document of this type can run scripts, or might: HTML, SVG, XML, and whatever is not known to be harmless.
 *
 * A list of what is harmless, because the list of what is not grows with every browser: besides HTML and SVG there are
 * XSLT, MHTML, `multipart/x-mixed-replace` and more.
 */
export function mayRunScripts(contentType: string): boolean {
  const type = contentType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  return !(passive.test(type) || passiveTypes.has(type));
}

/** For a document that is shown all the same: no scripts, no forms, and an origin of its own. */
export const sandboxPolicy = "sandbox; default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'";
