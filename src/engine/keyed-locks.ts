/** Turns by name: who waits for the same name goes one after the other, others do not wait. */

export interface KeyedLocks {
  /** Runs `task` when nobody else runs under this name. */
  run<T>(name: string, task: () => Promise<T>): Promise<T>;
}

const ignore = (): void => {};

export function createKeyedLocks(): KeyedLocks {
  const tails = new Map<string, Promise<void>>();
  return {
    async run<T>(name: string, task: () => Promise<T>): Promise<T> {
      const before = tails.get(name);
      const run = before === undefined ? task() : before.then(task);
      const tail = run.then(ignore, ignore);
      tails.set(name, tail);
      try {
        return await run;
      } finally {
        if (tails.get(name) === tail) tails.delete(name);
      }
    },
  };
}
