/** What S3 or the way to it refused, as one line for whoever typed the command. */

import { CredentialsError, S3ConnectionError, S3DataError, S3ResponseError } from "../client/errors.ts";
import { CommandError } from "./command.ts";
import { printable } from "./output.ts";

/** The way out in commands of this program, where the client's own words speak of its methods. */
const fixes: Readonly<Record<string, (url: string, error: S3ResponseError) => string>> = {
  NoSuchBucket: (url) => `make it with stowage mb ${bucketOf(url)}, or check the name and --endpoint`,
  NoSuchKey: (url) => `look what is there with stowage ls ${bucketOf(url)}`,
  NoSuchUpload: () => "it was completed or aborted meanwhile: begin again",
  BucketNotEmpty: (url) => `empty it first: stowage rb --force ${url}`,
  BucketAlreadyExists: () => "bucket names are shared by all users of a server: choose another",
  BucketAlreadyOwnedByYou: (url) => `it is yours already: stowage ls ${url}`,
  AccessDenied: (url, { fix }) =>
    fix.startsWith("The request was anonymous")
      ? "nothing was signed: leave out --anon, or have the owner make it public"
      : `these keys lack the right: stowage acl ${url} shows who has it, to who may see that`,
  // The code that the client gives to what came without a document, as a HEAD's answer does.
  BadRequest: (url) =>
    `the object may be encrypted with a customer's key: give it with --sse-c-key; or ?versionId= is that of no version: stowage versions ${url} shows them`,
  InvalidRequest: (_url, { fix, serverMessage }) =>
    /stored using .* Server Side Encryption/.test(serverMessage)
      ? "give the customer's key that it is encrypted with: --sse-c-key, or --copy-source-sse-c-key for the source of a copy"
      : plain(fix),
  InvalidStorageClass: () => "give another with --storage-class, such as STANDARD_IA",
  UnresolvableGrantByEmailAddress: () => "give --id; stowage user ls shows ids and e-mail addresses",
  InvalidArgument: (_url, { fix, serverMessage }) =>
    serverMessage === "Invalid id"
      ? "a canonical id has 64 hexadecimal digits: stowage user ls shows it, or give --email"
      : plain(fix),
  InvalidTag: () =>
    "a name has at most 128 characters, a value 256, of letters, digits, spaces and + - = . _ : / @, and no name begins with aws:",
  PreconditionFailed: () => "somebody changed it meanwhile: look at it again, and repeat the command",
};

const keysFix =
  "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile with --profile, or give --anon for what is public";

/** The error of a command for one of the client's, or null for any other. */
export function commandErrorOf(error: unknown): CommandError | null {
  if (error instanceof S3ResponseError) {
    const { bucket, key, code, status, serverMessage, operation } = error;
    const url = urlOf(bucket, key);
    if (code === "NoSuchVersion" || (code === "InvalidArgument" && /version id/i.test(serverMessage))) {
      return new CommandError(
        `there is no such version of ${url} (${code}, ${status})`,
        `stowage versions ${url} shows them`,
        { cause: error },
      );
    }
    const fix = fixes[code]?.(url, error) ?? plain(error.fix);
    const where = url === "" ? operation : `${operation} of ${url}`;
    return new CommandError(
      `${where}: ${plain(serverMessage)} (${code}, ${status})`,
      fix === "" ? "check the command" : fix,
      { cause: error },
    );
  }
  if (error instanceof CredentialsError) {
    const problem = plain(error.message.slice(0, error.message.length - error.fix.length));
    return new CommandError(problem, keysFix, { cause: error });
  }
  if (error instanceof S3ConnectionError || error instanceof S3DataError) {
    const { message, fix } = error;
    const problem = plain(message.slice(0, message.length - fix.length));
    return new CommandError(problem, plain(fix) || "check --endpoint, and that the server is running", {
      cause: error,
    });
  }
  return null;
}

function urlOf(bucket: string | undefined, key: string | undefined): string {
  if (bucket === undefined) return "";
  return printable(key === undefined ? `s3://${bucket}` : `s3://${bucket}/${key}`);
}

function bucketOf(url: string): string {
  return url.replace(/(?<=\w)\/.*/s, "");
}

/** Without the full stop: an error of this program goes on with the way out. */
function plain(text: string): string {
  return text.trim().replace(/\.$/, "");
}
