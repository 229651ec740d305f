import { type ReactNode, useSyncExternalStore } from "react";
import { formatBytes, formatCount, messageOf } from "./format.ts";
import type { Upload, Uploads } from "./uploads.ts";

/** The most that are shown one by one; of more, the newest. */
const mostShown = 100;

export function UploadPanel({ uploads }: { readonly uploads: Uploads }): ReactNode {
  const all = useSyncExternalStore(uploads.subscribe, uploads.all);
  if (all.length === 0) return null;
  const left = all.filter(isUnderWay).length;
  const failed = all.filter(({ state }) => state === "failed").length;
  return (
    <section className="uploads" aria-label="Uploads">
      <header>
        <strong role="status">
          {left > 0
            ? `Uploading ${formatCount(left, "file")}`
            : `${formatCount(all.length - failed, "upload")} done`}
          {failed > 0 ? `, ${failed} failed` : ""}
        </strong>
        {left === 0 ? (
          <button type="button" className="plain" onClick={() => uploads.clear()}>
            Close
          </button>
        ) : null}
      </header>
      <ul>
        {all.slice(-mostShown).map((one) => (
          <li key={one.id}>
            <span className="name" title={`${one.bucket}/${one.key}`}>
              {one.key}
            </span>
            <span className="quiet">{wordsFor(one)}</span>
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
  return state === "done" ? formatBytes(sizeBytes) : state;
}
