/** File fields in Drizzle: `import { fileColumn } from "stowage/drizzle"`. Export lists only. */

export {
  deleteWithFiles,
  fileColumn,
  fileFieldsOf,
  insertWithFiles,
  updateWithFiles,
} from "./fields/drizzle.ts";

export type { FileColumnBuilder, FileDatabase, ValuesWithFiles } from "./fields/drizzle.ts";
