import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { formatCount, formatDate, textOf } from "./format.ts";
import { Confirm, Dialog, ErrorNote, Field, Loading } from "./parts.tsx";
import { go, hrefOf } from "./route.ts";
import type { Session } from "./session.ts";

export function Buckets({ session: { client } }: { readonly session: Session }): ReactNode {
  const [isCreating, setCreating] = useState(false);
  const [deleted, setDeleted] = useState<string | null>(null);
  const [typed, setTyped] = useState("");
  const buckets = useQuery({
    queryKey: ["buckets"],
    queryFn: ({ signal }) => client.listBuckets({}, { signal }),
  });
  const name = typed.trim();
  const shown = (buckets.data?.buckets ?? []).filter((bucket) => bucket.name.includes(name.toLowerCase()));
  return (
    <>
      <div className="heading">
        <h1 tabIndex={-1}>Buckets</h1>
        <button type="button" className="main" onClick={() => setCreating(true)}>
          Create bucket
        </button>
      </div>
      <ErrorNote error={buckets.error} />
      {buckets.isPending ? <Loading /> : null}
      <form
        className="toolbar"
        onSubmit={(event) => {
          event.preventDefault();
          if (name !== "") go({ page: "objects", bucket: name, prefix: "" });
        }}
      >
        <input
          type="search"
          aria-label="Find a bucket, or open one by its name"
          placeholder="Find a bucket, or open one by its name"
          spellCheck={false}
          value={typed}
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
        />
        {name === "" ? null : <button type="submit">Open {name}</button>}
      </form>
      {buckets.data !== undefined && shown.length === 0 ? (
        <p className="empty">
          {name === ""
            ? "You have no buckets. To open one of somebody else's, type its name above."
            : "None of your buckets has this in its name. You can open one of somebody else's by its whole name."}
        </p>
      ) : null}
      {shown.length === 0 ? null : (
        <table className="list">
          <caption className="quiet">{formatCount(shown.length, "bucket")}</caption>
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Created</th>
              <th scope="col">
                <span className="hidden">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ name, createdAtMs }) => (
              <tr key={name}>
                <td>
                  <a href={hrefOf({ page: "objects", bucket: name, prefix: "" })}>{name}</a>
                </td>
                <td className="quiet">{formatDate(createdAtMs)}</td>
                <td className="row-actions">
                  <a href={hrefOf({ page: "settings", bucket: name })} aria-label={`Settings of ${name}`}>
                    Settings
                  </a>
                  <button
                    type="button"
                    className="plain"
                    aria-label={`Delete ${name}`}
                    onClick={() => setDeleted(name)}
                  >
                    Delete
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {isCreating ? <CreateBucket client={client} onClose={() => setCreating(false)} /> : null}
      {deleted === null ? null : (
        <DeleteBucket client={client} bucket={deleted} onClose={() => setDeleted(null)} />
      )}
    </>
  );
}

interface DialogProps {
  readonly client: Session["client"];
  readonly onClose: () => void;
}

function CreateBucket({ client, onClose }: DialogProps): ReactNode {
  const queries = useQueryClient();
  const creating = useMutation({
    mutationFn: async ({
      bucket,
      isVersioned,
      isLocked,
    }: {
      bucket: string;
      isVersioned: boolean;
      isLocked: boolean;
    }) => {
      await client.createBucket({ bucket, objectLockEnabledForBucket: isLocked || undefined });
      if (isVersioned && !isLocked) await client.putBucketVersioning({ bucket, status: "Enabled" });
      return bucket;
    },
    onSuccess: async (bucket) => {
      await queries.invalidateQueries({ queryKey: ["buckets"] });
      go({ page: "objects", bucket, prefix: "" });
    },
  });
  return (
    <Dialog title="Create bucket" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const fields = new FormData(event.currentTarget);
          creating.mutate({
            bucket: textOf(fields, "name"),
            isVersioned: fields.has("versioned"),
            isLocked: fields.has("locked"),
          });
        }}
      >
        <Field label="Name" hint="3 to 63 lower-case letters, digits, hyphens and dots.">
          <input
            name="name"
            required
            minLength={3}
            maxLength={63}
            autoFocus
            spellCheck={false}
            autoComplete="off"
          />
        </Field>
        <label className="check">
          <input type="checkbox" name="versioned" /> Keep earlier versions of objects
        </label>
        <label className="check">
          <input type="checkbox" name="locked" /> Object lock: versions can be kept from being deleted
        </label>
        <ErrorNote error={creating.error} />
        <div className="actions">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="main" disabled={creating.isPending}>
            Create
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function DeleteBucket({ client, bucket, onClose }: DialogProps & { readonly bucket: string }): ReactNode {
  const queries = useQueryClient();
  const deleting = useMutation({
    mutationFn: () => client.deleteBucket({ bucket }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["buckets"] });
      onClose();
    },
  });
  return (
    <Confirm
      title={`Delete ${bucket}?`}
      action="Delete bucket"
      isPending={deleting.isPending}
      error={deleting.error}
      onConfirm={() => deleting.mutate()}
      onClose={onClose}
    >
      <p>Only an empty bucket can be deleted. Its settings go with it.</p>
    </Confirm>
  );
}
