/**
 * What is counted, in plain numbers. They become metrics when somebody reads them: prom-client's own counters look up and
 * check their labels each time, which costs a small GET more than finding its object, and prom-client itself takes 14 MB.
 */

import type { Metric, Registry } from "prom-client";

/** All that is known of one name: a line for each combination of its labels. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  values(): Sample[];
}

/** One line of the exposition format. */
export interface Sample {
  /** Where it is not the family's: the parts of a histogram. */
  readonly metricName?: string;
  readonly labels: Labels;
  readonly value: number;
}

export type Labels = Readonly<Record<string, string | number>>;

/** A number for each combination of labels that was counted; one without labels is there once it is set. */
export class Count implements Family {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge";
  readonly #samples = new Map<string, { labels: Labels; value: number }>();

  constructor(type: "counter" | "gauge", name: string, help: string) {
    this.type = type;
    this.name = name;
    this.help = help;
  }

  add(by: number, labels: Labels = {}): void {
    this.#at(labels).value += by;
  }

  set(value: number, labels: Labels = {}): void {
    this.#at(labels).value = value;
  }

  /** Forgets all combinations. */
  clear(): void {
    this.#samples.clear();
  }

  values(): Sample[] {
    return [...this.#samples.values()].map((sample) => ({ ...sample }));
  }

  #at(labels: Labels): { labels: Labels; value: number } {
    const id = JSON.stringify(labels);
    let sample = this.#samples.get(id);
    if (sample === undefined) {
      sample = { labels, value: 0 };
      this.#samples.set(id, sample);
    }
    return sample;
  }
}

/** Has a registry read a family. Of several processes the sums are told. */
export function register(registry: Registry, family: Family): void {
  const { name, help, type } = family;
  // A registry asks a metric for its name and for its values, and nothing else.
  const told = { name, help, type, aggregator: "sum" };
  const metric = { ...told, get: () => ({ ...told, values: family.values() }), reset(): void {} };
  registry.registerMetric(metric as unknown as Metric);
}
