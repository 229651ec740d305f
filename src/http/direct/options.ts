/** What goes into direct uploads, and what comes out. */

import type { CannedAcl } from "../../s3/acl.ts";
import type { S3Storage } from "../../storage/backends/s3.ts";

/** What a direct upload needs of a storage: the S3 backend has it. */
export type DirectStorage = Pick<
  S3Storage,
  | "bucketName"
  | "client"
  | "generateFilename"
  | "getAlternativeName"
  | "getAvailableName"
  | "keyOf"
  | "objectOf"
>;

export interface DirectUploadOptions {
  /** A storage on S3, or a function that finds it with the first upload. */
  readonly storage: DirectStorage | (() => DirectStorage | Promise<DirectStorage>);
  /** The largest file, in bytes. Default: 5 GiB. */
  readonly maxBytes?: number | undefined;
  /** The types that are taken, such as `image/*`; SVG must be named. By the name, then by the first bytes. Default: any. */
  readonly types?: readonly string[] | undefined;
  /** Whether a file's first bytes must agree with its name. Default: where `types` are given. */
  readonly checkType?: boolean | undefined;
  /**
   * A name for the storage. One that is taken gets seven characters more. Default: the file's own, made valid, and seven
   * characters that cannot be guessed.
   */
  readonly name?: ((file: AnnouncedFile) => string) | undefined;
  /** The longest name in the storage, in characters. Default: any. */
  readonly maxLength?: number | undefined;
  /** Whether a file of the same name is replaced. Default: false, however the storage is set: it may be somebody else's. */
  readonly overwrite?: boolean | undefined;
  /** How long an upload may take, in seconds. Default: 3,600 for a form, a day for parts. */
  readonly expiresSeconds?: number | undefined;
  /** Files from this size on come in parts, in bytes. Default: 32 MiB. */
  readonly partsFromBytes?: number | undefined;
  /** Bytes of a part, at least 5 MiB. Default: 8 MiB, and more where there would be over 10,000. */
  readonly partSizeBytes?: number | undefined;
  /** For files that are stored so. Default: the storage's. */
  readonly acl?: CannedAcl | undefined;
  /**
   * Signs the tokens. Default: the storage's secret key, on which all servers of a site agree. Give one where the keys are
   * those of a role, which change, and are others on each server.
   */
  readonly secret?: string | undefined;
  /**
   * Let the bytes pass through the application, in parts: where the bucket takes no requests from other origins (CORS).
   * The path under which the routes are, such as `/uploads`. Default: none, straight to S3.
   */
  readonly relayPath?: string | undefined;
  /** Milliseconds since the epoch. Default: Date.now. */
  readonly clock?: (() => number) | undefined;
}

/** A file that a client wants to upload. */
export interface AnnouncedFile {
  /** As the person sees it. */
  readonly filename: string;
  /** Bytes; null where the client did not say. */
  readonly size: number | null;
  /** By the name. */
  readonly contentType: string;
  /** Who uploads. */
  readonly owner: string;
}

/** What a client says of its file. Nothing of it is believed. */
export interface Announcement {
  readonly filename: string;
  readonly size?: number | null | undefined;
}

/** How the client goes on: by one form with these fields, then the file; or in parts. */
export type Begun =
  | {
      readonly method: "POST";
      readonly url: string;
      readonly fields: Readonly<Record<string, string>>;
      readonly token: string;
      readonly expires: string;
    }
  | {
      readonly method: "PUT";
      readonly token: string;
      readonly partSize: number;
      readonly partCount: number;
      readonly expires: string;
    };

/** A file that arrived and was looked at. */
export interface DirectFile {
  /** In the storage: keep this one. */
  readonly name: string;
  /** As the person sees it. */
  readonly filename: string;
  readonly size: number;
  readonly contentType: string;
}
