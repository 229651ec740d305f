/** What storages are called with, and what they tell: leaf of types. */

export interface CallOptions {
  /** Stops what is under way; nothing half is left behind. */
  readonly signal?: AbortSignal | undefined;
}

export interface StatOptions extends CallOptions {
  /** Ask now, also a storage that answers from an earlier listing (`preloadMetadata`). Default: false. */
  readonly live?: boolean | undefined;
}

export interface DeleteOptions extends CallOptions {
  /** Whether a directory of the name goes where no file has it. Default: true. */
  readonly recursive?: boolean | undefined;
}

export interface SaveOptions extends CallOptions {
  /** The longest name, in characters (code points), with its directories. Default: any. */
  readonly maxLength?: number | undefined;
  /** Default: the content's own, then by the name, then `application/octet-stream`. */
  readonly contentType?: string | undefined;
  /** Whether a file of the same name is replaced. Default: as the storage is set. */
  readonly overwrite?: boolean | undefined;
}

export interface NameOptions {
  /** The longest name, in characters (code points), with its directories. Default: any. */
  readonly maxLength?: number | undefined;
  /** Whether a name that is taken will do. Default: as the storage is set. */
  readonly overwrite?: boolean | undefined;
}

export interface OpenOptions extends CallOptions {
  /** Fetch no bytes before they are read: for whoever first looks at size and ETag. Default: false. */
  readonly lazy?: boolean | undefined;
}

export interface UrlOptions {
  /** How long the URL works, where it is signed. Default: the storage's. */
  readonly expiresSeconds?: number | undefined;
  /** What it may be used for, where it is signed. Default: GET. */
  readonly method?: "GET" | "HEAD" | "PUT" | "DELETE" | undefined;
  /** Further query parameters, such as S3's `response-content-disposition`. */
  readonly query?: Readonly<Record<string, string>> | undefined;
}

/** `r` reads, `w` writes anew. Always bytes. */
export type OpenMode = "r" | "w";

/** What a backend knows of a file. */
export interface FileStat {
  readonly size: number;
  readonly modifiedTime: Date;
  /** Undefined where the backend keeps none. */
  readonly createdTime?: Date | undefined;
  readonly accessedTime?: Date | undefined;
}

export interface WriteOptions extends CallOptions {
  /** False: a name that is taken is answered with null, before a byte of the content is lost. */
  readonly overwrite: boolean;
  /** The type that was asked for. */
  readonly contentType?: string | undefined;
  /** Whether the content is only being written, by open(name, "w"). */
  readonly incremental?: boolean | undefined;
}

/** What tests take into their hands. */
export interface StorageContext {
  /** Default: process.env. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Milliseconds since the epoch. Default: Date.now. */
  readonly clock?: (() => number) | undefined;
  /** From 0 to 1. Default: node's crypto. */
  readonly random?: (() => number) | undefined;
}
