/**
 * Credentials from beside the machine: of a container (ECS, EKS Pod Identity, Greengrass) and of an EC2 instance, by
 * the metadata service's second version.
 *
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
 */

import { readFile } from "node:fs/promises";
import { CredentialsError } from "../errors.ts";
import type { HttpResponse, Transport } from "../http.ts";
import type { TemporaryCredentials } from "./credentials.ts";
import { readCredentialsDocument } from "./document.ts";
import type { Environment } from "./profiles.ts";

export interface MetadataContext {
  readonly env: Environment;
  readonly transport: Transport;
}

/** Hosts that may be asked without TLS: loopback and the link-local addresses of ECS and EKS. */
const plainHosts = new Set([
  "169.254.170.2",
  "169.254.170.23",
  "[fd00:ec2::23]",
  "localhost",
  "127.0.0.1",
  "[::1]",
]);

/** The credentials of the container's role. */
export async function containerCredentials({
  env,
  transport,
}: MetadataContext): Promise<TemporaryCredentials> {
  const relative = env["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"];
  const url = new URL(
    relative ? `http://169.254.170.2${relative}` : (env["AWS_CONTAINER_CREDENTIALS_FULL_URI"] ?? ""),
  );
  if (url.protocol !== "https:" && !plainHosts.has(url.hostname) && !url.hostname.startsWith("127.")) {
    throw new CredentialsError(
      `AWS_CONTAINER_CREDENTIALS_FULL_URI names ${url.host} without TLS`,
      "Only the container's own addresses are asked without TLS.",
    );
  }
  const file = env["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"];
  const token = file ? (await readFile(file, "utf8")).trim() : env["AWS_CONTAINER_AUTHORIZATION_TOKEN"];
  if (token !== undefined && /[\r\n]/.test(token)) {
    throw new CredentialsError("The container's authorization token has a line break in it", "");
  }
  const text = await ask(
    transport,
    "GET",
    url,
    token ? { authorization: token } : {},
    "The container's metadata",
  );
  return readCredentialsDocument(text, "The container's metadata");
}

/** The credentials of the instance's role, or null where this is no EC2 instance or has no role. */
export async function instanceCredentials({
  env,
  transport,
}: MetadataContext): Promise<TemporaryCredentials | null> {
  const v6 = env["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"]?.toLowerCase() === "ipv6";
  const base = new URL(
    env["AWS_EC2_METADATA_SERVICE_ENDPOINT"] ?? (v6 ? "http://[fd00:ec2::254]" : "http://169.254.169.254"),
  );
  const source = "The instance's metadata";
  let token: string;
  try {
    token = await ask(
      transport,
      "PUT",
      new URL("/latest/api/token", base),
      { "x-aws-ec2-metadata-token-ttl-seconds": "21600" },
      source,
    );
  } catch {
    // Nobody answers at that address anywhere but on EC2. The first version, without a token, is not tried.
    return null;
  }
  const headers = { "x-aws-ec2-metadata-token": token };
  const roles = new URL("/latest/meta-data/iam/security-credentials/", base);
  const listed = await ask(transport, "GET", roles, headers, source, { missing: "" });
  const [role] = listed.trim().split("\n");
  if (role === undefined || role === "") return null;
  const text = await ask(transport, "GET", new URL(encodeURIComponent(role), roles), headers, source);
  return readCredentialsDocument(text, source);
}

async function ask(
  transport: Transport,
  method: string,
  url: URL,
  headers: Record<string, string>,
  source: string,
  { missing }: { missing?: string } = {},
): Promise<string> {
  let response: HttpResponse;
  try {
    response = await transport.send({
      origin: url.origin,
      method,
      target: url.pathname + url.search,
      headers: { host: url.host, ...headers, ...(method === "PUT" ? { "content-length": "0" } : {}) },
      body: null,
      // One second, as AWS's own clients wait: on other machines nothing answers at these addresses.
      signal: AbortSignal.timeout(1000),
      headersTimeoutMs: 1000,
      bodyTimeoutMs: 1000,
    });
  } catch (cause) {
    throw new CredentialsError(`${source} cannot be reached at ${url.host}`, "", { cause });
  }
  const text = Buffer.from(await response.body.bytes(1 << 20)).toString("utf8");
  if (response.status === 404 && missing !== undefined) return missing;
  if (response.status !== 200) {
    throw new CredentialsError(`${source} at ${url.host} answered ${response.status}`, "");
  }
  return text;
}
