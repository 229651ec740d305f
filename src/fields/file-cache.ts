/**
 * Files across a failed form. What somebody uploaded with a form that has errors is kept under `cache/`, and the form
 * carries a token for it, so that nobody has to choose the file again. Shrine's cache and promotion.
 *
 * @see https://shrinerb.com/docs/getting-started#attaching
 */

import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Content } from "../storage/content.ts";
import { generateFilename } from "../storage/default-storages.ts";
import { joinName, splitName } from "../storage/names.ts";
import type { CallOptions } from "../storage/call-options.ts";
import type { Storage } from "../storage/storage.ts";
import { CachedFile } from "./cached-file.ts";
import { readContent } from "./field-content.ts";
import { removeFile } from "./store.ts";

export interface FileCacheOptions {
  readonly storage: Storage;
  /** Signs the tokens: at least 16 characters, the same in every process and secret. */
  readonly secret: string;
  /** The cache's directory. Nothing else may be in it. Default: `cache`. */
  readonly directory?: string | undefined;
  /** How long a token is valid, and a file stays. Default: a day. */
  readonly maxAgeSeconds?: number | undefined;
  /** Milliseconds since the epoch. Default: Date.now. */
  readonly clock?: (() => number) | undefined;
}

export interface CacheAddOptions extends CallOptions {
  /** The longest name of a file, in characters. Default: 100. */
  readonly maxLength?: number | undefined;
}

const minSecretLength = 16;

/** What a token says. */
interface Claim {
  readonly field: string;
  readonly name: string;
  readonly filename: string;
  readonly contentType: string;
  readonly size: number;
  readonly expiresMs: number;
}

/**
 * A cache of uploads.
 *
 * @throws RangeError for a secret that is too short.
 * @example
 * const cache = fileCache({ storage: storages.default, secret: process.env.SECRET });
 * const kept = await cache.add("photo", upload); // <input type="hidden" name="photo_kept" value="${kept.token}">
 * const photo = upload ?? (await cache.find("photo", form.get("photo_kept")));
 */
export function fileCache(options: FileCacheOptions): FileCache {
  return new FileCache(options);
}

/** What {@link fileCache} makes. */
export class FileCache {
  readonly #storage: Storage;
  readonly #secret: string;
  readonly #directory: string;
  readonly #maxAgeMs: number;
  readonly #clock: () => number;

  constructor(options: FileCacheOptions) {
    const { storage, secret, directory = "cache", maxAgeSeconds = 86_400, clock = Date.now } = options;
    if (secret.length < minSecretLength) {
      throw new RangeError(
        `The cache's secret has ${secret.length} characters; it must have ${minSecretLength} or more.`,
      );
    }
    if (directory === "") throw new RangeError("The cache needs a directory of its own.");
    this.#storage = storage;
    this.#secret = secret;
    this.#directory = directory;
    this.#maxAgeMs = maxAgeSeconds * 1000;
    this.#clock = clock;
  }

  /**
   * Keeps a file.
   *
   * @param field What it is for; a token of one field is none for another, which may check its files differently.
   */
  async add(field: string, content: Content, options: CacheAddOptions = {}): Promise<CachedFile> {
    const { signal, maxLength = 100 } = options;
    const given = await readContent(content);
    const now = this.#clock();
    // The time is in the name, so that a sweep lists and asks nothing.
    const place = joinName(this.#directory, `${now}-${randomBytes(12).toString("hex")}`);
    const filename = await generateFilename(this.#storage, given.filename);
    const name = await this.#storage.save(joinName(place, filename), given.content, {
      maxLength: place.length + 1 + maxLength,
      contentType: given.contentType,
      signal,
    });
    const size = given.size ?? (await this.#storage.size(name, { signal }));
    const contentType = given.contentType ?? "application/octet-stream";
    const claim = { name, filename: given.filename, contentType, size };
    const token = this.#sign({ field, ...claim, expiresMs: now + this.#maxAgeMs });
    return new CachedFile({ storage: this.#storage, token, ...claim });
  }

  /**
   * The file of a token.
   *
   * @param token What the form sent, whatever it is.
   * @returns Null for a token that is none, another field's or too old, and for a file that is gone.
   */
  async find(field: string, token: unknown, options: CallOptions = {}): Promise<CachedFile | null> {
    const claim = typeof token === "string" ? this.#verify(token) : null;
    if (claim === null || claim.field !== field || claim.expiresMs <= this.#clock()) return null;
    // Another process may have put it there a moment ago.
    if (!(await this.#storage.exists(claim.name, { ...options, live: true }))) return null;
    return new CachedFile({ storage: this.#storage, token: token as string, ...claim });
  }

  /**
   * Removes the files whose tokens are not valid any more. To be called from time to time.
   *
   * @returns How many.
   */
  async sweep(options: CallOptions = {}): Promise<number> {
    let count = 0;
    const [directories] = await this.#storage.listdir(this.#directory, options);
    for (const directory of directories) {
      const keptMs = Number(/^\d+(?=-[0-9a-f]{24}$)/.exec(directory)?.[0] ?? Number.NaN);
      if (!(keptMs + this.#maxAgeMs <= this.#clock())) continue;
      const place = joinName(this.#directory, directory);
      const [, files] = await this.#storage.listdir(place, options);
      for (const file of files) await removeFile(this.#storage, joinName(place, file), options);
      count += files.length;
    }
    return count;
  }

  #sign(claim: Claim): string {
    const body = Buffer.from(JSON.stringify(claim)).toString("base64url");
    return `${body}.${this.#signatureOf(body).toString("base64url")}`;
  }

  #verify(token: string): Claim | null {
    const [body = "", signature = ""] = token.split(".", 2);
    const given = Buffer.from(signature, "base64url");
    const expected = this.#signatureOf(body);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
    const claim = JSON.parse(Buffer.from(body, "base64url").toString()) as Claim;
    // Whoever holds the secret for something else signs no claims for files outside of the cache.
    const inCache = splitName(claim.name)[0].startsWith(`${this.#directory}/`);
    return inCache ? claim : null;
  }

  #signatureOf(body: string): Buffer {
    return createHmac("sha256", this.#secret).update(`stowage-cache:${body}`).digest();
  }
}
