/** The ACL of a bucket or an object: its grants, one by one, and the canned ones. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { AccessControlPolicy, CannedAcl, Grantee, Permission } from "stowage/client";
import { textOf } from "./format.ts";
import { ErrorNote, Field, Loading } from "./parts.tsx";

type Grant = AccessControlPolicy["grants"][number];

interface AclEditorProps {
  readonly queryKey: readonly string[];
  readonly isBucket: boolean;
  readonly read: () => Promise<AccessControlPolicy>;
  readonly write: (change: { acl?: CannedAcl; policy?: AccessControlPolicy }) => Promise<void>;
}

const canned: readonly (readonly [CannedAcl, string])[] = [
  ["private", "Only the owner"],
  ["public-read", "Everybody may read"],
  ["public-read-write", "Everybody may read and write"],
  ["authenticated-read", "Everybody with an account may read"],
];

const permissionNames: Readonly<Record<Permission, string>> = {
  READ: "read",
  WRITE: "write",
  READ_ACP: "read the ACL",
  WRITE_ACP: "change the ACL",
  FULL_CONTROL: "everything",
};

export function AclEditor({ queryKey, isBucket, read, write }: AclEditorProps): ReactNode {
  const queries = useQueryClient();
  const acl = useQuery({ queryKey, queryFn: read });
  const writing = useMutation({
    mutationFn: write,
    onSuccess: () => queries.invalidateQueries({ queryKey }),
  });
  if (acl.data === undefined) return acl.error === null ? <Loading /> : <ErrorNote error={acl.error} />;
  const { owner, grants } = acl.data;
  const replace = (changed: readonly Grant[]): void => writing.mutate({ policy: { owner, grants: changed } });
  return (
    <div className="acl">
      <p className="quiet small">Owner: {owner.displayName || owner.id}</p>
      <ul>
        {grants.map((grant, at) => (
          <li key={at}>
            <span>
              {nameOf(grant.grantee, owner.id)}: {permissionNames[grant.permission]}
            </span>
            <button
              type="button"
              className="plain"
              aria-label={`Remove ${nameOf(grant.grantee, owner.id)}: ${permissionNames[grant.permission]}`}
              onClick={() => replace(grants.toSpliced(at, 1))}
            >
              Remove
            </button>
          </li>
        ))}
      </ul>
      <ErrorNote error={writing.error} />
      <AddGrant isBucket={isBucket} onAdd={(grant) => replace([...grants, grant])} />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          writing.mutate({ acl: textOf(new FormData(event.currentTarget), "acl") as CannedAcl });
        }}
      >
        <Field label="Or replace all by">
          <span className="copyable">
            <select name="acl" aria-label="Or replace all by">
              {canned.map(([name, text]) => (
                <option key={name} value={name}>
                  {text} ({name})
                </option>
              ))}
            </select>
            <button type="submit" disabled={writing.isPending}>
              Replace
            </button>
          </span>
        </Field>
      </form>
    </div>
  );
}

function AddGrant({
  isBucket,
  onAdd,
}: {
  readonly isBucket: boolean;
  readonly onAdd: (grant: Grant) => void;
}): ReactNode {
  const [to, setTo] = useState<"email" | "id" | "AllUsers" | "AuthenticatedUsers">("email");
  return (
    <form
      className="add-grant"
      onSubmit={(event) => {
        event.preventDefault();
        const fields = new FormData(event.currentTarget);
        const who = textOf(fields, "who");
        const grantee: Grantee =
          to === "email"
            ? { type: "email", email: who }
            : to === "id"
              ? { type: "user", id: who }
              : { type: "group", group: to };
        onAdd({ grantee, permission: fields.get("permission") as Permission });
      }}
    >
      <select
        aria-label="Grant to"
        value={to}
        onChange={({ currentTarget }) => setTo(currentTarget.value as typeof to)}
      >
        <option value="email">a user, by e-mail</option>
        <option value="id">a user, by id</option>
        <option value="AllUsers">everybody</option>
        <option value="AuthenticatedUsers">everybody with an account</option>
      </select>
      {to === "email" || to === "id" ? (
        <input
          name="who"
          required
          aria-label={to === "email" ? "E-mail" : "Canonical id"}
          type={to === "email" ? "email" : "text"}
        />
      ) : null}
      <select name="permission" aria-label="Permission">
        {Object.entries(permissionNames).map(([permission, name]) =>
          permission === "WRITE" && !isBucket ? null : (
            <option key={permission} value={permission}>
              {name}
            </option>
          ),
        )}
      </select>
      <button type="submit">Grant</button>
    </form>
  );
}

function nameOf(grantee: Grantee, ownerId: string): string {
  if (grantee.type === "group") {
    return {
      AllUsers: "Everybody",
      AuthenticatedUsers: "Everybody with an account",
      LogDelivery: "Log delivery",
    }[grantee.group];
  }
  if (grantee.type === "email") return grantee.email;
  return grantee.id === ownerId ? "The owner" : grantee.displayName || grantee.id;
}
