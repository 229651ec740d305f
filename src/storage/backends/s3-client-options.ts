/** From the options of django-storages to those of the client. */

import { readFileSync } from "node:fs";
import type { S3ClientOptions } from "../../client/settings.ts";
import { ImproperlyConfigured } from "../errors.ts";
import type { StorageContext } from "../call-options.ts";
import type { S3Settings } from "./s3-options.ts";

/** What the client is made with. Throws ImproperlyConfigured for what the client cannot do. */
export function clientOptions(settings: S3Settings, { env, clock }: StorageContext): S3ClientOptions {
  const { accessKey, secretKey, securityToken, sessionProfile, regionName, addressingStyle } = settings;
  return {
    env,
    clock,
    endpoint: endpointOf(settings),
    region: regionName,
    credentials:
      accessKey === undefined || secretKey === undefined
        ? undefined
        : {
            accessKeyId: accessKey,
            secretAccessKey: secretKey,
            ...(securityToken === undefined ? {} : { sessionToken: securityToken }),
          },
    profile: sessionProfile,
    addressing: addressingStyle === "auto" ? undefined : addressingStyle,
    signatureVersion: settings.signatureVersion === "s3" ? "v2" : "v4",
    ca: certificates(settings.verify),
    verify: isUnverified(settings.verify) ? false : undefined,
    proxies: settings.proxies,
    ...settings.transferConfig,
    ...settings.clientConfig,
  };
}

function endpointOf({ endpointUrl, useSsl, regionName }: S3Settings): string | undefined {
  const scheme = useSsl ? "https" : "http";
  if (endpointUrl !== undefined)
    return endpointUrl.includes("://") ? endpointUrl : `${scheme}://${endpointUrl}`;
  return useSsl ? undefined : `http://s3.${regionName ?? "us-east-1"}.amazonaws.com`;
}

function isUnverified(verify: S3Settings["verify"]): verify is false | "false" {
  return verify === false || verify === "false";
}

function certificates(verify: S3Settings["verify"]): string | undefined {
  if (verify === undefined || verify === true || verify === "true" || isUnverified(verify)) return undefined;
  try {
    return readFileSync(verify, "utf8");
  } catch (cause) {
    throw new ImproperlyConfigured(`verify names the file ${verify}, which cannot be read.`, { cause });
  }
}
