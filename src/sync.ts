/** Directories and buckets brought to what another is: `import { sync } from "stowage/sync"`. Export lists only. */

export { planSync, sync } from "./client/sync/sync.ts";
export type { Comparison } from "./client/sync/is-same.ts";
export type { SyncPlace } from "./client/sync/entries.ts";
export type { DeleteAction, SyncedFile, SyncFailure } from "./client/sync/delete-extra.ts";
export type { SendAction, SyncAction, SyncOptions, SyncPlanOptions, SyncResult } from "./client/sync/sync.ts";
