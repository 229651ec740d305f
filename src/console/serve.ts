/**
 * The web console: a page of its own origin that speaks S3 with the API, signed in the browser with the keys of whoever
 * signed in. This server holds no keys and no session: it gives out the built files of `ui/`, and says where the API is.
 */

import { readdir, readFile } from "node:fs/promises";
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

/** Where the API is, as browsers reach it. */
export interface ConsoleApi {
  /** Its port, on the host by which the console is reached. */
  readonly port: number;
  /** Its URL, where a proxy stands before it. */
  readonly externalUrl?: string | undefined;
  readonly region: string;
}

export interface ConsoleOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** PEM certificate and key. */
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer } | undefined;
  /** The built files. Default: those of this package. */
  readonly directory?: string | undefined;
}

export interface Console {
  /** Such as `http://127.0.0.1:9001`. */
  readonly url: string;
  readonly port: number;
  /** Says where the API is; before, the page cannot be had. */
  connect(api: ConsoleApi): void;
  /** Shows another certificate to connections that begin from now on. */
  useCertificate(certificate: { readonly cert: string | Buffer; readonly key: string | Buffer }): void;
  close(): Promise<void>;
}

const types: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
};

/** A request has no body: its head is all there is to wait for. */
const settings = { headersTimeout: 20_000, requestTimeout: 20_000 };
/** A connection on which nothing moves for this long is closed. */
const idleTimeoutMs = 60_000;

/** @throws {Error} With node's own code, such as `EADDRINUSE`, when it cannot listen. */
export async function startConsole(options: ConsoleOptions): Promise<Console> {
  const directory = options.directory ?? join(import.meta.dirname, "ui");
  const files = await builtFiles(directory);
  const scheme = options.tls === undefined ? "http" : "https";
  let api: ConsoleApi | undefined;
  const https = options.tls === undefined ? null : createHttpsServer({ ...settings, ...options.tls });
  const http = https ?? createHttpServer(settings);
  http.setTimeout(idleTimeoutMs);
  http.on("request", (request: IncomingMessage, response: ServerResponse) => {
    const hostname = hostnameOf(request.headers.host);
    if (api === undefined || hostname === null) {
      response.writeHead(api === undefined ? 503 : 400).end();
      return;
    }
    const endpoint = api.externalUrl ?? `${scheme}://${hostname}:${api.port}`;
    protect(response, new URL(endpoint).origin);
    const [path = "/"] = (request.url ?? "/").split("?");
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.writeHead(405, { allow: "GET, HEAD" }).end();
    } else if (path === "/config.json") {
      const config = JSON.stringify({ endpoint, region: api.region });
      response
        .writeHead(200, { "content-type": "application/json", "cache-control": "no-store" })
        .end(config);
    } else {
      sendFile(request, response, files, path === "/" ? "/index.html" : path).catch(() => response.destroy());
    }
  });
  await new Promise<void>((resolve, reject) => {
    http.once("error", reject);
    http.listen(options.port, options.host, resolve);
  });
  const { address, port, family } = http.address() as AddressInfo;
  return {
    url: `${scheme}://${family === "IPv6" ? `[${address}]` : address}:${port}`,
    port,
    connect: (given) => {
      api = given;
    },
    useCertificate: (certificate) => https?.setSecureContext(certificate),
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
}

/** A built file, as it is and compressed. */
interface BuiltFile {
  readonly bytes: Buffer;
  readonly gzipped: Buffer;
}

/**
 * All of them, by path. Each is read and compressed when it is asked for first, and kept: half a megabyte in all, and no
 * file is open while a slow client reads.
 */
async function builtFiles(directory: string): Promise<ReadonlyMap<string, () => Promise<BuiltFile>>> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    files.map((file) => {
      let kept: Promise<BuiltFile> | undefined;
      const read = (): Promise<BuiltFile> =>
        (kept ??= readBuilt(file).catch((error: unknown) => {
          // Not kept: it may be had the next time.
          kept = undefined;
          throw error;
        }));
      return [file.slice(directory.length).replaceAll("\\", "/"), read] as const;
    }),
  );
}

async function readBuilt(file: string): Promise<BuiltFile> {
  const bytes = await readFile(file);
  return { bytes, gzipped: await promisify(gzip)(bytes) };
}

/** The name by which the browser reached this machine: what it calls the API by, too. */
function hostnameOf(host: string | undefined): string | null {
  if (host === undefined || !/^(?:\[[0-9a-f:.]+\]|[\w.-]+)(?::\d+)?$/i.test(host)) return null;
  // Such as 999.999.1.1, of which no origin can be made.
  return URL.canParse(`http://${host}`) ? host.replace(/:\d+$/, "") : null;
}

/** Nothing but this page's own files, and what comes from the API as data, runs or shows here; nobody may frame it. */
function protect(response: ServerResponse, apiOrigin: string): void {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `connect-src 'self' ${apiOrigin}`,
    `img-src 'self' ${apiOrigin}`,
    `media-src ${apiOrigin}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  response.setHeader("content-security-policy", policy.join("; "));
  response.setHeader("x-content-type-options", "nosniff");
  response.setHeader("referrer-policy", "no-referrer");
  response.setHeader("cross-origin-opener-policy", "same-origin");
}

async function sendFile(
  { method, headers }: IncomingMessage,
  response: ServerResponse,
  files: ReadonlyMap<string, () => Promise<BuiltFile>>,
  path: string,
): Promise<void> {
  const file = await files.get(path)?.();
  if (file === undefined) {
    response
      .writeHead(404, { "content-type": "text/plain" })
      .end(method === "HEAD" ? undefined : "Not found\n");
    return;
  }
  const isGzipped = /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/.test(headers["accept-encoding"] ?? "");
  const body = isGzipped ? file.gzipped : file.bytes;
  response.writeHead(200, {
    "content-type": types[path.slice(path.lastIndexOf(".") + 1)] ?? "application/octet-stream",
    "content-length": body.length,
    ...(isGzipped ? { "content-encoding": "gzip" } : {}),
    vary: "Accept-Encoding",
    // The names of the others change with what is in them.
    "cache-control": path === "/index.html" ? "no-cache" : "public, max-age=31536000, immutable",
  });
  response.end(method === "HEAD" ? undefined : body);
}
