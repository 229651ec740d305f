import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import { test } from "node:test";
import { S3Error } from "../s3/errors.ts";
import { slowAnswer } from "./slow-answer.ts";

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

async function textOf(body: unknown): Promise<string> {
  let text = "";
  for await (const chunk of body as AsyncIterable<Buffer>) text += chunk.toString();
  return text;
}

test("slowAnswer() answers as any other within its patience", async () => {
  const answer = await slowAnswer(Promise.resolve(`${declaration}<A/>`), "id", {}, 1000);
  assert.equal(answer.body, `${declaration}<A/>`);
  await assert.rejects(slowAnswer(Promise.reject(new S3Error("NoSuchKey")), "id", {}, 1000), {
    code: "NoSuchKey",
  });
});

test("slowAnswer() sends white space between the declaration and a document that is late", async () => {
  const answer = await slowAnswer(setTimeout(120, `${declaration}<A/>`), "id", {}, 20);
  assert.equal(answer.status, 200);
  const text = await textOf(answer.body);
  assert.match(text, /^<\?xml version="1\.0" encoding="UTF-8"\?>\n {1,6}<A\/>$/);
});

test("slowAnswer() puts a late error into the body", async () => {
  const work = setTimeout(60).then(() => {
    throw new S3Error("InternalError");
  });
  const text = await textOf((await slowAnswer(work, "0123", {}, 20)).body);
  assert.match(text, /^<\?xml[^>]*>\n +<Error><Code>InternalError<\/Code>.*<RequestId>0123<\/RequestId>/);
});
