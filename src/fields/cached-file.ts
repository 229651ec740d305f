/** A file that waits in the cache for its form to be valid. */

import type { StorageFile } from "../storage/file.ts";
import type { CallOptions, OpenOptions } from "../storage/call-options.ts";
import type { Storage } from "../storage/storage.ts";
import { removeFile } from "./store.ts";

export interface CachedFileInit {
  readonly storage: Storage;
  readonly name: string;
  readonly filename: string;
  readonly contentType: string;
  readonly size: number;
  readonly token: string;
}

/**
 * A file that was uploaded with a form that had errors. Assigned to a field it is promoted: stored where the field's
 * files go, and removed from the cache after the commit.
 */
export class CachedFile {
  /** What the person called it. */
  readonly filename: string;
  readonly contentType: string;
  /** Bytes. */
  readonly size: number;
  /** For a hidden input of the form. Signed, and valid for a limited time. */
  readonly token: string;
  readonly #storage: Storage;
  readonly #name: string;

  constructor({ storage, name, filename, contentType, size, token }: CachedFileInit) {
    this.#storage = storage;
    this.#name = name;
    this.filename = filename;
    this.contentType = contentType;
    this.size = size;
    this.token = token;
  }

  /** @throws FileNotFoundError */
  open(options?: OpenOptions): Promise<StorageFile> {
    return this.#storage.open(this.#name, "r", options);
  }

  /** For a preview in the form. */
  url(): Promise<string> {
    return this.#storage.url(this.#name);
  }

  /** Removes it from the cache. */
  remove(options: CallOptions = {}): Promise<void> {
    return removeFile(this.#storage, this.#name, options);
  }

  /** The token. */
  toJSON(): string {
    return this.token;
  }
}
