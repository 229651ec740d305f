/**
 * Direct uploads as HTTP routes, for the browser helper and for Uppy's `@uppy/aws-s3`, whose contract these are:
 *
 * | route | answers |
 * |---|---|
 * | POST begin | how to go on: a form, or parts |
 * | POST complete | the file, once it was looked at |
 * | POST abort | nothing |
 * | GET s3/params | Uppy: the form |
 * | POST s3/multipart | Uppy: an upload in parts |
 * | GET s3/multipart/TOKEN | the parts that arrived |
 * | GET s3/multipart/TOKEN/NUMBER | the URL for a part |
 * | PUT s3/multipart/TOKEN/NUMBER | the part itself, where it comes through the application |
 * | POST s3/multipart/TOKEN/complete | the file |
 * | DELETE s3/multipart/TOKEN | nothing |
 * | GET upload.js | the browser helper |
 *
 * @see https://uppy.io/docs/aws-s3/
 */

import { readFile } from "node:fs/promises";
import { StorageError } from "../../storage/errors.ts";
import { UploadError } from "../upload-error.ts";
import type { DirectUpload } from "./direct-upload.ts";
import type { Announcement } from "./options.ts";

export interface RouteRequest {
  readonly method: string;
  /** After the place where the routes are, such as `begin`. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Who asks, such as the id of the session's user. */
  readonly owner: string;
  /** The body as JSON. Called at most once. */
  readonly json: () => Promise<unknown>;
  /** The body as it is. Called at most once, and not beside json. */
  readonly bytes: () => AsyncIterable<Uint8Array>;
  readonly contentLength: number;
}

export interface RouteAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Answers one request. An UploadError becomes an answer; other errors are thrown. */
export async function answerDirectUpload(uploads: DirectUpload, request: RouteRequest): Promise<RouteAnswer> {
  try {
    return await route(uploads, request);
  } catch (error) {
    const refused =
      error instanceof StorageError && error.code === "NoSuchUpload"
        ? new UploadError("UploadMissing", "This upload was completed or given up.", { cause: error })
        : error;
    if (refused instanceof UploadError) return json(refused, refused.status);
    throw error;
  }
}

async function route(uploads: DirectUpload, request: RouteRequest): Promise<RouteAnswer> {
  const { method, owner, query } = request;
  const [first = "", second = "", token = "", last = "", ...rest] = request.path.split("/").filter(Boolean);
  const is = (wanted: string): boolean => wanted === `${method} ${[first, second].filter(Boolean).join("/")}`;
  if (rest.length > 0) return notFound();
  if (token === "") {
    if (is("POST begin")) return json(await uploads.begin(announcementOf(await request.json()), owner));
    if (is("POST complete")) return json(await uploads.complete(await tokenOf(request), owner));
    if (is("POST abort")) return json(await uploads.abort(await tokenOf(request), owner));
    if (is("GET s3/params"))
      return json(await uploads.begin(announcementOf(Object.fromEntries(query)), owner));
    if (is("POST s3/multipart")) return json(await beginForUppy(uploads, request));
    return is("GET upload.js") ? script() : notFound();
  }
  if (`${first}/${second}` !== "s3/multipart") return notFound();
  if (method === "GET" && last === "") return json((await uploads.listParts(token, owner)).map(partForUppy));
  if (method === "DELETE" && last === "") return json(await uploads.abort(token, owner));
  if (method === "POST" && last === "complete") return json(await uploads.complete(token, owner));
  const number = Number(last);
  if (method === "GET") return json(await uploads.signPart(token, number, owner));
  if (method !== "PUT" || !uploads.relayed) return notFound();
  const { contentLength } = request;
  const { etag } = await uploads.relayPart(token, number, owner, request.bytes(), { contentLength });
  return { status: 200, headers: { etag: `"${etag}"` }, body: "" };
}

/** What Uppy calls the upload's id is our token; the key is only told. */
async function beginForUppy(uploads: DirectUpload, request: RouteRequest): Promise<object> {
  const { token, name } = await uploads.beginMultipart(announcementOf(await request.json()), request.owner);
  return { key: name, uploadId: token };
}

function partForUppy({ partNumber, size, etag }: { partNumber: number; size: number; etag: string }): object {
  return { PartNumber: partNumber, Size: size, ETag: `"${etag}"` };
}

function announcementOf(body: unknown): Announcement {
  const { filename, size } = (typeof body === "object" && body !== null ? body : {}) as Record<
    string,
    unknown
  >;
  const known = typeof size === "number" || (typeof size === "string" && /^\d+$/.test(size));
  return { filename: typeof filename === "string" ? filename : "", size: known ? Number(size) : null };
}

async function tokenOf(request: RouteRequest): Promise<string> {
  const body = await request.json();
  return typeof body === "object" && body !== null && "token" in body ? String(body.token) : "";
}

function json(value: object | void, status = 200): RouteAnswer {
  const headers = { "content-type": "application/json", "cache-control": "no-store" };
  return { status, headers, body: JSON.stringify(value ?? {}) };
}

function notFound(): RouteAnswer {
  return json({ message: "There is nothing here." }, 404);
}

let source: Promise<string> | undefined;

/** The helper is one module without imports, so that it runs as it is. */
async function script(): Promise<RouteAnswer> {
  source ??= readFile(new URL("../browser/upload-file.js", import.meta.url), "utf8");
  const headers = { "content-type": "text/javascript; charset=utf-8", "cache-control": "no-cache" };
  return { status: 200, headers, body: (await source).replace(/\n\/\/# sourceMappingURL=.*\n?$/, "\n") };
}
