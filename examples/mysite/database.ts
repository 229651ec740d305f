/** The database: the Postgres of DATABASE_URL, or else PGlite, a Postgres in this process. */

import type { PgDatabase, PgQueryResultHKT } from "drizzle-orm/pg-core";

export type Database = PgDatabase<PgQueryResultHKT>;

export interface DatabaseOptions {
  /** Such as `postgres://user:password@host/name`. */
  readonly url?: string | undefined;
  /** Where PGlite keeps its files. Absent: in memory. */
  readonly directory?: string | undefined;
}

/** Only what is used of the two is loaded. */
export async function openDatabase({
  url,
  directory,
}: DatabaseOptions): Promise<{ db: Database; close: () => Promise<void> }> {
  if (url !== undefined) {
    const { Pool } = await import("pg");
    const { drizzle } = await import("drizzle-orm/node-postgres");
    const client = new Pool({ connectionString: url });
    client.on("error", (error) => console.error(`The database closed a connection: ${error.message}`));
    return { db: drizzle({ client }), close: () => client.end() };
  }
  const { PGlite } = await import("@electric-sql/pglite");
  const { drizzle } = await import("drizzle-orm/pglite");
  const client = await PGlite.create(directory);
  return { db: drizzle({ client }), close: () => client.close() };
}
