/** The settings of static files. They are read by `stowage collectstatic` and `stowage/static`. */

/** A directory of static files; what is in it is collected under the prefix. */
export interface StaticDirectory {
  readonly directory: string;
  /** Without slashes at its ends. Default: none. */
  readonly prefix?: string | undefined;
}

/** Relative paths are relative to the file of the configuration; where there is none, to process.cwd(). */
export interface StaticConfig {
  /**
   * Where browsers find the files: a path such as `/static/`, or a URL such as `https://cdn.example.com/static/`.
   * Default: where the storage says that its files are; `/static/` where it has no URLs. In development the application
   * serves them itself: at the path of this URL, by default `/static/`.
   */
  readonly url?: string | undefined;
  /** The alias of the storage that the files are collected into. Default: `staticfiles`. */
  readonly storage?: string | undefined;
  /** Where the application's own files are; the first directory that has a name wins. Default: `static`, if it is there. */
  readonly directories?: readonly (string | StaticDirectory)[] | undefined;
  /** Packages whose folder `static/` is collected too, after the directories. Default: none. */
  readonly packages?: readonly string[] | undefined;
  /** Aliases of storages whose files are collected too, after the packages. Default: none. */
  readonly sources?: readonly string[] | undefined;
  /** Names to leave out, as globs, beside `CVS`, `.*` and `*~`. */
  readonly ignore?: readonly string[] | undefined;
  /** Whether files get names with their hash, and a manifest `staticfiles.json`. Default: true. */
  readonly hashed?: boolean | undefined;
  /** Compressed variants to store beside the files. Default: none. */
  readonly precompress?: readonly ("br" | "gzip")[] | undefined;
  /** Whether imports in scripts get hashed names too. Default: false. */
  readonly moduleImports?: boolean | undefined;
  /** What a reference to a file that is not there does: `error` stops before anything is stored. Default: `error`. */
  readonly missingReferences?: "error" | "warn" | undefined;
  /** A manifest of Vite's. Its files are collected under the names they have, and `staticUrl()` knows its entries. */
  readonly viteManifest?: string | undefined;
}
