import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { createMemoryEngine } from "../../src/engine/engine.ts";
import { deleteObject } from "../../src/engine/delete-object.ts";
import { requireBucket } from "../../src/engine/buckets.ts";
import {
  owner,
  other,
  type Sent,
  type SendOptions,
  startTestServer,
  type TestServer,
} from "../support/server.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const bypass = { "x-amz-bypass-governance-retention": "true" };
const rule = (retention: string): string =>
  `<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention>${retention}</DefaultRetention></Rule></ObjectLockConfiguration>`;

describe("object lock over HTTP", () => {
  let s3: TestServer;
  let nowMs = Date.now();
  let buckets = 0;
  before(async () => {
    s3 = await startTestServer({ engine: createMemoryEngine({ clock: () => nowMs }) });
  });
  after(() => s3.close());

  /** Sends with the Content-MD5 that locks want. */
  const send = (line: string, options: SendOptions = {}): Promise<Sent> => {
    const { body = "", headers = {} } = options;
    const md5 = createHash("md5").update(body).digest("base64");
    return s3.send(line, {
      ...options,
      headers: body === "" ? headers : { "content-md5": md5, ...headers },
    });
  };
  async function lockedBucket(): Promise<string> {
    const name = `locked-${++buckets}`;
    const headers = { "x-amz-bucket-object-lock-enabled": "true" };
    assert.equal((await send(`PUT /${name}`, { headers })).status, 200);
    return name;
  }
  const until = (fromNowMs: number): string => new Date(nowMs + fromNowMs).toISOString();
  const lock = (mode: string, fromNowMs = hourMs): Record<string, string> => ({
    "x-amz-object-lock-mode": mode,
    "x-amz-object-lock-retain-until-date": until(fromNowMs),
  });
  const retention = (mode: string, fromNowMs = hourMs): string =>
    `<Retention><Mode>${mode}</Mode><RetainUntilDate>${until(fromNowMs)}</RetainUntilDate></Retention>`;
  async function put(path: string, headers: Record<string, string> = {}): Promise<string> {
    const { status, headers: answer } = await send(`PUT ${path}`, { body: "body", headers });
    assert.equal(status, 200);
    return String(answer["x-amz-version-id"]);
  }

  it("is on from the beginning or when it is set in a versioned bucket, and stays", async () => {
    const bucket = await lockedBucket();
    assert.match((await send(`GET /${bucket}?versioning`)).text, /Enabled/);
    assert.match(
      (await send(`GET /${bucket}?object-lock`)).text,
      /<ObjectLockEnabled>Enabled<\/ObjectLockEnabled><\/ObjectLockConfiguration>$/,
    );
    const suspend = "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>";
    assert.equal((await send(`PUT /${bucket}?versioning`, { body: suspend })).code, "InvalidBucketState");

    await send("PUT /later");
    const days = rule("<Mode>GOVERNANCE</Mode><Days>1</Days>");
    assert.equal((await send("GET /later?object-lock")).code, "ObjectLockConfigurationNotFoundError");
    assert.equal((await send("PUT /later?object-lock", { body: days })).code, "InvalidBucketState");
    await send("PUT /later?versioning", { body: suspend });
    assert.equal((await send("PUT /later?object-lock", { body: days })).code, "InvalidBucketState");
    await send("PUT /later?versioning", { body: suspend.replace("Suspended", "Enabled") });
    assert.equal((await send("PUT /later?object-lock", { body: days })).status, 200);
    assert.match((await send("GET /later?object-lock")).text, /<Mode>GOVERNANCE<\/Mode><Days>1<\/Days>/);
    // An owner who makes a bucket again must not believe that it is locked now.
    const headers = { "x-amz-bucket-object-lock-enabled": "true" };
    assert.equal((await send("PUT /later", { headers })).code, "BucketAlreadyOwnedByYou");
    const wrong = { "x-amz-bucket-object-lock-enabled": "yes" };
    assert.equal((await send("PUT /wrong", { headers: wrong })).code, "InvalidArgument");
  });

  it("a configuration that is wrong, or that nothing protects on its way, is refused", async () => {
    const bucket = await lockedBucket();
    const set = async (retention: string): Promise<string> =>
      (await send(`PUT /${bucket}?object-lock`, { body: rule(retention) })).code;
    assert.equal(await set("<Mode>GOVERNANCE</Mode><Days>1</Days><Years>1</Years>"), "MalformedXML");
    assert.equal(await set("<Mode>GOVERNANCE</Mode>"), "MalformedXML");
    assert.equal(await set("<Days>1</Days>"), "MalformedXML");
    assert.equal(await set("<Mode>governance</Mode><Days>1</Days>"), "MalformedXML");
    assert.equal(await set("<Mode>GOVERNANCE</Mode><Days>x</Days>"), "MalformedXML");
    assert.equal(await set("<Mode>GOVERNANCE</Mode><Days>0</Days>"), "InvalidRetentionPeriod");
    assert.equal(await set("<Mode>GOVERNANCE</Mode><Years>-1</Years>"), "InvalidRetentionPeriod");
    assert.equal(await set("<Mode>GOVERNANCE</Mode><Days>36501</Days>"), "InvalidArgument");
    const disabled = rule("<Mode>GOVERNANCE</Mode><Days>1</Days>").replace(">Enabled<", ">Disabled<");
    assert.equal((await send(`PUT /${bucket}?object-lock`, { body: disabled })).code, "MalformedXML");
    const bare = await s3.send(`PUT /${bucket}?object-lock`, {
      body: rule("<Mode>GOVERNANCE</Mode><Days>1</Days>"),
    });
    assert.equal(bare.code, "InvalidRequest");
    const stranger = await send(`PUT /${bucket}?object-lock`, {
      body: rule("<Mode>GOVERNANCE</Mode><Days>1</Days>"),
      as: other,
    });
    assert.equal(stranger.code, "AccessDenied");
    assert.doesNotMatch((await send(`GET /${bucket}?object-lock`)).text, /Rule/);
  });

  it("a retained version is not removed before its time, a delete marker goes before it all the same", async () => {
    const bucket = await lockedBucket();
    // Less than what a request's own time may differ from the server's.
    const lengthMs = 5 * 60_000;
    const version = await put(`/${bucket}/k`, lock("COMPLIANCE", lengthMs));
    const head = await send(`HEAD /${bucket}/k`);
    assert.equal(head.headers["x-amz-object-lock-mode"], "COMPLIANCE");
    assert.equal(head.headers["x-amz-object-lock-retain-until-date"], until(lengthMs));
    const refused = await send(`DELETE /${bucket}/k?versionId=${version}`, { headers: bypass });
    assert.deepEqual([refused.status, refused.code], [403, "AccessDenied"]);
    assert.match(refused.text, /protected by object lock/);
    const marker = await send(`DELETE /${bucket}/k`);
    assert.equal(marker.headers["x-amz-delete-marker"], "true");
    assert.equal((await send(`GET /${bucket}/k?versionId=${version}`)).text, "body");
    nowMs += lengthMs - 1;
    assert.equal((await send(`DELETE /${bucket}/k?versionId=${version}`)).code, "AccessDenied");
    nowMs += 1;
    assert.equal((await send(`DELETE /${bucket}/k?versionId=${version}`)).status, 204);
    assert.equal((await send(`GET /${bucket}/k?versionId=${version}`)).code, "NoSuchVersion");
  });

  it("GOVERNANCE is bypassed by who says so and may, COMPLIANCE is shortened by nobody", async () => {
    const bucket = await lockedBucket();
    const governed = await put(`/${bucket}/g`, lock("GOVERNANCE"));
    const path = `/${bucket}/g?versionId=${governed}`;
    await send(`PUT /${bucket}?acl`, { headers: { "x-amz-grant-write": `id=${other.id}` } });
    assert.equal((await send(`DELETE ${path}`)).code, "AccessDenied");
    // May write, and so delete; but not bypass.
    assert.equal((await send(`DELETE ${path}`, { as: other, headers: bypass })).code, "AccessDenied");
    const many = `<Delete><Object><Key>g</Key><VersionId>${governed}</VersionId></Object></Delete>`;
    assert.match((await send(`POST /${bucket}?delete`, { body: many })).text, /<Code>AccessDenied</);
    const set = async (body: string, headers: Record<string, string> = {}): Promise<string> =>
      (await send(`PUT /${bucket}/g?retention&versionId=${governed}`, { body, headers })).code;
    assert.equal(await set(retention("GOVERNANCE", 2 * hourMs)), "");
    assert.equal(await set(retention("GOVERNANCE", hourMs)), "AccessDenied");
    assert.equal(await set(retention("COMPLIANCE", 3 * hourMs)), "AccessDenied");
    assert.equal(await set("<Retention/>"), "AccessDenied");
    assert.equal(await set(retention("GOVERNANCE", hourMs), bypass), "");
    assert.equal(await set("<Retention/>", bypass), "");
    assert.equal((await send(`GET /${bucket}/g?retention`)).code, "NoSuchObjectLockConfiguration");
    assert.equal(await set(retention("GOVERNANCE")), "");
    assert.match(
      (await send(`POST /${bucket}?delete`, { body: many, headers: bypass })).text,
      /<Deleted><Key>g<\/Key>/,
    );

    await put(`/${bucket}/c`, lock("COMPLIANCE"));
    const comply = async (body: string): Promise<string> =>
      (await send(`PUT /${bucket}/c?retention`, { body, headers: bypass })).code;
    assert.equal(await comply(retention("COMPLIANCE", hourMs - 1)), "AccessDenied");
    assert.equal(await comply(retention("GOVERNANCE", 2 * hourMs)), "AccessDenied");
    assert.equal(await comply("<Retention/>"), "AccessDenied");
    assert.equal(await comply(retention("COMPLIANCE", hourMs)), "");
    assert.equal(await comply(retention("COMPLIANCE", 2 * hourMs)), "");
    assert.match((await send(`GET /${bucket}/c?retention`)).text, new RegExp(until(2 * hourMs)));
  });

  it("a Deny of the bypass in the bucket's policy beats its owner", async () => {
    const bucket = await lockedBucket();
    const version = await put(`/${bucket}/k`, lock("GOVERNANCE"));
    const policy = {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Deny",
          Principal: "*",
          Action: "s3:BypassGovernanceRetention",
          Resource: `arn:aws:s3:::${bucket}/*`,
        },
      ],
    };
    assert.equal((await send(`PUT /${bucket}?policy`, { body: JSON.stringify(policy) })).status, 204);
    const path = `/${bucket}/k?versionId=${version}`;
    assert.equal((await send(`DELETE ${path}`, { headers: bypass })).code, "AccessDenied");
    await send(`DELETE /${bucket}?policy`);
    assert.equal((await send(`DELETE ${path}`, { headers: bypass })).status, 204);
  });

  it("a legal hold keeps a version until it is taken back, also from who bypasses", async () => {
    const bucket = await lockedBucket();
    const version = await put(`/${bucket}/k`);
    const hold = (status: string): Promise<Sent> =>
      send(`PUT /${bucket}/k?legal-hold`, { body: `<LegalHold><Status>${status}</Status></LegalHold>` });
    assert.equal((await send(`GET /${bucket}/k?legal-hold`)).code, "NoSuchObjectLockConfiguration");
    assert.equal((await hold("ON")).headers["x-amz-version-id"], version);
    assert.equal((await hold("on")).code, "MalformedXML");
    assert.match((await send(`GET /${bucket}/k?legal-hold`)).text, /<Status>ON<\/Status>/);
    assert.equal((await send(`GET /${bucket}/k`)).headers["x-amz-object-lock-legal-hold"], "ON");
    const path = `/${bucket}/k?versionId=${version}`;
    assert.equal((await send(`DELETE ${path}`, { headers: bypass })).code, "AccessDenied");
    assert.equal((await hold("OFF")).status, 200);
    assert.match((await send(`GET /${bucket}/k?legal-hold`)).text, /<Status>OFF<\/Status>/);
    assert.equal((await send(`DELETE ${path}`)).status, 204);
  });

  it("what the bucket gives is given to PUT, copy, upload and form; what a request asks for goes before it", async () => {
    const bucket = await lockedBucket();
    await send(`PUT /${bucket}?object-lock`, { body: rule("<Mode>GOVERNANCE</Mode><Days>2</Days>") });
    await put(`/${bucket}/put`);
    const source = { "x-amz-copy-source": `${bucket}/put` };
    await send(`PUT /${bucket}/copy`, { headers: source });
    const begin = async (headers: Record<string, string>): Promise<string> =>
      /<UploadId>(.*?)</.exec((await send(`POST /${bucket}/upload?uploads`, { headers })).text)?.[1] ?? "";
    const complete = async (uploadId: string): Promise<void> => {
      const target = `/${bucket}/upload`;
      const part = await send(`PUT ${target}?partNumber=1&uploadId=${uploadId}`, { body: "part" });
      const body = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${part.headers["etag"]}</ETag></Part></CompleteMultipartUpload>`;
      assert.equal((await send(`POST ${target}?uploadId=${uploadId}`, { body })).status, 200);
    };
    await complete(await begin({}));
    const form = [
      ["key", "form"],
      ["acl", "public-read"],
      ["file", "x"],
    ].map(([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`);
    await send(`PUT /${bucket}?acl`, { headers: { "x-amz-acl": "public-read-write" } });
    const posted = await send(`POST /${bucket}`, {
      body: `${form.join("")}--b--\r\n`,
      headers: { "content-type": "multipart/form-data; boundary=b" },
      as: null,
    });
    assert.equal(posted.status, 204, posted.text);
    for (const key of ["put", "copy", "upload", "form"]) {
      const { headers } = await send(`HEAD /${bucket}/${key}`);
      const told = [headers["x-amz-object-lock-mode"], headers["x-amz-object-lock-retain-until-date"]];
      assert.deepEqual(told, ["GOVERNANCE", until(2 * dayMs)], key);
    }
    const asked = { ...lock("COMPLIANCE"), "x-amz-object-lock-legal-hold": "ON" };
    await put(`/${bucket}/put`, asked);
    await send(`PUT /${bucket}/copy`, { headers: { ...source, ...asked } });
    await complete(await begin(asked));
    for (const key of ["put", "copy", "upload"]) {
      const { headers } = await send(`HEAD /${bucket}/${key}`);
      const told = [headers["x-amz-object-lock-mode"], headers["x-amz-object-lock-legal-hold"]];
      assert.deepEqual(told, ["COMPLIANCE", "ON"], key);
    }
    await send(`PUT /${bucket}?object-lock`, { body: rule("<Mode>COMPLIANCE</Mode><Years>1</Years>") });
    await put(`/${bucket}/years`);
    const nextYear = new Date(nowMs);
    nextYear.setUTCFullYear(nextYear.getUTCFullYear() + 1);
    assert.equal(
      (await send(`HEAD /${bucket}/years`)).headers["x-amz-object-lock-retain-until-date"],
      nextYear.toISOString(),
    );
  });

  it("headers that are wrong are refused and leave nothing behind", async () => {
    const bucket = await lockedBucket();
    const refused = async (headers: Record<string, string>, path = `/${bucket}/k`): Promise<string> =>
      (await send(`PUT ${path}`, { body: "x", headers })).code;
    const { "x-amz-object-lock-mode": mode = "", "x-amz-object-lock-retain-until-date": date = "" } =
      lock("GOVERNANCE");
    assert.equal(await refused({ "x-amz-object-lock-mode": mode }), "InvalidArgument");
    assert.equal(await refused({ "x-amz-object-lock-retain-until-date": date }), "InvalidArgument");
    assert.equal(await refused({ ...lock("governance") }), "InvalidArgument");
    assert.equal(await refused(lock("GOVERNANCE", -1)), "InvalidArgument");
    const never = { ...lock("GOVERNANCE"), "x-amz-object-lock-retain-until-date": "tomorrow" };
    assert.equal(await refused(never), "InvalidArgument");
    assert.equal(await refused({ "x-amz-object-lock-legal-hold": "YES" }), "InvalidArgument");
    const bare = await s3.send(`PUT /${bucket}/k`, { body: "x", headers: lock("GOVERNANCE") });
    assert.equal(bare.code, "InvalidRequest");
    assert.match(bare.text, /Content-MD5 OR x-amz-checksum-/);
    await send("PUT /unlocked");
    assert.equal(await refused(lock("GOVERNANCE"), "/unlocked/k"), "InvalidRequest");
    const putRetention = (path: string, body: string): Promise<Sent> =>
      send(`PUT ${path}?retention`, { body });
    await send("PUT /unlocked/k", { body: "x" });
    assert.equal((await putRetention("/unlocked/k", retention("GOVERNANCE"))).code, "InvalidRequest");
    assert.equal((await send("GET /unlocked/k?retention")).code, "InvalidRequest");
    assert.equal((await send("GET /unlocked/k?legal-hold")).code, "InvalidRequest");
    assert.equal((await putRetention(`/${bucket}/none`, retention("GOVERNANCE"))).code, "NoSuchKey");
    assert.equal(
      (await putRetention(`/${bucket}/none`, retention("GOVERNANCE", -1))).code,
      "InvalidArgument",
    );
    assert.equal(
      (await putRetention(`/${bucket}/none`, "<Retention><Mode>GOVERNANCE</Mode></Retention>")).code,
      "MalformedXML",
    );
    assert.doesNotMatch((await send(`GET /${bucket}?versions`)).text, /<Version>/);
  });

  it("a checksum of any algorithm protects what is going to be locked", async () => {
    const bucket = await lockedBucket();
    const digest = {
      "x-amz-checksum-md5": "ndTkYSaMgDT1yFZOFVxnpg==",
      "x-amz-object-lock-legal-hold": "OFF",
    };
    assert.equal((await s3.send(`PUT /${bucket}/k`, { body: "x", headers: digest })).status, 200);
  });

  it("who may write to the bucket but does not own it cannot lock, nor see locks", async () => {
    const bucket = await lockedBucket();
    await send(`PUT /${bucket}?acl`, { headers: { "x-amz-grant-write": `id=${other.id}` } });
    const asked = { body: "x", headers: lock("COMPLIANCE"), as: other };
    assert.equal((await send(`PUT /${bucket}/k`, asked)).code, "AccessDenied");
    const hold = { body: "x", headers: { "x-amz-object-lock-legal-hold": "ON" }, as: other };
    assert.equal((await send(`PUT /${bucket}/k`, hold)).code, "AccessDenied");
    await put(`/${bucket}/open`, { ...lock("GOVERNANCE"), "x-amz-acl": "public-read" });
    const seen = await send(`GET /${bucket}/open`, { as: other });
    assert.equal(seen.status, 200);
    assert.equal(seen.headers["x-amz-object-lock-mode"], undefined);
    assert.equal((await send(`GET /${bucket}/open?retention`, { as: other })).code, "AccessDenied");
    assert.equal(
      (await send(`PUT /${bucket}/open?retention`, { body: retention("GOVERNANCE"), as: other })).code,
      "AccessDenied",
    );
  });

  it("fails closed: a default retention that cannot be read lets nothing be written", async () => {
    const bucket = await lockedBucket();
    const { engine } = s3;
    const { index } = engine;
    const row = await index.get("buckets", Buffer.from(bucket));
    assert.ok(row);
    const record = JSON.parse(row.value.toString("utf8", 1)) as { objectLock: object };
    record.objectLock = { defaultRetention: { mode: "FOREVER", days: 1 } };
    const value = Buffer.concat([row.value.subarray(0, 1), Buffer.from(JSON.stringify(record))]);
    await index.commit({ puts: [{ table: "buckets", key: row.key, value }] });
    assert.equal((await send(`PUT /${bucket}/k`, { body: "x" })).code, "InternalError");
    assert.doesNotMatch((await send(`GET /${bucket}?versions`)).text, /<Version>/);
  });

  it("fails closed: a version whose retention cannot be read is not removed", async () => {
    const bucket = await lockedBucket();
    const version = await put(`/${bucket}/k`, lock("GOVERNANCE"));
    const { engine } = s3;
    const found = await requireBucket(engine, bucket);
    const key = Buffer.concat([Buffer.from(found.id, "hex"), Buffer.from("k")]);
    const row = await engine.index.get("objects", key);
    assert.ok(row);
    // The last seven bytes of the record are the mode and the time.
    const value = Buffer.from(row.value);
    value[value.length - 7] = 9;
    await engine.index.commit({ puts: [{ table: "objects", key, value }] });
    await assert.rejects(
      deleteObject(engine, found, "k", { versionId: version, bypassGovernance: true }),
      /unknown mode of retention 9/,
    );
    const path = `/${bucket}/k?versionId=${version}`;
    assert.equal((await send(`DELETE ${path}`, { headers: bypass, as: owner })).code, "InternalError");
  });
});
