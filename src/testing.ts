/** For tests: `import { startTestServer } from "stowage/testing"`. Export lists only. */

export { startTestServer } from "./testing/server.ts";
export type { TestServer, TestServerOptions } from "./testing/server.ts";
