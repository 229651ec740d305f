/** The database: the Postgres of DATABASE_URL, or else PGlite, a Postgres in this process. */

import { PGlite } from "@electric-sql/pglite";
import { drizzle as drizzleOnServer } from "drizzle-orm/node-postgres";
import type { PgDatabase, PgQueryResultHKT } from "drizzle-orm/pg-core";
import { drizzle } from "drizzle-orm/pglite";
import { Pool } from "pg";

export type Database = PgDatabase<PgQueryResultHKT>;

export interface DatabaseOptions {
  /** Such as `postgres://user:password@host/name`. */
  readonly url?: string | undefined;
  /** Where PGlite keeps its files. Absent: in memory. */
  readonly directory?: string | undefined;
}

export async function openDatabase(
  options: DatabaseOptions,
): Promise<{ db: Database; close: () => Promise<void> }> {
  if (options.url !== undefined) {
    const pool = new Pool({ connectionString: options.url });
    pool.on("error", (error) => console.error(`The database closed a connection: ${error.message}`));
    return { db: drizzleOnServer({ client: pool }), close: () => pool.end() };
  }
  const client = await PGlite.create(options.directory);
  return { db: drizzle({ client }), close: () => client.close() };
}
