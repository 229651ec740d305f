/** Access control lists on command lines. */

import { cannedAcls } from "../s3/acl.ts";
import type { Flag } from "./command.ts";

/** Those that mean something here: `aws-exec-read` is Amazon's own machines'. */
export const cannedAclNames: readonly string[] = cannedAcls.filter((name) => name !== "aws-exec-read");

export const cannedAclFlag: Flag = {
  flags: "--acl <name>",
  description: "Who may use it beside its owner",
  choices: cannedAclNames,
};
