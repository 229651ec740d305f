/** Errors as answers, for frameworks that leave this to the handler. */

import { NameError } from "../storage/errors.ts";
import { UploadError } from "./upload-error.ts";

/**
 * The answer to an error that a request has caused: an upload that was refused, a file that is not there, a name that
 * leads out of the storage. As JSON, with the error's status, code and message.
 *
 * @throws The error itself where it is any other.
 * @example
 * export async function GET(request: Request): Promise<Response> {
 *   try {
 *     return fileResponse(await storage.open("cat.png"), request);
 *   } catch (error) {
 *     return errorResponse(error);
 *   }
 * }
 */
export function errorResponse(error: unknown): Response {
  if (error instanceof UploadError || error instanceof NameError) return error.getResponse();
  throw error;
}
