import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { askQuestion, mfaCodePrompt } from "./question.ts";

const serial = "arn:aws:iam::1:mfa/ada";

test("mfaCodePrompt() asks at a terminal for the code of the device", async () => {
  const input = Object.assign(new PassThrough(), { isTTY: true });
  const output = new PassThrough();
  const code = mfaCodePrompt({ input, output })?.(serial);
  input.write(" 123456\n");
  assert.equal(await code, "123456");
  assert.match(String(output.read()), /MFA device arn:aws:iam::1:mfa\/ada: /);
});

test("mfaCodePrompt() asks nobody where there is no terminal", () => {
  assert.equal(mfaCodePrompt({ input: new PassThrough() }), undefined);
});

test("askQuestion() takes an input that ends for no answer", async () => {
  const input = new PassThrough();
  const answer = askQuestion("Sure? ", { input, output: new PassThrough() });
  input.end();
  assert.equal(await answer, "");
});
