/** boto's objects for lifecycle rules. They go to a bucket with `configureLifecycle`. */

import { lifecycleConfigurationXml, parseLifecycleConfiguration } from "../s3/documents/lifecycle.ts";
import { checkNames } from "../s3/known-names.ts";
import type { LifecycleRule, LifecycleTime, LifecycleTransition } from "../s3/lifecycle.ts";

/** A time in days, or at a date: midnight UTC. */
export interface TimeOptions {
  readonly days?: number | undefined;
  readonly date?: Date | undefined;
}

/** When objects are removed. Throws TypeError unless it has either days or a date. */
export class Expiration {
  readonly days: number | undefined;
  readonly date: Date | undefined;

  constructor({ days, date }: TimeOptions) {
    this.days = days;
    this.date = date;
    timeOf(this);
  }

  toPlain(): LifecycleTime {
    return timeOf(this);
  }
}

/** When objects move to another storage class. Throws TypeError unless it has either days or a date. */
export class Transition extends Expiration {
  readonly storageClass: string;

  constructor({ storageClass, ...time }: TimeOptions & { readonly storageClass: string }) {
    super(time);
    this.storageClass = storageClass;
  }

  override toPlain(): LifecycleTransition {
    return { ...super.toPlain(), storageClass: this.storageClass };
  }
}

export interface RuleOptions {
  readonly id?: string | undefined;
  /** What the keys begin with. Default: anything. */
  readonly prefix?: string | undefined;
  /** Default: Enabled. */
  readonly status?: "Enabled" | "Disabled" | undefined;
  /** Days, or more of it. */
  readonly expiration?: number | Expiration | undefined;
  readonly transition?: Transition | readonly Transition[] | undefined;
}

/** The rules of a bucket: a list of them. What boto has no objects for, a plain rule says. */
export class Lifecycle extends Array<LifecycleRule> {
  /** What `map()` and its kin make are plain lists. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  static fromRules(rules: readonly LifecycleRule[]): Lifecycle {
    const lifecycle = new Lifecycle();
    lifecycle.push(...rules);
    return lifecycle;
  }

  /** Throws S3Error MalformedXML. */
  static fromXml(xml: string): Lifecycle {
    return Lifecycle.fromRules(parseLifecycleConfiguration(xml));
  }

  /**
   * Adds a rule.
   *
   * @example
   * const lifecycle = new Lifecycle().addRule({ prefix: "tmp/", expiration: 1 });
   */
  addRule(options: RuleOptions): this {
    checkNames("addRule()", options, { id: 1, prefix: 1, status: 1, expiration: 1, transition: 1 });
    const { id, prefix = "", status = "Enabled", expiration, transition } = options;
    const expires = typeof expiration === "number" ? new Expiration({ days: expiration }) : expiration;
    const transitions = transition instanceof Transition ? [transition] : (transition ?? []);
    this.push({
      ...(id === undefined ? {} : { id }),
      status,
      prefix,
      ...(expires === undefined ? {} : { expiration: expires.toPlain() }),
      ...(transitions.length === 0 ? {} : { transitions: transitions.map((one) => one.toPlain()) }),
    });
    return this;
  }

  toXml(): string {
    return lifecycleConfigurationXml(this);
  }
}

function timeOf({ days, date }: TimeOptions): LifecycleTime {
  if (days !== undefined && date === undefined) return { days };
  if (date !== undefined && days === undefined) return { dateMs: date.getTime() };
  throw new TypeError("An expiration or transition has either days or a date.");
}
