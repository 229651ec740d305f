/** The operations on ACLs. What each does is told where people meet it, in `s3-client.ts`. */

import type { AccessControlPolicy } from "../s3/acl.ts";
import { accessControlPolicyXml, parseAccessControlAnswer } from "../s3/documents/acl.ts";
import { ask, sendCall } from "./ask.ts";
import { documentBody } from "./call.ts";
import type { ClientCore } from "./core.ts";
import type * as inputs from "./inputs.ts";
import type { RequestOptions } from "./send.ts";

export async function getBucketAcl(
  core: ClientCore,
  input: inputs.BucketInput,
  options?: RequestOptions,
): Promise<AccessControlPolicy> {
  return (await ask(parseAccessControlAnswer, core, "GetBucketAcl", input, options)).value;
}

export async function putBucketAcl(
  core: ClientCore,
  input: inputs.BucketInput & inputs.AclInput & { readonly policy?: AccessControlPolicy | undefined },
  options?: RequestOptions,
): Promise<void> {
  await putAcl(core, "PutBucketAcl", input, input.policy && accessControlPolicyXml(input.policy), options);
}

export async function getObjectAcl(
  core: ClientCore,
  input: inputs.ObjectInput,
  options?: RequestOptions,
): Promise<AccessControlPolicy> {
  return (await ask(parseAccessControlAnswer, core, "GetObjectAcl", input, options)).value;
}

export async function putObjectAcl(
  core: ClientCore,
  input: inputs.ObjectInput & inputs.AclInput & { readonly policy?: AccessControlPolicy | undefined },
  options?: RequestOptions,
): Promise<void> {
  await putAcl(core, "PutObjectAcl", input, input.policy && accessControlPolicyXml(input.policy), options);
}

export async function getAclXml(
  core: ClientCore,
  input: inputs.BucketInput & { readonly key?: string },
  options?: RequestOptions,
): Promise<string> {
  const name = "key" in input ? "GetObjectAcl" : "GetBucketAcl";
  return (await sendCall(core, name, input, options)).text;
}

export async function putAclXml(
  core: ClientCore,
  input: inputs.BucketInput & inputs.AclInput & { readonly key?: string },
  xml: string | undefined,
  options?: RequestOptions,
): Promise<void> {
  await putAcl(core, "key" in input ? "PutObjectAcl" : "PutBucketAcl", input, xml, options);
}

async function putAcl(
  core: ClientCore,
  name: "PutBucketAcl" | "PutObjectAcl",
  input: inputs.BucketInput,
  xml: string | undefined,
  options: RequestOptions | undefined,
): Promise<void> {
  const body = xml === undefined ? {} : documentBody(xml);
  await sendCall(core, name, input, options, { ...body, answer: "nothing" });
}
