/** boto's objects for CORS rules. They can be changed, and go to a bucket with `setCors`. */

import { checkNames } from "../s3/known-names.ts";
import type { CorsMethod, CorsRule } from "../s3/cors.ts";
import { corsConfigurationXml, parseCorsConfiguration } from "../s3/documents/cors.ts";

/** The rules of a bucket for browsers: a list of them, in the order in which they are tried. */
export class CORSConfiguration extends Array<CorsRule> {
  /** What `map()` and its kin make are plain lists. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  static fromRules(rules: readonly CorsRule[]): CORSConfiguration {
    const configuration = new CORSConfiguration();
    configuration.push(...rules);
    return configuration;
  }

  /** Throws S3Error MalformedXML or InvalidRequest. */
  static fromXml(xml: string): CORSConfiguration {
    return CORSConfiguration.fromRules(parseCorsConfiguration(xml));
  }

  /**
   * Adds a rule.
   *
   * @param allowedMethods `GET`, `PUT`, `HEAD`, `POST`, `DELETE`; one or several.
   * @param allowedOrigins Such as `https://example.com`, each with at most one `*`.
   * @example
   * const cors = new CORSConfiguration();
   * cors.addRule(["PUT", "POST"], "https://example.com", { allowedHeader: "*", exposeHeader: ["ETag"] });
   */
  addRule(
    allowedMethods: CorsMethod | readonly CorsMethod[],
    allowedOrigins: string | readonly string[],
    options: {
      readonly id?: string | undefined;
      readonly allowedHeader?: string | readonly string[] | undefined;
      /** How long a browser may remember the answer to a preflight. */
      readonly maxAgeSeconds?: number | undefined;
      readonly exposeHeader?: string | readonly string[] | undefined;
    } = {},
  ): this {
    checkNames("addRule()", options, { id: 1, allowedHeader: 1, maxAgeSeconds: 1, exposeHeader: 1 });
    const { id, allowedHeader, maxAgeSeconds, exposeHeader } = options;
    this.push({
      id,
      allowedMethods: listOf(allowedMethods),
      allowedOrigins: listOf(allowedOrigins),
      allowedHeaders: allowedHeader === undefined ? undefined : listOf(allowedHeader),
      maxAgeSeconds,
      exposeHeaders: exposeHeader === undefined ? undefined : listOf(exposeHeader),
    });
    return this;
  }

  toXml(): string {
    return corsConfigurationXml(this);
  }
}

function listOf<T extends string>(value: T | readonly T[]): readonly T[] {
  return typeof value === "string" ? [value] : value;
}
