import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { clientOptions } from "./s3-client-options.ts";
import { readS3Options, type S3Options } from "./s3-options.ts";
import { s3, S3Storage } from "./s3.ts";

class StaticStorage extends S3Storage {
  static override readonly defaults: S3Options = { location: "static", querystringAuth: false };
}

class HashedStorage extends StaticStorage {
  static override readonly defaults: S3Options = { gzip: true };
}

test("S3Storage takes an option, then the class's default, then the environment, then its own default", () => {
  const env = {
    AWS_LOCATION: "from-env",
    AWS_STORAGE_BUCKET_NAME: "env-bucket",
    AWS_S3_FILE_OVERWRITE: "False",
  };
  const settings = new StaticStorage({ bucketName: "mine" }, { env }).settings;
  assert.equal(settings.bucketName, "mine");
  assert.equal(settings.location, "static");
  assert.equal(settings.fileOverwrite, false);
  assert.equal(settings.querystringExpire, 3600);
  assert.equal(new StaticStorage({ location: "" }, { env }).settings.location, "");
  assert.equal(s3({}, { env }).settings.location, "from-env");
  assert.equal(s3({}, { env }).bucketName, "env-bucket");
  assert.equal(s3({ bucketName: undefined }, { env }).bucketName, "env-bucket");
  const hashed = new HashedStorage({}, { env }).settings;
  assert.deepEqual([hashed.gzip, hashed.location, hashed.querystringAuth], [true, "static", false]);
});

test("s3() refuses an option that there is not, by name", () => {
  assert.throws(
    // @ts-expect-error: an unknown option does not compile.
    () => s3({ bucket: "b" }),
    /s3\(\) has no option "bucket"\. Its options are accessKey, secretKey/,
  );
  class Wrong extends S3Storage {
    static override readonly defaults: S3Options = { buckets: "b" } as S3Options;
  }
  assert.throws(() => new Wrong(), /no option "buckets"/);
});

test("s3() reads booleans, numbers and names of the environment, and names the variable that is none", () => {
  const read = (env: Record<string, string>) => readS3Options({}, {}, env);
  assert.equal(read({ AWS_QUERYSTRING_AUTH: "no" }).querystringAuth, false);
  assert.equal(read({ AWS_QUERYSTRING_EXPIRE: "60" }).querystringExpire, 60);
  assert.equal(read({ AWS_DEFAULT_ACL: "public-read" }).defaultAcl, "public-read");
  assert.equal(read({ AWS_LOCATION: "" }).location, "");
  assert.throws(
    () => read({ AWS_QUERYSTRING_AUTH: "maybe" }),
    /AWS_QUERYSTRING_AUTH is "maybe"; it must be true or false/,
  );
  assert.throws(
    () => read({ AWS_QUERYSTRING_EXPIRE: "1h" }),
    /AWS_QUERYSTRING_EXPIRE is "1h"; .* a whole number/,
  );
  assert.throws(() => read({ AWS_DEFAULT_ACL: "public" }), /AWS_DEFAULT_ACL is "public"/);
  assert.throws(() => read({ AWS_S3_ADDRESSING_STYLE: "host" }), /must be one of auto, virtual, path/);
});

const environmentKeys = {
  AWS_ACCESS_KEY_ID: "env",
  AWS_SECRET_ACCESS_KEY: "env-secret",
  AWS_SESSION_TOKEN: "env-token",
};

function keysOf(options: S3Options, env: Record<string, string>): unknown[] {
  const { accessKey, secretKey, securityToken, sessionProfile } = readS3Options(options, {}, env);
  return [accessKey, secretKey, securityToken, sessionProfile];
}

test("s3() takes keys of the options before the environment's, and the environment's token only with its keys", () => {
  assert.deepEqual(keysOf({}, environmentKeys), ["env", "env-secret", "env-token", undefined]);
  const own = { AWS_S3_ACCESS_KEY_ID: "s3", AWS_S3_SECRET_ACCESS_KEY: "s3-secret" };
  assert.deepEqual(keysOf({}, { ...environmentKeys, ...own }), ["s3", "s3-secret", "env-token", undefined]);
  const given = { accessKey: "mine", secretKey: "my-secret" };
  assert.deepEqual(keysOf(given, environmentKeys), ["mine", "my-secret", undefined, undefined]);
  const withToken = { ...given, securityToken: "my-token" };
  assert.deepEqual(keysOf(withToken, environmentKeys), ["mine", "my-secret", "my-token", undefined]);
  assert.deepEqual(keysOf({}, {}), [undefined, undefined, undefined, undefined]);
  assert.throws(() => keysOf({ accessKey: "mine" }, {}), /belong together: secretKey is missing/);
});

test("s3() refuses keys and a profile from the same place, and else takes what is nearer", () => {
  const given = { accessKey: "mine", secretKey: "my-secret" };
  const profile = { AWS_S3_SESSION_PROFILE: "work" };
  assert.throws(
    () => keysOf({ ...given, sessionProfile: "work" }, {}),
    /sessionProfile cannot be together with/,
  );
  assert.throws(
    () => keysOf({}, { ...environmentKeys, ...profile }),
    /sessionProfile cannot be together with/,
  );
  assert.deepEqual(keysOf({ sessionProfile: "work" }, environmentKeys), [
    undefined,
    undefined,
    undefined,
    "work",
  ]);
  assert.deepEqual(keysOf(given, profile), ["mine", "my-secret", undefined, undefined]);
});

test("s3() refuses options that cannot be, and says what can", () => {
  for (const [options, message] of [
    [{ location: "/media" }, /begins with a slash: give "media" instead of "\/media"/],
    [{ location: "a/../../b" }, /leads out/],
    [{ cloudfrontKeyId: "K" }, /cloudfrontKey and cloudfrontKeyId must be given together/],
    [{ cloudfrontKey: "K" }, /cloudfrontKey and cloudfrontKeyId must be given together/],
    [{ fileBufferSize: 1024 }, /fileBufferSize is 1024; .* at least 5242880/],
  ] as const) {
    assert.throws(() => s3(options, { env: {} }), message);
  }
});

test("s3() without a bucket says so when it is used, not before", async () => {
  const storage = s3({ accessKey: "a", secretKey: "b" }, { env: {} });
  await assert.rejects(
    storage.save("a.txt", "x"),
    /needs a bucket\. Give bucketName, or set AWS_STORAGE_BUCKET_NAME/,
  );
});

function clientOf(options: S3Options): ReturnType<typeof clientOptions> {
  return clientOptions(readS3Options(options, {}, {}), {});
}

test("clientOptions() gives the client what django-storages gives botocore", () => {
  const client = clientOf({
    accessKey: "a",
    secretKey: "s",
    securityToken: "t",
    regionName: "eu-west-1",
    endpointUrl: "localhost:9000",
    useSsl: false,
    addressingStyle: "path",
    signatureVersion: "s3",
    transferConfig: { concurrency: 2 },
    clientConfig: { maxConnections: 7, region: "eu-central-1" },
  });
  assert.deepEqual(client.credentials, { accessKeyId: "a", secretAccessKey: "s", sessionToken: "t" });
  assert.equal(client.endpoint, "http://localhost:9000");
  assert.equal(client.region, "eu-central-1", "clientConfig is over all others");
  assert.deepEqual([client.addressing, client.signatureVersion], ["path", "v2"]);
  assert.deepEqual([client.concurrency, client.maxConnections], [2, 7]);
  assert.equal(clientOf({ endpointUrl: "localhost:9000" }).endpoint, "https://localhost:9000");
  assert.equal(clientOf({ useSsl: false }).endpoint, "http://s3.us-east-1.amazonaws.com");
  assert.equal(clientOf({ addressingStyle: "auto" }).addressing, undefined);
  assert.equal(clientOf({}).credentials, undefined, "AWS's chain finds them");
});

test("clientOptions() reads the certificates that verify names", (t) => {
  const directory = mkdtempSync(join(tmpdir(), "stowage-verify-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const file = join(directory, "ca.pem");
  writeFileSync(file, "PEM");
  assert.equal(clientOf({ verify: file }).ca, "PEM");
  assert.equal(clientOf({ verify: true }).ca, undefined);
  assert.throws(() => clientOf({ verify: join(directory, "none.pem") }), /none\.pem, which cannot be read/);
});
