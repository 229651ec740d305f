/**
 * Records that are few and often grow new members: a format byte, then JSON.
 *
 * Objects, parts and manifests, of which there are many, have their own compact forms.
 */

import { checkFormat } from "./object.ts";

const format = 1;

export function encodeJson(value: object): Buffer {
  return Buffer.from(`${String.fromCharCode(format)}${JSON.stringify(value)}`);
}

/** @param noun For the message, such as `upload`. */
export function decodeJson(bytes: Buffer, noun: string): unknown {
  checkFormat(bytes[0] ?? 0, format, noun);
  return JSON.parse(bytes.toString("utf8", 1)) as unknown;
}
