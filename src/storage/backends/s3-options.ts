/**
 * The options of the S3 backend: those of django-storages by the same names in camelCase, and of the old s3boto. Each is
 * an option, else a default of the class, else a variable of the environment with the name that Django's setting has.
 *
 * @see https://django-storages.readthedocs.io/en/latest/backends/amazon-S3.html
 */

import type { AclInput, ObjectProperties } from "../../client/inputs.ts";
import type { S3ClientOptions } from "../../client/settings.ts";
import { type CannedAcl, parseCannedAcl } from "../../s3/acl.ts";
import { ImproperlyConfigured } from "../errors.ts";
import { type Environment, type OptionRows, resolveOptions } from "../options.ts";

/** What is stored beside the bytes of a file, and who may read it. `headers` are for what has no field here. */
export interface ObjectParameters extends ObjectProperties, AclInput {
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** How files are cut for the way. */
export interface TransferConfig {
  /** At least 5 MiB. Default: 8 MiB. */
  readonly partSizeBytes?: number | undefined;
  /** Parts under way at once. Default: 4. */
  readonly concurrency?: number | undefined;
}

/** Signs a URL of CloudFront until it expires. */
export type CloudFrontSigner = (url: string, expires: Date) => string | Promise<string>;

export interface S3Options {
  /** Environment: AWS_S3_ACCESS_KEY_ID, AWS_ACCESS_KEY_ID. Without keys AWS's chain finds them. */
  readonly accessKey?: string | undefined;
  /** Environment: AWS_S3_SECRET_ACCESS_KEY, AWS_SECRET_ACCESS_KEY. */
  readonly secretKey?: string | undefined;
  /** Of temporary keys. Environment, where the keys are from there: AWS_SESSION_TOKEN, AWS_SECURITY_TOKEN. */
  readonly securityToken?: string | undefined;
  /** A profile of AWS's shared files, instead of keys. Environment: AWS_S3_SESSION_PROFILE. */
  readonly sessionProfile?: string | undefined;
  /** Environment: AWS_STORAGE_BUCKET_NAME. */
  readonly bucketName?: string | undefined;
  /** Environment: AWS_S3_REGION_NAME, then as the client. */
  readonly regionName?: string | undefined;
  /** Environment: AWS_S3_ENDPOINT_URL, then as the client: AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL. */
  readonly endpointUrl?: string | undefined;
  /** For an endpoint without a scheme, and Amazon's own. Environment: AWS_S3_USE_SSL. Default: true. */
  readonly useSsl?: boolean | undefined;
  /** The file of certificates to trust, in PEM; `false` trusts any. Environment: AWS_S3_VERIFY. Default: the system's. */
  readonly verify?: boolean | string | undefined;
  /** Environment: AWS_S3_ADDRESSING_STYLE. Default: `virtual` on AWS, `path` elsewhere. */
  readonly addressingStyle?: "auto" | "virtual" | "path" | undefined;
  /** `s3v4`, or `s3` for version 2. Environment: AWS_S3_SIGNATURE_VERSION. Default: `s3v4`. */
  readonly signatureVersion?: "s3v4" | "s3" | undefined;
  /** A proxy for each scheme: `{ https: "http://proxy:3128" }`. Default: none. */
  readonly proxies?: { readonly http?: string; readonly https?: string } | undefined;
  /** Options of the client, over all others. */
  readonly clientConfig?: S3ClientOptions | undefined;
  /** Sizes and number of the parts of an upload. */
  readonly transferConfig?: TransferConfig | undefined;
  /** What keys begin with; names do not show it. Environment: AWS_LOCATION. Default: none. */
  readonly location?: string | undefined;
  /** Whether save() replaces a file of the same name. Environment: AWS_S3_FILE_OVERWRITE. Default: true. */
  readonly fileOverwrite?: boolean | undefined;
  /** For every file, or by its name. */
  readonly objectParameters?: ObjectParameters | ((name: string) => ObjectParameters) | undefined;
  /** Environment: AWS_DEFAULT_ACL. Default: none, and the bucket decides. */
  readonly defaultAcl?: CannedAcl | undefined;
  /** Compress what compresses well. Environment: AWS_IS_GZIPPED. Default: false. */
  readonly gzip?: boolean | undefined;
  /** What gzip is for. Default: CSS, JavaScript and SVG. */
  readonly gzipContentTypes?: readonly string[] | undefined;
  /** The most memory for the parts of one upload, in bytes. Environment: AWS_S3_MAX_MEMORY_SIZE. Default: 0, any. */
  readonly maxMemorySize?: number | undefined;
  /** Parts of a file that open() writes, and of a stream of unknown length, in bytes. Environment: AWS_S3_FILE_BUFFER_SIZE. Default: 5 MiB. */
  readonly fileBufferSize?: number | undefined;
  /** Whether URLs are signed. Environment: AWS_QUERYSTRING_AUTH. Default: true. */
  readonly querystringAuth?: boolean | undefined;
  /** How long signed URLs work, in seconds. Environment: AWS_QUERYSTRING_EXPIRE. Default: 3,600. */
  readonly querystringExpire?: number | undefined;
  /** Of a custom domain. Environment: AWS_S3_URL_PROTOCOL. Default: `https:`. */
  readonly urlProtocol?: "https:" | "http:" | undefined;
  /** The host for URLs, such as that of a CDN; a path may follow. Environment: AWS_S3_CUSTOM_DOMAIN. */
  readonly customDomain?: string | undefined;
  /** With cloudfrontKey: URLs of the custom domain are signed for CloudFront. Environment: AWS_CLOUDFRONT_KEY_ID. */
  readonly cloudfrontKeyId?: string | undefined;
  /** An RSA private key in PEM. Environment: AWS_CLOUDFRONT_KEY. */
  readonly cloudfrontKey?: string | undefined;
  /** Signs instead of the key; null signs nothing. */
  readonly cloudfrontSigner?: CloudFrontSigner | null | undefined;
  /** Make the bucket where it is not there. Environment: AWS_AUTO_CREATE_BUCKET. Default: false. */
  readonly autoCreateBucket?: boolean | undefined;
  /** Of a bucket that is made. Environment: AWS_BUCKET_ACL. Default: private. */
  readonly bucketAcl?: CannedAcl | undefined;
  /** Store with less redundancy. Environment: AWS_REDUCED_REDUNDANCY. Default: false. */
  readonly reducedRedundancy?: boolean | undefined;
  /** Have the server encrypt. Environment: AWS_S3_ENCRYPTION. Default: false. */
  readonly encryption?: boolean | undefined;
  /** Answer exists(), size() and times from one listing made at the first call; what is deleted is asked for. Environment: AWS_PRELOAD_METADATA. Default: false. */
  readonly preloadMetadata?: boolean | undefined;
}

/** The options that have a default. */
type Defaulted =
  | "useSsl"
  | "location"
  | "fileOverwrite"
  | "objectParameters"
  | "gzip"
  | "gzipContentTypes"
  | "maxMemorySize"
  | "fileBufferSize"
  | "querystringAuth"
  | "querystringExpire"
  | "urlProtocol"
  | "autoCreateBucket"
  | "reducedRedundancy"
  | "encryption"
  | "preloadMetadata";

/** Options that are decided. */
export type S3Settings = Omit<S3Options, Defaulted> & {
  readonly [Name in Defaulted]: NonNullable<S3Options[Name]>;
};

const MiB = 1024 * 1024;

const fallbacks: Pick<S3Settings, Defaulted> = {
  useSsl: true,
  location: "",
  fileOverwrite: true,
  objectParameters: {},
  gzip: false,
  gzipContentTypes: [
    "text/css",
    "text/javascript",
    "application/javascript",
    "application/x-javascript",
    "image/svg+xml",
  ],
  maxMemorySize: 0,
  fileBufferSize: 5 * MiB,
  querystringAuth: true,
  querystringExpire: 3600,
  urlProtocol: "https:",
  autoCreateBucket: false,
  reducedRedundancy: false,
  encryption: false,
  preloadMetadata: false,
};

const rows: OptionRows<S3Options> = {
  accessKey: { env: ["AWS_S3_ACCESS_KEY_ID", "AWS_ACCESS_KEY_ID"] },
  secretKey: { env: ["AWS_S3_SECRET_ACCESS_KEY", "AWS_SECRET_ACCESS_KEY"] },
  securityToken: { env: ["AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"] },
  sessionProfile: { env: ["AWS_S3_SESSION_PROFILE"] },
  bucketName: { env: ["AWS_STORAGE_BUCKET_NAME"] },
  regionName: { env: ["AWS_S3_REGION_NAME"] },
  endpointUrl: { env: ["AWS_S3_ENDPOINT_URL"] },
  useSsl: { env: ["AWS_S3_USE_SSL"], is: "boolean" },
  verify: { env: ["AWS_S3_VERIFY"] },
  addressingStyle: { env: ["AWS_S3_ADDRESSING_STYLE"], is: ["auto", "virtual", "path"] },
  signatureVersion: { env: ["AWS_S3_SIGNATURE_VERSION"], is: ["s3v4", "s3"] },
  proxies: {},
  clientConfig: {},
  transferConfig: {},
  location: { env: ["AWS_LOCATION"] },
  fileOverwrite: { env: ["AWS_S3_FILE_OVERWRITE"], is: "boolean" },
  objectParameters: {},
  defaultAcl: { env: ["AWS_DEFAULT_ACL"], is: parseCannedAcl },
  gzip: { env: ["AWS_IS_GZIPPED"], is: "boolean" },
  gzipContentTypes: {},
  maxMemorySize: { env: ["AWS_S3_MAX_MEMORY_SIZE"], is: "number" },
  fileBufferSize: { env: ["AWS_S3_FILE_BUFFER_SIZE"], is: "number" },
  querystringAuth: { env: ["AWS_QUERYSTRING_AUTH"], is: "boolean" },
  querystringExpire: { env: ["AWS_QUERYSTRING_EXPIRE"], is: "number" },
  urlProtocol: { env: ["AWS_S3_URL_PROTOCOL"], is: ["https:", "http:"] },
  customDomain: { env: ["AWS_S3_CUSTOM_DOMAIN"] },
  cloudfrontKeyId: { env: ["AWS_CLOUDFRONT_KEY_ID"] },
  cloudfrontKey: { env: ["AWS_CLOUDFRONT_KEY"] },
  cloudfrontSigner: {},
  autoCreateBucket: { env: ["AWS_AUTO_CREATE_BUCKET"], is: "boolean" },
  bucketAcl: { env: ["AWS_BUCKET_ACL"], is: parseCannedAcl },
  reducedRedundancy: { env: ["AWS_REDUCED_REDUNDANCY"], is: "boolean" },
  encryption: { env: ["AWS_S3_ENCRYPTION"], is: "boolean" },
  preloadMetadata: { env: ["AWS_PRELOAD_METADATA"], is: "boolean" },
};

/**
 * Decides every option.
 *
 * @param defaults Those of the class.
 * @throws ImproperlyConfigured for options that there are not, cannot be, or contradict each other.
 */
export function readS3Options(options: S3Options, defaults: S3Options, env: Environment): S3Settings {
  const { values, given } = resolveOptions("s3", rows, { options, defaults, env });
  const settings = { ...fallbacks, ...values, ...credentialsOf(values, given) } as S3Settings;
  const { location, cloudfrontKey, cloudfrontKeyId, fileBufferSize } = settings;
  if (location.startsWith("/")) {
    const correct = location.replace(/^\/+/, "");
    throw new ImproperlyConfigured(
      `The location of s3() begins with a slash: give ${JSON.stringify(correct)} instead of ${JSON.stringify(location)}.`,
    );
  }
  if ((cloudfrontKey === undefined) !== (cloudfrontKeyId === undefined)) {
    throw new ImproperlyConfigured("cloudfrontKey and cloudfrontKeyId must be given together.");
  }
  if (fileBufferSize < 5 * MiB) {
    throw new ImproperlyConfigured(
      `fileBufferSize is ${fileBufferSize}; parts of an upload have at least ${5 * MiB} bytes.`,
    );
  }
  return settings;
}

type Keys = Pick<S3Options, "accessKey" | "secretKey" | "securityToken" | "sessionProfile">;

/** Keys or a profile: those that are given go before those of the environment. */
function credentialsOf(values: S3Options, given: ReadonlySet<keyof S3Options>): Keys {
  const { accessKey, secretKey, securityToken, sessionProfile } = values;
  const keysGiven = given.has("accessKey") || given.has("secretKey");
  const hasKeys = accessKey !== undefined || secretKey !== undefined;
  if (hasKeys && sessionProfile !== undefined) {
    if (keysGiven === given.has("sessionProfile")) {
      throw new ImproperlyConfigured(
        "sessionProfile cannot be together with accessKey and secretKey: both say whose keys are used.",
      );
    }
    if (!keysGiven) return { accessKey: undefined, secretKey: undefined, securityToken: undefined };
  }
  if ((accessKey === undefined) !== (secretKey === undefined)) {
    const missing = accessKey === undefined ? "accessKey" : "secretKey";
    throw new ImproperlyConfigured(`accessKey and secretKey belong together: ${missing} is missing.`);
  }
  // A token of the environment belongs to the keys that stand there.
  const foreign = keysGiven && !given.has("securityToken");
  return {
    sessionProfile: hasKeys ? undefined : sessionProfile,
    securityToken: foreign ? undefined : securityToken,
  };
}
