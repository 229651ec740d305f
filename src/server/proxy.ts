/** A server behind a proxy: the URL that its clients use, and whose word is taken for who they are. */

import { BlockList, isIP } from "node:net";
import { uriEncode } from "../s3/encoding.ts";
import { S3Error } from "../s3/errors.ts";
import type { S3Request } from "./request.ts";

/** How clients see the server. */
export interface Front {
  /** Where clients reach it, when a proxy changes host or path; undefined: as requests say. */
  readonly external?: ExternalUrl | undefined;
  /** Proxies whose `X-Forwarded-…` headers count. */
  readonly trusted?: BlockList | undefined;
}

export interface ExternalUrl {
  /** Such as `https://files.example.com/s3`, without a slash at the end. */
  readonly base: string;
  /** As clients sign it: with a port unless it is the scheme's own. */
  readonly host: string;
  /** Such as `/s3`, or empty. */
  readonly prefix: string;
}

/**
 * Reads the URL that clients use.
 *
 * @throws {TypeError} For what is no http or https URL, or has a query, a fragment or credentials.
 */
export function parseExternalUrl(text: string): ExternalUrl {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isPlain =
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    url.search + url.hash + url.username + url.password === "";
  if (!isPlain) throw new TypeError(`${JSON.stringify(text)} is no URL such as https://files.example.com/s3`);
  const prefix = url.pathname.replace(/\/+$/, "");
  return { base: `${url.protocol}//${url.host}${prefix}`, host: url.host, prefix };
}

/**
 * Reads addresses such as `10.0.0.7`, `10.0.0.0/8` and `::1`.
 *
 * @throws {TypeError} For anything else.
 */
export function parseTrustedProxies(addresses: readonly string[]): BlockList {
  const list = new BlockList();
  for (const text of addresses) {
    const [address = "", bits] = text.split("/");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    const most = family === "ipv6" ? 128 : 32;
    if (isIP(address) === 0 || (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= most))) {
      throw new TypeError(`${JSON.stringify(text)} is no address such as 10.0.0.7 or 10.0.0.0/8`);
    }
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}

/**
 * A request as its client sent it: from the address, by the scheme and to the host that a trusted proxy tells, with the
 * external URL's path taken off where the proxy has left it on.
 */
export function throughProxy({ external, trusted }: Front, request: S3Request): S3Request {
  const seen = trusted === undefined ? request : forwarded(trusted, request);
  const prefix = external?.prefix ?? "";
  if (prefix === "" || !isWithin(seen.path, prefix)) return seen;
  return { ...seen, path: seen.path.slice(prefix.length) || "/", signedPath: seen.path };
}

function isWithin(path: string, prefix: string): boolean {
  return path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === "/");
}

function forwarded(trusted: BlockList, request: S3Request): S3Request {
  if (!isTrusted(trusted, request.remoteAddress)) return request;
  const { headers } = request;
  const chain = listOf(headers["x-forwarded-for"]).map(addressIn);
  // Each proxy adds whom it saw at the end: the last that is no proxy of ours is the client. What is before it is hearsay.
  const client = chain.findLast((address) => !isTrusted(trusted, address)) ?? chain[0];
  const scheme = listOf(headers["x-forwarded-proto"]).at(-1)?.toLowerCase();
  const host = listOf(headers["x-forwarded-host"]).at(-1);
  return {
    ...request,
    remoteAddress: client ?? request.remoteAddress,
    secure: scheme === undefined ? request.secure : scheme === "https",
    headers: host === undefined ? headers : { ...headers, host },
  };
}

/**
 * The address in `203.0.113.9`, `203.0.113.9:4711`, `2001:db8::9` and `[2001:db8::9]:4711`; empty where there is none, as in
 * `unknown`: that is nobody's, and not the proxy's own, which a policy may let in.
 */
function addressIn(text: string): string {
  const [, bracketed, plain] = /^\[([^\]]*)\](?::\d+)?$|^([\d.]+):\d+$/.exec(text) ?? [];
  const address = bracketed ?? plain ?? text;
  return isIP(address) === 0 ? "" : address;
}

function isTrusted(trusted: BlockList, address: string): boolean {
  const plain = address.startsWith("::ffff:") ? address.slice(7) : address;
  const version = isIP(plain);
  return version !== 0 && trusted.check(plain, version === 6 ? "ipv6" : "ipv4");
}

function listOf(header: string | undefined): string[] {
  return (header ?? "")
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

/**
 * Verifies a signature over what the client has sent, which a proxy may have changed: host and path as they came, or as
 * the external URL says.
 *
 * A host that names the bucket is never taken for another: what was signed for `/a/b` would be good for the key `a/b` of
 * whichever bucket the sender of a signed URL puts into the host.
 *
 * @param isHosted Whether the bucket stands in the host name.
 * @throws {S3Error} What `verify` throws.
 */
export function verifyAsSent<T>(
  front: Front,
  request: S3Request,
  isHosted: boolean,
  verify: (request: S3Request) => T,
): T {
  const asItCame = request.signedPath === undefined ? request : { ...request, path: request.signedPath };
  if (front.external === undefined) return verify(asItCame);
  try {
    return verify(asItCame);
  } catch (error) {
    if (!(error instanceof S3Error) || error.code !== "SignatureDoesNotMatch") throw error;
    const { host, prefix } = front.external;
    const { headers } = request;
    const path = prefix + request.path;
    const others = isHosted ? [{ path }] : [{ path, headers: { ...headers, host } }, { path }];
    // With version 2 botocore signs bucket and key alone, whatever path the endpoint has.
    for (const changed of [...others, { path: request.path }]) {
      try {
        return verify({ ...request, ...changed });
      } catch (again) {
        if (!(again instanceof S3Error) || again.code !== "SignatureDoesNotMatch") throw again;
      }
    }
    throw error;
  }
}

/**
 * The URL of an object as the client of a request addresses it.
 *
 * @param isHosted Whether the bucket stands in the host name.
 */
export function urlOfObject(
  { external }: Front,
  { secure, headers }: S3Request,
  isHosted: boolean,
  { bucketName, key }: { readonly bucketName: string; readonly key: string },
): string {
  const path = uriEncode(key, { slash: false });
  const host = `${secure ? "https" : "http"}://${headers["host"] ?? ""}`;
  return isHosted ? `${host}/${path}` : `${external?.base ?? host}/${bucketName}/${path}`;
}
