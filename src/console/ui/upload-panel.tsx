import { type ReactNode, useEffect, useSyncExternalStore } from "react";
import { formatBytes, formatCount, messageOf } from "./format.ts";
import type { Upload, Uploads } from "./uploads.ts";

/** The most that are shown one by one. */
const mostShown = 100;

/** What is shown first: what wants something of the person, then what moves. */
const order: readonly Upload["state"][] = ["failed", "exists", "running", "waiting", "done", "cancelled"];

export function UploadPanel({ uploads }: { readonly uploads: Uploads }): ReactNode {
  const all = useSyncExternalStore(uploads.subscribe, uploads.all);
  const left = all.filter(isUnderWay).length;
  useEffect(() => {
    if (left === 0) return undefined;
    // The browser asks before it leaves the page, which would end them.
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [left === 0]);
  if (all.length === 0) return null;
  const count = (wanted: Upload["state"]): number => all.filter(({ state }) => state === wanted).length;
  const failed = count("failed");
  const existing = all.flatMap(({ id, state }) => (state === "exists" ? [id] : []));
  const shown = order.flatMap((wanted) => all.filter(({ state }) => state === wanted)).slice(0, mostShown);
  return (
    <section className="uploads" aria-label="Uploads">
      <header>
        <strong role="status">
          {left > 0
            ? `Uploading ${formatCount(left, "file")}`
            : `${formatCount(count("done"), "upload")} done`}
          {failed > 0 ? `, ${failed} failed` : ""}
          {existing.length > 0 ? `, ${existing.length} there already` : ""}
        </strong>
        {existing.length > 1 ? (
          <button type="button" className="plain" onClick={() => uploads.replace(existing)}>
            Replace all
          </button>
        ) : null}
        {left === 0 ? (
          <button type="button" className="plain" onClick={() => uploads.clear()}>
            Close
          </button>
        ) : (
          <button type="button" className="plain" onClick={() => uploads.stop()}>
            Cancel all
          </button>
        )}
      </header>
      <ul>
        {shown.map((one) => (
          <li key={one.id}>
            <span className="name" title={`${one.bucket}/${one.key}`}>
              {one.key}
            </span>
            <span className="quiet">{wordsFor(one)}</span>
            {one.state === "exists" ? (
              <span>
                <button
                  type="button"
                  className="plain"
                  aria-label={`Replace ${one.key}`}
                  onClick={() => uploads.replace([one.id])}
                >
                  Replace
                </button>
                <button
                  type="button"
                  className="plain"
                  aria-label={`Skip ${one.key}`}
                  onClick={() => uploads.cancel(one.id)}
                >
                  Skip
                </button>
              </span>
            ) : null}
            {isUnderWay(one) ? (
              <button
                type="button"
                className="plain"
                aria-label={`Cancel the upload of ${one.key}`}
                onClick={() => uploads.cancel(one.id)}
              >
                Cancel
              </button>
            ) : null}
            {one.state === "failed" ? (
              <button
                type="button"
                className="plain"
                aria-label={`Try the upload of ${one.key} again`}
                onClick={() => uploads.retry(one.id)}
              >
                Try again
              </button>
            ) : null}
            {one.state === "running" ? (
              <progress
                max={Math.max(1, one.sizeBytes)}
                value={one.loadedBytes}
                aria-label={`Upload of ${one.key}`}
              />
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  );
}

function isUnderWay({ state }: Upload): boolean {
  return state === "waiting" || state === "running";
}

function wordsFor({ state, error, sizeBytes, loadedBytes }: Upload): string {
  if (state === "failed") return messageOf(error);
  if (state === "running") return `${formatBytes(loadedBytes)} of ${formatBytes(sizeBytes)}`;
  if (state === "exists") return "is there already";
  return state === "done" ? formatBytes(sizeBytes) : state;
}
