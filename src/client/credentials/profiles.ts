/** What the shared files of AWS hold. They are read in shared-files.ts. */

/** Names and values of one section; a value with indented lines below it is a section of its own. */
export type Section = { readonly [name: string]: string | Readonly<Record<string, string>> };

export interface Profiles {
  /** The settings of a profile: those of `credentials` over those of `config`. Undefined where neither has it. */
  profile(name: string): Section | undefined;
  /** A section `[services NAME]` of the config file. */
  services(name: string): Section | undefined;
  /** The files that were looked at, for messages. */
  readonly paths: readonly string[];
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** A value of a section that is a plain text, or undefined. */
export function textOf(section: Section | undefined, name: string): string | undefined {
  const value = section?.[name];
  return typeof value === "string" ? value : undefined;
}
