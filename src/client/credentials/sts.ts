/**
 * Roles: temporary credentials from AWS's Security Token Service.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
 */

import { readFile } from "node:fs/promises";
import type { Credentials } from "../../s3/credentials.ts";
import { uriEncode } from "../../s3/encoding.ts";
import { sha256Hex } from "#hash";
import { signV4 } from "../../s3/sigv4.ts";
import { CredentialsError } from "../errors.ts";
import type { Transport } from "../http.ts";
import type { TemporaryCredentials } from "./credentials.ts";
import type { Environment } from "./profiles.ts";

export interface StsContext {
  readonly env: Environment;
  readonly region: string;
  readonly transport: Transport;
  readonly clock: () => number;
}

/** The credentials of a role, for whoever holds the token in a file, as on Kubernetes. */
export async function assumeRoleWithWebIdentity(
  context: StsContext,
  role: { readonly roleArn: string; readonly tokenFile: string; readonly sessionName: string | undefined },
): Promise<TemporaryCredentials> {
  const token = (await readFile(role.tokenFile, "utf8")).trim();
  return callSts(context, null, {
    Action: "AssumeRoleWithWebIdentity",
    RoleArn: role.roleArn,
    RoleSessionName: role.sessionName ?? `stowage-${context.clock()}`,
    WebIdentityToken: token,
  });
}

/** The credentials of a role, for whoever has other credentials. */
export async function assumeRole(
  context: StsContext,
  source: Credentials,
  role: {
    readonly roleArn: string;
    readonly sessionName: string | undefined;
    readonly externalId: string | undefined;
    readonly mfa?: { readonly serial: string; readonly code: string } | undefined;
  },
): Promise<TemporaryCredentials> {
  return callSts(context, source, {
    Action: "AssumeRole",
    RoleArn: role.roleArn,
    RoleSessionName: role.sessionName ?? `stowage-${context.clock()}`,
    ...(role.externalId === undefined ? {} : { ExternalId: role.externalId }),
    ...(role.mfa === undefined ? {} : { SerialNumber: role.mfa.serial, TokenCode: role.mfa.code }),
  });
}

async function callSts(
  { env, region, transport, clock }: StsContext,
  credentials: Credentials | null,
  parameters: Readonly<Record<string, string>>,
): Promise<TemporaryCredentials> {
  const suffix = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  const url = new URL(
    env["AWS_ENDPOINT_URL_STS"] ?? env["AWS_ENDPOINT_URL"] ?? `https://sts.${region}.${suffix}`,
  );
  const form = Object.entries({ ...parameters, Version: "2011-06-15" });
  const body = Buffer.from(form.map(([name, value]) => `${name}=${uriEncode(value)}`).join("&"));
  const request = {
    method: "POST",
    path: "/",
    query: "",
    headers: { host: url.host, "content-type": "application/x-www-form-urlencoded" },
  };
  const signature =
    credentials === null
      ? {}
      : signV4(request, {
          credentials,
          region,
          service: "sts",
          payloadHash: sha256Hex(body),
          date: new Date(clock()),
        });
  const response = await transport.send({
    origin: url.origin,
    method: "POST",
    target: "/",
    headers: { ...request.headers, ...signature },
    body,
    headersTimeoutMs: 10_000,
    bodyTimeoutMs: 10_000,
  });
  const text = Buffer.from(await response.body.bytes(1 << 20)).toString("utf8");
  const [accessKeyId, secretAccessKey, sessionToken, expiration] = [
    "AccessKeyId",
    "SecretAccessKey",
    "SessionToken",
    "Expiration",
  ].map((name) => elementText(text, name));
  if (response.status !== 200 || !accessKeyId || !secretAccessKey || !sessionToken) {
    const said = elementText(text, "Message") ?? `status ${response.status}`;
    throw new CredentialsError(`${parameters["Action"]} of ${parameters["RoleArn"]} failed: ${said}`, "");
  }
  return {
    accessKeyId,
    secretAccessKey,
    sessionToken,
    ...(expiration === undefined ? {} : { expiration: new Date(expiration) }),
  };
}

/** The text of an element that has no markup in it, as keys, tokens and times have none. */
function elementText(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
}
