import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { BucketSettings } from "./bucket-settings.tsx";
import { Buckets } from "./buckets.tsx";
import { Objects } from "./objects.tsx";
import { ErrorNote, Loading } from "./parts.tsx";
import { hrefOf, type Route, useRoute } from "./route.ts";
import { type Keys, readConfig, rememberedKeys, type Session, signIn, signOut } from "./session.ts";
import { SignIn } from "./sign-in.tsx";
import { UploadPanel } from "./upload-panel.tsx";
import { Uploads } from "./uploads.ts";
import { Users } from "./users.tsx";

export function App(): ReactNode {
  const queries = useQueryClient();
  const config = useQuery({ queryKey: ["config"], queryFn: readConfig, staleTime: Infinity });
  const [session, setSession] = useState<Session | null>(null);
  const [isReturning, setReturning] = useState(() => rememberedKeys() !== null);

  useEffect(() => {
    const keys = rememberedKeys();
    if (config.data === undefined || keys === null) return;
    signIn(config.data, keys)
      .then(setSession, signOut)
      .finally(() => setReturning(false));
  }, [config.data]);

  if (config.error !== null) return <ErrorNote error={config.error} />;
  if (config.data === undefined || isReturning) return <Loading />;
  if (session === null) {
    const { data } = config;
    const enter = async (keys: Keys): Promise<void> => setSession(await signIn(data, keys));
    return <SignIn endpoint={data.endpoint} onSignIn={enter} />;
  }
  const leave = (): void => {
    signOut();
    queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== "config" });
    setSession(null);
  };
  return <House key={session.accessKeyId} session={session} onLeave={leave} />;
}

function House({ session, onLeave }: { readonly session: Session; readonly onLeave: () => void }): ReactNode {
  const asked = useRoute();
  const route: Route = asked.page === "users" && !session.isAdmin ? { page: "buckets" } : asked;
  const queries = useQueryClient();
  const [uploads] = useState(
    () =>
      new Uploads(
        session.client,
        (bucket) => void queries.invalidateQueries({ queryKey: ["objects", bucket] }),
      ),
  );
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
            <a href={hrefOf({ page: "users" })} aria-current={isOn("users")}>
              Users
            </a>
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
      </main>
      <UploadPanel uploads={uploads} />
    </>
  );
}
