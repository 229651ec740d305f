import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useCallback, useEffect, useState } from "react";
import { codeOf } from "./format.ts";
import { House } from "./house.tsx";
import { ErrorNote, Loading } from "./parts.tsx";
import { type Keys, readConfig, rememberedKeys, type Session, signIn, signOut } from "./session.ts";
import { isRefusal, SignIn } from "./sign-in.tsx";

export function App(): ReactNode {
  const queries = useQueryClient();
  const config = useQuery({ queryKey: ["config"], queryFn: readConfig, staleTime: Infinity });
  const [session, setSession] = useState<Session | null>(null);
  const [notice, setNotice] = useState<string | null>(null);
  const [attempt, setAttempt] = useState(0);
  /** What keeps the person out whose keys this tab knows: the wait for an answer, or an error. */
  const [outside, setOutside] = useState<"waiting" | { readonly error: unknown } | null>(() =>
    rememberedKeys() === null ? null : "waiting",
  );

  useEffect(() => {
    const keys = rememberedKeys();
    if (config.data === undefined || keys === null) return;
    setOutside("waiting");
    signIn(config.data, keys).then(
      (entered) => {
        setSession(entered);
        setOutside(null);
      },
      (error: unknown) => {
        // A server that is away says nothing about the keys.
        if (isRefusal(error)) signOut();
        setOutside(isRefusal(error) ? null : { error });
      },
    );
  }, [config.data, attempt]);

  const leave = useCallback(
    (reason: string | null): void => {
      signOut();
      setOutside(null);
      setSession(null);
      setNotice(reason);
      queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== "config" });
    },
    [queries],
  );
  useEffect(() => {
    if (session === null) return undefined;
    const look = (error: unknown): void => {
      if (codeOf(error) === "InvalidAccessKeyId") leave("Your access key was removed.");
    };
    const ends = [
      queries.getQueryCache().subscribe(({ type, query }) => {
        if (type === "updated") look(query.state.error);
      }),
      queries.getMutationCache().subscribe(({ type, mutation }) => {
        if (type === "updated") look(mutation.state.error);
      }),
    ];
    return () => ends.forEach((end) => end());
  }, [queries, session, leave]);

  if (config.error !== null) return <ErrorNote error={config.error} onRetry={() => config.refetch()} />;
  if (config.data === undefined || outside === "waiting") return <Loading />;
  if (outside !== null) {
    return (
      <main>
        <ErrorNote error={outside.error} onRetry={() => setAttempt(attempt + 1)} />
        <button type="button" onClick={() => leave(null)}>
          Sign out
        </button>
      </main>
    );
  }
  if (session === null) {
    const { data } = config;
    const enter = async (keys: Keys): Promise<void> => {
      setSession(await signIn(data, keys));
      setNotice(null);
    };
    return <SignIn endpoint={data.endpoint} notice={notice} onSignIn={enter} />;
  }
  return <House key={session.accessKeyId} session={session} onLeave={() => leave(null)} />;
}
