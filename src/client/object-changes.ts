/** What changes objects that are there, in several requests: seldom wanted. */

export * from "./change-metadata.ts";
export * from "./restore-version.ts";
export * from "./undo-changes.ts";
export { runParallel } from "./parallel.ts";
