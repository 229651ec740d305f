/** Small things that all pages are made of. */

import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import { messageOf } from "./format.ts";

interface ErrorNoteProps {
  readonly error: unknown;
  /** What a button does that tries it again. Default: there is none. */
  readonly onRetry?: () => unknown;
}

export function ErrorNote({ error, onRetry }: ErrorNoteProps): ReactNode {
  if (error === null || error === undefined) return null;
  return (
    <p className="note error" role="alert">
      {messageOf(error)}
      {onRetry === undefined ? null : (
        <button type="button" className="plain" onClick={() => void onRetry()}>
          Try again
        </button>
      )}
    </p>
  );
}

export function Loading(): ReactNode {
  return (
    <p className="quiet" role="status">
      Loading…
    </p>
  );
}

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Gives the focus back, when this goes, to what had it before, or to the page's heading where that is gone too. */
export function useReturningFocus(): void {
  useLayoutEffect(() => {
    const before = document.activeElement;
    return () => {
      setTimeout(() => {
        if (document.activeElement !== document.body) return;
        const isThere = before instanceof HTMLElement && before.isConnected && before !== document.body;
        (isThere ? before : document.querySelector<HTMLElement>("main h1"))?.focus();
      });
    };
  }, []);
}

/** The browser's own dialog: it keeps the focus, and Escape closes it. */
export function Dialog({ title, onClose, children }: DialogProps): ReactNode {
  useReturningFocus();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} onClose={onClose} aria-label={title}>
      <h2>{title}</h2>
      {children}
    </dialog>
  );
}

interface ConfirmProps {
  readonly title: string;
  readonly children: ReactNode;
  /** What the button says that does it. */
  readonly action: string;
  readonly isPending: boolean;
  readonly error: unknown;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

export function Confirm(props: ConfirmProps): ReactNode {
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      {props.children}
      <ErrorNote error={props.error} />
      <div className="actions">
        <button type="button" onClick={props.onClose}>
          Cancel
        </button>
        <button type="button" className="danger" disabled={props.isPending} onClick={props.onConfirm}>
          {props.action}
        </button>
      </div>
    </Dialog>
  );
}

interface FieldProps {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly children: ReactNode;
}

export function Field({ label, hint, children }: FieldProps): ReactNode {
  return (
    <label className="field">
      <span>{label}</span>
      {children}
      {hint === undefined ? null : <small>{hint}</small>}
    </label>
  );
}

/** A text to copy, with the button that copies it. */
export function Copyable({ label, text }: { readonly label: string; readonly text: string }): ReactNode {
  const output = useRef<HTMLInputElement>(null);
  const [copied, setCopied] = useState<string | null>(null);
  const copy = async (): Promise<void> => {
    output.current?.select();
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Browsers have a clipboard for pages by TLS and of this machine alone.
      if (!document.execCommand("copy")) return;
    }
    setCopied(text);
  };
  return (
    <Field label={label}>
      <span className="copyable">
        <input
          ref={output}
          aria-label={label}
          readOnly
          value={text}
          onFocus={(event) => event.currentTarget.select()}
        />
        <button type="button" onClick={() => void copy()}>
          {copied === text ? "Copied" : "Copy"}
        </button>
        <span role="status" className="hidden">
          {copied === text ? "Copied" : ""}
        </span>
      </span>
    </Field>
  );
}

/** What there is to know, a name and a value a row; what has no value is left out. */
export function Facts({
  rows,
}: {
  readonly rows: readonly (readonly [string, string | undefined])[];
}): ReactNode {
  return (
    <dl>
      {rows.map(([name, value]) =>
        value === undefined ? null : (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}
