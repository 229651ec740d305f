/** Gives memory back before the garbage collector would. */

import { MessageChannel } from "node:worker_threads";

// What is transferred to a port whose other side is closed goes nowhere, and its memory with it. Node 20 has no other way:
// ArrayBuffer.prototype.transfer() comes with 22.
const { port1: nowhere, port2: closed } = new MessageChannel();
closed.close();
nowhere.unref();

/**
 * Frees the memory of a buffer that nobody will read again; its length is 0 then. A buffer that is a part of a larger one
 * is left alone.
 *
 * The pieces of a body are 64 KiB each outside V8's heap, and their sum makes V8 mark the whole heap three times for a
 * body of 64 MiB, which was a quarter of the time of such a PUT. Freed at once, the same few pieces of memory serve the
 * whole body, and are in the core's cache.
 */
export function freeBuffer({ buffer, byteLength }: Buffer): void {
  if (byteLength === 0 || byteLength !== buffer.byteLength || !(buffer instanceof ArrayBuffer)) return;
  nowhere.postMessage(null, [buffer]);
}
