/** What sends the settings of buckets and objects, their ACLs among them: many documents, and seldom wanted. */

export * from "./acl-operations.ts";
export * from "./bucket-access-operations.ts";
export * from "./bucket-settings-operations.ts";
export * from "./bucket-upkeep-operations.ts";
export * from "./object-settings-operations.ts";
export * from "./object-versions-operations.ts";
