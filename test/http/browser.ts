/** As much of a browser in node as the upload helper needs: XMLHttpRequest and localStorage. */

/** Every request that was sent, for tests to look at and to break. */
export interface Sent {
  readonly method: string;
  readonly url: string;
}

export interface Browser {
  readonly sent: Sent[];
  readonly kept: Map<string, string>;
  /** Asked before each request of XMLHttpRequest; true breaks its connection. */
  breaks: (request: Sent) => boolean;
  close(): void;
}

/** Puts both in the place of the globals. Relative URLs are those of `origin`. */
export function fakeBrowser(origin: string): Browser {
  const browser: Browser = { sent: [], kept: new Map(), breaks: () => false, close };
  const globals = globalThis as Record<string, unknown>;
  const before = { XMLHttpRequest: globals["XMLHttpRequest"], fetch, localStorage: globals["localStorage"] };
  const { kept } = browser;

  class FakeRequest extends EventTarget {
    readonly upload = new EventTarget();
    status = 0;
    responseText = "";
    #sent: Sent = { method: "", url: "" };
    readonly #abort = new AbortController();
    readonly #headers: Record<string, string> = {};

    open(method: string, url: string): void {
      this.#sent = { method, url };
    }
    setRequestHeader(name: string, value: string): void {
      this.#headers[name] = value;
    }
    abort(): void {
      this.#abort.abort();
    }
    send(body: FormData | Blob): void {
      void this.#send(body).then((type) => this.dispatchEvent(new Event(type)));
    }
    async #send(body: FormData | Blob): Promise<"load" | "error" | "abort"> {
      const { method, url } = this.#sent;
      browser.sent.push(this.#sent);
      try {
        if (browser.breaks(this.#sent)) return "error";
        const bytes = body instanceof Blob ? new Uint8Array(await body.arrayBuffer()) : body;
        const { signal } = this.#abort;
        const response = await before.fetch(new URL(url, origin), {
          method,
          body: bytes,
          signal,
          headers: this.#headers,
        });
        this.status = response.status;
        this.responseText = await response.text();
        const loaded = body instanceof Blob ? body.size : 1;
        this.upload.dispatchEvent(Object.assign(new Event("progress"), { loaded }));
        return "load";
      } catch {
        return this.#abort.signal.aborted ? "abort" : "error";
      }
    }
  }

  globals["XMLHttpRequest"] = FakeRequest;
  globals["fetch"] = (url: string, init?: RequestInit) => before.fetch(new URL(url, origin), init);
  Object.defineProperty(globals, "localStorage", {
    configurable: true,
    writable: true,
    value: {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => kept.set(key, value),
      removeItem: (key: string) => kept.delete(key),
    },
  });
  function close(): void {
    Object.assign(globals, before);
  }
  return browser;
}
