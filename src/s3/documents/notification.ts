/** NotificationConfiguration: who is told of the changes of a bucket. */

import { S3Error } from "../errors.ts";
import type { Notification, NotificationKind } from "../notification.ts";
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

/** Where each kind stands, and what its ARN is called there: the SDKs' LambdaFunctionConfiguration is older in XML. */
const elements: Readonly<Record<NotificationKind, readonly [configuration: string, arn: string]>> = {
  topic: ["TopicConfiguration", "Topic"],
  queue: ["QueueConfiguration", "Queue"],
  lambda: ["CloudFunctionConfiguration", "CloudFunction"],
};
const kinds = Object.keys(elements) as NotificationKind[];

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html */
export function notificationConfigurationXml(notifications: readonly Notification[]): string {
  return xmlDocument("NotificationConfiguration", notifications.map(notificationXml).join(""));
}

function notificationXml({ id, kind, arn, events, prefix, suffix }: Notification): string {
  const [configuration, arnElement] = elements[kind];
  const rules = filterRuleXml("Prefix", prefix) + filterRuleXml("Suffix", suffix);
  const filter = rules === "" ? "" : `<Filter><S3Key>${rules}</S3Key></Filter>`;
  const list = events.map((event) => element("Event", event)).join("");
  return `<${configuration}>${element("Id", id)}${element(arnElement, arn)}${list}${filter}</${configuration}>`;
}

function filterRuleXml(name: string, value: string | undefined): string {
  return value === undefined
    ? ""
    : `<FilterRule>${element("Name", name)}${element("Value", value)}</FilterRule>`;
}

/**
 * Reads the configurations of a bucket: a request's or an answer's. What they may not say, `checkNotifications` knows.
 *
 * @throws {S3Error} `MalformedXML`; `InvalidArgument` for a filter by anything but prefix and suffix; `NotImplemented`
 *   for EventBridge.
 */
export function parseNotificationConfiguration(xml: string | Uint8Array): Notification[] {
  const root = parseXml(xml, "NotificationConfiguration");
  return root.children.map((child) => {
    if (child.name === "EventBridgeConfiguration") {
      throw new S3Error("NotImplemented", {
        message: "There is no EventBridge here: name a webhook, such as arn:stowage:webhook:::NAME.",
      });
    }
    const kind = kinds.find((known) => elements[known][0] === child.name);
    if (kind === undefined) throw malformed(`<${child.name}> in <NotificationConfiguration>`);
    return readNotification(child, kind);
  });
}

function readNotification(configuration: XmlElement, kind: NotificationKind): Notification {
  const arnElement = elements[kind][1];
  for (const { name } of configuration.children) {
    if (!["Id", arnElement, "Event", "Filter"].includes(name)) {
      throw malformed(`<${name}> in <${configuration.name}>`);
    }
  }
  const id = textOf(configuration, "Id")?.trim();
  const events = childrenOf(configuration, "Event").map(({ text }) => text.trim());
  if (events.length === 0) throw malformed(`<Event> is missing in <${configuration.name}>`);
  return {
    ...(id === undefined || id === "" ? {} : { id }),
    kind,
    arn: requiredText(configuration, arnElement).trim(),
    events,
    ...readFilter(configuration),
  };
}

function readFilter(configuration: XmlElement): Pick<Notification, "prefix" | "suffix"> {
  const filter = childOf(configuration, "Filter");
  const key = filter === undefined ? undefined : childOf(filter, "S3Key");
  const found: { prefix?: string; suffix?: string } = {};
  for (const rule of key === undefined ? [] : childrenOf(key, "FilterRule")) {
    const name = requiredText(rule, "Name").trim();
    const member = name.toLowerCase();
    if (member !== "prefix" && member !== "suffix") {
      throw new S3Error("InvalidArgument", {
        message: "filter rule name must be either prefix or suffix",
        details: { ArgumentName: "FilterRule.Name", ArgumentValue: name },
      });
    }
    if (found[member] !== undefined) {
      throw new S3Error("InvalidArgument", {
        message: `Cannot specify more than one ${member} rule in a filter.`,
        details: { ArgumentName: "FilterRule.Name", ArgumentValue: name },
      });
    }
    found[member] = textOf(rule, "Value") ?? "";
  }
  return found;
}
