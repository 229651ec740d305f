/** From an operation's name and input to its answer: what the operations of this room are made of. */

import { type CallOptions, createCall } from "./call.ts";
import type { ClientCore } from "./core.ts";
import { S3DataError } from "./errors.ts";
import { type Answer, type SendOptions, send } from "./send.ts";

/** Sends a request. */
export async function sendCall(
  core: ClientCore,
  name: string,
  input: object,
  options: SendOptions | undefined,
  call: CallOptions = {},
): Promise<Answer> {
  return send(core, createCall(name, input, call), options);
}

/** Sends a request whose answer is a document, and reads it. */
export async function ask<T>(
  parse: (xml: string) => T,
  core: ClientCore,
  name: string,
  input: object,
  options: SendOptions | undefined,
  call: CallOptions = {},
): Promise<{ readonly value: T; readonly headers: Answer["headers"] }> {
  const described = createCall(name, input, call);
  const { text, headers } = await send(core, described, options);
  try {
    return { value: parse(text), headers };
  } catch (error) {
    const { bucket, key } = described;
    const problem = `the answer is not what S3 answers: ${(error as Error).message}`;
    throw new S3DataError(
      "MalformedAnswer",
      { operation: name, bucket, key },
      problem,
      "Is the endpoint an S3 server?",
    );
  }
}
