/**
 * URLs that CloudFront verifies: a canned policy, signed with an RSA key.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-creating-signed-url-canned-policy.html
 */

import { createPrivateKey, sign } from "node:crypto";
import { ImproperlyConfigured } from "../errors.ts";
import type { CloudFrontSigner } from "./s3-options.ts";

/**
 * A signer of URLs.
 *
 * @param key A private RSA key in PEM.
 * @throws ImproperlyConfigured for what is no key.
 */
export function cloudFrontSigner(keyId: string, key: string): CloudFrontSigner {
  let privateKey: ReturnType<typeof createPrivateKey>;
  try {
    privateKey = createPrivateKey(key);
  } catch (cause) {
    throw new ImproperlyConfigured("cloudfrontKey is no private key in PEM.", { cause });
  }
  return (url, expires) => {
    const seconds = Math.floor(expires.getTime() / 1000);
    // CloudFront compares the policy byte for byte with what it writes itself: in this order, without spaces.
    const policy = `{"Statement":[{"Resource":"${url}","Condition":{"DateLessThan":{"AWS:EpochTime":${seconds}}}}]}`;
    const signature = sign("sha1", Buffer.from(policy), privateKey)
      .toString("base64")
      .replaceAll("+", "-")
      .replaceAll("=", "_")
      .replaceAll("/", "~");
    const joint = url.includes("?") ? "&" : "?";
    return `${url}${joint}Expires=${seconds}&Signature=${signature}&Key-Pair-Id=${keyId}`;
  };
}
