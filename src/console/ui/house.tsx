import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { BucketSettings } from "./bucket-settings.tsx";
import { Buckets } from "./buckets.tsx";
import { ErrorBoundary } from "./error-boundary.tsx";
import { formatName } from "./format.ts";
import { showChanges } from "./object-pages.ts";
import { keepSessionInNewTabs } from "./new-tabs.ts";
import { Objects } from "./objects.tsx";
import { hrefOf, type Route, useRoute } from "./route.ts";
import { ServerState } from "./server-state.tsx";
import type { Session } from "./session.ts";
import { UploadPanel } from "./upload-panel.tsx";
import { Uploads } from "./uploads.ts";
import { Users } from "./users.tsx";

/** All pages, for whoever is signed in, and their uploads. */
export function House({
  session,
  onLeave,
}: {
  readonly session: Session;
  readonly onLeave: () => void;
}): ReactNode {
  const asked = useRoute();
  const isForAdmins = asked.page === "users" || asked.page === "server";
  const route: Route = isForAdmins && !session.isAdmin ? { page: "buckets" } : asked;
  const queries = useQueryClient();
  const [uploads] = useState(
    () =>
      new Uploads(
        session.client,
        gently((bucket) => void showChanges(queries, bucket)),
      ),
  );
  useEffect(() => () => uploads.stop(), [uploads]);
  useEffect(() => {
    // What is dropped beside a list would be opened in place of the console.
    const keep = (event: DragEvent): void => event.preventDefault();
    addEventListener("dragover", keep);
    addEventListener("drop", keep);
    return () => {
      removeEventListener("dragover", keep);
      removeEventListener("drop", keep);
    };
  }, []);
  useEffect(() => keepSessionInNewTabs(), []);
  const title = titleOf(route);
  const isFirst = useRef(true);
  useEffect(() => {
    document.title = `${title} – Stowage`;
    // What was pressed went with the page that it was on. An object opens beside the list, and takes the focus itself.
    if (!isFirst.current && !document.querySelector(".panel, dialog")) {
      document.querySelector<HTMLElement>("main h1")?.focus();
    }
    isFirst.current = false;
  }, [title]);
  const isOn = (page: string): "page" | undefined => (route.page === page ? "page" : undefined);
  return (
    <>
      <header className="top">
        <a className="brand" href={hrefOf({ page: "buckets" })}>
          <img src={new URL("icon.svg", import.meta.url).href} alt="" /> Stowage
        </a>
        <nav aria-label="Main">
          <a href={hrefOf({ page: "buckets" })} aria-current={isOn("buckets")}>
            Buckets
          </a>
          {session.isAdmin ? (
            <>
              <a href={hrefOf({ page: "users" })} aria-current={isOn("users")}>
                Users
              </a>
              <a href={hrefOf({ page: "server" })} aria-current={isOn("server")}>
                Server
              </a>
            </>
          ) : null}
        </nav>
        <span className="who">
          <span title={`${session.endpoint}, ${session.accessKeyId}`}>{session.user}</span>
          <button type="button" className="plain" onClick={onLeave}>
            Sign out
          </button>
        </span>
      </header>
      <main>
        <ErrorBoundary key={title}>
          {route.page === "buckets" ? <Buckets session={session} /> : null}
          {route.page === "objects" ? (
            <Objects
              key={`${route.bucket}/${route.prefix}`}
              session={session}
              uploads={uploads}
              bucket={route.bucket}
              prefix={route.prefix}
              object={route.object}
            />
          ) : null}
          {route.page === "settings" ? (
            <BucketSettings key={route.bucket} session={session} bucket={route.bucket} />
          ) : null}
          {route.page === "users" ? <Users session={session} /> : null}
          {route.page === "server" ? <ServerState session={session} /> : null}
        </ErrorBoundary>
      </main>
      <UploadPanel uploads={uploads} />
    </>
  );
}

function titleOf(route: Route): string {
  if (route.page === "buckets") return "Buckets";
  if (route.page === "users") return "Users";
  if (route.page === "server") return "Server";
  if (route.page === "settings") return `Settings of ${route.bucket}`;
  return `${route.bucket}/${formatName(route.prefix)}`;
}

/** How often a list is read again while files arrive in it. */
const pauseMs = 1000;

/** Calls once for all that is told within a moment. */
function gently(call: (bucket: string) => void): (bucket: string) => void {
  const waiting = new Set<string>();
  return (bucket) => {
    if (waiting.has(bucket)) return;
    waiting.add(bucket);
    setTimeout(() => {
      waiting.delete(bucket);
      call(bucket);
    }, pauseMs);
  };
}
