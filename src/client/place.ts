/** Where the requests of a client go, by its settings and by what was learned of its buckets. */

import type { ClientCore } from "./core.ts";
import { type Place, locate } from "./endpoint.ts";
import { endpointFor } from "./settings.ts";

/** Where a call goes, by what is known of its bucket's region. */
export function placeOf(
  core: ClientCore,
  { bucket, key }: { readonly bucket?: string | undefined; readonly key?: string | undefined },
): Place {
  return locate(endpointFor(core.settings, regionOf(core, bucket)), {
    addressing: core.settings.addressing,
    ...(bucket === undefined ? {} : { bucket }),
    ...(key === undefined ? {} : { key }),
  });
}

/** The region that a call is signed for. */
export function regionOf(core: ClientCore, bucket: string | undefined): string {
  return core.regions.get(bucket ?? "") ?? core.settings.region;
}
