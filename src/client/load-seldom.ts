/** What is loaded when it is asked for, because many programs never do. */

import type * as RunningChecksums from "../s3/running-checksum.ts";
import type * as MultipartRequests from "./multipart-operations.ts";
import type * as SettingsRequests from "./settings-requests.ts";

let loadingMultipart: Promise<typeof MultipartRequests> | undefined;
let loadingSettings: Promise<typeof SettingsRequests> | undefined;
let loadingChecksums: Promise<typeof RunningChecksums> | undefined;

/** What sends uploads in parts. */
export function multipartRequests(): Promise<typeof MultipartRequests> {
  return (loadingMultipart ??= import("./multipart-operations.ts"));
}

/** What sends the settings of buckets and objects: loaded when the first of them is asked for. */
export function settingsRequests(): Promise<typeof SettingsRequests> {
  return (loadingSettings ??= import("./settings-requests.ts"));
}

/** What computes checksums: many servers ask for none, and its tables take time and room. */
export function checksums(): Promise<typeof RunningChecksums> {
  return (loadingChecksums ??= import("../s3/running-checksum.ts"));
}
