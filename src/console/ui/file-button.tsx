import { type ReactNode, useRef } from "react";
import { type ChosenFile, chosenFiles } from "./uploads.ts";

interface FileButtonProps {
  readonly label: string;
  readonly isMain?: boolean;
  readonly isFolder?: boolean;
  readonly onFiles: (files: readonly ChosenFile[]) => void;
}

/** Lets files, or a folder with all that is in it, be chosen. */
export function FileButton({ label, isMain = false, isFolder = false, onFiles }: FileButtonProps): ReactNode {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" className={isMain ? "main" : ""} onClick={() => input.current?.click()}>
        {label}
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={label}
        webkitdirectory={isFolder ? "" : undefined}
        onChange={({ currentTarget }) => {
          onFiles(chosenFiles(currentTarget.files));
          // The same files can be chosen again.
          currentTarget.value = "";
        }}
      />
    </>
  );
}
