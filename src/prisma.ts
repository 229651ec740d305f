/** File fields in Prisma: `import { fileExtension } from "stowage/prisma"`. Export lists only. */

export { fileExtension, fileInput } from "./fields/prisma.ts";

export type { FileExtension, PrismaFileModels } from "./fields/prisma.ts";
