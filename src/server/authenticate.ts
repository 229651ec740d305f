/** From a request to who asks and how the body is verified: SigV4, SigV2, both presigned, or nobody. */

import type { Engine } from "../engine/types.ts";
import { type AccessKeyOwner, findAccessKey } from "../engine/users.ts";
import { S3Error } from "../s3/errors.ts";
import { type ChunkSigning, parsePayloadKind, type PayloadKind } from "../s3/chunked.ts";
import { queryPairs } from "../s3/encoding.ts";
import { hoistedHeaders } from "../s3/hoisted-headers.ts";
import { queryHeadersV2 } from "../s3/sigv2.ts";
import { parseV2, verifyV2 } from "../s3/verify-v2.ts";
import { parseV4, type V4Authorization } from "../s3/v4-authorization.ts";
import { payloadHashOf, verifyV4 } from "../s3/verify-v4.ts";
import type { Payload } from "./body.ts";
import type { Identity, SignatureInfo, Site } from "./context.ts";
import { verifyAsSent } from "./proxy.ts";
import type { S3Request } from "./request.ts";

/** The id under which AWS records what anonymous requests write. */
const anonymousId = "65a011a29cdf8ec533ec3d1ccaae921c";

/** Nobody in particular. */
export const anonymous: Identity = {
  anonymous: true,
  owner: { id: anonymousId, displayName: "" },
  admin: false,
};

/** Who asks, and what is promised of the body. */
export interface Authentication {
  readonly identity: Identity;
  readonly payload: Payload;
  /** Absent for anonymous. */
  readonly signature?: SignatureInfo;
  /** The request, with the headers that a presigned URL carries in its query. */
  readonly request: S3Request;
}

/**
 * Verifies a request's signature.
 *
 * @param options.hostBucket The bucket, where it stands in the host name: SigV2 signs it.
 * @param options.anyRegion Whether a signature for another region is good: asking where a bucket is must be possible
 *   before one knows.
 * @throws {S3Error} `SignatureDoesNotMatch`, `InvalidAccessKeyId`, `RequestTimeTooSkewed`, `AccessDenied` and the
 *   errors of a malformed authorization.
 */
export async function authenticate(
  site: Site,
  request: S3Request,
  { hostBucket, anyRegion }: { readonly hostBucket?: string | undefined; readonly anyRegion?: boolean } = {},
): Promise<Authentication> {
  const { headers, params } = request;
  refuseTwoMechanisms(headers, params);
  const v4 = parseV4(request);
  const isHosted = hostBucket !== undefined;
  if (v4 !== null) {
    const owner = await requireAccessKey(site.engine, v4.accessKeyId);
    return authenticateV4(site, request, v4, { owner, isHosted, anyRegion: anyRegion === true });
  }
  const v2 = parseV2(request);
  if (v2 !== null) {
    const owner = await requireAccessKey(site.engine, v2.accessKeyId);
    verifyAsSent(site.front, request, isHosted, (sent) =>
      verifyV2(sent, v2, {
        secretAccessKey: owner.secretAccessKey,
        ...(hostBucket === undefined ? {} : { bucket: hostBucket }),
        nowMs: site.engine.clock(),
      }),
    );
    refuseToken(v2.sessionToken);
    const signature: SignatureInfo = {
      version: "AWS",
      type: v2.presigned ? "REST-QUERY-STRING" : "REST-HEADER",
    };
    const meant = v2.presigned
      ? { ...request, headers: { ...queryHeadersV2(queryPairs(request.query)), ...headers } }
      : request;
    return {
      identity: identityOf(owner),
      payload: unsignedPayload(meant.headers),
      signature,
      request: meant,
    };
  }
  if (headers["authorization"] !== undefined) {
    throw new S3Error("InvalidArgument", {
      message: "Unsupported Authorization Type",
      details: {
        ArgumentName: "Authorization",
        ArgumentValue: headers["authorization"].split(" ", 1)[0] ?? "",
      },
    });
  }
  return { identity: anonymous, payload: unsignedPayload(headers), request };
}

interface V4Options {
  readonly owner: AccessKeyOwner;
  readonly isHosted: boolean;
  readonly anyRegion: boolean;
}

function authenticateV4(
  site: Site,
  request: S3Request,
  authorization: V4Authorization,
  { owner, isHosted, anyRegion }: V4Options,
): Authentication {
  const payloadHash = payloadHashOf(request, authorization);
  const kind = parsePayloadKind(payloadHash);
  const seed = verifyAsSent(site.front, request, isHosted, (sent) =>
    verifyV4(sent, authorization, {
      secretAccessKey: owner.secretAccessKey,
      region: anyRegion ? undefined : site.region,
      nowMs: site.engine.clock(),
      payloadHash,
    }),
  );
  refuseToken(authorization.sessionToken);
  const { signingKey: key, scope, amzDate } = seed;
  const signing = { key, scope, amzDate, seedSignature: authorization.signature };
  return {
    identity: identityOf(owner),
    payload: payloadOf(kind, signing),
    signature: {
      version: "AWS4-HMAC-SHA256",
      type: authorization.presigned ? "REST-QUERY-STRING" : "REST-HEADER",
      ageMs: site.engine.clock() - authorization.timestampMs,
    },
    request: authorization.presigned
      ? { ...request, headers: { ...hoistedHeaders(request.query), ...request.headers } }
      : request,
  };
}

/**
 * The user of an access key and its secret.
 *
 * @throws {S3Error} `InvalidAccessKeyId`.
 */
export async function requireAccessKey(engine: Engine, accessKeyId: string): Promise<AccessKeyOwner> {
  const owner = await findAccessKey(engine, accessKeyId);
  if (owner === null) throw new S3Error("InvalidAccessKeyId", { details: { AWSAccessKeyId: accessKeyId } });
  return owner;
}

/** The identity of a user. */
export function identityOf({ user }: AccessKeyOwner): Identity {
  return { anonymous: false, owner: { id: user.id, displayName: user.name }, admin: user.admin };
}

function payloadOf(kind: PayloadKind, signing: ChunkSigning): Payload {
  return kind.type === "chunked" && kind.kind === "signed" ? { ...kind, signing } : kind;
}

/**
 * Nobody here has temporary credentials, whose token would say what they are good for.
 *
 * @throws {S3Error} `InvalidToken`.
 */
export function refuseToken(sessionToken: string | undefined): void {
  if (sessionToken !== undefined && sessionToken !== "") throw new S3Error("InvalidToken");
}

/**
 * Without SigV4 nothing is said of the body, unless it came with a hash all the same. aws-chunked belongs to SigV4: without
 * it, nobody answers for the chunks, and a trailer's checksum proves nothing.
 */
function unsignedPayload(headers: S3Request["headers"]): Payload {
  const declared = headers["x-amz-content-sha256"];
  if (declared?.startsWith("STREAMING-") === true) {
    throw new S3Error("AccessDenied", {
      message: "An aws-chunked body must be signed with AWS4-HMAC-SHA256.",
    });
  }
  return declared !== undefined && /^[0-9a-f]{64}$/.test(declared)
    ? { type: "sha256", sha256: declared }
    : { type: "unsigned" };
}

function refuseTwoMechanisms(headers: S3Request["headers"], params: S3Request["params"]): void {
  const inQuery =
    params.has("X-Amz-Algorithm") ||
    params.has("X-Amz-Credential") ||
    (params.has("Signature") && params.has("AWSAccessKeyId"));
  if (headers["authorization"] === undefined || !inQuery) return;
  throw new S3Error("InvalidArgument", {
    message:
      "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified",
    details: {
      ArgumentName: "Authorization",
      ArgumentValue: headers["authorization"].split(" ", 1)[0] ?? "",
    },
  });
}
