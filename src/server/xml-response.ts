import type { S3Response } from "./context.ts";

/** An answer that is a document. */
export function xmlResponse(xml: string, headers: Record<string, string> = {}): S3Response {
  return { status: 200, headers: { "content-type": "application/xml", ...headers }, body: xml };
}
