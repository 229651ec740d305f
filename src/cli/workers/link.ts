/** Questions and answers between the process that owns a data directory and a worker, over node's own channel. */

/** One end of the channel: `process` in the worker, a `cluster.Worker` in the owner. */
export interface ChannelEnd {
  send?(message: unknown, done: (error: Error | null) => void): boolean;
  on(event: "message", listener: (message: unknown) => void): unknown;
  on(event: "disconnect", listener: () => void): unknown;
}

/** What this end can be asked, by name. */
export type Answers = Readonly<Record<string, (argument: unknown) => unknown>>;

interface Message {
  readonly stowage: "question" | "answer" | "failure";
  readonly id: number;
  readonly name?: string;
  readonly value?: unknown;
}

export class Link {
  readonly #end: ChannelEnd;
  readonly #answers: Answers;
  readonly #waiting = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (error: Error) => void }
  >();
  #lastId = 0;

  constructor(end: ChannelEnd, answers: Answers) {
    this.#end = end;
    this.#answers = answers;
    end.on("message", (message) => {
      if (typeof message === "object" && message !== null && "stowage" in message) {
        void this.#receive(message as Message);
      }
    });
    end.on("disconnect", () => {
      for (const { reject } of this.#waiting.values()) reject(new Error("The other process is gone"));
      this.#waiting.clear();
    });
  }

  /**
   * Asks the other end.
   *
   * @throws Error What was thrown there, or that the other process is gone or did not answer in time.
   */
  async ask<T>(name: string, argument?: unknown, options: { readonly timeoutMs?: number } = {}): Promise<T> {
    const id = ++this.#lastId;
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<T>((resolve, reject) => {
        this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
        if (options.timeoutMs !== undefined) {
          const late = new Error(`The other process did not answer "${name}" within ${options.timeoutMs} ms`);
          timer = setTimeout(reject, options.timeoutMs, late);
        }
        this.#send({ stowage: "question", id, name, value: argument }, reject);
      });
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
    }
  }

  async #receive({ stowage, id, name = "", value }: Message): Promise<void> {
    if (stowage === "question") {
      try {
        this.#send({ stowage: "answer", id, value: await this.#answers[name]?.(value) });
      } catch (error) {
        this.#send({ stowage: "failure", id, value: (error as Error).message });
      }
      return;
    }
    const waiting = this.#waiting.get(id);
    if (stowage === "answer") waiting?.resolve(value);
    else waiting?.reject(new Error(String(value)));
  }

  /** Whoever is gone needs no answer. */
  #send(message: Message, failed: (error: Error) => void = () => {}): void {
    this.#end.send?.(message, (error) => {
      if (error !== null) failed(error);
    });
  }
}
