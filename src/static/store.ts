/** What one run of collectstatic stores: only what is not there yet, by one listing. */

import { contentTypeOfName } from "../storage/content-type.ts";
import { compressed, encodings, isCompressible } from "./compress.ts";
import { type Loaded, loadedBytes, md5Of } from "./load.ts";
import type { Listed, PutOptions, StaticTarget } from "./target.ts";

export interface StoreOptions {
  /** Nothing is written, and all is answered as if it were. */
  readonly dryRun: boolean;
  readonly precompress: readonly ("br" | "gzip")[];
  /** Whether a file of that name is collected: then it is no variant of ours. */
  readonly isCollected: (name: string) => boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface OriginalOptions {
  /** The content's. */
  readonly md5: string;
  /** Of the local file, where a symbolic link is to be made. */
  readonly link: string | null;
  /** Whether the name has a hash in it already. */
  readonly isHashed: boolean;
  /** Whether nobody asks for a name with a hash instead. */
  readonly isServed: boolean;
}

type PutProperties = Omit<PutOptions, "replaces" | "signal">;

/** Hashed names have one content for ever. */
const immutable = "public, max-age=31536000, immutable";

/** A manifest that a browser or a CDN kept would name what is gone. */
const revalidate = "no-cache";

export class Store {
  readonly #target: StaticTarget;
  readonly #present: Map<string, Listed>;
  readonly #options: StoreOptions;

  /** @param present What is in the target. */
  constructor(target: StaticTarget, present: Map<string, Listed>, options: StoreOptions) {
    this.#target = target;
    this.#present = present;
    this.#options = options;
  }

  /** Removes all that is there. @returns The names. */
  async clear(): Promise<string[]> {
    const names = [...this.#present.keys()];
    if (!this.#options.dryRun) await this.#target.remove(names);
    this.#present.clear();
    return names;
  }

  /** Stores a file under its own name. @returns Whether it was another one before. */
  async storeOriginal(
    name: string,
    content: Loaded,
    { md5, link, isHashed, isServed }: OriginalOptions,
  ): Promise<boolean> {
    const listed = this.#present.get(name);
    const isThere =
      listed !== undefined &&
      listed.link === (link ?? undefined) &&
      (link !== null || (await this.#target.holds(name, listed, content, md5)));
    const options = isHashed ? { cacheControl: immutable } : {};
    // What a link leads to may change without us.
    if (!isThere || link !== null) await this.#removeVariants(name);
    if (!isThere) await (link === null ? this.#put(name, content, options) : this.#link(name, link));
    if (link === null && isServed) await this.#storeVariants(name, content, options);
    return !isThere;
  }

  /** Stores a file under a name with its hash. Whatever has that name and the right size is it. */
  async storeHashed(name: string, content: Loaded): Promise<boolean> {
    const listed = this.#present.get(name);
    const isThere = listed !== undefined && (await this.#target.mayHold(name, listed, content));
    const options = { cacheControl: immutable };
    if (!isThere) {
      await this.#removeVariants(name);
      await this.#put(name, content, options);
    }
    await this.#storeVariants(name, content, options);
    return !isThere;
  }

  /** Stores a file that tells which others count. */
  async storeManifest(name: string, text: string): Promise<void> {
    const content = loadedBytes(Buffer.from(text));
    const listed = this.#present.get(name);
    if (listed !== undefined && (await this.#target.holds(name, listed, content, await md5Of(content))))
      return;
    await this.#put(name, content, { cacheControl: revalidate });
  }

  /**
   * Those of another content go before the content comes, and those of this one come after it: whenever a run ends in the
   * middle, the variants that are there are of the file that is there.
   */
  async #removeVariants(name: string): Promise<void> {
    const variants = encodings
      .map(({ suffix }) => name + suffix)
      .filter((variant) => this.#present.has(variant) && !this.#options.isCollected(variant));
    if (variants.length === 0) return;
    if (!this.#options.dryRun) await this.#target.remove(variants);
    for (const variant of variants) this.#present.delete(variant);
  }

  /** Stores the variants that are not there. */
  async #storeVariants(name: string, { bytes }: Loaded, options: PutProperties): Promise<void> {
    const { precompress, dryRun, isCollected } = this.#options;
    if (bytes === null || !isCompressible(name, bytes.length)) return this.#removeVariants(name);
    if (dryRun) return;
    const contentType = await contentTypeOfName(name);
    for (const encoding of encodings) {
      const variant = name + encoding.suffix;
      if (!precompress.includes(encoding.name) || this.#present.has(variant) || isCollected(variant))
        continue;
      const smaller = await compressed(bytes, encoding);
      if (smaller === null) continue;
      const contentEncoding = encoding.name;
      await this.#put(variant, loadedBytes(smaller), { ...options, contentType, contentEncoding });
    }
  }

  async #put(name: string, content: Loaded, options: PutProperties): Promise<void> {
    const { dryRun, signal } = this.#options;
    if (!dryRun)
      await this.#target.put(name, content, { ...options, replaces: this.#present.has(name), signal });
  }
  async #link(name: string, path: string): Promise<void> {
    if (!this.#options.dryRun) await this.#target.link(name, path);
  }
}
