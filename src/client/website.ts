/** boto's objects for websites. They can be changed, and go to a bucket with `setWebsiteConfiguration`. */

import { parseWebsiteConfiguration, websiteConfigurationXml } from "../s3/documents/website.ts";
import { checkNames } from "../s3/known-names.ts";
import type {
  Redirect,
  RedirectTarget,
  RoutingCondition,
  RoutingRule as PlainRule,
  WebsiteConfiguration as PlainConfiguration,
} from "../s3/website.ts";

/** One rule: when to redirect, and where to. */
export class RoutingRule implements PlainRule {
  condition: RoutingCondition | undefined;
  redirect: Redirect;

  constructor(condition: RoutingCondition | undefined, redirect: Redirect = {}) {
    this.condition = condition;
    this.redirect = redirect;
  }

  /**
   * @example
   * RoutingRule.when({ keyPrefixEquals: "docs/" }).thenRedirect({ replaceKeyPrefixWith: "documents/" });
   * RoutingRule.when({ httpErrorCodeReturnedEquals: 404 }).thenRedirect({ hostName: "example.com" });
   */
  static when(condition: RoutingCondition): RoutingRule {
    return new RoutingRule(condition);
  }

  thenRedirect(redirect: Redirect): this {
    this.redirect = redirect;
    return this;
  }
}

/** The rules of a website, in the order in which they are tried. */
export class RoutingRules extends Array<PlainRule> {
  /** What `map()` and its kin make are plain lists. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  addRule(rule: PlainRule): this {
    this.push(rule);
    return this;
  }
}

/**
 * How a bucket is shown as a website.
 *
 * @example
 * const website = new WebsiteConfiguration({ suffix: "index.html", errorKey: "404.html" });
 * website.routingRules.addRule(RoutingRule.when({ keyPrefixEquals: "old/" }).thenRedirect({ replaceKeyWith: "new" }));
 * await bucket.setWebsiteConfiguration(website);
 */
export class WebsiteConfiguration {
  /** Of index pages, such as `index.html`. */
  suffix: string | undefined;
  errorKey: string | undefined;
  redirectAllRequestsTo: RedirectTarget | undefined;
  routingRules: RoutingRules;

  constructor(
    options: {
      readonly suffix?: string | undefined;
      readonly errorKey?: string | undefined;
      readonly redirectAllRequestsTo?: RedirectTarget | undefined;
      readonly routingRules?: readonly PlainRule[] | undefined;
    } = {},
  ) {
    const names = { suffix: 1, errorKey: 1, redirectAllRequestsTo: 1, routingRules: 1 };
    checkNames("WebsiteConfiguration", options, names);
    const { suffix, errorKey, redirectAllRequestsTo, routingRules = [] } = options;
    this.suffix = suffix;
    this.errorKey = errorKey;
    this.redirectAllRequestsTo = redirectAllRequestsTo;
    this.routingRules = new RoutingRules();
    for (const rule of routingRules) this.routingRules.addRule(rule);
  }

  static from({ indexSuffix, ...rest }: PlainConfiguration): WebsiteConfiguration {
    return new WebsiteConfiguration({ suffix: indexSuffix, ...rest });
  }

  /** Throws S3Error MalformedXML, InvalidArgument or InvalidRequest. */
  static fromXml(xml: string): WebsiteConfiguration {
    return WebsiteConfiguration.from(parseWebsiteConfiguration(xml));
  }

  toPlain(): PlainConfiguration {
    const { suffix, errorKey, redirectAllRequestsTo, routingRules } = this;
    return { indexSuffix: suffix, errorKey, redirectAllRequestsTo, routingRules: [...routingRules] };
  }

  toXml(): string {
    return websiteConfigurationXml(this.toPlain());
  }
}
