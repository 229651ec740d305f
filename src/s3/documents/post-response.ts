/** PostResponse: the answer to a form that asked for 201. */

import { element, xmlDeclaration } from "../xml.ts";
import { etagXml } from "./elements.ts";

/** The object that a form has uploaded. */
export interface PostResponse {
  /** URL of the object. */
  readonly location: string;
  readonly bucket: string;
  readonly key: string;
  /** Without quotes. */
  readonly etag: string;
}

/**
 * Like the error document it is in no namespace: pages look for a plain `Key`.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html
 */
export function postResponseXml({ location, bucket, key, etag }: PostResponse): string {
  return `${xmlDeclaration}<PostResponse>${element("Location", location)}${element("Bucket", bucket)}${element("Key", key)}${etagXml(etag)}</PostResponse>`;
}
