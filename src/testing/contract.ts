/**
 * What every storage does, as tests: each backend of ours passes them, and so can one of yours. They are told to any
 * runner that has `describe` and `it`.
 */

import { describe as nodeDescribe, it as nodeIt } from "node:test";
import type { Storage } from "../storage/storage.ts";
import { contentTests } from "./contract/contents.ts";
import { directoryTests } from "./contract/directories.ts";
import { fileTests } from "./contract/files.ts";
import { nameTests } from "./contract/names.ts";
import { writerTests } from "./contract/writers.ts";

/** `describe` and `it` of a test runner: node:test, Vitest, Jest, Mocha. */
export interface TestRunner {
  describe(name: string, define: () => void): unknown;
  it(name: string, run: () => Promise<void>): unknown;
}

export interface ContractOptions {
  /** Default: node:test. */
  readonly runner?: TestRunner | undefined;
}

/** A row of the contract: what is to be seen, and a test that throws when it is not. */
export type ContractTest = readonly [name: string, run: (storage: Storage) => Promise<void>];

const nodeRunner: TestRunner = {
  describe: (name, define) => void nodeDescribe(name, define),
  it: (name, run) => void nodeIt(name, run),
};

/**
 * Registers the contract's tests for a backend.
 *
 * @param name What is tested, for the report.
 * @param createStorage Makes an empty storage; called for each test. It is closed after it.
 * @example
 * storageContract("MyStorage", () => new MyStorage({ directory: mkdtempSync(join(tmpdir(), "my-")) }));
 */
export function storageContract(
  name: string,
  createStorage: () => Storage | Promise<Storage>,
  { runner = nodeRunner }: ContractOptions = {},
): void {
  runner.describe(`${name} keeps the contract of storages`, () => {
    for (const [title, run] of [nameTests, contentTests, fileTests, directoryTests, writerTests].flat()) {
      runner.it(title, async () => {
        const storage = await createStorage();
        try {
          await run(storage);
        } finally {
          await storage.close();
        }
      });
    }
  });
}
