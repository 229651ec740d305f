/** Forms by the byte: multipart/form-data as a test wants it, also damaged. */

import { connect } from "node:net";

const boundary = "----stowage";

export interface Part {
  readonly name?: string;
  /** As it stands in the header, in UTF-8. */
  readonly filename?: string;
  /** Instead of name and filename. */
  readonly disposition?: string;
  readonly type?: string;
  readonly body: string | Uint8Array;
}

export interface Form {
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

export function form(
  parts: readonly Part[],
  { end = `--${boundary}--\r\n` }: { readonly end?: string } = {},
): Form {
  const pieces = parts.flatMap(({ name, filename, disposition, type, body }) => [
    `--${boundary}\r\n`,
    `Content-Disposition: ${disposition ?? `form-data; name="${name}"${filename === undefined ? "" : `; filename="${filename}"`}`}\r\n`,
    type === undefined ? "" : `Content-Type: ${type}\r\n`,
    "\r\n",
    body,
    "\r\n",
  ]);
  return {
    headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
    body: Buffer.concat([...pieces, end].map((piece) => Buffer.from(piece))),
  };
}

/** Sends the head of a form and a part of its body, then cuts the connection. */
export async function sendAndCut(url: string, { headers, body }: Form, bytes: number): Promise<void> {
  const { hostname, port, pathname } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => {});
  const head = [
    `POST ${pathname} HTTP/1.1`,
    "host: x",
    `content-length: ${body.length}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  socket.write(`${head.join("\r\n")}\r\n\r\n`);
  await new Promise((resolve) => socket.write(body.subarray(0, bytes), resolve));
  await new Promise((resolve) => setTimeout(resolve, 30));
  socket.destroy();
}
