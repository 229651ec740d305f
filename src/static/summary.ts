/** What is said of a run of collectstatic. The words are Django's. */

import type { Collected } from "./collect.ts";

/**
 * What was collected, in the words of Django's command.
 *
 * @example
 * summaryOf(collected); // "2 static files copied to '/srv/static', 5 unmodified, 2 post-processed."
 */
export function summaryOf({
  copied,
  linked,
  unmodified,
  postProcessed,
  skipped,
  deleted,
  destination,
}: Collected): string {
  const modified = copied.length + linked.length;
  const action = linked.length > 0 ? "symlinked" : "copied";
  const parts = [
    ...(deleted.length === 0 ? [] : [`${files(deleted.length)} deleted`]),
    `${files(modified)} ${action}${destination === null ? "" : ` to '${destination}'`}`,
    ...(unmodified.length === 0 ? [] : [`${unmodified.length} unmodified`]),
    ...(postProcessed.length === 0 ? [] : [`${postProcessed.length} post-processed`]),
    ...(skipped.length === 0 ? [] : [`${skipped.length} skipped due to conflict`]),
  ];
  return `${parts.join(", ")}.`;
}

function files(count: number): string {
  return `${count} static file${count === 1 ? "" : "s"}`;
}
