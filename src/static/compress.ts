/** Compressed variants: `site.css.br` and `site.css.gz` beside `site.css`, made once instead of for each request. */

import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

/** A way to compress: the name of the encoding in HTTP, and what is added to the name of the file. */
export interface Encoding {
  readonly name: "br" | "gzip";
  readonly suffix: ".br" | ".gz";
  readonly compress: (bytes: Uint8Array) => Promise<Uint8Array>;
}

const brotliAsync = promisify(brotliCompress);
const gzipAsync = promisify(gzip);

/** Best first. */
export const encodings: readonly Encoding[] = [
  {
    name: "br",
    suffix: ".br",
    compress: (bytes) =>
      brotliAsync(bytes, {
        params: {
          [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
          [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
        },
      }),
  },
  {
    name: "gzip",
    suffix: ".gz",
    compress: (bytes) => gzipAsync(bytes, { level: constants.Z_BEST_COMPRESSION }),
  },
];

/** What compresses; images, films, archives and WOFF are compressed already. */
const compressible =
  /\.(css|m?js|cjs|json|map|svg|html?|xml|txt|md|csv|ics|wasm|webmanifest|ttf|otf|eot|ico|bmp|rss|atom)$/i;

/** Below this it does not pay: an answer's header is as long. */
const minBytes = 256;

/** Whether variants of a file are worth making. */
export function isCompressible(name: string, size: number): boolean {
  return size >= minBytes && compressible.test(name);
}

/** The variant of a file, or null where it would save less than a twentieth. */
export async function compressed(bytes: Uint8Array, encoding: Encoding): Promise<Uint8Array | null> {
  const variant = await encoding.compress(bytes);
  return variant.length < bytes.length * 0.95 ? variant : null;
}

/**
 * The encodings that a request takes, best first.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#field.accept-encoding
 */
export function acceptedEncodings(header: string | null): Encoding[] {
  const weights = new Map<string, number>();
  for (const part of (header ?? "").toLowerCase().split(",")) {
    const [name = "", ...parameters] = part.split(";").map((word) => word.trim());
    const q = parameters.find((one) => one.startsWith("q="));
    weights.set(name, q === undefined ? 1 : Number(q.slice(2)));
  }
  return encodings.filter(({ name }) => (weights.get(name) ?? weights.get("*") ?? 0) > 0);
}
