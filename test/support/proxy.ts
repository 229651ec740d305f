/** A proxy before a server: what passes is noted, something may happen before, and some of it is refused. */

import { createServer, type IncomingMessage, request } from "node:http";
import { type AddressInfo } from "node:net";

export interface ProxyOptions {
  /** Whether answers say which server they come from. Default: false, as many proxies have it. */
  readonly keepsServer?: boolean;
  /** Happens before the request goes on. */
  readonly before?: (incoming: IncomingMessage) => Promise<void>;
  /** What is answered with NotImplemented. */
  readonly refuses?: (incoming: IncomingMessage) => boolean;
}

export interface Proxy {
  readonly url: string;
  /** Such as `GET /bucket/key`. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

const notImplemented = "<Error><Code>NotImplemented</Code><Message>Not here.</Message></Error>";

export async function startProxy(
  endpoint: string,
  { keepsServer = false, before, refuses }: ProxyOptions = {},
): Promise<Proxy> {
  const requests: string[] = [];
  const { hostname: host, port } = new URL(endpoint);
  const proxy = createServer((incoming, response) => {
    requests.push(`${incoming.method} ${incoming.url}`);
    if (refuses?.(incoming) === true) {
      incoming.resume();
      response.writeHead(501, { "content-type": "application/xml" }).end(notImplemented);
      return;
    }
    const pass = (): void => {
      const { method, url: path, headers } = incoming;
      const onward = request({ host, port, method, path, headers }, (answer) => {
        const { server: _, ...rest } = answer.headers;
        response.writeHead(answer.statusCode ?? 502, keepsServer ? answer.headers : rest);
        answer.pipe(response);
      });
      onward.on("error", (error) => response.destroy(error));
      incoming.pipe(onward);
    };
    void (before?.(incoming) ?? Promise.resolve()).then(pass, (error: Error) => response.destroy(error));
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        proxy.close(() => resolve());
        proxy.closeAllConnections();
      }),
  };
}
