import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { setTimeout } from "node:timers/promises";
import { test } from "node:test";
import type { Io } from "./command.ts";
import { ProgressBar } from "./progress-bar.ts";

test("ProgressBar shows how far it is after a second, and takes itself away at the end", async () => {
  const stderr = Object.assign(new PassThrough(), { isTTY: true, columns: 120 });
  let shown = "";
  stderr.on("data", (piece: Buffer) => (shown += piece.toString()));
  let done = 1;
  const bar = new ProgressBar({ stderr } as unknown as Io, () => ({ done, total: 4, text: `${done} of 4` }));
  await setTimeout(700);
  assert.equal(shown, "");
  await setTimeout(700);
  assert.match(shown, /1 of 4/);
  done = 3;
  await setTimeout(500);
  assert.match(shown, /3 of 4/);
  const before = shown.length;
  bar.end();
  // Cursor to the begin of the line, and the line cleared.
  assert.ok(shown.slice(before).includes("\u001B[0K") || shown.slice(before).includes("\u001B[2K"));
  assert.doesNotMatch(shown.slice(before), /of 4/);
});
