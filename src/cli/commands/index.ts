/** The table of commands, in the order of the help. */

import type { Command } from "../command.ts";
import { acl, aclSet, grantAdd, grantRm } from "./acl.ts";
import { backup } from "./backup.ts";
import { bucketChown } from "./bucket-chown.ts";
import { bucketQuota } from "./bucket-quota.ts";
import { cat, pipe } from "./cat.ts";
import { check } from "./check.ts";
import { collectstatic } from "./collectstatic.ts";
import { completion } from "./completion.ts";
import { cp, mv } from "./cp.ts";
import { dev } from "./dev.ts";
import { du } from "./du.ts";
import { find } from "./find.ts";
import { findstatic } from "./findstatic.ts";
import { keyAdd } from "./key-add.ts";
import { keyLs } from "./key-ls.ts";
import { keyRm } from "./key-rm.ts";
import { ls } from "./ls.ts";
import { mb } from "./mb.ts";
import { meta, metaSet } from "./meta.ts";
import { orphans } from "./orphans.ts";
import { presign, share } from "./presign.ts";
import { rb } from "./rb.ts";
import { rm } from "./rm.ts";
import { run } from "./run.ts";
import { serve } from "./serve.ts";
import { shell } from "./shell.ts";
import { stat } from "./stat.ts";
import { diff, sync } from "./sync.ts";
import { tag, tagSet, tagRm } from "./tag.ts";
import { tree } from "./tree.ts";
import { userAdd } from "./user-add.ts";
import { userLs } from "./user-ls.ts";
import { userRm } from "./user-rm.ts";
import { versions, versionsRestore, versionsOn, versionsOff, undo } from "./versions.ts";
import { watch } from "./watch.ts";

export const commands: readonly Command[] = [
  serve,
  dev,
  ls,
  cp,
  mv,
  rm,
  sync,
  diff,
  cat,
  pipe,
  du,
  find,
  tree,
  stat,
  mb,
  rb,
  presign,
  share,
  acl,
  aclSet,
  grantAdd,
  grantRm,
  tag,
  tagSet,
  tagRm,
  meta,
  metaSet,
  versions,
  versionsRestore,
  versionsOn,
  versionsOff,
  undo,
  watch,
  run,
  shell,
  collectstatic,
  findstatic,
  orphans,
  check,
  backup,
  userAdd,
  userLs,
  userRm,
  keyAdd,
  keyLs,
  keyRm,
  bucketQuota,
  bucketChown,
  completion,
];

/** What stands above the commands that are below no command. */
export const groups: Readonly<Record<string, string>> = {
  user: "Manage the users that own buckets and objects",
  key: "Manage the access keys that users sign with",
  grant: "Grant rights on buckets and objects, and take them back",
  bucket: "Manage how much buckets may hold, and whose they are",
};

/** Under which heading the help lists a command or a group; the others are under {@link usualHeading}. */
export const headings: Readonly<Record<string, readonly string[]>> = {
  "Server:": ["serve", "dev", "check", "backup", "user", "key", "bucket"],
  "Buckets, properties and versions:": ["stat", "mb", "rb", "tag", "meta", "versions", "undo"],
  "Access and links:": ["presign", "share", "acl", "grant"],
  "Sites:": ["collectstatic", "findstatic", "orphans"],
  "At the prompt:": ["run", "shell", "completion", "help"],
};

export const usualHeading = "Files and objects:";
