/** GetObjectTagging. Tags cannot be set yet, so no object has any; clients ask before they copy in parts. */

import { element, xmlDocument } from "../../s3/xml.ts";
import type { ObjectContext, S3Response } from "../context.ts";
import { xmlResponse } from "../xml-response.ts";

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectTagging.html */
export function getObjectTagging(_context: ObjectContext): Promise<S3Response> {
  return Promise.resolve(xmlResponse(xmlDocument("Tagging", element("TagSet", ""))));
}
