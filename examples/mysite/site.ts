/** The site as a whole: storages, database, static files, the application, and the socket it listens on. */

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Express } from "express";
import { directUpload } from "stowage/direct-upload";
import { collectStatic, createStaticSite, openStaticFiles, summaryOf, useStatic } from "stowage/static";
import { useConfig } from "stowage/storage";
import { createApp } from "./app.ts";
import { openDatabase } from "./database.ts";
import { createTables, nameFor } from "./models.ts";
import config from "./stowage.config.ts";

export interface SiteOptions {
  /** The folder that has `static/` in it. */
  readonly root: string;
  /** 0: a free one. */
  readonly port: number;
  /** The most bytes of one file. Default: 4 GB. */
  readonly maxBytes?: number | undefined;
  /** Of a Postgres server. Default: a Postgres in this process. */
  readonly databaseUrl?: string | undefined;
  /** Where the Postgres in this process keeps its files. Default: in memory. */
  readonly databaseDirectory?: string | undefined;
}

export interface Site {
  readonly url: string;
  /** Finishes what is under way and closes everything. */
  close(): Promise<void>;
}

const types = "image/*,audio/*,video/*,application/pdf,text/plain,text/csv,application/zip".split(",");

/** @throws Where the port is taken, before anything else is begun. */
export async function startSite(options: SiteOptions): Promise<Site> {
  let opening: Promise<Opened> | undefined;
  const server = createServer((request, response) => {
    // A browser that is early waits. Where the site fails to open, its connection is closed.
    opening?.then(
      ({ app }) => app(request, response),
      () => request.destroy(),
    );
  });
  await once(server.listen(options.port, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  opening = open(options, [`http://127.0.0.1:${port}`, `http://localhost:${port}`]);
  const close = async (): Promise<void> => {
    const closed = once(server.close(), "close");
    server.closeIdleConnections();
    await closed;
  };
  try {
    const opened = await opening;
    return {
      url: `http://127.0.0.1:${port}`,
      close: () => close().then(() => opened.close()),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Opened {
  readonly app: Express;
  close(): Promise<void>;
}

async function open(options: SiteOptions, origins: readonly string[]): Promise<Opened> {
  const { root, maxBytes = 4e9, databaseUrl, databaseDirectory } = options;
  useConfig(config);
  const storage = config.storages.default();
  const site = createStaticSite(config, { root });
  const [{ db, close: closeDatabase }, collected] = await Promise.all([
    openDatabase({ url: databaseUrl, directory: databaseDirectory }),
    // As `stowage collectstatic` does it where a site is deployed. What is there already is not sent again.
    collectStatic(site),
  ]);
  console.log(`mysite: ${summaryOf(collected)}`);
  await createTables(db);
  const staticFiles = await openStaticFiles(site, { development: false });
  useStatic(staticFiles);
  // Browsers send direct uploads to the bucket itself, which has to allow it.
  const { client, bucketName: bucket } = storage;
  await client.putBucketCors({
    bucket,
    rules: [{ allowedOrigins: origins, allowedMethods: ["POST", "PUT"], allowedHeaders: ["*"] }],
  });
  const directUploads = directUpload({ storage, name: nameFor, maxLength: 100, types, maxBytes });
  await directUploads.removeStale();
  return {
    app: createApp({
      db,
      forms: { storage, name: nameFor, maxLength: 100, types, maxFileBytes: maxBytes, fields: ["file"] },
      directUploads,
      s3Origin: new URL(await storage.url("x")).origin,
      staticFiles,
    }),
    async close() {
      await Promise.all([closeDatabase(), storage.close(), site.storage.close()]);
    },
  };
}
