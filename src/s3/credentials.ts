/** What a client signs with. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary credentials: carried as `x-amz-security-token`. */
  readonly sessionToken?: string;
}
