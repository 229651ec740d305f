/**
 * Uploads that go from the browser straight to S3. The server chooses the name, signs what may be sent, and looks at
 * what arrived before it tells the application.
 *
 * Small files come by a presigned POST, whose policy limits size and type, large ones in parts by presigned PUTs; both to a
 * name of their own that is thrown away. What was looked at there is copied to its place: nothing that was not is ever
 * seen under the name of a file, and nothing that is refused has replaced one.
 */

import { ofStorage } from "../../storage/backends/s3-errors.ts";
import { beginForm, beginParts, checkAnnouncement, createUpload } from "./begin.ts";
import { complete } from "./complete.ts";
import { DirectContext, minPartBytes, orNull } from "./context.ts";
import type { Announcement, Begun, DirectFile, DirectUploadOptions } from "./options.ts";
import { listParts, relayPart, signPart } from "./parts.ts";
import { removeStale } from "./remove-stale.ts";

/**
 * Makes the server's side of direct uploads. It keeps nothing between requests.
 *
 * The bucket must take the site's requests: a CORS rule that allows POST and PUT from its origin. Where it has none, see
 * `relayPath`.
 *
 * @throws RangeError for a part size that S3 does not take.
 * @example
 * const uploads = directUpload({ storage, maxBytes: 2 * 1024 ** 3, types: ["image/*", "video/*"] });
 * app.use("/uploads", uploadRoutes(uploads, { owner: (request) => request.session.userId }));
 */
export function directUpload(options: DirectUploadOptions): DirectUpload {
  return new DirectUpload(options);
}

/**
 * The steps of direct uploads. `owner` is who uploads, such as the id of the session's user: nobody else can go on with
 * what somebody began. A token of another's, a changed one or one that has ended is an UploadError `TokenInvalid`.
 */
export class DirectUpload {
  readonly #context: DirectContext;

  constructor(options: DirectUploadOptions) {
    const { partSizeBytes = 8 * 1024 ** 2 } = options;
    if (!(partSizeBytes >= minPartBytes)) {
      throw new RangeError(
        `partSizeBytes is ${partSizeBytes}: S3 takes parts of at least ${minPartBytes} bytes.`,
      );
    }
    this.#context = new DirectContext({ ...options, partSizeBytes });
  }

  /** Whether the bytes go through the application. */
  get relayed(): boolean {
    return this.#context.options.relayPath !== undefined;
  }

  /**
   * Begins an upload: chooses the name, and signs.
   *
   * @throws UploadError `FileTooLarge`, `FileEmpty`, `TypeNotAllowed`, `FilenameInvalid`, `FilenameTooLong`.
   */
  async begin(announced: Announcement, owner: string): Promise<Begun> {
    const context = this.#context;
    const file = checkAnnouncement(context, announced, owner);
    const { partsFromBytes = 32 * 1024 ** 2 } = context.options;
    const inParts = file.size !== null && (this.relayed || file.size >= partsFromBytes);
    return ofStorage(inParts ? beginParts(context, file) : beginForm(context, file));
  }

  /** Begins an upload in parts that the client cuts itself. Its size is looked at when it is completed. */
  async beginMultipart(announced: Announcement, owner: string): Promise<{ token: string; name: string }> {
    const file = checkAnnouncement(this.#context, announced, owner);
    const { token, name } = await ofStorage(createUpload(this.#context, file, null));
    return { token, name };
  }

  /** The URL to which a part is PUT, and for how many seconds it works. */
  async signPart(
    token: string,
    partNumber: number,
    owner: string,
  ): Promise<{ url: string; expires: number }> {
    return signPart(this.#context, token, partNumber, owner);
  }

  /** Passes the bytes of a part on, where they come through the application. */
  async relayPart(
    token: string,
    partNumber: number,
    owner: string,
    body: AsyncIterable<Uint8Array>,
    options: { readonly contentLength: number; readonly signal?: AbortSignal | undefined },
  ): Promise<{ etag: string }> {
    return ofStorage(relayPart(this.#context, token, partNumber, owner, body, options));
  }

  /** The parts that arrived so far: for a client that goes on after a break. */
  async listParts(
    token: string,
    owner: string,
  ): Promise<{ partNumber: number; size: number; etag: string }[]> {
    const ticket = await this.#context.partsTicket(token, owner);
    const parts = await ofStorage(listParts(this.#context, ticket));
    return parts.map(({ partNumber, size, etag }) => ({ partNumber, size, etag }));
  }

  /**
   * Looks at what arrived, and makes it a file of the storage. It may be called again after it was done.
   *
   * @throws UploadError `UploadMissing` where it did not arrive as announced; `FileTooLarge`, `FileEmpty`,
   *   `TypeMismatch`, `TypeNotAllowed`, and then it is deleted.
   */
  async complete(token: string, owner: string): Promise<DirectFile> {
    const ticket = await this.#context.ticket(token, owner);
    return ofStorage(complete(this.#context, ticket));
  }

  /** Gives an upload up and deletes what arrived of it. */
  async abort(token: string, owner: string): Promise<void> {
    const { uploadId, pendingName } = await this.#context.ticket(token, owner);
    const { client, bucket, keyOf } = await this.#context.place();
    const key = keyOf(pendingName);
    if (uploadId !== undefined) {
      await ofStorage(orNull("NoSuchUpload", client.abortMultipartUpload({ bucket, key, uploadId })));
    }
    await ofStorage(client.deleteObject({ bucket, key }));
  }

  /**
   * Deletes what was begun and never completed. To be called now and then, such as once a day.
   *
   * @param options.olderThanSeconds Default: two days.
   * @returns How many uploads were deleted.
   */
  async removeStale(options?: { readonly olderThanSeconds?: number | undefined }): Promise<number> {
    return ofStorage(removeStale(this.#context, options));
  }
}
