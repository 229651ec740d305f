/** Answers to requests for static files, as web-standard Responses. */

import { fileResponse } from "../http/file-response.ts";
import { contentTypeOfName } from "../storage/content-type.ts";
import { FileNotFoundError, SuspiciousFileOperation } from "../storage/errors.ts";
import type { StorageFile } from "../storage/file.ts";
import type { Storage } from "../storage/storage.ts";
import { acceptedEncodings, isCompressible } from "./compress.ts";
import { findStatic } from "./finders.ts";
import { defaultIgnore, ignoreMatcher } from "./ignore.ts";
import type { StaticSite } from "./site.ts";

/** From where the files are found: what would be collected, as it is now. */
export async function respondFromFinders(
  site: StaticSite,
  name: string,
  request: Request,
): Promise<Response> {
  if (name === "" || ignoreMatcher([...defaultIgnore, ...site.ignore])(name)) return notFound();
  const source = await orNull(findStatic(site.finders, name));
  if (source === null) return notFound();
  return answer(await source.open(), request, { "cache-control": "no-cache" });
}

export interface StoredOptions {
  readonly request: Request;
  /** Whether the name has a hash. */
  readonly isImmutable: boolean;
}

/** From what was collected. */
export async function respondFromStorage(
  { storage, precompress }: StaticSite,
  name: string,
  { request, isImmutable }: StoredOptions,
): Promise<Response> {
  if (name === "") return notFound();
  const headers: Record<string, string> = {
    "cache-control": isImmutable ? "public, max-age=31536000, immutable" : "no-cache",
  };
  if (precompress.length > 0 && isCompressible(name, Number.POSITIVE_INFINITY)) {
    headers["vary"] = "accept-encoding";
    for (const encoding of acceptedEncodings(request.headers.get("accept-encoding"))) {
      if (!precompress.includes(encoding.name)) continue;
      const variant = await open(storage, name + encoding.suffix);
      if (variant === null) continue;
      const contentType = await contentTypeOfName(name);
      return answer(variant, request, { ...headers, "content-encoding": encoding.name }, contentType);
    }
  }
  const file = await open(storage, name);
  return file === null ? notFound() : answer(file, request, headers);
}

function answer(
  file: StorageFile,
  request: Request,
  headers: Readonly<Record<string, string>>,
  contentType = file.contentType,
): Response {
  const response = fileResponse(file, request, { inline: true, contentType });
  // These are the application's own files, which may run scripts, and nobody saves them by the name of a variant.
  response.headers.delete("content-disposition");
  response.headers.delete("content-security-policy");
  if (response.ok || response.status === 304) {
    for (const [header, value] of Object.entries(headers)) response.headers.set(header, value);
  }
  return response;
}

async function open(storage: Storage, name: string): Promise<StorageFile | null> {
  return orNull(storage.open(name));
}

/** Null for what is not there, and for names that lead elsewhere. */
async function orNull<T>(promise: Promise<T>): Promise<T | null> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof FileNotFoundError || error instanceof SuspiciousFileOperation) return null;
    throw error;
  }
}

function notFound(): Response {
  return new Response("Not found\n", { status: 404, headers: { "content-type": "text/plain" } });
}
