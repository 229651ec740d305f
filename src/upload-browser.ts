/** Direct uploads, the browser's side: `import { uploadFile } from "stowage/upload-browser"`. Export lists only. */

export { abandonUpload, uploadFile, UploadFailed } from "./http/browser/upload-file.ts";

export type { UploadedDirectly, UploadFileOptions, UploadProgress } from "./http/browser/upload-file.ts";
