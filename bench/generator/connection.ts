/**
 * One keep-alive HTTP/1.1 connection that sends bytes made ahead and reads what comes back, and does as little
 * else as possible: a load generator that costs as much as the server measures itself.
 *
 * One request at a time, no pipelining. It reads bodies with a length and chunked ones and keeps of them only what
 * a check needs.
 */

import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

/** A request as bytes. Head and body are apart, so that many heads share one body. */
export interface WireRequest {
  readonly head: Buffer;
  readonly body: Buffer | null;
  /** The answer to a HEAD has a length and no body. */
  readonly headOnly: boolean;
  /** The answer that is no error. */
  readonly expect: {
    readonly status: number;
    readonly bodyBytes: number | null;
    readonly bodyEnd: string | null;
  };
}

/** An answer, reduced to what is checked. */
export interface WireResponse {
  readonly status: number;
  readonly bodyBytes: number;
  /** The last bytes of the body, or all of an error's. */
  readonly tail: string;
}

const readBufferBytes = 256 * 1024;
const keptTailBytes = 512;
const headEnd = Buffer.from("\r\n\r\n");

/** Where to connect. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

/** A connection that one request after the other goes through. */
export class Connection {
  readonly #socket: Socket;
  #settle: { resolve: (response: WireResponse) => void; reject: (error: Error) => void } | null = null;
  #headOnly = false;
  /** Bytes of a head, or of a chunk's size line, that is not complete yet. */
  #rest: Buffer | null = null;
  #state: "head" | "body" | "chunk-size" | "chunk" | "chunk-end" | "trailer" = "head";
  #status = 0;
  #missingBytes = 0;
  #bodyBytes = 0;
  #tail: Buffer[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("error", (error) => this.#fail(error));
    socket.on("close", () => this.#fail(new Error("the server closed the connection")));
  }

  static open(target: Target): Promise<Connection> {
    return new Promise((resolve, reject) => {
      let connection: Connection | undefined;
      const read = (bytes: Buffer): void => connection?.receive(bytes);
      const socket = target.tls
        ? connectTls({
            host: target.host,
            port: target.port,
            servername: target.host,
            rejectUnauthorized: false,
          })
        : connect({
            host: target.host,
            port: target.port,
            // One buffer for all reads: nothing is allocated for a body that is only counted.
            onread: {
              buffer: Buffer.allocUnsafeSlow(readBufferBytes),
              callback: (length, buffer) => {
                read((buffer as Buffer).subarray(0, length));
                return true;
              },
            },
          });
      if (target.tls) socket.on("data", read);
      socket.once("error", reject);
      socket.once(target.tls ? "secureConnect" : "connect", () => {
        socket.off("error", reject);
        connection = new Connection(socket);
        resolve(connection);
      });
    });
  }

  /** Sends a request and resolves when its answer has been read to the end. */
  send(request: WireRequest): Promise<WireResponse> {
    this.#headOnly = request.headOnly;
    this.#bodyBytes = 0;
    this.#tail = [];
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      if (request.body === null) this.#socket.write(request.head);
      else {
        this.#socket.cork();
        this.#socket.write(request.head);
        this.#socket.write(request.body);
        this.#socket.uncork();
      }
    });
  }

  close(): void {
    this.#settle = null;
    this.#socket.destroy();
  }

  /** Reads what arrived. The bytes are only lent. */
  receive(arrived: Buffer): void {
    let bytes = this.#rest === null ? arrived : Buffer.concat([this.#rest, arrived]);
    this.#rest = null;
    while (this.#settle !== null) {
      const used = this.#step(bytes);
      if (used === -1) {
        if (bytes.length > 0) this.#rest = Buffer.from(bytes);
        return;
      }
      bytes = bytes.subarray(used);
    }
    if (bytes.length > 0) this.#socket.destroy(new Error("bytes came that no request had asked for"));
  }

  /** Reads one piece; returns how many bytes it took, or -1 when more must arrive first. */
  #step(bytes: Buffer): number {
    switch (this.#state) {
      case "head": {
        const end = bytes.indexOf(headEnd);
        if (end === -1) return -1;
        this.#readHead(bytes.toString("latin1", 0, end + 2).toLowerCase());
        return end + 4;
      }
      case "body":
      case "chunk": {
        if (bytes.length === 0) return -1;
        const used = Math.min(bytes.length, this.#missingBytes);
        this.#missingBytes -= used;
        this.#keep(bytes.subarray(0, used));
        if (this.#missingBytes > 0) return used;
        if (this.#state === "chunk") this.#state = "chunk-end";
        else this.#finish();
        return used;
      }
      case "chunk-end":
        if (bytes.length < 2) return -1;
        this.#state = "chunk-size";
        return 2;
      case "chunk-size": {
        const end = bytes.indexOf("\r\n");
        if (end === -1) return -1;
        const size = Number.parseInt(bytes.toString("latin1", 0, end), 16);
        this.#state = size === 0 ? "trailer" : "chunk";
        this.#missingBytes = size;
        return end + 2;
      }
      default: {
        // The trailer: lines up to an empty one.
        const end = bytes.indexOf("\r\n");
        if (end === -1) return -1;
        if (end === 0) this.#finish();
        return end + 2;
      }
    }
  }

  #readHead(head: string): void {
    this.#status = Number(head.slice(9, 12));
    if (this.#status === 100) return;
    const at = head.indexOf("\r\ncontent-length:");
    const bodyless = this.#headOnly || this.#status === 204 || this.#status === 304;
    if (bodyless) this.#finish();
    else if (at !== -1) {
      this.#missingBytes = Number(head.slice(at + 17, head.indexOf("\r\n", at + 17)));
      if (this.#missingBytes === 0) this.#finish();
      else this.#state = "body";
    } else if (/\r\ntransfer-encoding:\s*chunked/.test(head)) this.#state = "chunk-size";
    else this.#fail(new Error("the answer has neither a length nor chunks"));
  }

  #keep(bytes: Buffer): void {
    this.#bodyBytes += bytes.length;
    if (bytes.length > 0 && (this.#status >= 300 || this.#missingBytes <= keptTailBytes)) {
      this.#tail.push(Buffer.from(bytes.subarray(-keptTailBytes)));
      if (this.#tail.length > 4) this.#tail.shift();
    }
  }

  #finish(): void {
    this.#state = "head";
    const settle = this.#settle;
    this.#settle = null;
    const tail = this.#tail.length === 0 ? "" : Buffer.concat(this.#tail).toString("latin1");
    settle?.resolve({ status: this.#status, bodyBytes: this.#bodyBytes, tail });
  }

  #fail(error: Error): void {
    const settle = this.#settle;
    this.#settle = null;
    this.#socket.destroy();
    settle?.reject(error);
  }
}
