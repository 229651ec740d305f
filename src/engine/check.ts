/**
 * Reads everything and verifies everything: how the index is stored, every row against its checksum, every record against
 * what it names, every block of every blob.
 */

import { hasRow, isBlobNamed, isCurrent, readNamed, readTrash, walkTable } from "./check-rows.ts";
import { problemOfVersions } from "./check-versions.ts";
import { idBytes, idTimeMs } from "./ids.ts";
import { DamagedRowError, tables } from "./index/index.ts";
import type { Entry, Index, Table } from "./index/index.ts";
import { decodeJson } from "./records/json.ts";
import { problemOfUsage } from "./quotas.ts";
import { storedBytes } from "./read-content.ts";
import { decodeManifest, decodePart } from "./records/manifest.ts";
import { decodeObject } from "./records/object.ts";
import type { Content } from "./records/object.ts";
import { bucketIdBytes, keyOfObject, objectOfVersion } from "./table-keys.ts";
import type { Bucket, Engine } from "./types.ts";

/** Something that is not as it should be. */
export interface Finding {
  /** `damage`: something is lost. `unused`: room is taken by what nothing names; nothing is lost. */
  readonly kind: "damage" | "unused";
  /** What it is about, such as `object "a.jpg" of bucket "photos"`. */
  readonly subject: string;
  readonly problem: string;
}

/**
 * Checks a store. It may be in use meanwhile: what changes while it is looked at is not reported. Of a damaged index,
 * what can still be read is looked at all the same; LMDB may end the process there, so whoever must outlive that calls it
 * in a process of its own.
 *
 * @param options.onSubject Told what is read next, and waited for.
 * @param options.onFinding Told what is found, at once.
 * @returns What was found; nothing in a sound store.
 * @example
 * for (const { subject, problem } of await check(engine)) console.error(`${subject}: ${problem}`);
 */
export async function check(engine: Engine, options: CheckOptions = {}): Promise<Finding[]> {
  const checker = new Checker(engine, options);
  await checker.step("the index", () => checker.checkIndex());
  // The versions name content too, so they come before what tells whether it is named.
  const order = [...tables].toSorted((a, b) => rank(a) - rank(b));
  for (const table of order) await checker.step(`table "${table}"`, () => checker.checkTable(table));
  await checker.step("the quotas", () => checker.checkQuotas());
  await checker.step("the files", () => checker.checkFiles());
  await checker.step("what no record names", () => checker.checkUnused());
  return checker.findings;
}

export interface CheckOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onSubject?: ((subject: string) => Promise<void> | void) | undefined;
  readonly onFinding?: ((finding: Finding) => void) | undefined;
}

/** Of an upload that is being thrown away files go before rows. */
async function isInTrash(index: Index, partRow: Buffer): Promise<boolean> {
  return (await readTrash(index)).has(`upload ${partRow.toString("latin1", 0, idBytes)}`);
}

function rank(table: Table): number {
  return tables.indexOf(table === "versions" ? "objects" : table);
}

class Checker {
  readonly findings: Finding[] = [];
  readonly #engine: Engine;
  readonly #options: CheckOptions;
  readonly #startMs: number;
  readonly #bucketNames = new Map<string, string>();
  /** Ids of content that a record names. */
  readonly #named = new Set<string>();
  #checkedKey: Buffer | undefined;
  /** Keys whose versions do not fit together: both tables would tell of them. */
  readonly #brokenKeys = new Set<string>();
  /** Rows that no record seemed to name when they were read. */
  readonly #suspects: { table: Table; row: Entry }[] = [];

  constructor(engine: Engine, options: CheckOptions) {
    this.#engine = engine;
    this.#options = options;
    this.#startMs = engine.clock();
  }

  /** What cannot be read to its end is damaged; the next is read all the same. */
  async step(subject: string, look: () => Promise<void>): Promise<void> {
    await this.#options.onSubject?.(subject);
    try {
      await look();
    } catch (error) {
      this.#options.signal?.throwIfAborted();
      this.#report("damage", subject, (error as Error).message);
    }
  }

  async checkIndex(): Promise<void> {
    for (const { table, problem } of await this.#engine.index.verify({ signal: this.#options.signal })) {
      this.#report("damage", table === undefined ? "the index" : `table "${table}"`, problem);
    }
  }

  async checkTable(table: Table): Promise<void> {
    const { index } = this.#engine;
    const before = await index.count(table);
    let rows = 0;
    for await (const row of walkTable(index, table)) {
      this.#options.signal?.throwIfAborted();
      rows++;
      if (row instanceof DamagedRowError) {
        this.#report("damage", this.#subject(table, row.key), "its row fails its checksum");
        continue;
      }
      try {
        await this.#checkRow(table, row);
      } catch (error) {
        if (table === "parts" && (await isInTrash(index, row.key))) continue;
        const isReal = await isCurrent(index, table, row).catch(() => true);
        if (isReal) this.#report("damage", this.#subject(table, row.key), (error as Error).message);
      }
    }
    // A damaged branch of the tree can hide rows without a trace; the tree's own count tells.
    if (rows !== before && before === (await index.count(table))) {
      this.#report("damage", `table "${table}"`, `${rows} rows were found instead of ${before}`);
    }
  }

  async checkQuotas(): Promise<void> {
    for (const name of this.#bucketNames.values()) {
      const problem = await problemOfUsage(this.#engine, name);
      if (problem !== null) this.#report("damage", `bucket "${name}"`, problem);
    }
  }

  /** Looks for blobs that no row names. */
  async checkFiles(): Promise<void> {
    for await (const id of this.#engine.blobs.list()) {
      this.#options.signal?.throwIfAborted();
      // What this process writes gets its row later.
      if (idTimeMs(id) >= this.#engine.ids.startMs) continue;
      if (!(await hasRow(this.#engine.index, id))) {
        this.#report("unused", `blob ${id.toString("hex")}`, "no row names it; the next start removes it");
      }
    }
  }

  /** Reports the suspects that are still there and not in the trash. */
  async checkUnused(): Promise<void> {
    const { index } = this.#engine;
    if (this.#suspects.length === 0) return;
    const trash = await readTrash(index);
    // A version may have become current, or the other way round, between the walks through the two tables.
    const named = await readNamed(index);
    for (const { table, row } of this.#suspects) {
      const id = row.key.toString("latin1");
      if (named.has(id)) continue;
      if (trash.has(`blob ${id}`) || trash.has(`manifest ${id}`)) continue;
      if (await isCurrent(index, table, row)) {
        this.#report("unused", this.#subject(table, row.key), "no record names it");
      }
    }
  }

  async #checkRow(table: Table, row: Entry): Promise<void> {
    const id = row.key.toString("latin1");
    switch (table) {
      case "buckets": {
        const { id } = decodeJson(row.value, "bucket") as Bucket;
        this.#bucketNames.set(id, row.key.toString("utf8"));
        break;
      }
      case "objects":
      case "versions": {
        const bucketId = row.key.toString("hex", 0, bucketIdBytes);
        const { info, content } = decodeObject(row.value, "", { id: "", displayName: "" });
        if (!this.#bucketNames.has(bucketId) && info.lastModifiedMs < this.#startMs) {
          throw new Error("its bucket is missing");
        }
        await this.#checkContent(content, info.size, info.encryption !== undefined);
        if (table === "versions") await this.#checkVersions(objectOfVersion(row.key));
        break;
      }
      case "heads":
        await this.#checkVersions(row.key);
        break;
      case "uploads":
        decodeJson(row.value, "upload");
        break;
      case "parts": {
        const { content, size, isEncrypted = false } = decodePart(row.value);
        await this.#checkContent(content, size, isEncrypted);
        break;
      }
      case "manifests":
        // Its parts were checked with its object; in the trash they are named all the same.
        for (const { content } of decodeManifest(row.value)) this.#name(content);
        if (!this.#named.has(id)) this.#suspects.push({ table, row });
        break;
      case "inline":
        if (!this.#named.has(id) && idTimeMs(row.key) < this.#startMs) this.#suspects.push({ table, row });
        break;
      case "blobs":
        if (!this.#named.has(id) && !(await isBlobNamed(this.#engine.index, row)))
          this.#suspects.push({ table, row });
        break;
      case "users":
        if (row.key[0] === "i".charCodeAt(0)) decodeJson(row.value, "user");
        break;
      case "keys":
        if (row.key[0] === "k".charCodeAt(0)) decodeJson(row.value, "access key");
        break;
      default:
        break;
    }
  }

  /** What is encrypted is verified by its checksums: a check needs no key. */
  async #checkContent(content: Content, size: number, isEncrypted: boolean): Promise<void> {
    const { index, blobs } = this.#engine;
    const stored = storedBytes(size, isEncrypted);
    this.#name(content);
    switch (content.kind) {
      case "none":
        if (size !== 0) throw new Error(`it should have ${size} bytes but has no content`);
        break;
      case "inline": {
        const row = await index.get("inline", content.id);
        if (row === null) throw new Error("its bytes are missing");
        if (row.value.length !== stored) {
          throw new Error(`it has ${row.value.length} bytes instead of ${stored}`);
        }
        break;
      }
      case "blob": {
        if ((await index.get("blobs", content.id)) === null) throw new Error("its blob has no row");
        let verified = 0;
        for await (const piece of blobs.read(content.id, { size: stored, start: 0, end: stored - 1 })) {
          verified += piece.length;
          this.#options.signal?.throwIfAborted();
        }
        if (verified !== stored) throw new Error(`its blob has ${verified} bytes instead of ${stored}`);
        break;
      }
      case "manifest": {
        const row = await index.get("manifests", content.id);
        if (row === null) throw new Error("its list of parts is missing");
        let sum = 0;
        for (const part of decodeManifest(row.value)) {
          await this.#checkContent(part.content, part.size, isEncrypted);
          sum += part.size;
        }
        if (sum !== size) throw new Error(`its parts have ${sum} bytes instead of ${size}`);
        break;
      }
    }
  }

  /** A key's versions lie together, so each key is looked at once. */
  async #checkVersions(objectRow: Buffer): Promise<void> {
    if (this.#checkedKey?.equals(objectRow) === true) return;
    this.#checkedKey = objectRow;
    const problem = await problemOfVersions(this.#engine.index, objectRow);
    const name = objectRow.toString("latin1");
    if (problem === null || this.#brokenKeys.has(name)) return;
    this.#brokenKeys.add(name);
    this.#report("damage", this.#subject("objects", objectRow), problem);
  }

  #name(content: Content): void {
    if (content.kind !== "none") this.#named.add(content.id.toString("latin1"));
  }

  #subject(table: Table, key: Buffer): string {
    if (table === "buckets") return `bucket "${key.toString("utf8")}"`;
    if (table === "versions") return `a version of ${this.#subject("objects", objectOfVersion(key))}`;
    if (table !== "objects") return `row ${key.toString("hex")} of table "${table}"`;
    const bucketId = key.toString("hex", 0, bucketIdBytes);
    return `object ${JSON.stringify(keyOfObject(key))} of bucket "${this.#bucketNames.get(bucketId) ?? bucketId}"`;
  }

  #report(kind: Finding["kind"], subject: string, problem: string): void {
    const finding = { kind, subject, problem };
    this.findings.push(finding);
    this.#options.onFinding?.(finding);
  }
}
