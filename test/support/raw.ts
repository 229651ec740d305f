import { connect } from "node:net";

/** Writes bytes to a fresh connection and returns all that comes back until the server closes or goes quiet. */
export function raw(port: number, text: string, quietMs = 300): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(text, "latin1"));
    let received = "";
    socket.setTimeout(quietMs, () => socket.destroy());
    socket.on("data", (chunk) => (received += chunk.toString("latin1")));
    socket.once("error", reject);
    socket.once("close", () => resolve(received));
  });
}
