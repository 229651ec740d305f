/** CORSConfiguration: the rules of a bucket for browsers. */

import { type CorsMethod, corsMethods, type CorsRule, isHeaderName } from "../cors.ts";
import { S3Error } from "../errors.ts";
import {
  childrenOf,
  element,
  integerOf,
  malformed,
  parseXml,
  textOf,
  xmlDocument,
  type XmlElement,
} from "../xml.ts";

/** "You can add up to 100 rules to the configuration." */
const maxRules = 100;
const maxIdLength = 255;
const maxSeconds = 2 ** 31 - 1;

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketCors.html */
export function corsConfigurationXml(rules: readonly CorsRule[]): string {
  return xmlDocument("CORSConfiguration", rules.map(ruleXml).join(""));
}

function ruleXml(rule: CorsRule): string {
  return `<CORSRule>${element("ID", rule.id)}${list("AllowedOrigin", rule.allowedOrigins)}${list("AllowedMethod", rule.allowedMethods)}${list("AllowedHeader", rule.allowedHeaders)}${list("ExposeHeader", rule.exposeHeaders)}${element("MaxAgeSeconds", rule.maxAgeSeconds)}</CORSRule>`;
}

function list(name: string, values: readonly string[] = []): string {
  return values.map((value) => element(name, value)).join("");
}

/**
 * Reads and judges the rules of a bucket.
 *
 * @throws {S3Error} `MalformedXML`; `InvalidRequest` for a method that browsers' rules do not know, a second wildcard, a
 *   wildcard among the exposed headers, or a name that no header can have.
 */
export function parseCorsConfiguration(xml: string | Uint8Array): CorsRule[] {
  const root = parseXml(xml, "CORSConfiguration");
  refuseOthers(root, ["CORSRule"]);
  if (root.children.length === 0) throw malformed("<CORSConfiguration> has no <CORSRule>");
  if (root.children.length > maxRules) {
    throw malformed(`${root.children.length} rules are more than ${maxRules}`);
  }
  return root.children.map(readRule);
}

const ruleElements = [
  "ID",
  "AllowedOrigin",
  "AllowedMethod",
  "AllowedHeader",
  "ExposeHeader",
  "MaxAgeSeconds",
];

function readRule(rule: XmlElement): CorsRule {
  refuseOthers(rule, ruleElements);
  const texts = (name: string): string[] => childrenOf(rule, name).map(({ text }) => text.trim());
  const id = textOf(rule, "ID")?.trim();
  if (id !== undefined && id.length > maxIdLength) {
    throw invalid(`The ID of a rule has ${id.length} characters, at most ${maxIdLength} are allowed.`);
  }
  const allowedOrigins = texts("AllowedOrigin");
  const allowedMethods = texts("AllowedMethod").map(readMethod);
  const allowedHeaders = texts("AllowedHeader");
  const exposeHeaders = texts("ExposeHeader");
  const maxAgeSeconds = integerOf(rule, "MaxAgeSeconds");
  if (allowedOrigins.length === 0) throw malformed("<AllowedOrigin> is missing in <CORSRule>");
  if (allowedMethods.length === 0) throw malformed("<AllowedMethod> is missing in <CORSRule>");
  if (maxAgeSeconds !== undefined && maxAgeSeconds > maxSeconds) {
    throw malformed(`<MaxAgeSeconds> is ${maxAgeSeconds}, more than ${maxSeconds}`);
  }
  for (const origin of allowedOrigins) checkPattern("AllowedOrigin", origin);
  for (const header of allowedHeaders) {
    checkPattern("AllowedHeader", header);
    checkHeaderName("AllowedHeader", header);
  }
  for (const header of exposeHeaders) {
    if (header.includes("*")) {
      throw invalid(
        `ExposeHeader ${JSON.stringify(header)} contains wildcard. We currently do not support wildcard for ExposeHeader.`,
      );
    }
    // What stands here is written into headers: a line break would make further ones (CVE-2021-3524).
    checkHeaderName("ExposeHeader", header);
  }
  return {
    ...(id === undefined || id === "" ? {} : { id }),
    allowedOrigins,
    allowedMethods,
    ...(allowedHeaders.length === 0 ? {} : { allowedHeaders }),
    ...(exposeHeaders.length === 0 ? {} : { exposeHeaders }),
    ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }),
  };
}

function readMethod(text: string): CorsMethod {
  const method = corsMethods.find((known) => known === text);
  if (method !== undefined) return method;
  throw invalid(`Found unsupported HTTP method in CORS config. Unsupported method is ${text}`);
}

function checkPattern(name: string, pattern: string): void {
  if (pattern === "" || !/^[\x21-\x7e]+$/.test(pattern)) {
    throw invalid(`${name} ${JSON.stringify(pattern)} is not valid.`);
  }
  if (pattern.indexOf("*") !== pattern.lastIndexOf("*")) {
    throw invalid(`${name} ${JSON.stringify(pattern)} can not have more than one wildcard.`);
  }
}

function checkHeaderName(name: string, header: string): void {
  if (!isHeaderName(header)) throw invalid(`${name} ${JSON.stringify(header)} is not the name of a header.`);
}

function refuseOthers(parent: XmlElement, names: readonly string[]): void {
  const stranger = parent.children.find((child) => !names.includes(child.name));
  if (stranger !== undefined) throw malformed(`<${stranger.name}> in <${parent.name}>`);
}

function invalid(message: string): S3Error {
  return new S3Error("InvalidRequest", { message });
}
