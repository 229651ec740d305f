/** Which content somebody is reading, so that it is not removed under them. */

export interface Pins {
  pin(id: Buffer): void;
  unpin(id: Buffer): void;
  /** What is pinned in this process, for the one that removes content to ask. */
  list(): string[];
  /**
   * Asks every process that reads.
   *
   * @returns Tells whether an id is pinned anywhere. It holds for content that nobody can begin to read any more.
   * @throws Error when a process does not answer. Then nothing may be removed.
   */
  look(): Promise<(id: Buffer) => boolean>;
}

/** @param others What is pinned in the other processes of the same data directory. Default: there are none. */
export function createPins(others: () => Promise<readonly string[]> = () => Promise.resolve([])): Pins {
  const counts = new Map<string, number>();
  return {
    pin(id): void {
      const name = nameOf(id);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    },
    unpin(id): void {
      const name = nameOf(id);
      const count = (counts.get(name) ?? 0) - 1;
      if (count > 0) counts.set(name, count);
      else counts.delete(name);
    },
    list: () => [...counts.keys()],
    async look(): Promise<(id: Buffer) => boolean> {
      const elsewhere = new Set(await others());
      return (id) => counts.has(nameOf(id)) || elsewhere.has(nameOf(id));
    },
  };
}

function nameOf(id: Buffer): string {
  return id.toString("latin1");
}
