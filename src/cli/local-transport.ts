/** The administration of a data directory whose server is stopped. */

import { resolve } from "node:path";
import { S3Error } from "../s3/errors.ts";
import { administer } from "../server/admin.ts";
import type { AdminTransport } from "./accounts.ts";
import { openDataDirectory } from "./data-directory.ts";
import { refused } from "./refusal.ts";

/**
 * Opens a data directory that a server has made.
 *
 * @throws {CommandError} When there is none, or a server is using it.
 */
export async function openLocalTransport(dataDir: string): Promise<AdminTransport> {
  const engine = await openDataDirectory(resolve(dataDir), { as: "accounts" });
  return {
    async send(method, path, body): Promise<unknown> {
      const [target = "", query] = path.split("?");
      const params = new Map(new URLSearchParams(query));
      const bytes = body === undefined ? new Uint8Array() : Buffer.from(JSON.stringify(body));
      try {
        return (await administer(engine, { method, path: target, params, body: bytes })).value;
      } catch (error) {
        if (!(error instanceof S3Error)) throw error;
        throw refused(error.code, error.message, { cause: error });
      }
    },
    close: () => engine.close(),
  };
}
