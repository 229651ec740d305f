/**
 * Where credentials come from when nobody gives them: environment, web identity, shared files, process, container,
 * instance metadata, in AWS's order. The rarer sources are loaded when they are asked.
 *
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
 */

import type { Credentials } from "../../s3/credentials.ts";
import { CredentialsError } from "../errors.ts";
import type { Transport } from "../http.ts";
import type { CredentialsProvider, MfaCodeProvider, TemporaryCredentials } from "./credentials.ts";
import {
  type Environment,
  type Profiles,
  type Section,
  environmentCredentials,
  profileCredentials,
  textOf,
} from "./profiles.ts";

/** What the sources need from outside. */
export interface ChainContext {
  readonly env: Environment;
  readonly profiles: () => Profiles;
  /** The profile to use; explicit, or AWS_PROFILE, or `default`. */
  readonly profile: string;
  /** Whether somebody named the profile, so that it must exist. */
  readonly profileNamed: boolean;
  readonly region: string;
  readonly transport: Transport;
  readonly clock: () => number;
  readonly mfaCodeProvider: MfaCodeProvider | undefined;
}

/**
 * A provider that asks each source in turn.
 *
 * Its promise rejects with a {@link CredentialsError} that names every source it asked when none has any.
 */
export function credentialsChain(context: ChainContext): CredentialsProvider {
  return async () => {
    const { env } = context;
    const fromEnvironment = environmentCredentials(env);
    if (fromEnvironment !== null) return fromEnvironment;
    return (
      (await fromWebIdentity(context)) ??
      (await fromProfile(context, context.profile, [])) ??
      (await fromContainer(context)) ??
      (await fromInstance(context)) ??
      nothingFound(context)
    );
  };
}

async function fromWebIdentity(context: ChainContext): Promise<TemporaryCredentials | null> {
  const tokenFile = context.env["AWS_WEB_IDENTITY_TOKEN_FILE"];
  const roleArn = context.env["AWS_ROLE_ARN"];
  if (!tokenFile || !roleArn) return null;
  const { assumeRoleWithWebIdentity } = await import("./sts.ts");
  return assumeRoleWithWebIdentity(context, {
    roleArn,
    tokenFile,
    sessionName: context.env["AWS_ROLE_SESSION_NAME"],
  });
}

/** What a profile says, following `source_profile`; `seen` guards against a circle. */
async function fromProfile(
  context: ChainContext,
  name: string,
  seen: readonly string[],
): Promise<TemporaryCredentials | null> {
  const section = context.profiles().profile(name);
  if (section === undefined) {
    if (!context.profileNamed && seen.length === 0) return null;
    throw new CredentialsError(
      `There is no profile "${name}" in ${context.profiles().paths.join(" or ")}`,
      "Check the option profile, AWS_PROFILE, and source_profile.",
    );
  }
  if (seen.includes(name)) {
    throw new CredentialsError(`The profile "${name}" is its own source: ${[...seen, name].join(" → ")}`, "");
  }
  const keys = profileCredentials(section);
  // A profile that has keys and is its own source assumes the role with them.
  if (textOf(section, "role_arn") !== undefined && !(keys !== null && seen.length > 0)) {
    return assumedRole(context, name, section, seen, keys);
  }
  if (keys !== null) return keys;
  const command = textOf(section, "credential_process");
  if (command !== undefined) return (await import("./process.ts")).processCredentials(command);
  if (Object.keys(section).some((setting) => setting.startsWith("sso_"))) return fromSso(context, name);
  return null;
}

async function assumedRole(
  context: ChainContext,
  name: string,
  section: Section,
  seen: readonly string[],
  keys: Credentials | null,
): Promise<TemporaryCredentials> {
  const { assumeRole, assumeRoleWithWebIdentity } = await import("./sts.ts");
  const roleArn = textOf(section, "role_arn") ?? "";
  const sessionName = textOf(section, "role_session_name");
  const tokenFile = textOf(section, "web_identity_token_file");
  if (tokenFile !== undefined) return assumeRoleWithWebIdentity(context, { roleArn, tokenFile, sessionName });
  const sourceProfile = textOf(section, "source_profile");
  const source =
    sourceProfile === undefined
      ? await fromCredentialSource(context, textOf(section, "credential_source"))
      : sourceProfile === name
        ? keys
        : await fromProfile(context, sourceProfile, [...seen, name]);
  if (source === null) {
    throw new CredentialsError(
      `The profile "${name}" assumes ${roleArn}, but has no credentials to do so`,
      "Give it source_profile, credential_source or web_identity_token_file.",
    );
  }
  const externalId = textOf(section, "external_id");
  const mfa = await mfaOf(context, name, textOf(section, "mfa_serial"));
  return assumeRole(context, source, { roleArn, sessionName, externalId, mfa });
}

/** The code of the device that the role is to be assumed with, where it wants one. */
async function mfaOf(
  { mfaCodeProvider }: ChainContext,
  profile: string,
  serial: string | undefined,
): Promise<{ readonly serial: string; readonly code: string } | undefined> {
  if (serial === undefined) return undefined;
  const code = await mfaCodeProvider?.(serial);
  if (code !== undefined && code !== "") return { serial, code };
  throw new CredentialsError(
    `The profile "${profile}" wants a code of the MFA device ${serial}, and there is none`,
    "Give mfaCodeProvider, a function that gets it from whoever has the device.",
  );
}

async function fromCredentialSource(
  context: ChainContext,
  source: string | undefined,
): Promise<TemporaryCredentials | null> {
  if (source === "Environment") return environmentCredentials(context.env);
  if (source === "EcsContainer") return fromContainer(context);
  if (source === "Ec2InstanceMetadata") return fromInstance(context);
  return null;
}

async function fromContainer(context: ChainContext): Promise<TemporaryCredentials | null> {
  const { env } = context;
  if (!env["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] && !env["AWS_CONTAINER_CREDENTIALS_FULL_URI"])
    return null;
  return (await import("./metadata-service.ts")).containerCredentials(context);
}

async function fromInstance(context: ChainContext): Promise<TemporaryCredentials | null> {
  if (context.env["AWS_EC2_METADATA_DISABLED"]?.toLowerCase() === "true") return null;
  return (await import("./metadata-service.ts")).instanceCredentials(context);
}

/** Single sign-on needs a browser and a person: AWS's own package, where it is installed, knows how. */
async function fromSso({ profiles }: ChainContext, profile: string): Promise<TemporaryCredentials> {
  const name = "@aws-sdk/credential-providers";
  const problem = `The profile "${profile}" signs in by SSO`;
  let providers: {
    fromSSO(options: Readonly<Record<string, string | undefined>>): CredentialsProvider;
  };
  try {
    providers = (await import(/* webpackIgnore: true */ name)) as typeof providers;
  } catch (cause) {
    throw new CredentialsError(problem, `Install ${name}, which is found by itself, or give credentials.`, {
      cause,
    });
  }
  const [configFilepath, filepath] = profiles().paths;
  try {
    return await providers.fromSSO({ profile, configFilepath, filepath })();
  } catch (cause) {
    const said = cause instanceof Error ? `: ${cause.message}` : "";
    throw new CredentialsError(`${problem}, which failed${said}`, "", { cause });
  }
}

function nothingFound({ profile, profiles }: ChainContext): never {
  throw new CredentialsError(
    `No credentials: none were given, and neither AWS_ACCESS_KEY_ID, a web identity, the profile "${profile}" in ` +
      `${profiles().paths.join(" or ")}, a container nor the instance's metadata has any`,
    "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, give credentials, or anon: true for public objects.",
  );
}
