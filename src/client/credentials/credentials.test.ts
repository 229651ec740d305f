import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fakeServer } from "../../../test/client/fake-server.ts";
import { CredentialsError } from "../errors.ts";
import { S3Client } from "../s3-client.ts";
import { CredentialsCache, type TemporaryCredentials } from "./credentials.ts";
import { parseIni } from "./shared-files.ts";

const directory = mkdtempSync(join(tmpdir(), "stowage-credentials-"));
after(() => rmSync(directory, { recursive: true }));
const file = (name: string, content: string): string => {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
};
const nowhere = {
  HOME: directory,
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_CONFIG_FILE: join(directory, "none"),
  AWS_SHARED_CREDENTIALS_FILE: join(directory, "none"),
};
const credentialsOf = async (env: Record<string, string>) =>
  new S3Client({ endpoint: "http://127.0.0.1:9", env: { ...nowhere, ...env } }).credentials();

test("CredentialsCache refreshes 5 minutes early, once for all who wait", async () => {
  let now = 0;
  let asked = 0;
  const cache = new CredentialsCache(
    async () => ({ accessKeyId: `A${++asked}`, secretAccessKey: "s", expiration: new Date(now + 3_600_000) }),
    () => now,
  );
  await Promise.all([cache.get(), cache.get(), cache.get()]);
  assert.equal(asked, 1);
  now += 54 * 60_000;
  assert.equal((await cache.get()).accessKeyId, "A1");
  now += 2 * 60_000;
  const all = await Promise.all([cache.get(), cache.get()]);
  assert.deepEqual(
    all.map(({ accessKeyId }) => accessKeyId),
    ["A2", "A2"],
  );
});

test("CredentialsCache goes on with what still works when an early refresh fails", async () => {
  let now = 0;
  const answers: (TemporaryCredentials | Error)[] = [
    { accessKeyId: "A1", secretAccessKey: "s", expiration: new Date(600_000) },
    new Error("not now"),
    new Error("still not"),
  ];
  const cache = new CredentialsCache(
    async () => {
      const next = answers.shift();
      if (next instanceof Error || next === undefined) throw next ?? new Error("none");
      return next;
    },
    () => now,
  );
  await cache.get();
  now = 400_000;
  assert.equal((await cache.get()).accessKeyId, "A1");
  now = 600_000;
  await assert.rejects(async () => cache.get(), /still not/);
});

test("keys of the environment come first, and serve synchronous presigning", async () => {
  const env = { AWS_ACCESS_KEY_ID: "AKID", AWS_SECRET_ACCESS_KEY: "s", AWS_SESSION_TOKEN: "t" };
  assert.deepEqual(await credentialsOf(env), {
    accessKeyId: "AKID",
    secretAccessKey: "s",
    sessionToken: "t",
  });
  const client = new S3Client({ endpoint: "http://127.0.0.1:9", env: { ...nowhere, ...env } });
  assert.match(client.presign({ bucket: "b", key: "k" }), /X-Amz-Security-Token=t/);
});

test("a profile gives keys, by a source, or by a process", async () => {
  const script = file(
    "process.mjs",
    `console.log(JSON.stringify({ Version: 1, AccessKeyId: "P", SecretAccessKey: "s" }))`,
  );
  const env = {
    AWS_CONFIG_FILE: file("config", `[profile made]\ncredential_process = ${process.execPath} ${script}\n`),
    AWS_SHARED_CREDENTIALS_FILE: file(
      "keys",
      "[default]\naws_access_key_id = D\naws_secret_access_key = s\n",
    ),
  };
  assert.equal((await credentialsOf(env))?.accessKeyId, "D");
  assert.equal((await credentialsOf({ ...env, AWS_PROFILE: "made" }))?.accessKeyId, "P");
  await assert.rejects(credentialsOf({ ...env, AWS_PROFILE: "lost" }), /no profile "lost"/);
});

test("a role is assumed with the keys of its source profile", async () => {
  await using sts = await fakeServer((_, response) =>
    response.end(
      "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>R</AccessKeyId><SecretAccessKey>rs</SecretAccessKey><SessionToken>rt</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>",
    ),
  );
  const env = {
    AWS_PROFILE: "role",
    AWS_ENDPOINT_URL_STS: sts.url,
    AWS_CONFIG_FILE: file(
      "roles",
      "[profile role]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = base\n",
    ),
    AWS_SHARED_CREDENTIALS_FILE: file("base", "[base]\naws_access_key_id = B\naws_secret_access_key = s\n"),
  };
  const credentials = await credentialsOf(env);
  assert.deepEqual([credentials?.accessKeyId, credentials?.sessionToken], ["R", "rt"]);
  const [request] = sts.seen;
  assert.match(request?.headers.authorization ?? "", /Credential=B\/\d{8}\/us-east-1\/sts\//);
  assert.match(request?.body.toString() ?? "", /RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr/);
});

test("a role that wants a code of a device gets it from the program, and says so where nobody is asked", async () => {
  await using sts = await fakeServer((_, response) =>
    response.end(
      "<AccessKeyId>M</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>",
    ),
  );
  const serial = "arn:aws:iam::1:mfa/ada";
  const env = {
    ...nowhere,
    AWS_ENDPOINT_URL_STS: sts.url,
    AWS_CONFIG_FILE: file(
      "mfa",
      `[profile mfa]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = base\nmfa_serial = ${serial}\n`,
    ),
    AWS_SHARED_CREDENTIALS_FILE: file("base", "[base]\naws_access_key_id = B\naws_secret_access_key = s\n"),
  };
  const options = { endpoint: "http://127.0.0.1:9", env, profile: "mfa" };
  const asked: string[] = [];
  const client = new S3Client({
    ...options,
    mfaCodeProvider: async (device) => {
      asked.push(device);
      return "123456";
    },
  });
  assert.equal((await client.credentials())?.accessKeyId, "M");
  assert.deepEqual(asked, [serial]);
  const form = new URLSearchParams(sts.seen[0]?.body.toString());
  assert.deepEqual([form.get("SerialNumber"), form.get("TokenCode")], [serial, "123456"]);

  await assert.rejects(new S3Client(options).credentials(), (error) => {
    assert.ok(error instanceof CredentialsError);
    assert.match(error.message, /"mfa".*arn:aws:iam::1:mfa\/ada/);
    assert.match(error.fix, /mfaCodeProvider/);
    return true;
  });
  assert.equal(sts.seen.length, 1);
});

test("a profile of single sign-on names the package that it needs", async () => {
  const env = {
    AWS_PROFILE: "sso",
    AWS_CONFIG_FILE: file("sso", "[profile sso]\nsso_session = work\nsso_account_id = 1\n"),
  };
  await assert.rejects(credentialsOf(env), /"sso" signs in by SSO.*@aws-sdk\/credential-providers/);
});

test("a web identity needs no keys, only its token", async () => {
  await using sts = await fakeServer((_, response) =>
    response.end(
      "<AccessKeyId>W</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>",
    ),
  );
  const credentials = await credentialsOf({
    AWS_ENDPOINT_URL_STS: sts.url,
    AWS_ROLE_ARN: "arn:aws:iam::1:role/r",
    AWS_WEB_IDENTITY_TOKEN_FILE: file("token", "the.token\n"),
  });
  assert.equal(credentials?.accessKeyId, "W");
  assert.equal(sts.seen[0]?.headers.authorization, undefined);
  assert.match(sts.seen[0]?.body.toString() ?? "", /WebIdentityToken=the\.token/);
});

const document = JSON.stringify({
  AccessKeyId: "C",
  SecretAccessKey: "s",
  Token: "t",
  Expiration: "2999-01-01T00:00:00Z",
});

test("a container's credentials come with its token, and without TLS only from beside it", async () => {
  await using metadata = await fakeServer((_, response) => response.end(document));
  const credentials = await credentialsOf({
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${metadata.url}/v1?x=1`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN: "Basic abc",
  });
  assert.equal(credentials?.sessionToken, "t");
  assert.deepEqual(
    [metadata.seen[0]?.target, metadata.seen[0]?.headers.authorization],
    ["/v1?x=1", "Basic abc"],
  );
  await assert.rejects(
    credentialsOf({ AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://example.com/" }),
    /example\.com without TLS/,
  );
});

test("an instance's credentials come by the second version of its metadata service", async () => {
  await using metadata = await fakeServer((request, response) => {
    if (request.method === "PUT") response.end("the-token");
    else if (request.headers["x-aws-ec2-metadata-token"] !== "the-token") response.writeHead(401).end();
    else response.end(request.target.endsWith("/") ? "my-role" : document);
  });
  const credentials = await credentialsOf({
    AWS_EC2_METADATA_DISABLED: "false",
    AWS_EC2_METADATA_SERVICE_ENDPOINT: metadata.url,
  });
  assert.equal(credentials?.accessKeyId, "C");
  assert.equal(metadata.seen.at(-1)?.target, "/latest/meta-data/iam/security-credentials/my-role");
});

test("without any credentials, the error names where they were looked for and the way out", async () => {
  await assert.rejects(credentialsOf({}), (error) => {
    assert.ok(error instanceof CredentialsError);
    assert.match(error.message, /AWS_ACCESS_KEY_ID.*profile "default"/);
    assert.match(error.fix, /anon: true/);
    return true;
  });
});

test("parseIni() knows comments, nested values and sections of several words", () => {
  const sections = parseIni(
    "# c\n[ profile  a ]\nx = 1 # one\nurl=http://h/#frag\ns3 =\n  y = 2\n\n[b]\n;z = 3\n",
  );
  assert.deepEqual(
    { ...sections.get("profile a"), s3: { ...(sections.get("profile a")?.["s3"] as object) } },
    {
      x: "1",
      url: "http://h/#frag",
      s3: { y: "2" },
    },
  );
  assert.deepEqual(Object.keys(sections.get("b") ?? {}), []);
});
