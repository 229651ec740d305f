/** A key's row of `heads`: where among its versions those are that their id does not tell. */

import { idBytes } from "../ids.ts";
import { Reader, Writer } from "./codec.ts";
import { checkFormat } from "./object.ts";

export interface Head {
  /** Order of the newest version, when that is a delete marker. */
  readonly marker?: Buffer | undefined;
  /** Order of the null version, when it stands in `versions`. */
  readonly nullVersion?: Buffer | undefined;
}

const format = 1;
const flag = { marker: 1, nullVersion: 1 << 1 } as const;

export function encodeHead({ marker, nullVersion }: Head): Buffer {
  const writer = new Writer();
  writer.u8(format);
  writer.u8((marker === undefined ? 0 : flag.marker) | (nullVersion === undefined ? 0 : flag.nullVersion));
  if (marker !== undefined) writer.raw(marker);
  if (nullVersion !== undefined) writer.raw(nullVersion);
  return writer.finish();
}

/** @throws RangeError for bytes that are no record of a known format. */
export function decodeHead(bytes: Buffer): Head {
  const reader = new Reader(bytes);
  checkFormat(reader.u8(), format, "head");
  const flags = reader.u8();
  return {
    marker: flags & flag.marker ? reader.raw(idBytes) : undefined,
    nullVersion: flags & flag.nullVersion ? reader.raw(idBytes) : undefined,
  };
}
