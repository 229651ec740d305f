/** Collects static files into a storage. Django's collectstatic, as a function. */

import { ImproperlyConfigured, StorageError } from "../storage/errors.ts";
import type { StaticSource } from "./finders.ts";
import { hashTexts, type LinkedText } from "./hash-texts.ts";
import { hashedName, shortHash } from "./hashed-name.ts";
import { defaultIgnore } from "./ignore.ts";
import { isLinking, linkText } from "./link-texts.ts";
import { type Loaded, loadedBytes, md5Of, wholeOf } from "./load.ts";
import { createManifest, manifestName, type StaticManifest, writeManifest } from "./manifest.ts";
import { runLimited } from "./run-limited.ts";
import { pathOfBase, type StaticSite, staticBase, usualUrl } from "./site.ts";
import { Store } from "./store.ts";
import type { StaticTarget } from "./target.ts";
import { targetOf } from "./targets.ts";
import { filesOfChunks } from "./vite-manifest.ts";

export interface CollectOptions {
  /** Further names to leave out, as globs. */
  readonly ignore?: readonly string[] | undefined;
  /** Whether `CVS`, `.*` and `*~` are left out. Default: true. */
  readonly defaultIgnore?: boolean | undefined;
  /** Remove everything from the destination first. Default: false. */
  readonly clear?: boolean | undefined;
  /** Change nothing, and tell what would be. Default: false. */
  readonly dryRun?: boolean | undefined;
  /** Symbolic links instead of copies, where the destination is a directory. Default: false. */
  readonly link?: boolean | undefined;
  /** Whether files get hashed names, where the site wants them. Default: true. */
  readonly postProcess?: boolean | undefined;
  /** Transfers at once. Default: 32. */
  readonly concurrency?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told of what happens. */
  readonly onEvent?: ((event: CollectEvent) => void) | undefined;
}

/** Something that has happened; in a dry run, that would have. */
export type CollectEvent =
  | { readonly type: "copied" | "linked" | "unmodified"; readonly name: string; readonly place: string }
  | { readonly type: "skipped" | "deleted"; readonly name: string }
  | { readonly type: "post-processed"; readonly name: string; readonly hashed: string }
  | { readonly type: "warning"; readonly message: string }
  | { readonly type: "progress"; readonly done: number; readonly total: number };

type Tell = (event: CollectEvent) => void;

/** Names, each list in the order in which things happened. */
export interface Collected {
  readonly copied: readonly string[];
  readonly linked: readonly string[];
  readonly unmodified: readonly string[];
  /** Names whose hashed copies were stored. */
  readonly postProcessed: readonly string[];
  /** Found a second time, and left out. */
  readonly skipped: readonly string[];
  readonly deleted: readonly string[];
  /** The directory, absolute; null where the storage is no directory. */
  readonly destination: string | null;
  /** Null where names are not hashed. */
  readonly manifest: StaticManifest | null;
}

const defaultConcurrency = 32;

/**
 * Collects a site's static files. What the destination has already, by its checksum, is not sent again. The manifest
 * comes last, so that an application that is running never finds a name in it without its file.
 *
 * @throws StorageError `MissingReference` before anything is stored, for a style sheet or a script that refers to a
 *   static file that is not there; `InvalidText`; what the storage fails with. What was stored by then stays.
 * @see https://docs.djangoproject.com/en/stable/ref/contrib/staticfiles/#collectstatic
 * @example
 * const { copied, unmodified } = await collectStatic(createStaticSite(config));
 */
export async function collectStatic(site: StaticSite, options: CollectOptions = {}): Promise<Collected> {
  const { dryRun = false, clear = false, link = false, concurrency = defaultConcurrency, signal } = options;
  const tell = options.onEvent ?? (() => {});
  const target = targetOf(site.storage);
  checkDestination(site, target, link);
  // While the files are found and read.
  const listing = target.list();
  listing.catch(() => {});
  const { sources, skipped } = await findSources(site, options, tell);
  const hashes = site.hashed && (options.postProcess ?? true);
  // Their names have a hash already.
  const built = site.vite === null ? new Set<string>() : filesOfChunks(site.vite);
  const texts = hashes ? await linkTexts(site, sources, { built, tell }) : new Map<string, LinkedText>();

  const store = new Store(target, await listing, {
    dryRun,
    precompress: site.precompress,
    isCollected: (name) => sources.has(name),
    signal,
  });
  const deleted = clear ? await store.clear() : [];
  for (const name of deleted) tell({ type: "deleted", name });

  const names = { copied: [] as string[], linked: [] as string[], unmodified: [] as string[] };
  const postProcessed: string[] = [];
  const hashedNames = new Map<string, string>();
  const total = sources.size + texts.size;
  let done = 0;
  const storeHashed = async (name: string, hashed: string, content: Loaded): Promise<void> => {
    if (!(await store.storeHashed(hashed, content))) return;
    postProcessed.push(name);
    tell({ type: "post-processed", name, hashed });
  };
  await runLimited(sources.values(), { concurrency, signal }, async ({ name, place, path, load }) => {
    const content = await load();
    const md5 = await md5Of(content);
    const isHashed = built.has(name);
    if (hashes && !texts.has(name)) {
      const hashed = isHashed ? name : hashedName(name, shortHash(md5));
      hashedNames.set(name, hashed);
      if (!isHashed) await storeHashed(name, hashed, content);
    }
    const linkPath = link ? path : null;
    const isServed = isHashed || !hashes;
    const isNew = await store.storeOriginal(name, content, { md5, link: linkPath, isHashed, isServed });
    const type = !isNew ? "unmodified" : linkPath === null ? "copied" : "linked";
    names[type].push(name);
    tell({ type, name, place });
    tell({ type: "progress", done: ++done, total });
  });
  await runLimited(
    hashTexts(texts, hashedNames),
    { concurrency, signal },
    async ({ name, hashed, bytes }) => {
      await storeHashed(name, hashed, loadedBytes(bytes));
      tell({ type: "progress", done: ++done, total });
    },
  );
  const manifest = hashes ? createManifest(hashedNames, site.vite ?? undefined) : null;
  if (manifest !== null) await store.storeManifest(manifestName, writeManifest(manifest));
  return { ...names, postProcessed, skipped, deleted, destination: target.location, manifest };
}

/** Whether anything is where a site's static files are collected: then a person should be asked. */
export async function isDestinationEmpty({ storage }: StaticSite): Promise<boolean> {
  return targetOf(storage).isEmpty();
}

function checkDestination({ finders }: StaticSite, { location }: StaticTarget, link: boolean): void {
  if (finders.length === 0) {
    throw new ImproperlyConfigured("There are no static files: there is no directory static/.", {
      fix: "Name directories or packages in static.",
    });
  }
  if (link && location === null) throw new ImproperlyConfigured("Can't symlink to a remote destination.");
  if (location === null || finders.every((finder) => finder.location !== location)) return;
  throw new ImproperlyConfigured(
    `${location} is both a directory of static files and where they are collected.`,
    { fix: "Collect them into another one." },
  );
}

/** The first file of each name. */
async function findSources(
  site: StaticSite,
  { ignore = [], defaultIgnore: byDefault = true }: CollectOptions,
  tell: Tell,
): Promise<{ sources: Map<string, StaticSource>; skipped: string[] }> {
  const patterns = [...(byDefault ? defaultIgnore : []), ...site.ignore, ...ignore];
  const sources = new Map<string, StaticSource>();
  const skipped: string[] = [];
  for (const finder of site.finders) {
    if (!finder.exists()) {
      tell({
        type: "warning",
        message: `There is no directory ${finder.location}, where static files should be.`,
      });
      continue;
    }
    for (const source of await finder.list(patterns)) {
      const { name } = source;
      if (sources.has(name)) {
        skipped.push(name);
        tell({ type: "skipped", name });
      } else sources.set(name, source);
    }
  }
  return { sources, skipped };
}

/** What refers to other files, with what it refers to: read before anything is stored, so that a mistake stores nothing. */
async function linkTexts(
  site: StaticSite,
  sources: ReadonlyMap<string, StaticSource>,
  { built, tell }: { readonly built: ReadonlySet<string>; readonly tell: Tell },
): Promise<Map<string, LinkedText>> {
  const missing: string[] = [];
  const options = {
    staticPath: pathOfBase((await staticBase(site)) ?? usualUrl),
    moduleImports: site.moduleImports,
    exists: (name: string) => sources.has(name),
    onMissing: (message: string) => missing.push(message),
  };
  const texts = new Map<string, LinkedText>();
  for (const { name, load } of sources.values()) {
    if (!isLinking(name) || built.has(name)) continue;
    texts.set(name, await linkText(name, await wholeOf(await load()), options));
  }
  if (site.missingReferences === "warn") {
    for (const message of missing) tell({ type: "warning", message });
  } else if (missing.length > 0) throw missingReferences(missing);
  return texts;
}

/** As many as help are told. */
const maxTold = 10;

function missingReferences(missing: readonly string[]): StorageError {
  const more = missing.length > maxTold ? [`… and ${missing.length - maxTold} more.`] : [];
  return new StorageError("MissingReference", [...missing.slice(0, maxTold), ...more].join("\n"), {
    fix: 'Add the files, leave out what refers to them, or set static.missingReferences to "warn".',
  });
}
