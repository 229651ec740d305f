import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import { test } from "node:test";
import { S3Error } from "../s3/errors.ts";
import { slowAnswer } from "./slow-answer.ts";

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

const logged: unknown[][] = [];
const context = {
  requestId: "0123",
  site: { engine: { log: (...entry: unknown[]): void => void logged.push(entry) } },
};

async function textOf(body: unknown): Promise<string> {
  let text = "";
  for await (const chunk of body as AsyncIterable<Buffer>) text += chunk.toString();
  return text;
}

test("slowAnswer() answers as any other within its patience", async () => {
  const answer = await slowAnswer(context, Promise.resolve(`${declaration}<A/>`), {}, 1000);
  assert.equal(answer.body, `${declaration}<A/>`);
  await assert.rejects(slowAnswer(context, Promise.reject(new S3Error("NoSuchKey")), {}, 1000), {
    code: "NoSuchKey",
  });
});

test("slowAnswer() sends white space between the declaration and a document that is late", async () => {
  const answer = await slowAnswer(context, setTimeout(120, `${declaration}<A/>`), {}, 20);
  assert.equal(answer.status, 200);
  const text = await textOf(answer.body);
  assert.match(text, /^<\?xml version="1\.0" encoding="UTF-8"\?>\n {1,6}<A\/>$/);
});

test("slowAnswer() puts a late error into the body, and a fault of its own into the log", async () => {
  for (const [error, code, lines] of [
    [new S3Error("NoSuchUpload"), "NoSuchUpload", 0],
    [new TypeError("a fault"), "InternalError", 1],
  ] as const) {
    logged.length = 0;
    const work = setTimeout(60).then(() => Promise.reject(error));
    const text = await textOf((await slowAnswer(context, work, {}, 20)).body);
    const expected = `^<\\?xml[^>]*>\n +<Error><Code>${code}</Code>.*<RequestId>0123</RequestId>`;
    assert.match(text, new RegExp(expected));
    assert.equal(text.includes("a fault"), false);
    assert.deepEqual([logged.length, logged[0]?.[2]], [lines, lines === 0 ? undefined : error]);
  }
});
