/** A bar on standard error, for work that takes longer than a second while a person watches. */

import { SingleBar } from "cli-progress";
import type { Io } from "./command.ts";

/** How far it is. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  /** What stands behind the bar. */
  readonly text: string;
}

const lookEveryMs = 200;
const patienceMs = 1000;

export class ProgressBar {
  readonly #io: Io;
  readonly #read: () => Progress;
  readonly #startedMs = performance.now();
  readonly #timer: NodeJS.Timeout;
  #bar: SingleBar | null = null;

  /** @param read Asked now and then. */
  constructor(io: Io, read: () => Progress) {
    this.#io = io;
    this.#read = read;
    this.#timer = setInterval(() => this.#draw(), lookEveryMs).unref();
  }

  /** Takes the bar away, so that a line can be written. */
  pause(): void {
    this.#bar?.stop();
    this.#bar = null;
  }

  end(): void {
    clearInterval(this.#timer);
    this.pause();
  }

  #draw(): void {
    if (performance.now() - this.#startedMs < patienceMs) return;
    const { done, total, text } = this.#read();
    if (this.#bar === null) {
      this.#bar = new SingleBar({
        format: "  {bar} {text}",
        stream: this.#io.stderr,
        hideCursor: true,
        clearOnComplete: true,
        barsize: 24,
        fps: 10,
      });
      this.#bar.start(Math.max(1, total), done, { text });
      return;
    }
    this.#bar.setTotal(Math.max(1, total));
    this.#bar.update(done, { text });
  }
}
