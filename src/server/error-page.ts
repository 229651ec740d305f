/** An error of a website: a page for people. */

import { STATUS_CODES } from "node:http";
import type { S3Error } from "../s3/errors.ts";
import type { S3Response } from "./context.ts";

/**
 * The page that AWS's website endpoints show, which browsers and humans read.
 *
 * @param second Why the bucket's own page for errors could not be shown.
 */
export function errorPage(error: S3Error, method: string, requestId: string, second?: S3Error): S3Response {
  const headers: Record<string, string> = {
    ...error.headers,
    "content-type": "text/html; charset=utf-8",
    "x-amz-error-code": error.code,
  };
  const title = `${error.status} ${STATUS_CODES[error.status] ?? ""}`.trim();
  const more =
    second === undefined
      ? ""
      : `<h3>An Error Occurred While Attempting to Retrieve a Custom Error Document</h3>\n${list(second, [])}`;
  const body = `<!doctype html>
<html>
<head><title>${escapeHtml(title)}</title></head>
<body>
<h1>${escapeHtml(title)}</h1>
${list(error, [["RequestId", requestId]])}${more}<hr>
</body>
</html>
`;
  return method === "HEAD"
    ? { status: error.status, headers: { ...headers, "content-length": String(Buffer.byteLength(body)) } }
    : { status: error.status, headers, body };
}

function list({ code, message, details }: S3Error, more: readonly [string, string][]): string {
  const lines = [["Code", code], ["Message", message], ...Object.entries(details), ...more];
  return `<ul>\n${lines.map(([name = "", value = ""]) => `<li>${escapeHtml(`${name}: ${value}`)}</li>\n`).join("")}</ul>\n`;
}

/** A key is anybody's text: it must stay text on the page. */
function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
