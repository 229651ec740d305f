import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { codeOf, textOf } from "./format.ts";
import { ErrorNote, Field } from "./parts.tsx";
import type { Keys } from "./session.ts";

/** What is wrong with keys, said to a person and not to a program that signs. */
const refusals: Readonly<Record<string, string>> = {
  InvalidAccessKeyId: "There is no such access key.",
  SignatureDoesNotMatch: "The secret key does not belong to this access key.",
};

/** Whether the server knows these keys no more, or never did. */
export function isRefusal(error: unknown): boolean {
  return refusals[codeOf(error) ?? ""] !== undefined;
}

interface SignInProps {
  readonly endpoint: string;
  /** Why the person is here again. */
  readonly notice: string | null;
  readonly onSignIn: (keys: Keys) => Promise<void>;
}

export function SignIn({ endpoint, notice, onSignIn }: SignInProps): ReactNode {
  const entering = useMutation({
    mutationFn: async (keys: Keys) => {
      try {
        await onSignIn(keys);
      } catch (error) {
        const refusal = refusals[codeOf(error) ?? ""];
        throw refusal === undefined ? error : new Error(refusal, { cause: error });
      }
    },
  });
  return (
    <main className="sign-in">
      <h1>Stowage</h1>
      <p className="quiet">{endpoint}</p>
      {notice === null ? null : (
        <p className="note" role="alert">
          {notice}
        </p>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const fields = new FormData(event.currentTarget);
          entering.mutate({
            accessKeyId: textOf(fields, "accessKeyId"),
            secretAccessKey: textOf(fields, "secretAccessKey"),
          });
        }}
      >
        <Field label="Access key">
          <input name="accessKeyId" required autoFocus autoComplete="username" spellCheck={false} />
        </Field>
        <Field label="Secret key">
          <input name="secretAccessKey" type="password" required autoComplete="current-password" />
        </Field>
        <ErrorNote error={entering.error} />
        <button type="submit" className="main" disabled={entering.isPending}>
          Sign in
        </button>
      </form>
      <p className="quiet small">
        The keys that the server made at its first start are in <code>admin.env</code> in its data directory.
        They stay in this tab; what is sent is signed with them.
      </p>
    </main>
  );
}
