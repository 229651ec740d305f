/**
 * Where a request goes: origin, host and path for a bucket and a key. Keys are percent-encoded once and never
 * normalised; no URL class sees them.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 */

import { requireField } from "../s3/known-names.ts";
import { uriEncode } from "../s3/encoding.ts";

/** How a bucket is addressed: in the host name, in the path, or as the host name itself. */
export type Addressing = "virtual" | "path" | "cname";

export interface Endpoint {
  readonly secure: boolean;
  /** Host and, where it is not the scheme's own, port. */
  readonly host: string;
  /** What stands before every path, without a slash at its end; mostly empty. */
  readonly basePath: string;
  /** Whether it is Amazon's: then a region names a host of its own. */
  readonly aws: boolean;
}

/** Where one request goes. */
export interface Place {
  readonly origin: string;
  readonly host: string;
  /** As it is sent and signed. */
  readonly path: string;
  /** The bucket where the host names it and the path does not: SigV2 signs it apart. */
  readonly hostedBucket?: string;
}

/**
 * Reads an endpoint's address.
 *
 * @param from Where it was given, as the message names it.
 * @throws TypeError for one that is none, or has a query or a user in it. Without a scheme nobody knows which of the two is meant.
 */
export function parseEndpoint(address: string, from = "endpoint"): Endpoint {
  if (!/^https?:/i.test(address) || !URL.canParse(address)) {
    // What stands before an @ may be a password.
    throw new TypeError(
      `The ${from} "${address.replace(/.*@/, "")}" is no URL such as http://127.0.0.1:9000.`,
    );
  }
  const url = new URL(address);
  if (url.username !== "" || url.search !== "" || url.hash !== "") {
    throw new TypeError(
      `The endpoint ${url.origin} has a user, query or fragment: give keys as credentials.`,
    );
  }
  const basePath = url.pathname.replace(/\/+$/, "");
  return { secure: url.protocol === "https:", host: url.host, basePath, aws: isAwsHost(url.hostname) };
}

/** Amazon's endpoint of a region. */
export function awsEndpoint(region: string): Endpoint {
  const suffix = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  // A region may come from an answer: what is no name of one must not become a host.
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(region)) throw new TypeError(`"${region}" is no region of AWS.`);
  return { secure: true, host: `s3.${region}.${suffix}`, basePath: "", aws: true };
}

export function isAwsHost(hostname: string): boolean {
  return /(^|\.)amazonaws\.com(\.cn)?$/.test(hostname);
}

/** The region that a host of Amazon's names, or undefined: `s3.eu-west-1.amazonaws.com`, `s3-us-west-2.…`. */
export function regionOfHost(hostname: string): string | undefined {
  const labels =
    /(?:^|\.)s3(?:-fips)?(?:\.dualstack)?[.-]([a-z]{2}(?:-[a-z]+)+-\d+)\.amazonaws\.com(?:\.cn)?$/;
  return labels.exec(hostname)?.[1];
}

/** Origin, host and path for a bucket and a key. Throws TypeError for a bucket or a key that cannot be one. */
export function locate(
  endpoint: Endpoint,
  options: { readonly addressing?: Addressing | undefined; readonly bucket?: string; readonly key?: string },
): Place {
  const { bucket, key } = options;
  const scheme = endpoint.secure ? "https://" : "http://";
  if (bucket === undefined) {
    return { origin: scheme + endpoint.host, host: endpoint.host, path: `${endpoint.basePath}/` };
  }
  requireField("A request", "bucket", bucket);
  if (key !== undefined) requireField("A request", "key", key);
  const keyPath = key === undefined ? "" : encodeKey(key);
  switch (addressingOf(endpoint, options.addressing, bucket)) {
    case "virtual": {
      const host = `${bucket}.${endpoint.host}`;
      return { origin: scheme + host, host, path: `${endpoint.basePath}/${keyPath}`, hostedBucket: bucket };
    }
    case "cname": {
      const port = /:\d+$/.exec(endpoint.host)?.[0] ?? "";
      const host = bucket + port;
      return { origin: scheme + host, host, path: `${endpoint.basePath}/${keyPath}`, hostedBucket: bucket };
    }
    default: {
      const slash = key === undefined ? "" : "/";
      const path = `${endpoint.basePath}/${uriEncode(bucket)}${slash}${keyPath}`;
      return { origin: scheme + endpoint.host, host: endpoint.host, path };
    }
  }
}

function encodeKey(key: string): string {
  try {
    return uriEncode(key, { slash: false });
  } catch (cause) {
    throw new TypeError(`The key ${JSON.stringify(key)} is no Unicode: it has half of a surrogate pair.`, {
      cause,
    });
  }
}

function addressingOf(endpoint: Endpoint, asked: Addressing | undefined, bucket: string): Addressing {
  if (asked === "cname") return "cname";
  // Other servers seldom have the DNS entries and certificates that a host for each bucket needs.
  const wanted = asked ?? (endpoint.aws ? "virtual" : "path");
  return wanted === "virtual" && fitsHost(bucket, endpoint.secure) ? "virtual" : "path";
}

/** Whether a bucket's name can be part of a host. A dot would not match a certificate for `*.s3.…`. */
function fitsHost(bucket: string, secure: boolean): boolean {
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) return false;
  return bucket.includes(".") ? !secure && !/\.[.-]|-\.|^\d+\.\d+\.\d+\.\d+$/.test(bucket) : true;
}
