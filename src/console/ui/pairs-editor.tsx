import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { ErrorNote } from "./parts.tsx";

interface PairsEditorProps {
  readonly title: string;
  /** Whether the title stands above already. Default: not. */
  readonly isTitled?: boolean;
  readonly pairs: Readonly<Record<string, string>>;
  readonly save: (pairs: Record<string, string>) => Promise<void>;
}

/** Names and values, such as metadata and tags: rows to change, with an empty one at the end. */
export function PairsEditor({ title, isTitled = false, pairs, save }: PairsEditorProps): ReactNode {
  const [rows, setRows] = useState<readonly (readonly [string, string])[]>(Object.entries(pairs));
  const saving = useMutation({
    mutationFn: () => save(Object.fromEntries(rows.filter(([name]) => name.trim() !== ""))),
  });
  const change = (at: number, row: readonly [string, string]): void => {
    saving.reset();
    setRows(at < rows.length ? rows.with(at, row) : [...rows, row]);
  };
  return (
    <form
      className="pairs"
      onSubmit={(event) => {
        event.preventDefault();
        saving.mutate();
      }}
    >
      <fieldset>
        <legend className={isTitled ? "hidden" : ""}>{title}</legend>
        {[...rows, ["", ""] as const].map(([name, value], at) => (
          <div className="pair" key={at}>
            <input
              aria-label={`${title}, name ${at + 1}`}
              placeholder="name"
              value={name}
              onChange={(event) => change(at, [event.currentTarget.value, value])}
            />
            <input
              aria-label={`${title}, value ${at + 1}`}
              placeholder="value"
              value={value}
              onChange={(event) => change(at, [name, event.currentTarget.value])}
            />
            {at < rows.length ? (
              <button
                type="button"
                className="plain"
                aria-label={`Remove ${name}`}
                onClick={() => {
                  saving.reset();
                  setRows(rows.toSpliced(at, 1));
                }}
              >
                ✕
              </button>
            ) : null}
          </div>
        ))}
        <ErrorNote error={saving.error} />
        <button type="submit" disabled={saving.isPending}>
          Save {title.toLowerCase()}
        </button>
        {saving.isSuccess ? <span role="status"> Saved.</span> : null}
      </fieldset>
    </form>
  );
}
