/** A small site's static files, in a folder of their own. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Collected, type CollectOptions, collectStatic, createStaticSite } from "../../src/static.ts";
import { disk, memory, s3, type StaticConfig, type Storage } from "../../src/storage.ts";
import { startTestServer } from "../../src/testing.ts";

export interface SiteFolder {
  readonly root: string;
  write(files: Readonly<Record<string, string | Uint8Array>>): void;
  [Symbol.dispose](): void;
}

/** @param files By paths below the folder. */
export function siteFolder(files: Readonly<Record<string, string | Uint8Array>> = {}): SiteFolder {
  const root = mkdtempSync(join(tmpdir(), "stowage-static-"));
  const write: SiteFolder["write"] = (more) => {
    for (const [name, content] of Object.entries(more)) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), content);
    }
  };
  write(files);
  return { root, write, [Symbol.dispose]: () => rmSync(root, { recursive: true }) };
}

export interface Backend {
  readonly storage: Storage;
  readonly close: () => Promise<void>;
}

/** Storages of every kind, to collect into. */
export const backends: Readonly<Record<string, (folder: SiteFolder) => Promise<Backend>>> = {
  async disk({ root }) {
    return { storage: disk({ location: join(root, "collected") }), close: async () => {} };
  },
  async memory() {
    return { storage: memory(), close: async () => {} };
  },
  async S3() {
    const server = await startTestServer();
    const storage = s3({ ...server.storageOptions, location: "static", querystringAuth: false });
    return {
      storage,
      async close() {
        await storage.close();
        await server.close();
      },
    };
  },
};

/** Files of a small site, some of which are left out. */
export const small: Readonly<Record<string, string>> = {
  "static/css/site.css": '@import "reset.css"; a { background: url(../img/x.png) }',
  "static/css/reset.css": "* { margin: 0 }",
  "static/img/x.png": "PNG",
  "static/empty.txt": "",
  "static/.hidden": "secret",
  "static/css/site.css~": "backup",
  "static/CVS/Entries": "1",
};
/** What is collected of them. */
export const smallNames: readonly string[] = ["css/reset.css", "css/site.css", "empty.txt", "img/x.png"];

/** Collects the static files of a folder. */
export async function collect(
  folder: SiteFolder,
  storage: Storage,
  options?: CollectOptions,
  config: StaticConfig = {},
): Promise<Collected> {
  const site = createStaticSite(
    { storages: { staticfiles: storage }, static: config },
    { root: folder.root },
  );
  return collectStatic(site, options);
}

export async function textOf(storage: Storage, name: string): Promise<string> {
  return (await storage.open(name)).text();
}
