/** Small things that all pages are made of. */

import { type ReactNode, useEffect, useRef } from "react";
import { messageOf } from "./format.ts";

export function ErrorNote({ error }: { readonly error: unknown }): ReactNode {
  if (error === null || error === undefined) return null;
  return (
    <p className="note error" role="alert">
      {messageOf(error)}
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

/** The browser's own dialog: it keeps the focus, and Escape closes it. */
export function Dialog({ title, onClose, children }: DialogProps): ReactNode {
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
  return (
    <Field label={label}>
      <span className="copyable">
        <input ref={output} readOnly value={text} onFocus={(event) => event.currentTarget.select()} />
        <button
          type="button"
          onClick={() => {
            output.current?.select();
            void navigator.clipboard.writeText(text);
          }}
        >
          Copy
        </button>
      </span>
    </Field>
  );
}
