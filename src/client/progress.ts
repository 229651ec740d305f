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
