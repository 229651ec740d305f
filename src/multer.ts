/** A storage behind multer 2: `import { stowageStorage } from "stowage/multer"`. Export lists only. */

export { stowageStorage } from "./http/multer-storage.ts";

export type { MulterFile, MulterStorageOptions } from "./http/multer-storage.ts";
