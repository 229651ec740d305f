import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { other, type Sent, startTestServer, type TestServer } from "../support/server.ts";

const versioning = (status: string): string =>
  `<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${status}</VersioningConfiguration>`;
const enabled = versioning("<Status>Enabled</Status>");
const suspended = versioning("<Status>Suspended</Status>");
const md5Of = (body: string): string => createHash("md5").update(body).digest("base64");

/** A listing of versions, a line each: key, version id, `marker` or the size, `latest`. */
function listed({ text }: Sent): string[] {
  return [...text.matchAll(/<(Version|DeleteMarker)>(.*?)<\/\1>/g)].map(([, kind, xml = ""]) => {
    const of = (name: string): string => new RegExp(`<${name}>(.*?)</${name}>`).exec(xml)?.[1] ?? "";
    const what = kind === "DeleteMarker" ? "marker" : of("Size");
    return [of("Key"), of("VersionId"), what, ...(of("IsLatest") === "true" ? ["latest"] : [])].join(" ");
  });
}

describe("versions over HTTP", () => {
  let s3: TestServer;
  let buckets = 0;
  before(async () => {
    s3 = await startTestServer();
  });
  after(() => s3.close());

  /** A bucket whose versioning is enabled; its name. */
  async function versionedBucket(): Promise<string> {
    const name = `versioned-${++buckets}`;
    await s3.send(`PUT /${name}`);
    assert.equal((await s3.send(`PUT /${name}?versioning`, { body: enabled })).status, 200);
    return name;
  }

  /** Stores a version; its id. */
  async function put(path: string, body: string): Promise<string> {
    const { status, headers } = await s3.send(`PUT ${path}`, { body });
    assert.equal(status, 200);
    return String(headers["x-amz-version-id"]);
  }

  it("a bucket is never enabled, then enabled or suspended, and says so", async () => {
    await s3.send("PUT /plain");
    const get = async (): Promise<string> => (await s3.send("GET /plain?versioning")).text;
    assert.match(await get(), /<VersioningConfiguration xmlns="[^"]*"(?:\/>|><\/VersioningConfiguration>)$/);
    const written = await s3.send("PUT /plain/k", { body: "x" });
    assert.equal(written.headers["x-amz-version-id"], undefined);
    assert.equal((await s3.send("GET /plain/k")).headers["x-amz-version-id"], undefined);
    assert.deepEqual(listed(await s3.send("GET /plain?versions")), ["k null 1 latest"]);
    await s3.send("PUT /plain?versioning", { body: enabled });
    assert.match(await get(), /<Status>Enabled<\/Status>/);
    assert.equal((await s3.send("GET /plain/k")).headers["x-amz-version-id"], "null");
    await s3.send("PUT /plain?versioning", { body: suspended });
    assert.match(await get(), /<Status>Suspended<\/Status>/);
    assert.equal((await s3.send("PUT /plain/k", { body: "y" })).headers["x-amz-version-id"], undefined);
    assert.equal((await s3.send("GET /plain/k")).headers["x-amz-version-id"], "null");
    assert.deepEqual(listed(await s3.send("GET /plain?versions")), ["k null 1 latest"]);
  });

  it("a configuration that is wrong is refused, and MFA delete is", async () => {
    await s3.send("PUT /config");
    const set = async (body: string): Promise<string> =>
      (await s3.send("PUT /config?versioning", { body })).code;
    assert.equal(await set(""), "MissingRequestBodyError");
    assert.equal(await set(versioning("")), "IllegalVersioningConfigurationException");
    assert.equal(await set(versioning("<Status>On</Status>")), "MalformedXML");
    assert.equal(
      await set(versioning("<Status>Enabled</Status><MfaDelete>Maybe</MfaDelete>")),
      "MalformedXML",
    );
    const mfa = versioning("<Status>Enabled</Status><MfaDelete>Enabled</MfaDelete>");
    const refused = await s3.send("PUT /config?versioning", { body: mfa });
    assert.equal(refused.code, "AccessDenied");
    assert.match(refused.text, /MFA delete cannot be enabled/);
    assert.equal(
      (await s3.send("PUT /config?versioning", { body: enabled, as: other })).code,
      "AccessDenied",
    );
    assert.doesNotMatch((await s3.send("GET /config?versioning")).text, /Status/);
    assert.equal(await set(versioning("<Status>Enabled</Status><MfaDelete>Disabled</MfaDelete>")), "");
  });

  it("each write is a version with an id of its own, and each is read by it", async () => {
    const bucket = await versionedBucket();
    const first = await put(`/${bucket}/k`, "one");
    const second = await put(`/${bucket}/k`, "two!");
    assert.match(first, /^[0-9a-f]{32}$/);
    assert.notEqual(first, second);
    const current = await s3.send(`GET /${bucket}/k`);
    assert.deepEqual([current.text, current.headers["x-amz-version-id"]], ["two!", second]);
    const old = await s3.send(`GET /${bucket}/k?versionId=${first}`);
    assert.deepEqual([old.text, old.headers["x-amz-version-id"]], ["one", first]);
    assert.equal((await s3.send(`HEAD /${bucket}/k?versionId=${first}`)).headers["content-length"], "3");
    assert.deepEqual(listed(await s3.send(`GET /${bucket}?versions`)), [
      `k ${second} 4 latest`,
      `k ${first} 3`,
    ]);
    assert.equal((await s3.send(`GET /${bucket}/k?versionId=${"0".repeat(32)}`)).code, "NoSuchVersion");
    assert.equal((await s3.send(`GET /${bucket}/k?versionId=null`)).code, "NoSuchVersion");
    for (const wrong of ["", "x", first.toUpperCase(), `${first}0`]) {
      assert.equal((await s3.send(`GET /${bucket}/k?versionId=${wrong}`)).code, "InvalidArgument", wrong);
      assert.equal((await s3.send(`DELETE /${bucket}/k?versionId=${wrong}`)).code, "InvalidArgument", wrong);
    }
    const onto = await s3.send(`PUT /${bucket}/k?versionId=${first}`, { body: "x" });
    assert.equal(onto.code, "InvalidArgument");
    assert.match(onto.text, /does not accept a version-id/);
  });

  it("a deletion puts a delete marker, which answers 404 and by its id 405, and goes when it is deleted", async () => {
    const bucket = await versionedBucket();
    const version = await put(`/${bucket}/k`, "body");
    const deleted = await s3.send(`DELETE /${bucket}/k`);
    assert.equal(deleted.status, 204);
    assert.equal(deleted.headers["x-amz-delete-marker"], "true");
    const marker = String(deleted.headers["x-amz-version-id"]);
    for (const method of ["GET", "HEAD"]) {
      const gone = await s3.send(`${method} /${bucket}/k`);
      assert.deepEqual(
        [gone.status, gone.headers["x-amz-delete-marker"], gone.headers["x-amz-version-id"]],
        [404, "true", marker],
      );
      const named = await s3.send(`${method} /${bucket}/k?versionId=${marker}`);
      assert.deepEqual(
        [named.status, named.headers["x-amz-delete-marker"], named.headers["allow"]],
        [405, "true", "DELETE"],
      );
      assert.match(String(named.headers["last-modified"]), /GMT$/);
      if (method === "GET") assert.match(named.text, /<ResourceType>DeleteMarker<.*<Method>GET</);
    }
    assert.equal((await s3.send(`GET /${bucket}/k?acl&versionId=${marker}`)).code, "MethodNotAllowed");
    assert.equal((await s3.send(`GET /${bucket}/k?acl`)).code, "NoSuchKey");
    for (const method of ["GET", "DELETE"]) {
      const untaggable = await s3.send(`${method} /${bucket}/k?tagging`);
      assert.equal(untaggable.code, "MethodNotAllowed");
      assert.match(untaggable.text, new RegExp(`<Method>${method}<`));
    }
    assert.equal((await s3.send(`GET /${bucket}/k?versionId=${version}`)).text, "body");
    assert.doesNotMatch((await s3.send(`GET /${bucket}?list-type=2`)).text, /<Contents>/);
    assert.deepEqual(listed(await s3.send(`GET /${bucket}?versions`)), [
      `k ${marker} marker latest`,
      `k ${version} 4`,
    ]);
    const undeleted = await s3.send(`DELETE /${bucket}/k?versionId=${marker}`);
    assert.deepEqual(
      [undeleted.status, undeleted.headers["x-amz-delete-marker"], undeleted.headers["x-amz-version-id"]],
      [204, "true", marker],
    );
    assert.equal((await s3.send(`GET /${bucket}/k`)).text, "body");
    // Of what was never there, too.
    assert.equal((await s3.send(`DELETE /${bucket}/never`)).headers["x-amz-delete-marker"], "true");
  });

  it("an overwrite while suspended replaces the null version and no other", async () => {
    const bucket = await versionedBucket();
    const kept = await put(`/${bucket}/k`, "kept");
    await s3.send(`PUT /${bucket}?versioning`, { body: suspended });
    // As on AWS, the answer does not name the null version.
    assert.equal(await put(`/${bucket}/k`, "a"), "undefined");
    assert.equal(await put(`/${bucket}/k`, "bb"), "undefined");
    assert.deepEqual(listed(await s3.send(`GET /${bucket}?versions`)), ["k null 2 latest", `k ${kept} 4`]);
    const marker = await s3.send(`DELETE /${bucket}/k`);
    assert.deepEqual(
      [marker.headers["x-amz-delete-marker"], marker.headers["x-amz-version-id"]],
      ["true", "null"],
    );
    assert.deepEqual(listed(await s3.send(`GET /${bucket}?versions`)), [
      "k null marker latest",
      `k ${kept} 4`,
    ]);
    await s3.send(`PUT /${bucket}?versioning`, { body: enabled });
    const newest = await put(`/${bucket}/k`, "newest");
    assert.equal((await s3.send(`GET /${bucket}/k?versionId=null`)).status, 405);
    await s3.send(`DELETE /${bucket}/k?versionId=null`);
    assert.deepEqual(listed(await s3.send(`GET /${bucket}?versions`)), [
      `k ${newest} 6 latest`,
      `k ${kept} 4`,
    ]);
  });

  it("DeleteObjects makes markers, removes versions, and says which it did", async () => {
    const bucket = await versionedBucket();
    const version = await put(`/${bucket}/a`, "a");
    await put(`/${bucket}/b`, "b");
    const send = (objects: string): Promise<Sent> => {
      const body = `<Delete>${objects}</Delete>`;
      return s3.send(`POST /${bucket}?delete`, { body, headers: { "content-md5": md5Of(body) } });
    };
    const first = await send(
      `<Object><Key>a</Key><VersionId>${version}</VersionId></Object><Object><Key>b</Key></Object>`,
    );
    const marker = /<DeleteMarkerVersionId>(.*?)</.exec(first.text)?.[1] ?? "";
    assert.match(marker, /^[0-9a-f]{32}$/);
    assert.ok(
      first.text.includes(`<Deleted><Key>a</Key><VersionId>${version}</VersionId></Deleted>`),
      first.text,
    );
    assert.ok(
      first.text.includes(
        `<Deleted><Key>b</Key><DeleteMarker>true</DeleteMarker><DeleteMarkerVersionId>${marker}</DeleteMarkerVersionId></Deleted>`,
      ),
      first.text,
    );
    const second = await send(
      `<Object><Key>b</Key><VersionId>${marker}</VersionId></Object><Object><Key>b</Key><VersionId>no</VersionId></Object>`,
    );
    assert.ok(
      second.text.includes(
        `<Deleted><Key>b</Key><VersionId>${marker}</VersionId><DeleteMarker>true</DeleteMarker><DeleteMarkerVersionId>${marker}</DeleteMarkerVersionId></Deleted>`,
      ),
      second.text,
    );
    assert.match(second.text, /<Error><Key>b<\/Key><VersionId>no<\/VersionId><Code>NoSuchVersion</);
    assert.equal((await s3.send(`GET /${bucket}/b`)).text, "b");
  });

  it("a bucket is deleted only when no version and no delete marker is left", async () => {
    const bucket = await versionedBucket();
    const version = await put(`/${bucket}/k`, "x");
    const marker = String((await s3.send(`DELETE /${bucket}/k`)).headers["x-amz-version-id"]);
    const refused = await s3.send(`DELETE /${bucket}`);
    assert.equal(refused.code, "BucketNotEmpty");
    assert.match(refused.text, /You must delete all versions in the bucket/);
    await s3.send(`DELETE /${bucket}/k?versionId=${version}`);
    assert.equal((await s3.send(`DELETE /${bucket}`)).code, "BucketNotEmpty");
    await s3.send(`DELETE /${bucket}/k?versionId=${marker}`);
    assert.equal((await s3.send(`DELETE /${bucket}`)).status, 204);
  });

  it("a copy takes the version that is named, with the right to read that version", async () => {
    const bucket = await versionedBucket();
    const old = await put(`/${bucket}/k`, "old");
    await put(`/${bucket}/k`, "new");
    const copy = (to: string, source: string, as = undefined as typeof other | undefined): Promise<Sent> =>
      s3.send(`PUT ${to}`, {
        headers: { "x-amz-copy-source": source },
        ...(as === undefined ? {} : { as }),
      });
    const copied = await copy(`/${bucket}/copy`, `${bucket}/k?versionId=${old}`);
    assert.equal(copied.status, 200);
    assert.equal(copied.headers["x-amz-copy-source-version-id"], old);
    assert.match(String(copied.headers["x-amz-version-id"]), /^[0-9a-f]{32}$/);
    assert.equal((await s3.send(`GET /${bucket}/copy`)).text, "old");
    // An older version becomes the current one again.
    assert.equal((await copy(`/${bucket}/k`, `/${bucket}/k?versionId=${old}`)).status, 200);
    assert.equal((await s3.send(`GET /${bucket}/k`)).text, "old");
    // boto 2 encodes the slash.
    assert.equal((await copy(`/${bucket}/k2`, `${bucket}%2Fk?versionId=${old}`)).status, 200);
    // An encoded question mark belongs to the key, so this names another object.
    assert.equal((await copy(`/${bucket}/x`, `${bucket}/k%3FversionId=${old}`)).code, "NoSuchKey");
    assert.equal((await copy(`/${bucket}/x`, `${bucket}/k%3FversionId%3D${old}`)).code, "NoSuchKey");
    assert.equal((await copy(`/${bucket}/x`, `${bucket}/k?versionId=x`)).code, "InvalidArgument");
    assert.equal(
      (await copy(`/${bucket}/x`, `${bucket}/k?versionId=${"0".repeat(32)}`)).code,
      "NoSuchVersion",
    );
    const marker = String((await s3.send(`DELETE /${bucket}/k`)).headers["x-amz-version-id"]);
    const ofMarker = await copy(`/${bucket}/x`, `${bucket}/k?versionId=${marker}`);
    assert.deepEqual([ofMarker.status, ofMarker.code], [400, "InvalidRequest"]);

    // The newest is public, the version before it is not.
    const [secret, open] = [await put(`/${bucket}/p`, "secret"), await put(`/${bucket}/p`, "open")];
    await s3.send(`PUT /${bucket}/p?acl`, { headers: { "x-amz-acl": "public-read" } });
    await s3.send("PUT /others", { as: other });
    assert.equal((await copy("/others/p", `${bucket}/p?versionId=${open}`, other)).status, 200);
    assert.equal((await copy("/others/p", `${bucket}/p?versionId=${secret}`, other)).code, "AccessDenied");
    assert.equal((await s3.send(`GET /${bucket}/p?versionId=${secret}`, { as: other })).code, "AccessDenied");
    const upload = await s3.send("POST /others/m?uploads", { as: other });
    const uploadId = /<UploadId>(.*?)</.exec(upload.text)?.[1] ?? "";
    const part = (versionId: string): Promise<Sent> =>
      copy(`/others/m?partNumber=1&uploadId=${uploadId}`, `${bucket}/p?versionId=${versionId}`, other);
    assert.equal((await part(secret)).code, "AccessDenied");
    const made = await part(open);
    assert.equal(made.status, 200);
    assert.equal(made.headers["x-amz-copy-source-version-id"], open);
  });

  it("lists pages from markers, with prefix, delimiter and encoding, newest first", async () => {
    const bucket = await versionedBucket();
    const ids: Record<string, string[]> = {};
    for (const key of ["a", "b/1", "b/2", "c d"]) {
      ids[key] = [];
      for (const body of ["1", "22"]) {
        ids[key].unshift(await put(`/${bucket}/${key.replace(" ", "%20")}`, body));
      }
    }
    const get = (query: string): Promise<Sent> => s3.send(`GET /${bucket}?versions${query}`);
    const whole = listed(await get(""));
    assert.deepEqual(
      whole,
      Object.entries(ids).flatMap(([key, [newer, older]]) => [
        `${key} ${newer} 2 latest`,
        `${key} ${older} 1`,
      ]),
    );
    const walked: string[] = [];
    for (let markers = ""; ;) {
      const page = await get(`&max-keys=3${markers}`);
      walked.push(...listed(page));
      const of = (name: string): string => new RegExp(`<${name}>(.*?)</${name}>`).exec(page.text)?.[1] ?? "";
      if (of("IsTruncated") === "false") break;
      markers = `&key-marker=${encodeURIComponent(of("NextKeyMarker"))}&version-id-marker=${of("NextVersionIdMarker")}`;
    }
    assert.deepEqual(walked, whole);
    const grouped = await get("&delimiter=/&max-keys=3");
    assert.deepEqual(listed(grouped), whole.slice(0, 2));
    assert.match(grouped.text, /<CommonPrefixes><Prefix>b\/<\/Prefix><\/CommonPrefixes>/);
    assert.match(grouped.text, /<NextKeyMarker>b\/<\/NextKeyMarker>/);
    assert.doesNotMatch(grouped.text, /NextVersionIdMarker/);
    assert.deepEqual(listed(await get("&delimiter=/&key-marker=b/")), whole.slice(6));
    assert.deepEqual(listed(await get("&prefix=b/")), whole.slice(2, 6));
    assert.deepEqual(listed(await get("&key-marker=b/1")), whole.slice(4));
    assert.match((await get("&prefix=c&encoding-type=url")).text, /<Key>c(?:\+|%20)d<\/Key>/);
    assert.match((await get("&max-keys=0")).text, /<IsTruncated>false<\/IsTruncated>/);
    assert.equal((await get(`&version-id-marker=${ids["a"]?.[0]}`)).code, "InvalidArgument");
    assert.equal((await get("&key-marker=a&version-id-marker=x")).code, "InvalidArgument");
    assert.equal((await get("&max-keys=x")).code, "InvalidArgument");
    assert.equal((await s3.send(`GET /${bucket}?versions`, { as: null })).code, "AccessDenied");
  });

  it("a completed upload and a form make versions, and tags and ACLs are each version's own", async () => {
    const bucket = await versionedBucket();
    const upload = await s3.send(`POST /${bucket}/m?uploads`);
    const uploadId = /<UploadId>(.*?)</.exec(upload.text)?.[1] ?? "";
    const { headers } = await s3.send(`PUT /${bucket}/m?partNumber=1&uploadId=${uploadId}`, { body: "part" });
    const completed = await s3.send(`POST /${bucket}/m?uploadId=${uploadId}`, {
      body: `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${headers["etag"]}</ETag></Part></CompleteMultipartUpload>`,
    });
    const first = String(completed.headers["x-amz-version-id"]);
    assert.match(first, /^[0-9a-f]{32}$/);
    const second = await put(`/${bucket}/m`, "second");
    const tag = "<Tagging><TagSet><Tag><Key>of</Key><Value>first</Value></Tag></TagSet></Tagging>";
    const tagged = await s3.send(`PUT /${bucket}/m?tagging&versionId=${first}`, { body: tag });
    assert.equal(tagged.headers["x-amz-version-id"], first);
    assert.match((await s3.send(`GET /${bucket}/m?tagging&versionId=${first}`)).text, /first/);
    assert.doesNotMatch((await s3.send(`GET /${bucket}/m?tagging`)).text, /first/);
    const acl = { "x-amz-acl": "public-read" };
    await s3.send(`PUT /${bucket}/m?acl&versionId=${first}`, { headers: acl });
    assert.equal((await s3.send(`GET /${bucket}/m?versionId=${first}`, { as: null })).text, "part");
    assert.equal((await s3.send(`GET /${bucket}/m`, { as: null })).status, 403);
    assert.equal((await s3.send(`GET /${bucket}/m?versionId=${second}`, { as: null })).status, 403);
  });

  it("If-None-Match: * holds where the newest is a delete marker, and fails where it is an object", async () => {
    const bucket = await versionedBucket();
    const create = (): Promise<Sent> =>
      s3.send(`PUT /${bucket}/k`, { body: "x", headers: { "if-none-match": "*" } });
    assert.equal((await create()).status, 200);
    assert.equal((await create()).code, "PreconditionFailed");
    await s3.send(`DELETE /${bucket}/k`);
    assert.equal((await create()).status, 200);
  });
});
