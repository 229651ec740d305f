/** File fields in Prisma: `import { fileExtension } from "stowage/prisma"`. Export lists only. */

export { fileExtension } from "./fields/prisma/extension.ts";
export { fileInput } from "./fields/prisma/values.ts";

export type { FileExtension, PrismaFileModels } from "./fields/prisma/extension.ts";
