/** An older version of an object, made the newest. */

import { checkNames, requireField } from "../s3/known-names.ts";
import { copy } from "./copy.ts";
import type { ClientCore } from "./core.ts";
import { grantHeadersOf } from "./grant-headers.ts";
import type { CustomerKeyInput } from "./inputs.ts";
import { keptByName } from "./kept-by-name.ts";
import { headObject } from "./operations.ts";
import type { Versioned } from "./outputs.ts";
import { inputNames } from "./read-input.ts";
import type { RequestOptions } from "./send.ts";

/** Names a version of an object. */
export interface ObjectVersion {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string;
}

/** See S3Client.restoreVersion. */
export async function restoreVersion(
  core: ClientCore,
  version: ObjectVersion,
  options: RequestOptions & CustomerKeyInput = {},
): Promise<Versioned> {
  checkNames("restoreVersion()", options, { signal: 1, customerKey: 1 });
  const { signal, customerKey } = options;
  const { bucket, key } = version;
  // Without it the newest version would be copied onto itself.
  checkNames("restoreVersion()", version, inputNames);
  requireField("restoreVersion()", "versionId", version.versionId);
  // Before the HEAD, whose answer cannot tell a missing version from a missing key.
  const grants = await grantHeadersOf(core, version, signal);
  const info = await headObject(core, { ...version, customerKey }, { signal });
  const kept = keptByName(info);
  const { versionId } = await copy(
    core,
    {
      bucket,
      key,
      copySource: version,
      ...kept,
      headers: { ...kept.headers, ...grants },
      customerKey,
      copySourceCustomerKey: customerKey,
    },
    { sizeBytes: info.size, signal },
  );
  return { versionId };
}
