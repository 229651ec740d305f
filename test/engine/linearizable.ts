/** Whether what several clients saw of one key could have happened one after another. */

/** One operation on a key whose contents have names. `null` stands for no object. */
export type Act =
  /** `given: "none"` writes only where there is no object, another name only over that content. */
  | { readonly do: "put"; readonly content: string; readonly given?: string | undefined }
  | { readonly do: "delete" }
  | { readonly do: "read" };

/** An operation with its answer and with the moments of its beginning and its end. */
export interface Event {
  readonly act: Act;
  /** Of a read the content; of a put `done`, `failed` or `missing`; of a deletion `done` or, where nothing was there, `missing`. */
  readonly answer: string | null;
  readonly from: number;
  readonly to: number;
}

/**
 * Whether there is an order of the events in which each gives the answer that it gave, and in which none comes before one
 * that had ended when it began (Herlihy and Wing, "Linearizability", 1990).
 */
export function isLinearizable(events: readonly Event[]): boolean {
  const deadEnds = new Set<string>();
  const goesOn = (rest: readonly Event[], state: string | null): boolean => {
    if (rest.length === 0) return true;
    const here = `${rest.map(({ from }) => from).join(" ")} ${state}`;
    if (deadEnds.has(here)) return false;
    const firstEnd = Math.min(...rest.map(({ to }) => to));
    for (const event of rest) {
      if (event.from > firstEnd) continue;
      const next = stateAfter(event, state);
      const others = rest.filter((other) => other !== event);
      if (next !== undefined && goesOn(others, next)) return true;
    }
    deadEnds.add(here);
    return false;
  };
  return goesOn(events, null);
}

/** What is there after an event, or undefined where its answer cannot be. */
function stateAfter({ act, answer }: Event, state: string | null): string | null | undefined {
  if (act.do === "read") return answer === state ? state : undefined;
  if (act.do === "delete") return answer === (state === null ? "missing" : "done") ? null : undefined;
  const { given, content } = act;
  if (given === undefined) return answer === "done" ? content : undefined;
  if (given !== "none" && state === null) return answer === "missing" ? null : undefined;
  const holds = given === "none" ? state === null : state === given;
  return answer === (holds ? "done" : "failed") ? (holds ? content : state) : undefined;
}
