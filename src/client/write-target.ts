/** Whatever a download can be written into. */

/** An open file, a Node stream or a web stream. */
export type WriteTarget = FileWriter | NodeWriter | WritableStream<Uint8Array>;

/** What `fs.promises.open()` gives. */
export interface FileWriter {
  readonly fd: number;
  write(bytes: Uint8Array, offset: number, length: number): Promise<{ readonly bytesWritten: number }>;
}

/** What Node's Writable has. */
export interface NodeWriter {
  write(bytes: Uint8Array, done: (error?: Error | null) => void): boolean;
  on(event: "error", listener: (error: Error) => void): unknown;
  off(event: "error", listener: (error: Error) => void): unknown;
  pipe: unknown;
}

/** Writes a body, at the pace that the target sets, and leaves the target open. */
export async function writeTo(target: WriteTarget, body: AsyncIterable<Uint8Array>): Promise<void> {
  if ("getWriter" in target) {
    const writer = target.getWriter();
    try {
      for await (const chunk of body) {
        await writer.ready;
        await writer.write(chunk);
      }
    } finally {
      writer.releaseLock();
    }
    return;
  }
  // Node's file streams have an fd as well.
  if (!("pipe" in target)) {
    for await (const chunk of body) await writeAll(target, chunk);
    return;
  }
  // An error reaches the callback of the write; without a listener for it, too, the process would end.
  target.on("error", ignore);
  try {
    for await (const chunk of body) await written(target, chunk);
  } finally {
    target.off("error", ignore);
  }
}

async function writeAll(file: FileWriter, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.length;) {
    at += (await file.write(chunk, at, chunk.length - at)).bytesWritten;
  }
}

async function written(stream: NodeWriter, chunk: Uint8Array): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    stream.write(chunk, (error) => (error ? reject(error) : resolve()));
  });
}

function ignore(): void {}
