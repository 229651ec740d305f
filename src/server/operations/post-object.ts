/** PostObject: a form in a browser uploads a file. The form carries the signature, and a policy that limits it. */

import { Readable } from "node:stream";
import { Busboy, type BusboyFileStream, type BusboyInstance } from "@fastify/busboy";
import { createChecksum } from "../../engine/checksums.ts";
import { putObject } from "../../engine/put-object.ts";
import { type Checksum, readChecksumHeaders } from "../../s3/checksums.ts";
import { postResponseXml } from "../../s3/documents/post-response.ts";
import { parseTagging } from "../../s3/documents/tagging.ts";
import { S3Error } from "../../s3/errors.ts";
import { checkKey } from "../../s3/keys.ts";
import {
  checkContentLengthRange,
  checkPostPolicy,
  parsePostPolicy,
  type PostPolicy,
} from "../../s3/post-policy.ts";
import { checkTags, maxObjectTags, type Tags } from "../../s3/tags.ts";
import { parsePostAuthorization, verifyPostSignature } from "../../s3/post-signature.ts";
import { anonymous, identityOf, refuseToken, requireAccessKey } from "../authenticate.ts";
import { authorize } from "../authorize.ts";
import { contentMd5, refuseUnknownChecksums, requireChecksum } from "../body.ts";
import { readLock } from "../object-lock.ts";
import { madeVersionHeaders } from "../version-headers.ts";
import { readWriteConditions } from "../write-conditions.ts";
import { originOf } from "../origin.ts";
import { chargedHeaders } from "../requester-pays.ts";
import { locationOf } from "../location.ts";
import type { BucketContext, Identity, S3Response, SignatureInfo } from "../context.ts";
import { encryptionHeaders, readEncryption } from "../encryption.ts";
import { readObjectAccess } from "../object-access.ts";
import type { S3Request } from "../request.ts";
import { readDescription, readStorageClass, refuseUnsupported } from "./object-input.ts";
import { checksumHeaders, maxPutBytes, tooLarge } from "./put-object.ts";

/** "The form data and boundaries (excluding the content of the file) cannot exceed 20KB." */
const fieldsLimitBytes = 20 * 1024;
const fieldsLimit = 100;

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html */
export async function postObject(context: BucketContext): Promise<S3Response> {
  const { site, bucket, request, signal } = context;
  const form = await openForm(context);
  try {
    const { fields } = form;
    const key = readKey(fields, form.fileName);
    const { identity, policy, signature } = await authenticateForm(context, fields, key);
    // The fields are what the headers of a PUT are.
    const headers = asHeaders({ ...fields, ...aclHeader(fields) });
    const tagging = fields["tagging"] === undefined ? {} : { "x-amz-tagging": fields["tagging"] };
    const asRequest = { ...request, headers: { ...fromConnection(request.headers), ...headers, ...tagging } };
    const formTags = readFormTags(fields["tagging"]);
    const asking = { ...context, request: asRequest, identity, signature, requestTags: formTags.tags };
    authorize({ ...asking, key }, bucket);
    refuseUnsupported(headers);
    refuseUnknownChecksums(fields);
    const file = new MeasuredFile(form.file, policy, readChecksumHeaders(fields));
    const info = await putObject(
      site.engine,
      {
        bucket,
        key,
        event: "ObjectCreated:Post",
        origin: originOf({ ...context, identity }),
        ...(await readObjectAccess({ site, identity }, headers, bucket)),
        storageClass: readStorageClass(headers),
        ...readDescription(headers),
        ...formTags,
        ...readLock(asking, headers, bucket, key),
        contentMd5: contentMd5(fields),
        // What a bucket's policy takes for a condition must be one.
        ...(await readWriteConditions(asking, bucket, key)),
        ...readEncryption(context, bucket, headers),
        body: file.stream(),
        checksum: () => file.checksum,
      },
      { signal: signal() },
    );
    const answer = success(context, fields, key, info.etag);
    Object.assign(
      answer.headers,
      checksumHeaders(file),
      madeVersionHeaders(info),
      chargedHeaders({ identity }, bucket),
      encryptionHeaders(context, info.encryption, headers),
    );
    return answer;
  } finally {
    form.close();
  }
}

interface Form {
  /** Values by lower-case name, of the fields before the file. */
  readonly fields: Record<string, string>;
  readonly file: BusboyFileStream;
  readonly fileName: string;
  close(): void;
}

/** Reads the fields up to the file, which is the last one that counts: "the file … must be the last field". */
function openForm({ request, body }: BucketContext): Promise<Form> {
  const contentType = request.headers["content-type"] ?? "";
  if (!/^multipart\/form-data\s*;/i.test(contentType)) {
    throw new S3Error("PreconditionFailed", {
      message: "Bucket POST must be of the enclosure-type multipart/form-data",
      details: { Condition: "Bucket POST must be of the enclosure-type multipart/form-data" },
    });
  }
  return new Promise((resolve, reject) => {
    let parser: BusboyInstance;
    try {
      parser = new Busboy({
        headers: { "content-type": contentType },
        // Some clients give every field a file name; what counts is the field's own name.
        isPartAFile: (name) => name?.toLowerCase() === "file",
        limits: {
          fields: fieldsLimit,
          fieldSize: fieldsLimitBytes,
          fieldNameSize: 1024,
          files: 1,
          headerPairs: 50,
        },
      });
    } catch (cause) {
      throw malformed(cause);
    }
    const source = Readable.from(body.stream());
    const fields = Object.create(null) as Record<string, string>;
    let fieldsBytes = 0;
    const fail = (cause: unknown): void => {
      source.destroy();
      reject(malformed(cause));
    };
    parser.on("field", (name: string | undefined, value, nameTruncated, valueTruncated) => {
      if (name === undefined) {
        fail(new Error("a part has no name"));
        return;
      }
      const lower = name.toLowerCase();
      fieldsBytes += name.length + value.length;
      if (fieldsBytes > fieldsLimitBytes || nameTruncated || valueTruncated) {
        fail(new S3Error("MaxPostPreDataLengthExceededError"));
      } else if (fields[lower] !== undefined) {
        fail(
          new S3Error("InvalidArgument", {
            message: `The form field ${JSON.stringify(name)} was sent more than once.`,
            details: { ArgumentName: name, ArgumentValue: value },
          }),
        );
      } else fields[lower] = value;
    });
    parser.on("file", (_name, file, fileName: string | undefined) => {
      source.once("error", (error) => file.destroy(error));
      parser.once("error", (error) => file.destroy(malformed(error)));
      resolve({
        fields,
        file,
        // A part without a file name is the file all the same, because of its field's name.
        fileName: fileName ?? "",
        close: () => {
          source.unpipe(parser);
          source.destroy();
        },
      });
    });
    parser.on("fieldsLimit", () => fail(new S3Error("MaxPostPreDataLengthExceededError")));
    parser.on("finish", () =>
      fail(
        new S3Error("InvalidArgument", {
          message: "POST requires exactly one file upload per request.",
          details: { ArgumentName: "file", ArgumentValue: "0" },
        }),
      ),
    );
    parser.on("error", fail);
    source.once("error", fail);
    source.pipe(parser);
  });
}

function malformed(cause: unknown): S3Error {
  return cause instanceof S3Error ? cause : new S3Error("MalformedPOSTRequest", { cause });
}

/** The signature first, and only what it covers is read as a policy. */
async function authenticateForm(
  { site, bucket }: BucketContext,
  fields: Record<string, string>,
  key: string,
): Promise<{ identity: Identity; policy: PostPolicy | null; signature?: SignatureInfo }> {
  const authorization = parsePostAuthorization(fields);
  const encoded = fields["policy"];
  if (authorization === null) {
    if (encoded !== undefined) {
      throw new S3Error("InvalidArgument", {
        message:
          "Bucket POST must contain a field named 'AWSAccessKeyId'. If it is specified, please check the order of the fields.",
        details: { ArgumentName: "AWSAccessKeyId", ArgumentValue: "" },
      });
    }
    return { identity: anonymous, policy: null };
  }
  if (encoded === undefined) {
    throw new S3Error("InvalidArgument", {
      message:
        "Bucket POST must contain a field named 'policy'. If it is specified, please check the order of the fields.",
      details: { ArgumentName: "policy", ArgumentValue: "" },
    });
  }
  const owner = await requireAccessKey(site.engine, authorization.accessKeyId);
  verifyPostSignature(encoded, authorization, {
    secretAccessKey: owner.secretAccessKey,
    region: site.region,
  });
  refuseToken(authorization.sessionToken);
  const policy = parsePostPolicy(encoded);
  checkPostPolicy(policy, fields, { bucket: bucket.name, key, nowMs: site.engine.clock() });
  const version = authorization.version === 4 ? "AWS4-HMAC-SHA256" : "AWS";
  return { identity: identityOf(owner), policy, signature: { version, type: "POST" } };
}

/** Of the headers of a form's request, those that speak of the client. */
function fromConnection(headers: S3Request["headers"]): Record<string, string> {
  const { referer, "user-agent": userAgent } = headers;
  return {
    ...(referer === undefined ? {} : { referer }),
    ...(userAgent === undefined ? {} : { "user-agent": userAgent }),
  };
}

function readKey(fields: Record<string, string>, fileName: string): string {
  const template = fields["key"];
  if (template === undefined || template === "") {
    throw new S3Error("InvalidArgument", {
      message:
        "Bucket POST must contain a field named 'key'. If it is specified, please check the order of the fields.",
      details: { ArgumentName: "key", ArgumentValue: "" },
    });
  }
  // Some browsers send the whole path of the file.
  const base = fileName.slice(Math.max(fileName.lastIndexOf("/"), fileName.lastIndexOf("\\")) + 1);
  const key = template.replaceAll("${filename}", () => base);
  checkKey(key);
  return key;
}

function aclHeader(fields: Record<string, string>): Record<string, string> {
  return fields["acl"] === undefined ? {} : { "x-amz-acl": fields["acl"] };
}

/** The field `tagging` holds a document, where PUT has a query in a header. */
function readFormTags(document: string | undefined): { tags?: Tags } {
  if (document === undefined || document === "") return {};
  const tags = checkTags(parseTagging(document), maxObjectTags);
  return Object.keys(tags).length === 0 ? {} : { tags };
}

/** Fields that hold a document or a name, and never become headers. */
const textFields: ReadonlySet<string> = new Set([
  "key",
  "tagging",
  "policy",
  "success_action_redirect",
  "redirect",
]);

/**
 * The fields as the headers of a PUT would be: bytes of UTF-8, a character each, and none that would split a header when
 * the object is read.
 */
function asHeaders(fields: Readonly<Record<string, string>>): Record<string, string> {
  const headers = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(fields)) {
    // oxlint-disable-next-line no-control-regex -- exactly these cannot stand in a header
    if (!textFields.has(name) && /[\u0000-\u0008\u000a-\u001f\u007f]/.test(value)) {
      throw new S3Error("InvalidArgument", {
        message: `The form field ${JSON.stringify(name)} holds a control character.`,
        details: { ArgumentName: name, ArgumentValue: value },
      });
    }
    headers[name] = Buffer.from(value, "utf8").toString("latin1");
  }
  return headers;
}

/** The file's bytes, of a size that the policy allows, and with the checksum that the form gives. */
class MeasuredFile {
  readonly #file: BusboyFileStream;
  readonly #policy: PostPolicy | null;
  readonly #expected: Checksum | undefined;
  #checksum: Checksum | undefined;

  constructor(file: BusboyFileStream, policy: PostPolicy | null, expected: Checksum | undefined) {
    this.#file = file;
    this.#policy = policy;
    this.#expected = expected;
  }

  /** Known when the last byte was read. */
  get checksum(): Checksum | undefined {
    return this.#checksum;
  }

  /** @throws {S3Error} `EntityTooLarge`, `EntityTooSmall`, `BadDigest`. */
  async *stream(): AsyncGenerator<Buffer> {
    const maxBytes = Math.min(this.#policy?.contentLengthRange?.max ?? maxPutBytes, maxPutBytes);
    const running = this.#expected === undefined ? undefined : createChecksum(this.#expected.algorithm);
    const source: AsyncIterable<Buffer> = this.#file;
    let size = 0;
    try {
      for await (const chunk of source) {
        size += chunk.length;
        if (size > maxBytes) throw tooLarge(size, maxBytes);
        running?.update(chunk);
        yield chunk;
      }
    } catch (cause) {
      throw malformed(cause);
    }
    if (this.#policy !== null) checkContentLengthRange(this.#policy, size);
    if (this.#expected !== undefined && running !== undefined) {
      this.#checksum = requireChecksum(this.#expected, running.digest());
    }
  }
}

/** 204, or what the form asks for: a redirect, or 200, or 201 with a document. */
function success(
  context: BucketContext,
  fields: Record<string, string>,
  key: string,
  etag: string,
): S3Response {
  const { bucket } = context;
  const redirect = fields["success_action_redirect"] ?? fields["redirect"];
  const quoted = `"${etag}"`;
  const location = locationOf({ ...context, key });
  const headers: Record<string, string> = { etag: quoted, location };
  // What is no URL counts as not given; one of another scheme would be run, not visited.
  if (redirect !== undefined && /^https?:/i.test(redirect) && URL.canParse(redirect)) {
    const target = new URL(redirect);
    target.searchParams.set("bucket", bucket.name);
    target.searchParams.set("key", key);
    target.searchParams.set("etag", quoted);
    return { status: 303, headers: { ...headers, location: target.href } };
  }
  if (fields["success_action_status"] === "201") {
    return {
      status: 201,
      headers: { ...headers, "content-type": "application/xml" },
      body: postResponseXml({ location, bucket: bucket.name, key, etag }),
    };
  }
  return { status: fields["success_action_status"] === "200" ? 200 : 204, headers };
}
