/**
 * Files and HTTP: a stored file as an answer, and the files of a request into a storage. This room knows Request,
 * Response and node:http; frameworks only where a file is named after one. It never decides who may see a file.
 */

import type { StorageFile } from "../storage/file.ts";
import { describeFile, type FileRequest, type FileResponseOptions, requestHeaders } from "./describe-file.ts";

/**
 * A file as a web-standard Response: streamed, with its length, type, name, ETag and date; ranges, conditions and HEAD
 * are answered as the request asks. The file is closed when the body was read or given up.
 *
 * HTML, SVG and whatever else may run scripts is saved, not shown, unless `inline` says so.
 *
 * @param request What the answer depends on. Absent: the whole file, as for a GET without conditions.
 * @see https://docs.djangoproject.com/en/stable/ref/request-response/#fileresponse-objects
 * @example
 * const file = await storage.open("reports/2026.pdf");
 * return fileResponse(file, request, { attachment: true });
 */
export function fileResponse(file: StorageFile, request?: Request, options?: FileResponseOptions): Response;
export function fileResponse(file: StorageFile, options: FileResponseOptions): Response;
export function fileResponse(
  file: StorageFile,
  second?: Request | FileResponseOptions,
  third?: FileResponseOptions,
): Response {
  const [request, options] = isRequest(second) ? [second, third] : [undefined, third ?? second];
  const { status, headers, body } = answerFile(file, request, options);
  return new Response(body, { status, headers });
}

function isRequest(value: Request | FileResponseOptions | undefined): value is Request {
  return value !== undefined && "method" in value;
}

/** The parts of a Response, for a framework that puts it together itself. */
export function answerFile(
  file: StorageFile,
  request: Request | undefined,
  options: FileResponseOptions | undefined,
): {
  status: 200 | 206 | 304 | 412 | 416;
  headers: Record<string, string>;
  body: ReadableStream<Uint8Array> | null;
} {
  const { status, headers, body } = describeFile(file, request && readRequest(request), options);
  if (body === null) void file.close();
  return { status, headers, body: body === null ? null : closingStream(file, body) };
}

function readRequest({ method, headers }: Request): FileRequest {
  const read: Record<string, string> = {};
  for (const name of requestHeaders) {
    const value = headers.get(name);
    if (value !== null) read[name] = value;
  }
  return { method, headers: read };
}

/** Bytes of the file; it is closed with their end, an error, and when the reader goes away, even before the first. */
function closingStream(
  file: StorageFile,
  range: { readonly start: number; readonly end: number },
): ReadableStream<Uint8Array> {
  let iterator: AsyncIterator<Uint8Array> | undefined;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          iterator ??= file.chunks(range)[Symbol.asyncIterator]();
          const { done, value } = await iterator.next();
          if (done !== true) return controller.enqueue(value);
        } catch (error) {
          await file.close();
          throw error;
        }
        await file.close();
        controller.close();
      },
      async cancel() {
        await iterator?.return?.();
        await file.close();
      },
    },
    { highWaterMark: 0 },
  );
}
