/** Progress of an upload or a download, by the byte. */

/** How far a transfer is. */
export interface Progress {
  /** Bytes that have arrived, or that the socket has taken. */
  readonly loadedBytes: number;
  /** Bytes in all; undefined for a stream of unknown length. */
  readonly totalBytes: number | undefined;
}

export type ProgressListener = (progress: Progress) => void;

/** boto's callback: bytes so far, and bytes in all (0 where nobody knows). */
export type BotoCallback = (transmitted: number, total: number) => void;

/**
 * boto's `cb` and `numCb` as a listener: called at the beginning, at the end, and in between so that there are about
 * `numCb` calls; for each piece where it is negative; at the end only where it is 0.
 */
export function botoProgress(cb: BotoCallback, numCb = 10): ProgressListener {
  let steps = -1;
  return ({ loadedBytes, totalBytes }) => {
    const total = totalBytes ?? 0;
    const ended = totalBytes !== undefined && loadedBytes >= totalBytes;
    if (steps === -1 && numCb > 1) cb(0, total);
    const step = numCb > 2 && total > 0 ? Math.floor((loadedBytes / total) * (numCb - 1)) : 0;
    if (ended || numCb < 0 || (numCb > 2 && (totalBytes === undefined || step > steps)))
      cb(loadedBytes, total);
    steps = Math.max(steps, step, 0);
  };
}
