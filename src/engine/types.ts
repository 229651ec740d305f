/** The engine's nouns: plain values, the same for every index and every store of blobs. */

import type { Grant, Owner } from "../s3/acl.ts";
import type { ObjectOwnership } from "../s3/documents/ownership-controls.ts";
import type { PublicAccessBlock } from "../s3/documents/public-access-block.ts";
import type { Checksum, ChecksumAlgorithm, ChecksumType, PartChecksum } from "../s3/checksums.ts";
import type { CorsRule } from "../s3/cors.ts";
import type { BucketEncryption } from "../s3/server-side-encryption.ts";
import type { Tags } from "../s3/tags.ts";
import type { WebsiteConfiguration } from "../s3/website.ts";
import type { LifecycleConfiguration } from "../s3/lifecycle.ts";
import type { BucketLogging } from "../s3/logging.ts";
import type { Notification } from "../s3/notification.ts";
import type { LegalHold, ObjectLock, Retention } from "../s3/object-lock.ts";
import type { Blobs } from "./blobs/blobs.ts";
import type { DecodedCache } from "./decoded-cache.ts";
import type { KeyRing } from "./encryption/key-ring.ts";
import type { IdSource } from "./ids.ts";
import type { Index } from "./index/index.ts";
import type { KeyedLocks } from "./keyed-locks.ts";
import type { ManifestCache } from "./manifest-cache.ts";
import type { Quota } from "./usage.ts";
import type { Pins } from "./pins.ts";
import type { Turns } from "./turns.ts";

/** A bucket as it was read. A commit that depends on it checks {@link Bucket.version}. */
export interface Bucket {
  readonly name: string;
  /** Names the bucket's objects in the index; never used again, also when a bucket of the same name is made later. */
  readonly id: string;
  readonly owner: Owner;
  /** Whose place the owner has taken, while there may be objects that name that one. */
  readonly formerOwner?: Owner | undefined;
  readonly createdAtMs: number;
  readonly grants: readonly Grant[];
  readonly region: string;
  /** Rules for browsers. */
  readonly cors?: readonly CorsRule[] | undefined;
  /** How it is shown as a website. */
  readonly website?: WebsiteConfiguration | undefined;
  /** Who is said to pay for requests. */
  readonly payer?: "BucketOwner" | "Requester" | undefined;
  readonly tags?: Tags | undefined;
  /** Rules by which objects expire. */
  readonly lifecycle?: LifecycleConfiguration | undefined;
  /** What it may hold at most. */
  readonly quota?: Quota | undefined;
  /** Where requests are logged. */
  readonly logging?: BucketLogging | undefined;
  /** Which changes are told to whom. */
  readonly notifications?: readonly Notification[] | undefined;
  /** What is done with objects of which nothing is said. */
  readonly encryption?: BucketEncryption | undefined;
  /** Version of the bucket's row in the index. */
  readonly version: number;
  /** Absent: never enabled. Once it was, it can be suspended but never be what it was before. */
  readonly versioning?: "Enabled" | "Suspended" | undefined;
  /** The bucket policy, as it came: JSON that `s3/policy` has found valid. */
  readonly policy?: string | undefined;
  /** Canonical ids of those whom the policy names, by name: who had the name when the policy was put. */
  readonly policyUsers?: Readonly<Record<string, string>> | undefined;
  readonly publicAccessBlock?: PublicAccessBlock | undefined;
  /** Absent: as `ObjectWriter`, and nobody has said so. */
  readonly objectOwnership?: ObjectOwnership | undefined;
  /** Present: versions can be locked, for good. Only a bucket whose versioning is enabled can have it. */
  readonly objectLock?: ObjectLock | undefined;
  /** A deletion is finding out whether the bucket is empty. Whoever writes calls it off. */
  readonly isBeingDeleted?: true | undefined;
}

/** A checksum that a client gave, or asked for, beside the ETag. */
export type ObjectChecksum = Checksum;

/** How bytes are to be encrypted. */
export type EncryptionRequest =
  | { readonly algorithm: "AES256" }
  /** With a key by this name, as of AWS's key management service. */
  | { readonly algorithm: "aws:kms"; readonly kmsKeyId: string }
  /** With a key of the customer's, 32 bytes, which is not kept. */
  | { readonly algorithm: "customer"; readonly key: Uint8Array };

/** How an object's bytes are encrypted. */
export type Encryption = (
  | { readonly algorithm: "AES256"; readonly masterKeyId: string }
  | { readonly algorithm: "aws:kms"; readonly masterKeyId: string; readonly kmsKeyId: string }
  | { readonly algorithm: "customer" }
) & {
  /** The object's own key, encrypted: base64. */
  readonly sealedKey: string;
};

/** Everything about an object but its bytes. */
export interface ObjectInfo {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  readonly lastModifiedMs: number;
  readonly owner: Owner;
  readonly grants: readonly Grant[];
  /** Headers to be answered as they were given: content-type, cache-control and their kin, names lower-case. */
  readonly headers: Readonly<Record<string, string>>;
  /** `x-amz-meta-*` without that prefix, names lower-case. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly storageClass: string;
  readonly checksum?: ObjectChecksum | undefined;
  /** Absent for none. */
  readonly tags?: Tags | undefined;
  /** Absent: the bytes are stored as they are. */
  readonly encryption?: Encryption | undefined;
  /** Number of parts, for an object that was uploaded in parts. */
  readonly partCount?: number | undefined;
  /** 32 hexadecimal digits, or `null` for the null version. Absent while the bucket was never versioned. */
  readonly versionId?: string | undefined;
  /** It says that the object was deleted, and has no bytes. Only what names versions ever meets one. */
  readonly deleteMarker?: true | undefined;
  /** Until when this version cannot be deleted. */
  readonly retention?: Retention | undefined;
  /** Whether this version cannot be deleted until that is taken back. Absent: it was never said. */
  readonly legalHold?: LegalHold | undefined;
}

/** What an object is to be, beside its key and bytes. */
export interface ObjectAttributes {
  readonly owner: Owner;
  readonly grants: readonly Grant[];
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** Default `STANDARD`. */
  readonly storageClass?: string | undefined;
  /** Default: what the bucket gives to every new object. */
  readonly retention?: Retention | undefined;
  readonly legalHold?: LegalHold | undefined;
  readonly tags?: Tags | undefined;
}

/**
 * Bytes to store: whole, or as they come. What verifies them throws at their end, and nothing is left behind. A piece may
 * be gone once the next one is asked for.
 */
export type Body = Uint8Array | AsyncIterable<Uint8Array>;

/** A person or program that owns buckets and objects. */
export interface User {
  /** Canonical id: 64 hexadecimal digits. */
  readonly id: string;
  readonly name: string;
  readonly email?: string | undefined;
  readonly admin: boolean;
}

/** A pair of keys that signs for a user. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly userId: string;
  readonly createdAtMs: number;
}

/** A multipart upload under way. */
export interface Upload {
  /** 32 hexadecimal digits; uploads of a key sort by it in the order they were begun. */
  readonly uploadId: string;
  readonly key: string;
  readonly initiatedAtMs: number;
  /** Who began it, where that is not {@link owner}. */
  readonly initiator?: Owner | undefined;
  /** Whose the object will be. */
  readonly owner: Owner;
  readonly grants: readonly Grant[];
  readonly headers: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly storageClass: string;
  readonly retention?: Retention | undefined;
  readonly legalHold?: LegalHold | undefined;
  readonly tags?: Tags | undefined;
  /** Every part gets a checksum of this algorithm, and the object one made of theirs. */
  readonly checksumAlgorithm?: ChecksumAlgorithm | undefined;
  readonly checksumType?: ChecksumType | undefined;
  /** Every part is encrypted so, and the object has this key. */
  readonly encryption?: Encryption | undefined;
  /** Names the bucket's uploads in the index. */
  readonly bucketId: string;
  /** Version of the upload's row in the index. */
  readonly version: number;
  /** A completion is reading the parts. Whoever changes one sends it back to read again. */
  readonly isBeingCompleted?: true | undefined;
}

/** One part of an upload, or of an object that was uploaded in parts. */
export interface Part {
  /** 1 to 10,000. */
  readonly partNumber: number;
  /** Bytes. */
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  readonly lastModifiedMs: number;
  readonly checksum?: PartChecksum | undefined;
}

export type { PartChecksum };

/** Where the engine's lines stand that are not S3's to choose. */
export interface EngineLimits {
  /** Bodies up to this many bytes are kept in the index and commit with their record. */
  readonly inlineBytes: number;
  /** Least size of every part of an upload but the last. S3: 5 MiB. */
  readonly minPartBytes: number;
  /** How long bytes that no record names any more stay, for readers in other processes to finish. */
  readonly trashGraceMs: number;
}

/** What a line of the engine's log says. Never a secret, never the bytes of an object. */
export type EngineLog = (level: "info" | "warn" | "error", message: string, error?: unknown) => void;

/** A file system, and what of it is known to be the store's. All in bytes. */
export interface DiskState {
  readonly totalBytes: number;
  readonly freeBytes: number;
  /** Size of the index: rows, and bodies up to the limit of what is inline. */
  readonly indexBytes: number;
}

/** An open store. Made by `openEngine` or `createMemoryEngine`. */
export interface Engine {
  readonly index: Index;
  readonly blobs: Blobs;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** That many random bytes. */
  readonly random: (bytes: number) => Buffer;
  readonly ids: IdSource;
  /** What encrypts the keys of encrypted objects. */
  readonly keyRing: KeyRing;
  readonly limits: EngineLimits;
  readonly log: EngineLog;
  /** Lists of parts that were read lately. */
  readonly manifestCache: ManifestCache;
  /** Content that somebody in this process is reading: blobs, and lists of parts. */
  readonly pins: Pins;
  /** Turns of those that lost a race for the same row. */
  readonly locks: KeyedLocks;
  /** Turns of those that make a page of a listing. */
  readonly turns: Turns;
  /** Buckets, users and keys that were decoded lately. */
  readonly cache: DecodedCache;
  /**
   * Takes room for bytes in the index or in a file, before they are stored.
   *
   * @param later Bytes that will be taken after these, for which there must be room too. Default 0.
   * @throws S3Error InsufficientStorage while the disk is nearly full. Deleting needs no room.
   */
  takeRoom(bytes: number, where: "index" | "file", later?: number): void;
  /** What there is of the disk under the store; null for a store in memory. */
  disk(): Promise<DiskState | null>;
  /** Stops the background work, waits for what is under way and closes index and blobs. */
  close(): Promise<void>;
}

export const defaultLimits: EngineLimits = {
  inlineBytes: 64 * 1024,
  minPartBytes: 5 * 1024 * 1024,
  trashGraceMs: 10_000,
};
