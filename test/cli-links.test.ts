/** `stowage presign` and `share` on a server. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { environmentOf, runCommand, useCommands } from "./support/command.ts";

const odd = "größe/a b?c%d&e'f.txt";
const day = 86_400_000;
const commands = useCommands({
  bucket: "photos",
  prepare: async ({ server }) => {
    await server.client.putObject({
      bucket: "photos",
      key: odd,
      body: "odd",
      contentType: "text/plain",
    });
  },
});
const { run } = commands;

test("presign prints URLs that read, write and list, with the headers that were asked for", async () => {
  const read = (
    await run("presign", `s3://photos/${odd}`, "--response-content-type", "text/x-mine")
  ).stdout.trim();
  assert.match(read, /X-Amz-Expires=3600&/);
  const answer = await fetch(read);
  assert.deepEqual([await answer.text(), answer.headers.get("content-type")], ["odd", "text/x-mine"]);

  const words = [
    "presign",
    "s3://photos/new.txt",
    "--method",
    "PUT",
    "--content-type",
    "text/plain",
    "--expires",
    "5m",
  ];
  const write = JSON.parse((await run(...words, "--json")).stdout) as {
    url: string;
    method: string;
    headers: Record<string, string>;
    expires: string;
  };
  assert.deepEqual([write.method, write.headers], ["PUT", { "content-type": "text/plain" }]);
  assert.ok(Math.abs(Date.parse(write.expires) - Date.now() - 300_000) < 30_000);
  assert.equal(
    (await fetch(write.url, { method: "PUT", body: "x", headers: { "content-type": "text/html" } })).status,
    403,
  );
  assert.equal((await fetch(write.url, { method: "PUT", body: "new", headers: write.headers })).status, 200);

  const list = await fetch((await run("presign", "s3://photos")).stdout.trim());
  assert.match(await list.text(), /<Key>new\.txt<\/Key>/);
});

test("presign works where nobody answers, and for a version", async () => {
  const env = { ...environmentOf(commands.server), AWS_ENDPOINT_URL_S3: "http://127.0.0.1:1" };
  const { code, stdout } = await runCommand(env, ["presign", "s3://photos/a?versionId=v1"]);
  assert.equal(code, 0);
  assert.match(stdout, /^http:\/\/127\.0\.0\.1:1\/photos\/a\?.*versionId=v1/);
});

test("presign says how keys are given", async () => {
  const env = {
    HOME: commands.folder,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_ENDPOINT_URL_S3: commands.server.endpoint,
  };
  const { code, stderr } = await runCommand(env, ["presign", "s3://photos/a"]);
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^stowage: No credentials: .*; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile/,
  );
});

test("presign says what is wrong", async () => {
  const wrong = await Promise.all([
    run("presign", "s3://photos/a", "--expires", "8d"),
    run("presign", "s3://photos/a", "--expires", "soon"),
    run("presign", "s3://photos", "--method", "PUT"),
    run("presign", "s3://photos/a", "--method", "PATCH"),
  ]);
  assert.deepEqual(
    wrong.map(({ code }) => code),
    [2, 2, 2, 2],
  );
  assert.match(
    wrong[0]?.stderr ?? "",
    /--expires: 8 days are longer than a signature lasts; give at most 7d/,
  );
  assert.match(wrong[1]?.stderr ?? "", /"soon" is no length of time; give it as 90s/);
});

test("share prints a link that downloads under a name, and until when it is good", async () => {
  const { stdout, stderr } = await run("share", `s3://photos/${odd}`);
  assert.match(stderr, /^3 B, good until \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\n$/);
  const answer = await fetch(stdout.trim());
  assert.equal(await answer.text(), "odd");
  assert.equal(
    answer.headers.get("content-disposition"),
    `attachment; filename="a b?c_d&e'f.txt"; filename*=UTF-8''a%20b%3Fc%25d%26e%27f.txt`,
  );
  const words = [
    "share",
    `s3://photos/${odd}`,
    "--name",
    "Größe.txt",
    "--inline",
    "--expires",
    "1d",
    "--json",
  ];
  const shown = JSON.parse((await run(...words)).stdout) as { url: string; expires: string };
  assert.ok(Math.abs(Date.parse(shown.expires) - Date.now() - day) < 30_000);
  const disposition = (await fetch(shown.url)).headers.get("content-disposition") ?? "";
  assert.match(disposition, /^inline; .*filename\*=UTF-8''Gr%C3%B6%C3%9Fe\.txt$/);
  assert.match((await run("share", "s3://photos/none")).stderr, /NoSuchKey/);
  const bucket = await run("tag", "s3://none-such/a/b");
  assert.match(bucket.stderr, /NoSuchBucket, 404\); make it with stowage mb s3:\/\/none-such, or check/);
});

test("share --public opens an object, acl set private closes it, and a block that hinders it is told", async () => {
  const { stdout, stderr } = await run("share", `s3://photos/${odd}`, "--public");
  assert.equal(await (await fetch(stdout.trim())).text(), "odd");
  assert.equal(stderr, `good until: stowage acl set 's3://photos/größe/a b?c%d&e'\\''f.txt' private\n`);
  await run("acl", "set", `s3://photos/${odd}`, "private");
  assert.equal((await fetch(stdout.trim())).status, 403);
  await commands.server.client.putPublicAccessBlock({ bucket: "photos", ignorePublicAcls: true });
  const hindered = await run("share", `s3://photos/${odd}`, "--public");
  assert.equal(hindered.code, 1);
  assert.match(
    hindered.stderr,
    /the bucket does not let them; look at the bucket's policy and public access block/,
  );
  await commands.server.client.deletePublicAccessBlock({ bucket: "photos" });
});

test("share --upload prints commands that upload a file, within a size and into a folder", async () => {
  const file = join(commands.folder, "it's a file.txt");
  writeFileSync(file, "from curl");
  const upload = async (command: string): Promise<string> => {
    const line = `${command.trim()} -s -o /dev/null -w '%{http_code}'`.replace(
      /(?<=-T |file=@)FILE/,
      '"$FILE"',
    );
    return (
      await promisify(execFile)("sh", ["-c", line.replace('file=@"$FILE"', '"file=@$FILE"')], {
        env: { ...process.env, FILE: file },
      })
    ).stdout;
  };
  const hasCurl = await promisify(execFile)("curl", ["--version"]).then(
    () => true,
    () => false,
  );
  const put = await run("share", "--upload", "s3://photos/in/one.txt");
  const folder = await run("share", "--upload", "s3://photos/in/", "--max-size", "1K");
  const small = await run("share", "--upload", "s3://photos/in/small.txt", "--max-size", "5");
  assert.match(put.stdout, /^curl -T FILE 'http/);
  assert.match(folder.stdout, /^curl -F '?key=/);
  const form = JSON.parse((await run("share", "--upload", "s3://photos/in/", "--json")).stdout) as {
    action: string;
    fields: { name: string; value: string }[];
  };
  const data = new FormData();
  for (const { name, value } of form.fields) data.append(name, value);
  data.append("file", new File(["from a form"], "form.txt"));
  assert.equal((await fetch(form.action, { method: "POST", body: data })).status, 204);
  const textOf = async (key: string): Promise<string> =>
    (await commands.server.client.getObject({ bucket: "photos", key })).body.text();
  assert.equal(await textOf("in/form.txt"), "from a form");
  if (!hasCurl) return;
  assert.deepEqual(await Promise.all([put, folder, small].map(({ stdout }) => upload(stdout))), [
    "200",
    "204",
    "400",
  ]);
  assert.deepEqual(
    [await textOf("in/one.txt"), await textOf("in/it's a file.txt")],
    ["from curl", "from curl"],
  );
});

test("share says which options do not go together", async () => {
  const wrong = await Promise.all([
    run("share", "s3://photos/a", "--upload", "--public"),
    run("share", "s3://photos/a", "--max-size", "1M"),
    run("share", "s3://photos/in/"),
  ]);
  assert.deepEqual(
    wrong.map(({ code }) => code),
    [2, 2, 1],
  );
});
