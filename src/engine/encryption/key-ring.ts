/** The master keys: what encrypts the keys of objects. The store itself never has one. */

import { createHash } from "node:crypto";

/** Bytes of every key here: AES-256. */
export const keyBytes = 32;

export interface MasterKey {
  /** Eight hexadecimal digits that follow from the key. Stored with whatever the key encrypts. */
  readonly id: string;
  readonly bytes: Uint8Array;
}

export interface KeyRing {
  /** Encrypts what is new. */
  readonly current: MasterKey;
  /** Every key, the current one first. */
  readonly keys: readonly MasterKey[];
  /** The key of that id. @throws Error when the ring does not have it. */
  get(id: string): MasterKey;
}

/**
 * @param keys 32 bytes each, the current one first; the others decrypt what they encrypted once.
 * @throws RangeError for a key of another length, or for none.
 */
export function createKeyRing(keys: readonly Uint8Array[]): KeyRing {
  const ring = new Map<string, MasterKey>();
  for (const bytes of keys) {
    if (bytes.length !== keyBytes) {
      throw new RangeError(`Cannot use a master key of ${bytes.length} bytes: it must have ${keyBytes}`);
    }
    const id = masterKeyId(bytes);
    ring.set(id, { id, bytes });
  }
  const [current] = ring.values();
  if (current === undefined) throw new RangeError("Cannot make a ring of no keys");
  return {
    current,
    keys: [...ring.values()],
    get(id): MasterKey {
      const key = ring.get(id);
      if (key !== undefined) return key;
      throw new Error(`The master key ${id} is missing: what it encrypted cannot be read without it`);
    },
  };
}

/** The id of a key; it tells nothing about it. */
export function masterKeyId(bytes: Uint8Array): string {
  return createHash("sha256").update("stowage master key").update(bytes).digest("hex").slice(0, 8);
}

/** The ring of who has no business with encrypted objects. */
export const noKeyRing: KeyRing = {
  get current(): MasterKey {
    throw new Error("The store was opened without its master keys");
  },
  keys: [],
  get(id): MasterKey {
    throw new Error(`The store was opened without its master keys, of which ${id} is one`);
  },
};
