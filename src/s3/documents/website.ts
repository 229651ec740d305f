/** WebsiteConfiguration: how a bucket is served as a website. */

import { S3Error } from "../errors.ts";
import { checkKey } from "../keys.ts";
import type {
  Protocol,
  Redirect,
  RedirectTarget,
  RoutingCondition,
  RoutingRule,
  WebsiteConfiguration,
} from "../website.ts";
import {
  childOf,
  childrenOf,
  element,
  malformed,
  parseXml,
  requiredText,
  textOf,
  xmlDocument,
  type XmlElement,
} from "../xml.ts";

/** "You can add up to 50 routing rules." */
const maxRules = 50;

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketWebsite.html */
export function websiteConfigurationXml(website: WebsiteConfiguration): string {
  const { indexSuffix, errorKey, redirectAllRequestsTo: all, routingRules = [] } = website;
  const rules = routingRules.map((rule) => `<RoutingRule>${ruleXml(rule)}</RoutingRule>`);
  return xmlDocument(
    "WebsiteConfiguration",
    part("RedirectAllRequestsTo", all === undefined ? "" : targetXml(all)) +
      part("IndexDocument", element("Suffix", indexSuffix)) +
      part("ErrorDocument", element("Key", errorKey)) +
      part("RoutingRules", rules.join("")),
  );
}

function part(name: string, content: string): string {
  return content === "" ? "" : `<${name}>${content}</${name}>`;
}

function ruleXml({ condition, redirect }: RoutingRule): string {
  const when =
    condition === undefined
      ? ""
      : `<Condition>${element("KeyPrefixEquals", condition.keyPrefixEquals)}${element("HttpErrorCodeReturnedEquals", condition.httpErrorCodeReturnedEquals)}</Condition>`;
  return `${when}<Redirect>${targetXml(redirect)}${element("ReplaceKeyPrefixWith", redirect.replaceKeyPrefixWith)}${element("ReplaceKeyWith", redirect.replaceKeyWith)}${element("HttpRedirectCode", redirect.httpRedirectCode)}</Redirect>`;
}

function targetXml({ hostName, protocol }: Partial<RedirectTarget>): string {
  return element("Protocol", protocol) + element("HostName", hostName);
}

/**
 * Reads and judges how a bucket is to be served.
 *
 * @throws {S3Error} `MalformedXML`, `InvalidArgument`, `InvalidRequest`, `KeyTooLongError`.
 */
export function parseWebsiteConfiguration(xml: string | Uint8Array): WebsiteConfiguration {
  const root = parseXml(xml, "WebsiteConfiguration");
  refuseOthers(root, ["RedirectAllRequestsTo", "IndexDocument", "ErrorDocument", "RoutingRules"]);
  const all = childOf(root, "RedirectAllRequestsTo");
  const index = childOf(root, "IndexDocument");
  const error = childOf(root, "ErrorDocument");
  const rules = childOf(root, "RoutingRules");
  if (all !== undefined) {
    if (root.children.length > 1) {
      throw malformed("<RedirectAllRequestsTo> stands alone");
    }
    refuseOthers(all, ["HostName", "Protocol"]);
    const target = readTarget(all);
    if (target.hostName === undefined) throw malformed("<HostName> is missing in <RedirectAllRequestsTo>");
    return { redirectAllRequestsTo: { ...target, hostName: target.hostName } };
  }
  if (index === undefined) {
    throw new S3Error("InvalidArgument", {
      message: "A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty",
      details: { ArgumentName: "IndexDocument", ArgumentValue: "null" },
    });
  }
  const routingRules = rules === undefined ? [] : readRules(rules);
  return {
    indexSuffix: readSuffix(index),
    ...(error === undefined ? {} : { errorKey: readErrorKey(error) }),
    ...(routingRules.length === 0 ? {} : { routingRules }),
  };
}

function readSuffix(index: XmlElement): string {
  const suffix = requiredText(index, "Suffix").trim();
  if (suffix !== "" && !suffix.includes("/")) {
    checkKey(suffix);
    return suffix;
  }
  throw new S3Error("InvalidArgument", {
    message: "The IndexDocument Suffix is not well formed",
    details: { ArgumentName: "IndexDocument", ArgumentValue: suffix },
  });
}

function readErrorKey(error: XmlElement): string {
  const key = requiredText(error, "Key").trim();
  if (key !== "") {
    checkKey(key);
    return key;
  }
  throw new S3Error("InvalidArgument", {
    message: "The ErrorDocument Key is not well formed",
    details: { ArgumentName: "ErrorDocument", ArgumentValue: "" },
  });
}

function readRules(parent: XmlElement): RoutingRule[] {
  refuseOthers(parent, ["RoutingRule"]);
  const rules = childrenOf(parent, "RoutingRule");
  if (rules.length > maxRules) {
    throw invalid(
      `${rules.length} routing rules are more than ${maxRules}, the number of rules that is allowed.`,
    );
  }
  return rules.map((rule) => {
    refuseOthers(rule, ["Condition", "Redirect"]);
    const condition = childOf(rule, "Condition");
    const redirect = childOf(rule, "Redirect");
    if (redirect === undefined) throw malformed("<Redirect> is missing in <RoutingRule>");
    return {
      ...(condition === undefined ? {} : { condition: readCondition(condition) }),
      redirect: readRedirect(redirect),
    };
  });
}

function readCondition(condition: XmlElement): RoutingCondition {
  refuseOthers(condition, ["KeyPrefixEquals", "HttpErrorCodeReturnedEquals"]);
  const keyPrefixEquals = textOf(condition, "KeyPrefixEquals");
  const code = textOf(condition, "HttpErrorCodeReturnedEquals")?.trim();
  if (keyPrefixEquals === undefined && code === undefined) throw malformed("<Condition> is empty");
  if (code !== undefined && !/^[45]\d\d$/.test(code)) {
    throw invalid(`The provided HTTP error code (${code}) is not valid. Valid codes are 4XX or 5XX.`);
  }
  return {
    ...(keyPrefixEquals === undefined ? {} : { keyPrefixEquals }),
    ...(code === undefined ? {} : { httpErrorCodeReturnedEquals: Number(code) }),
  };
}

function readRedirect(redirect: XmlElement): Redirect {
  refuseOthers(redirect, [
    "HostName",
    "Protocol",
    "HttpRedirectCode",
    "ReplaceKeyPrefixWith",
    "ReplaceKeyWith",
  ]);
  if (redirect.children.length === 0) throw malformed("<Redirect> is empty");
  const replaceKeyPrefixWith = textOf(redirect, "ReplaceKeyPrefixWith");
  const replaceKeyWith = textOf(redirect, "ReplaceKeyWith");
  const code = textOf(redirect, "HttpRedirectCode")?.trim();
  if (replaceKeyPrefixWith) checkKey(replaceKeyPrefixWith);
  if (replaceKeyWith) checkKey(replaceKeyWith);
  if (replaceKeyPrefixWith !== undefined && replaceKeyWith !== undefined) {
    throw invalid("You can only define ReplaceKeyPrefix or ReplaceKey but not both.");
  }
  if (code !== undefined && !/^30[1-8]$/.test(code)) {
    throw invalid(`The provided HTTP redirect code (${code}) is not valid. Valid codes are 3XX except 300.`);
  }
  return {
    ...readTarget(redirect),
    ...(replaceKeyPrefixWith === undefined ? {} : { replaceKeyPrefixWith }),
    ...(replaceKeyWith === undefined ? {} : { replaceKeyWith }),
    ...(code === undefined ? {} : { httpRedirectCode: Number(code) }),
  };
}

function readTarget(parent: XmlElement): Partial<RedirectTarget> {
  const hostName = textOf(parent, "HostName")?.trim();
  const protocol = textOf(parent, "Protocol")?.trim().toLowerCase();
  // It is written into a header, and a path in it would be taken for one of the keys.
  if (hostName !== undefined && !/^[\w.-]+(?::\d{1,5})?$/.test(hostName)) {
    throw invalid(`The host name ${JSON.stringify(hostName)} is not valid.`);
  }
  if (protocol !== undefined && protocol !== "http" && protocol !== "https") {
    throw invalid(
      "Invalid protocol, protocol can be http or https. If not defined the protocol will be selected automatically.",
    );
  }
  return {
    ...(hostName === undefined ? {} : { hostName }),
    ...(protocol === undefined ? {} : { protocol: protocol satisfies Protocol }),
  };
}

function refuseOthers(parent: XmlElement, names: readonly string[]): void {
  const stranger = parent.children.find((child) => !names.includes(child.name));
  if (stranger !== undefined) throw malformed(`<${stranger.name}> in <${parent.name}>`);
}

function invalid(message: string): S3Error {
  return new S3Error("InvalidRequest", { message });
}
