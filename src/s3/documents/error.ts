/** The error document, the one in no namespace. */

import { S3Error } from "../errors.ts";
import { element, parseXml, xmlDeclaration, type XmlElement } from "../xml.ts";

/** An error as it is sent. */
export interface ErrorDocument {
  readonly code: string;
  readonly message: string;
  /** The path that was asked for. */
  readonly resource?: string | undefined;
  readonly requestId?: string | undefined;
  readonly hostId?: string | undefined;
  /** Further elements by name, such as `Key`. */
  readonly details?: Readonly<Record<string, string>> | undefined;
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#RESTErrorResponses */
export function errorXml(document: ErrorDocument): string {
  return xmlDeclaration + errorElement(document);
}

/**
 * The same as the clients of STS, IAM and SNS read it.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
 */
export function queryErrorXml(document: ErrorDocument): string {
  return `${xmlDeclaration}<ErrorResponse>${errorElement(document)}${element("RequestId", document.requestId)}</ErrorResponse>`;
}

function errorElement({ code, message, resource, requestId, hostId, details = {} }: ErrorDocument): string {
  const more = Object.entries(details).map(([name, value]) => element(name, value));
  return `<Error>${element("Code", code)}${element("Message", message)}${more.join("")}${element("Resource", resource)}${element("RequestId", requestId)}${element("HostId", hostId)}</Error>`;
}

/**
 * An error document as a client reads it.
 *
 * @returns null for a body that is none: empty, or a proxy's page.
 */
export function parseError(xml: string | Uint8Array): ErrorDocument | null {
  let root: XmlElement;
  try {
    root = parseXml(xml);
  } catch {
    return null;
  }
  return readError(root);
}

const namedElements = new Set(["Code", "Message", "Resource", "RequestId", "HostId"]);

function readError(root: XmlElement): ErrorDocument | null {
  const error = root.name === "Error" ? root : root.children.find((child) => child.name === "Error");
  const leaves = new Map(error?.children.map((child) => [child.name, child.text]));
  const code = leaves.get("Code")?.trim();
  if (error === undefined || code === undefined || code === "") return null;
  return {
    code,
    message: leaves.get("Message") ?? "",
    resource: leaves.get("Resource"),
    requestId: leaves.get("RequestId") ?? leaves.get("RequestID"),
    hostId: leaves.get("HostId"),
    details: Object.fromEntries([...leaves].filter(([name]) => !namedElements.has(name))),
  };
}

/**
 * Reads the document that an operation answers. CopyObject, CompleteMultipartUpload and their kin may answer 200 and
 * then an error in the body, when it was found only after the head had gone out.
 *
 * @throws {S3Error} The error of the body, should it be one; `MalformedXML`.
 */
export function parseResult(xml: string | Uint8Array, rootName: string | readonly string[]): XmlElement {
  const root = parseXml(xml);
  const names = typeof rootName === "string" ? [rootName] : rootName;
  if (names.includes(root.name)) return root;
  const error = root.name === "Error" ? readError(root) : null;
  if (error !== null)
    throw new S3Error(error.code, { message: error.message, details: { ...error.details } });
  return parseXml(xml, names[0]);
}
