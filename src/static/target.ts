/** What the collector asks of the place where static files go: leaf of types. */

import type { Loaded } from "./load.ts";

/** What a listing tells of a file. */
export interface Listed {
  readonly size: number;
  /** The MD5 of the bytes, where the listing knows it: S3's ETag. */
  readonly md5?: string | undefined;
  /** What a symbolic link leads to. */
  readonly link?: string | undefined;
}

export interface PutOptions {
  /** Default: by the name. */
  readonly contentType?: string | undefined;
  readonly contentEncoding?: string | undefined;
  readonly cacheControl?: string | undefined;
  /** Whether something has the name already. */
  readonly replaces: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** A storage as the destination of many files. */
export interface StaticTarget {
  /** The directory, absolute; null for one that is no local one. */
  readonly location: string | null;
  isEmpty(): Promise<boolean>;
  /** All that is there, by name, in as few requests as it takes. */
  list(): Promise<Map<string, Listed>>;
  /** Whether a listed file has this content. `md5` is the content's. */
  holds(name: string, listed: Listed, content: Loaded, md5: string): Promise<boolean>;
  /** Whether it may, by its size: enough for a name that has one content for ever. */
  mayHold(name: string, listed: Listed, content: Loaded): Promise<boolean>;
  /** Stores a file under exactly this name, in the place of one that may be there. */
  put(name: string, content: Loaded, options: PutOptions): Promise<void>;
  /** Makes a symbolic link. Only where there is a location. */
  link(name: string, path: string): Promise<void>;
  remove(names: readonly string[]): Promise<void>;
}
