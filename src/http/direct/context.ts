/** What every step of a direct upload needs: the storage, the options, the time, and tokens. */

import type { S3Client } from "../../client/s3-client.ts";
import { S3Error } from "../../s3/errors.ts";
import { joinName, splitName, splitSuffixes } from "../../storage/names.ts";
import { checkOptions } from "../../storage/options.ts";
import { checkTypes } from "../check-type.ts";
import { UploadError } from "../upload-error.ts";
import type { DirectStorage, DirectUploadOptions } from "./options.ts";
import { readTicket, signTicket, type Ticket } from "./token.ts";

export const minPartBytes: number = 5 * 1024 ** 2;
export const maxParts = 10_000;
/** Where files are until they were looked at. */
export const pendingDirectory = "incoming";
/** The metadata that says by which upload a file came. */
const idMetadata = "stowage-upload";
/** Characters that {@link namesOf} adds. */
export const ownSuffixLength = 8;

/** Where a storage has its files. */
export interface Place {
  readonly client: S3Client;
  readonly bucket: string;
  readonly keyOf: (name: string) => string;
  readonly storage: DirectStorage;
}

const optionNames = [
  "storage",
  "maxBytes",
  "types",
  "checkType",
  "name",
  "maxLength",
  "overwrite",
  "expiresSeconds",
  "partsFromBytes",
  "partSizeBytes",
  "acl",
  "secret",
  "relayPath",
  "clock",
] as const satisfies (keyof DirectUploadOptions)[];

export class DirectContext {
  readonly options: DirectUploadOptions;
  readonly maxBytes: number;
  readonly now: () => number;
  #storage: Promise<DirectStorage> | undefined;

  constructor(options: DirectUploadOptions) {
    // A limit by another name would be none.
    checkOptions("directUpload", options, optionNames);
    checkTypes(options.types);
    this.options = options;
    this.maxBytes = options.maxBytes ?? 5 * 1024 ** 3;
    this.now = options.clock ?? Date.now;
  }

  async place(): Promise<Place> {
    const { storage } = this.options;
    this.#storage ??= Promise.resolve(typeof storage === "function" ? storage() : storage);
    const found = await this.#storage;
    if (found?.client === undefined) {
      throw new TypeError(
        "directUpload() needs a storage on S3, such as s3(); give one of stowage.config.ts by a function that finds it:" +
          " async () => (await loadStorages()).default.",
      );
    }
    return {
      client: found.client,
      bucket: found.bucketName,
      keyOf: (name) => found.keyOf(name),
      storage: found,
    };
  }

  /** What is stored with the file of an upload. */
  async objectOf(
    name: string,
    { id, contentType }: Pick<Ticket, "id" | "contentType">,
  ): Promise<ReturnType<DirectStorage["objectOf"]>> {
    const { storage } = await this.place();
    const object = storage.objectOf(name);
    return {
      ...object,
      acl: this.options.acl ?? object.acl,
      metadata: { ...object.metadata, [idMetadata]: id },
      contentType,
    };
  }

  async sign(ticket: Ticket): Promise<string> {
    return signTicket(ticket, await this.#secret());
  }

  /** @throws UploadError `TokenInvalid`. */
  async ticket(token: string, owner: string): Promise<Ticket> {
    return readTicket(token, await this.#secret(), owner, this.now());
  }

  /** @throws UploadError `TokenInvalid`, also for an upload by a form. */
  async partsTicket(token: string, owner: string): Promise<Ticket> {
    const ticket = await this.ticket(token, owner);
    if (ticket.uploadId !== undefined) return ticket;
    throw new UploadError("TokenInvalid", "This upload is not in parts.");
  }

  async #secret(): Promise<string> {
    if (this.options.secret !== undefined) return this.options.secret;
    const { client } = await this.place();
    const credentials = await client.credentials();
    if (credentials !== null) return credentials.secretAccessKey;
    throw new TypeError("An anonymous client cannot sign uploads: give directUpload() a secret.");
  }
}

/** The names that a file may get: the one it was given, and one of its own where that was taken meanwhile. */
export function namesOf({ name, id }: Ticket): [string, string] {
  const [directory, base] = splitName(name);
  const [root, suffixes] = splitSuffixes(base);
  return [name, joinName(directory, `${root}_${id.slice(0, ownSuffixLength - 1)}${suffixes}`)];
}

/** Whether an object came by this upload. */
export function isOf(
  { id }: Ticket,
  { metadata }: { readonly metadata: Readonly<Record<string, string>> },
): boolean {
  return metadata[idMetadata] === id;
}

/** Null where the server says that there is no such thing. */
export async function orNull<T>(code: "NotFound" | "NoSuchUpload", answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof S3Error && (error.code === code || error.code === "NoSuchKey")) return null;
    throw error;
  }
}
