/** For tests: `import { startTestServer } from "stowage/testing"`. Export lists only. */

export { storageContract } from "./testing/contract.ts";
export { failingStorage, fakeConfig } from "./testing/fakes.ts";
export { startTestServer } from "./testing/server.ts";
export type { ContractOptions, TestRunner } from "./testing/contract.ts";
export type { StorageMethod } from "./testing/fakes.ts";
export type { TestServer, TestServerOptions } from "./testing/server.ts";
