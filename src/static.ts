/** Static files: `import { staticUrl } from "stowage/static"`. Export lists only. */

export { collectStatic, isDestinationEmpty } from "./static/collect.ts";
export { loadStatic, staticUrl, useStatic } from "./static/default-static.ts";
export {
  directoryFinder,
  findAllStatic,
  findStatic,
  packageFinder,
  storageFinder,
} from "./static/finders.ts";
export { loadStaticSite } from "./static/load-site.ts";
export { createManifest, readManifest, writeManifest } from "./static/manifest.ts";
export { createStaticSite } from "./static/site.ts";
export { openStaticFiles } from "./static/static-files.ts";
export { summaryOf } from "./static/summary.ts";

export type { Collected, CollectEvent, CollectOptions } from "./static/collect.ts";
export type { Finder, StaticSource } from "./static/finders.ts";
export type { Loaded } from "./static/load.ts";
export type { StaticManifest } from "./static/manifest.ts";
export type { StaticSite, StaticSiteOptions } from "./static/site.ts";
export type { StaticFiles, StaticFilesOptions } from "./static/static-files.ts";
export type { ViteAssets, ViteChunk, ViteChunks } from "./static/vite-manifest.ts";
