/** How a run of the bench was asked for. */

/** Settings that every section reads. */
export interface Settings {
  /** A smoke run: everything once, so briefly that the figures mean nothing. */
  readonly quick: boolean;
  /** How often each figure is taken; the median counts. */
  readonly rounds: number;
  /** How long each measurement lasts, in milliseconds. */
  readonly durationMs: number;
  readonly warmupMs: number;
  /** Sizes of objects, in bytes. */
  readonly sizes: readonly number[];
  readonly concurrency: readonly number[];
  readonly operations: readonly string[];
  /** Directory for data, on the disk that is measured. Removed afterwards. */
  readonly scratchDir: string;
  /** Where the server writes a CPU profile of each run; `null` for none. */
  readonly profileDir: string | null;
  /** Says what is going on. */
  readonly say: (text: string) => void;
}

/** A figure against what it should be. */
export interface Target {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** Whether a figure is where it should be. */
export function isMet({ value, atLeast, atMost }: Target): boolean {
  return (atLeast === undefined || value >= atLeast) && (atMost === undefined || value <= atMost);
}

/** What a section gives to the report. */
export interface Section {
  readonly title: string;
  /** What is measured, and how, in a sentence or two. */
  readonly about: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  readonly targets: readonly Target[];
  /** Requests that failed. Any fails the run. */
  readonly errors: readonly string[];
  /** Every single measurement, for whoever wants to compute anew. */
  readonly raw: unknown;
}
