/** `stowage share --revocable` on a server. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { S3Client } from "../src/client/s3-client.ts";
import { addUser } from "../src/engine/users.ts";
import { type Ran, runCommand } from "./support/command.ts";
import { other, owner, startTestServer, type TestServer } from "./support/server.ts";

const odd = "größe/a b?c%d&e'f.txt";
const day = 86_400_000;
const administrator = { accessKeyId: "AKIDADMIN00000000000", secretAccessKey: "admin-secret" };

let server: TestServer;
let endpoint = "";
let client: S3Client;
before(async () => {
  server = await startTestServer();
  endpoint = server.server.url;
  const { accessKeyId: accessKey, secretAccessKey: secretKey } = administrator;
  await addUser(server.engine, { name: "admin", admin: true, accessKey, secretKey });
  client = new S3Client({ endpoint, credentials: owner, env: {} });
  await client.createBucket({ bucket: "photos" });
  await client.putObject({ bucket: "photos", key: odd, body: "odd", contentType: "text/plain" });
});
after(async () => {
  await client.close();
  await server.close();
});

function envOf({ accessKeyId, secretAccessKey }: typeof administrator): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  };
}

/** As the owner, who knows an administrator's keys too. */
function run(...words: string[]): Promise<Ran> {
  const { accessKeyId, secretAccessKey } = administrator;
  const keys = { STOWAGE_ACCESS_KEY: accessKeyId, STOWAGE_SECRET_KEY: secretAccessKey };
  return runCommand({ ...envOf(owner), ...keys }, words);
}

test("share --revocable makes links that last, and are taken back one by one", async () => {
  const made: string[] = [];
  const shareOne = async (...words: string[]): Promise<{ url: string; expires: string; user: string }> => {
    const { code, stdout, stderr } = await run(
      "share",
      `s3://photos/${odd}`,
      "--revocable",
      "--json",
      ...words,
    );
    assert.equal(code, 0, stderr);
    const link = JSON.parse(stdout) as { url: string; expires: string; user: string };
    made.push(link.user);
    return link;
  };
  const revoke = async (user: string): Promise<void> => {
    const env = { ...envOf(administrator), AWS_ENDPOINT_URL_S3: endpoint };
    const { code, stderr } = await runCommand(env, ["user", "rm", user, "--endpoint", endpoint]);
    assert.equal(code, 0, stderr);
  };
  const [year, week] = [await shareOne("--expires", "365d"), await shareOne()];
  assert.match(year.url, /&Expires=\d+&Signature=/);
  assert.match(week.url, /X-Amz-Expires=604800&/);
  assert.ok(Date.parse(year.expires) > Date.now() + 364 * day);
  for (const { url } of [year, week]) {
    const answer = await fetch(url);
    assert.equal(await answer.text(), "odd");
    assert.match(answer.headers.get("content-disposition") ?? "", /^attachment;/);
    assert.equal((await fetch(url.replace("a%20b", "other"))).status, 403);
    assert.equal((await fetch(url, { method: "DELETE" })).status, 403);
  }
  assert.match(year.user, /^link-a_b_c_d_e_f\.txt-[0-9a-f]{8}$/);
  await revoke(year.user);
  assert.equal((await fetch(year.url)).status, 403);
  assert.equal((await fetch(week.url)).status, 200);
  // Who has been removed stays in the object's list, is nobody, and hinders no change of it.
  for (const words of [
    ["meta", "set", `s3://photos/${odd}`, "a=1"],
    ["grant", "add", `s3://photos/${odd}`, "--id", other.id, "--read"],
  ]) {
    const { code, stderr } = await run(...words);
    assert.equal(code, 0, stderr);
  }
  assert.equal((await fetch(week.url)).status, 200);
  const again = await shareOne("--expires", "30d");
  assert.equal((await fetch(again.url)).status, 200);
  for (const user of [week.user, again.user]) await revoke(user);
  assert.equal((await fetch(again.url)).status, 403);
});

test("share --revocable leaves no user behind where it fails, and says whose keys it wants", async () => {
  await client.createBucket({ bucket: "denied" });
  await client.putObject({ bucket: "denied", key: "a", body: "a" });
  const policy = {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Deny",
        NotPrincipal: { CanonicalUser: owner.id },
        Action: "s3:GetObject",
        Resource: "arn:aws:s3:::denied/*",
      },
    ],
  };
  await client.putBucketPolicy({ bucket: "denied", policy });
  assert.match(
    (await run("share", "s3://denied/a", "--revocable")).stderr,
    /policy does not let the user of a link/,
  );
  const users = await runCommand(envOf(administrator), ["user", "ls", "--endpoint", endpoint]);
  assert.match(users.stdout, /admin/);
  assert.doesNotMatch(users.stdout, /link-/);
  const env = {
    ...envOf(owner),
    STOWAGE_ACCESS_KEY: other.accessKeyId,
    STOWAGE_SECRET_KEY: other.secretAccessKey,
  };
  const noAdministrator = await runCommand(env, ["share", "s3://denied/a", "--revocable"]);
  assert.match(noAdministrator.stderr, /use an administrator's keys/);
  const amazon = { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b" };
  const onAmazon = await runCommand(amazon, ["share", "s3://photos/a", "--revocable"]);
  assert.match(onAmazon.stderr, /--revocable is for Stowage servers/);
  for (const [words, message] of [
    [["--revocable", "--public"], /exclude each other/],
    [["--expires", "8d"], /longer than a signature lasts; give at most 7d, or --revocable/],
  ] as const) {
    assert.match((await run("share", `s3://photos/${odd}`, ...words)).stderr, message);
  }
});
