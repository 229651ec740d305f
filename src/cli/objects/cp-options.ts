/** What `cp` and `mv` are asked for beside their places. */

import type { ObjectProperties } from "../../client/inputs.ts";
import type { CannedAcl } from "../../s3/acl.ts";
import type { CustomerKeys } from "../customer-key.ts";
import type { FindOptions } from "./find-objects.ts";
import type { TransferOptions } from "./transfers.ts";

export interface CpOptions extends FindOptions, TransferOptions, CustomerKeys {
  readonly acl?: CannedAcl;
  readonly contentType?: string;
  readonly cacheControl?: string;
  readonly storageClass?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** What is there stays. */
  readonly clobber?: boolean;
  /** Told of what is passed over in a directory: what is no file, nor a link to one. */
  readonly onPassed?: (path: string) => unknown;
  /** Large ones go on where an earlier command stopped. */
  readonly resume?: boolean;
}

/** What the target is to have, by name. */
export function propertiesOf({
  contentType,
  cacheControl,
  storageClass,
  metadata,
}: CpOptions): ObjectProperties {
  return {
    ...(contentType === undefined ? {} : { contentType }),
    ...(cacheControl === undefined ? {} : { cacheControl }),
    ...(storageClass === undefined ? {} : { storageClass }),
    ...(metadata === undefined ? {} : { metadata }),
  };
}
