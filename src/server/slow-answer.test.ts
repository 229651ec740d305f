import assert from "node:assert/strict";
import { test } from "node:test";
import { S3Error } from "../s3/errors.ts";
import { slowAnswer } from "./slow-answer.ts";

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

const logged: unknown[][] = [];
const context = {
  requestId: "0123",
  site: { engine: { log: (...entry: unknown[]): void => void logged.push(entry) } },
};

/** What the client reads of work that ends once white space has been sent. */
async function readLate(work: (over: () => Promise<void>) => Promise<string>): Promise<[number, string]> {
  let end!: () => void;
  const isOver = new Promise<void>((resolve) => {
    end = resolve;
  });
  const { status, body } = await slowAnswer(
    context,
    work(() => isOver),
    {},
    5,
  );
  let text = "";
  for await (const chunk of body as AsyncIterable<Buffer>) {
    text += chunk.toString();
    if (text.endsWith(" ")) end();
  }
  return [status, text];
}

test("slowAnswer() answers as any other within its patience", async () => {
  const answer = await slowAnswer(context, Promise.resolve(`${declaration}<A/>`), {}, 1000);
  assert.equal(answer.body, `${declaration}<A/>`);
  await assert.rejects(slowAnswer(context, Promise.reject(new S3Error("NoSuchKey")), {}, 1000), {
    code: "NoSuchKey",
  });
});

test("slowAnswer() sends white space between the declaration and a document that is late", async () => {
  const [status, text] = await readLate(async (over) => {
    await over();
    return `${declaration}<A/>`;
  });
  assert.equal(status, 200);
  assert.match(text, /^<\?xml version="1\.0" encoding="UTF-8"\?>\n +<A\/>$/);
});

test("slowAnswer() puts a late error into the body, and a fault of its own into the log", async () => {
  for (const [error, code, lines] of [
    [new S3Error("NoSuchUpload"), "NoSuchUpload", 0],
    [new TypeError("a fault"), "InternalError", 1],
  ] as const) {
    logged.length = 0;
    const [, text] = await readLate(async (over) => {
      await over();
      throw error;
    });
    const expected = `^<\\?xml[^>]*>\n +<Error><Code>${code}</Code>.*<RequestId>0123</RequestId>`;
    assert.match(text, new RegExp(expected));
    assert.equal(text.includes("a fault"), false);
    assert.deepEqual([logged.length, logged[0]?.[2]], [lines, lines === 0 ? undefined : error]);
  }
});
