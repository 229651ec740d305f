import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { ObjectInfo, RetentionMode, S3Client } from "stowage/client";
import { textOf } from "./format.ts";
import { ErrorNote, Field } from "./parts.tsx";

interface ObjectLockProps {
  readonly client: S3Client;
  readonly bucket: string;
  readonly objectKey: string;
  readonly info: ObjectInfo;
  readonly onChanged: () => Promise<void>;
}

/** What keeps a version from being deleted: a day until which it stays, and a hold without an end. */
export function ObjectLock({ client, bucket, objectKey: key, info, onChanged }: ObjectLockProps): ReactNode {
  const { versionId, retention, legalHold } = info;
  const at = { bucket, key, versionId };
  const changing = useMutation({
    mutationFn: (change: () => Promise<unknown>) => change(),
    onSuccess: onChanged,
  });
  const isHeld = legalHold === "ON";
  return (
    <>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const fields = new FormData(event.currentTarget);
          const mode = textOf(fields, "mode") as RetentionMode;
          const untilMs = Date.parse(`${textOf(fields, "until")}T00:00:00Z`);
          changing.mutate(() => client.putObjectRetention({ ...at, retention: { mode, untilMs } }));
        }}
      >
        <Field label="Keep this version until">
          <input
            name="until"
            type="date"
            required
            defaultValue={
              retention === undefined ? "" : new Date(retention.untilMs).toISOString().slice(0, 10)
            }
          />
        </Field>
        <Field
          label="Mode"
          hint="In compliance mode nobody can shorten it, not even the owner; governance can be bypassed by who has the right."
        >
          <select name="mode" defaultValue={retention?.mode ?? "GOVERNANCE"}>
            <option value="GOVERNANCE">Governance</option>
            <option value="COMPLIANCE">Compliance</option>
          </select>
        </Field>
        <div className="actions">
          <button type="submit" disabled={changing.isPending}>
            Keep it
          </button>
          <button
            type="button"
            disabled={changing.isPending}
            onClick={() =>
              changing.mutate(() => client.putObjectLegalHold({ ...at, legalHold: isHeld ? "OFF" : "ON" }))
            }
          >
            {isHeld ? "Release the legal hold" : "Put a legal hold on it"}
          </button>
        </div>
      </form>
      <ErrorNote error={changing.error} />
    </>
  );
}
