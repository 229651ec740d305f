/** Which content somebody in this process is reading, so that it is not removed under them. */

export interface Pins {
  pin(id: Buffer): void;
  unpin(id: Buffer): void;
  isPinned(id: Buffer): boolean;
}

export function createPins(): Pins {
  const counts = new Map<string, number>();
  return {
    pin(id): void {
      const name = id.toString("latin1");
      counts.set(name, (counts.get(name) ?? 0) + 1);
    },
    unpin(id): void {
      const name = id.toString("latin1");
      const count = (counts.get(name) ?? 0) - 1;
      if (count > 0) counts.set(name, count);
      else counts.delete(name);
    },
    isPinned: (id) => counts.has(id.toString("latin1")),
  };
}
