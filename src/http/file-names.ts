/** Names of files as people see them: those that browsers send, and those that they are told. */

import { UploadError } from "./upload-error.ts";

/** Marks that turn the direction of writing: `gpj.exe` shows as `exe.jpg` behind one. And the byte order mark. */
const directionMarks = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;
const controls = /[\p{Cc}\p{Zl}\p{Zp}]/gu;
const loneSurrogates = /\p{Cs}/gu;

/** A name without its directories, control characters and marks of direction. May be empty. */
export function displayName(name: string): string {
  const base = name.slice(Math.max(name.lastIndexOf("/"), name.lastIndexOf("\\")) + 1);
  return base
    .replaceAll(controls, "")
    .replaceAll(directionMarks, "")
    .replaceAll(loneSurrogates, "_")
    .replaceAll("\ufffd", "_")
    .normalize("NFC")
    .trim();
}

/**
 * The name of a file in a form, as a person may see it.
 *
 * Directories, control characters and marks of direction are taken out; what browsers escape is put back. A name that
 * is too long is refused, not cut.
 *
 * @param raw As it stands in the form, decoded.
 * @throws UploadError `FilenameInvalid`, `FilenameTooLong`.
 * @see https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data
 */
export function uploadedName(raw: string, maxBytes: number): string {
  const name = displayName(unescapeName(raw));
  if (name === "" || name === "." || name === "..") {
    throw new UploadError("FilenameInvalid", `${quote(raw)} is no name for a file.`, { filename: name });
  }
  const bytes = Buffer.byteLength(name);
  if (bytes > maxBytes) {
    throw new UploadError(
      "FilenameTooLong",
      `The name ${quote(name)} is too long: it has ${bytes} bytes, and ${maxBytes} are the most.`,
      { filename: name, limit: maxBytes },
    );
  }
  return name;
}

/** Browsers write a quote and line breaks as `%22`, `%0D`, `%0A`, and nothing else: a `%` alone stays. */
export function unescapeName(name: string): string {
  return name.replaceAll(/%0D|%0A/gi, "").replaceAll("%22", '"');
}

/**
 * A name whose UTF-8 was read as latin1, put right; any other as it is. Multer reads names so unless it is told not to.
 *
 * @example
 * repairLatin1("rÃ©sumÃ©.pdf"); // "résumé.pdf"
 */
export function repairLatin1(name: string): string {
  // Only what is latin1 throughout, and not ASCII throughout, can be misread UTF-8.
  if (!/^[\0-\xff]*$/.test(name) || !/[\x80-\xff]/.test(name)) return name;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(name, "latin1"));
  } catch {
    return name;
  }
}

/** Quoted, and short enough for a message. */
export function quote(name: string): string {
  return JSON.stringify(name.length > 60 ? `${name.slice(0, 60)}…` : name);
}
