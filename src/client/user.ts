/** A user as S3 shows one. */

import type { Owner } from "../s3/acl.ts";
import { ownerXml } from "../s3/documents/elements.ts";

/** An owner or an initiator. */
export class User {
  /** The canonical user id. */
  readonly id: string;
  /** Empty where the server does not tell it. */
  readonly displayName: string;

  constructor(id = "", displayName = "") {
    this.id = id;
    this.displayName = displayName;
  }

  static from({ id, displayName }: Owner): User {
    return new User(id, displayName);
  }

  toPlain(): Owner {
    return { id: this.id, displayName: this.displayName };
  }

  toXml(elementName = "Owner"): string {
    return ownerXml(elementName, this.toPlain());
  }
}
