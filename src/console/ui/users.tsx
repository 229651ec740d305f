/** Users and their access keys, for administrators. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { S3Client } from "stowage/client";
import {
  addKey,
  addUser,
  listKeys,
  listUsers,
  type NewKey,
  removeKey,
  removeUser,
  type User,
} from "./admin.ts";
import { formatDate, textOf } from "./format.ts";
import { Confirm, Copyable, Dialog, ErrorNote, Field, Loading } from "./parts.tsx";
import type { Session } from "./session.ts";

export function Users({ session: { client, accessKeyId } }: { readonly session: Session }): ReactNode {
  const [isAdding, setAdding] = useState(false);
  const [made, setMade] = useState<NewKey | null>(null);
  const users = useQuery({ queryKey: ["users"], queryFn: () => listUsers(client) });
  return (
    <>
      <div className="heading">
        <h1 tabIndex={-1}>Users</h1>
        <button type="button" className="main" onClick={() => setAdding(true)}>
          Add user
        </button>
      </div>
      <ErrorNote error={users.error} />
      {users.isPending ? <Loading /> : null}
      {(users.data ?? []).map((user) => (
        <UserSection key={user.id} client={client} user={user} ownKey={accessKeyId} onKey={setMade} />
      ))}
      {isAdding ? (
        <AddUser
          client={client}
          onClose={() => setAdding(false)}
          onAdded={(key) => {
            setAdding(false);
            setMade(key);
          }}
        />
      ) : null}
      {made === null ? null : (
        <Dialog title="A new access key" onClose={() => setMade(null)}>
          <p>The secret key is shown now and never again.</p>
          <Copyable label="Access key" text={made.accessKeyId} />
          <Copyable label="Secret key" text={made.secretAccessKey} />
          <div className="actions">
            <button type="button" className="main" onClick={() => setMade(null)}>
              I have kept it
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}

interface UserSectionProps {
  readonly client: S3Client;
  readonly user: User;
  /** The key of whoever is signed in. */
  readonly ownKey: string;
  readonly onKey: (key: NewKey) => void;
}

function UserSection({ client, user, ownKey, onKey }: UserSectionProps): ReactNode {
  const queries = useQueryClient();
  const queryKey = ["users", user.name, "keys"];
  const [doomed, setDoomed] = useState<"user" | { readonly key: string } | null>(null);
  const keys = useQuery({ queryKey, queryFn: () => listKeys(client, user.name) });
  const isOwn =
    doomed === "user" ? (keys.data ?? []).some((one) => one.accessKeyId === ownKey) : doomed?.key === ownKey;
  const adding = useMutation({
    mutationFn: () => addKey(client, user.name),
    onSuccess: async (key) => {
      onKey(key);
      await queries.invalidateQueries({ queryKey });
    },
  });
  const removing = useMutation({
    mutationFn: () =>
      doomed === "user" ? removeUser(client, user.name) : removeKey(client, doomed?.key ?? ""),
    onSuccess: async () => {
      setDoomed(null);
      await queries.invalidateQueries({ queryKey: ["users"] });
    },
  });
  return (
    <section className="user" aria-label={user.name}>
      <header>
        <h2>
          {user.name}
          {user.admin ? <span className="badge">administrator</span> : null}
        </h2>
        <span className="actions">
          <button type="button" disabled={adding.isPending} onClick={() => adding.mutate()}>
            Add key
          </button>
          <button type="button" className="plain" onClick={() => setDoomed("user")}>
            Remove user
          </button>
        </span>
      </header>
      <p className="quiet small">
        {user.email === undefined ? "" : `${user.email}, `}
        <code>{user.id}</code>
      </p>
      <ErrorNote error={keys.error ?? adding.error} />
      <ul>
        {(keys.data ?? []).map(({ accessKeyId, createdAt }) => (
          <li key={accessKeyId}>
            <span>
              <code>{accessKeyId}</code>
              <small className="quiet">
                since {formatDate(Date.parse(createdAt))}
                {accessKeyId === ownKey ? ", signed in with it" : ""}
              </small>
            </span>
            <button
              type="button"
              className="plain"
              aria-label={`Remove the key ${accessKeyId}`}
              onClick={() => setDoomed({ key: accessKeyId })}
            >
              Remove
            </button>
          </li>
        ))}
      </ul>
      {doomed === null ? null : (
        <Confirm
          title={doomed === "user" ? `Remove ${user.name}?` : `Remove the key ${doomed.key}?`}
          action={doomed === "user" ? "Remove user" : "Remove key"}
          isPending={removing.isPending}
          error={removing.error}
          onConfirm={() => removing.mutate()}
          onClose={() => {
            removing.reset();
            setDoomed(null);
          }}
        >
          <p>
            {doomed === "user"
              ? "Their keys end at once, and their objects stay. Who owns buckets is not removed: add a key, sign in with it, and remove the buckets first."
              : "What signs with it is refused from now on, shared links too."}
            {isOwn ? " It is what you are signed in with: it signs you out." : ""}
          </p>
        </Confirm>
      )}
    </section>
  );
}

interface AddUserProps {
  readonly client: S3Client;
  readonly onClose: () => void;
  readonly onAdded: (key: NewKey) => void;
}

function AddUser({ client, onClose, onAdded }: AddUserProps): ReactNode {
  const queries = useQueryClient();
  const adding = useMutation({
    mutationFn: (user: { name: string; email?: string; admin?: boolean }) => addUser(client, user),
    onSuccess: async ({ key }) => {
      await queries.invalidateQueries({ queryKey: ["users"] });
      onAdded(key);
    },
  });
  return (
    <Dialog title="Add user" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const fields = new FormData(event.currentTarget);
          const email = textOf(fields, "email");
          adding.mutate({
            name: textOf(fields, "name"),
            ...(email === "" ? {} : { email }),
            admin: fields.has("admin"),
          });
        }}
      >
        <Field label="Name">
          <input name="name" required autoFocus autoComplete="off" spellCheck={false} />
        </Field>
        <Field label="E-mail" hint="ACLs can grant to it.">
          <input name="email" type="email" autoComplete="off" />
        </Field>
        <label className="check">
          <input type="checkbox" name="admin" /> May manage users and keys
        </label>
        <ErrorNote error={adding.error} />
        <div className="actions">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="main" disabled={adding.isPending}>
            Add
          </button>
        </div>
      </form>
    </Dialog>
  );
}
