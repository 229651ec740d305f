/** The settings of static files. They are read by `stowage collectstatic` and `stowage/static`. */

/** A directory of static files; what is in it is collected under the prefix. */
export interface StaticDirectory {
  readonly directory: string;
  /** Default: none. */
  readonly prefix?: string | undefined;
}

export interface StaticConfig {
  /** Where browsers find the files. Default: `/static/`. */
  readonly url?: string | undefined;
  /** The alias of the storage that the files are collected into. Default: `staticfiles`. */
  readonly storage?: string | undefined;
  /** Where the application's own files are; the first directory that has a name wins. Default: `["static"]`. */
  readonly directories?: readonly (string | StaticDirectory)[] | undefined;
  /** Packages whose folder `static/` is collected too. Default: none. */
  readonly packages?: readonly string[] | undefined;
  /** Names to leave out, as globs, beside `CVS`, `.*` and `*~`. */
  readonly ignore?: readonly string[] | undefined;
  /** Whether files get names with their hash, and a manifest `staticfiles.json`. Default: true. */
  readonly hashed?: boolean | undefined;
  /** Compressed variants to store beside the files. Default: none. */
  readonly precompress?: readonly ("br" | "gzip")[] | undefined;
  /** A manifest of Vite's, whose entries are served too. */
  readonly viteManifest?: string | undefined;
}
