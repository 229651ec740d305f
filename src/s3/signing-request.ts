/** A request as it is sent, byte for byte: what a signature covers. Strings hold one code unit a byte (latin1). */
export interface SigningRequest {
  readonly method: string;
  /** Raw and percent-encoded, starting with `/`. Never normalised: `//`, `.` and `..` are parts of keys. */
  readonly path: string;
  /** Raw, without the `?`. */
  readonly query: string;
  /** By lower-case name; repeated headers joined with `,` in order. `host` must be there. */
  readonly headers: Readonly<Record<string, string>>;
}
