import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createTurns } from "./turns.ts";

describe("createTurns()", () => {
  it("runs one task after the other, also behind one that fails", async () => {
    const turns = createTurns();
    const steps: string[] = [];
    const task = (name: string) => async (): Promise<string> => {
      steps.push(`${name} begins`);
      await Promise.resolve();
      await Promise.resolve();
      steps.push(`${name} ends`);
      if (name === "b") throw new Error(name);
      return name;
    };
    const outcomes = await Promise.allSettled(["a", "b", "c"].map((name) => turns.run(task(name))));
    assert.deepEqual(steps, ["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ["fulfilled", "rejected", "fulfilled"],
    );
    assert.equal(await turns.run(task("d")), "d");
  });

  it("lets others have their turn after two milliseconds of work", async () => {
    const turns = createTurns();
    const steps: string[] = [];
    const busy = async (): Promise<void> => {
      const until = performance.now() + 3;
      while (performance.now() < until);
      steps.push("task");
    };
    setImmediate(() => steps.push("other"));
    await Promise.all([turns.run(busy), turns.run(busy)]);
    assert.deepEqual(steps, ["task", "other", "task"]);
  });
});
