/** The two ids of an answer, by which a client's log and the server's are held against each other. */

import { randomBytes } from "node:crypto";

/** `x-amz-id-2`: the process that has answered. */
export const hostId: string = randomBytes(24).toString("base64");

const prefix = randomBytes(4).toString("hex").toUpperCase();
let count = 0;

/** `x-amz-request-id`. */
export function nextRequestId(): string {
  count = (count + 1) >>> 0;
  return prefix + count.toString(16).toUpperCase().padStart(8, "0");
}
