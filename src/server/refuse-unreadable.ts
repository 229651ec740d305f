/** What is answered to bytes that are no HTTP: a 400 that no S3 operation stands behind. */

import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { errorXml } from "../s3/documents/error.ts";
import { hostId, nextRequestId } from "./request-ids.ts";

/**
 * Has the server refuse what it cannot read, and end the connection.
 *
 * A client that sends more bytes than it announced has been read already: what is left over is taken for the next
 * request, which is none. The refusal of that must not overtake the answer to what could be read, or the client takes
 * one for the other.
 */
export function refuseUnreadable(http: Server): void {
  const latest = new WeakMap<Duplex, { incoming: IncomingMessage; outgoing: ServerResponse }>();
  const note = (incoming: IncomingMessage, outgoing: ServerResponse): void =>
    void latest.set(incoming.socket, { incoming, outgoing });
  for (const event of ["request", "checkExpectation", "checkContinue"] as const)
    http.prependListener(event, note);
  http.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    const { incoming, outgoing } = latest.get(socket) ?? {};
    if (incoming?.complete === true && outgoing !== undefined && !outgoing.writableFinished) {
      outgoing.shouldKeepAlive = false;
      outgoing.once("close", () => socket.end(() => socket.destroy()));
    } else refuse(error, socket, nextRequestId());
  });
}

function refuse(error: NodeJS.ErrnoException, socket: Duplex, requestId: string): void {
  if (!socket.writable || error.code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const code =
    error.code === "HPE_HEADER_OVERFLOW"
      ? "RequestHeaderSectionTooLarge"
      : error.code === "ERR_HTTP_REQUEST_TIMEOUT"
        ? "RequestTimeout"
        : "BadRequest";
  const body = errorXml({ code, message: "The request could not be read as HTTP.", requestId, hostId });
  socket.end(
    `HTTP/1.1 400 Bad Request\r\nconnection: close\r\nx-amz-request-id: ${requestId}\r\nx-amz-id-2: ${hostId}\r\ncontent-type: application/xml\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
}
