/** The commands on buckets and objects, a day's work with each of them, on every server. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import type { S3Client } from "../../src/client/s3-client.ts";
import { runCommand } from "../support/command.ts";
import { describeClient } from "./endpoints.ts";

describeClient("the command line", (context) => {
  let env: Record<string, string>;
  let client: S3Client;
  let url: string;
  let bucket: string;
  let folder: string;
  before(async () => {
    ({ client } = context().conn);
    const { accessKeyId = "", secretAccessKey = "" } = (await client.credentials()) ?? {};
    env = {
      AWS_ENDPOINT_URL_S3: context().url,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      SSE_C_KEY: Buffer.alloc(32, "k").toString("base64"),
    };
    bucket = context().bucketName();
    url = `s3://${bucket}`;
    await ok("mb", url);
    folder = await mkdtemp(join(tmpdir(), "stowage-commands-"));
    for (const name of ["index.html", "a/größe ü.txt", "a/b.css"]) {
      await mkdir(join(folder, "site", name, ".."), { recursive: true });
      await writeFile(join(folder, "site", name), name);
    }
    await writeFile(join(folder, "large"), Buffer.alloc(18 * 1024 ** 2, "large"));
  });
  after(async () => rm(folder, { recursive: true }));

  async function ok(...words: string[]): Promise<string[]> {
    const { code, stdout, stderr } = await runCommand(env, words);
    assert.equal(code, 0, `${words.join(" ")}: ${stderr}`);
    return stdout.split("\n").filter((line) => line !== "");
  }

  async function fails(...words: string[]): Promise<string> {
    const { code, stderr } = await runCommand(env, words);
    assert.notEqual(code, 0, `${words.join(" ")} was to fail`);
    return stderr;
  }

  async function keysIn(prefix: string): Promise<string[]> {
    return (await client.list({ bucket, prefix }).toArray()).map(({ key }) => key.slice(prefix.length));
  }

  test("cp, ls, cat, du, find, tree, stat, mv and rm", async () => {
    const site = join(folder, "site");
    await ok("cp", "-r", site, `${url}/in`);
    assert.equal((await ok("ls", "-r", `${url}/in`)).length, 3);
    assert.deepEqual(await ok("cat", `${url}/in/index.html`), ["index.html"]);
    assert.match((await ok("du", `${url}/in`, "--bytes")).join(), /^ *33 +3 /);
    assert.deepEqual(await ok("find", `${url}/in`, "--include", "*.css"), [`${url}/in/a/b.css`]);
    assert.equal((await ok("tree", `${url}/in`)).at(-1), "3 objects, 33 B");
    assert.match((await ok("stat", `${url}/in/a/b.css`)).join("\n"), /^content type +text\/css$/m);
    assert.match((await ok("stat", url)).join("\n"), /^versioning +Off$/m);
    await ok("mv", "-r", `${url}/in`, `${url}/out`);
    assert.deepEqual(await keysIn("in/"), []);
    assert.deepEqual(await keysIn("out/"), ["a/b.css", "a/größe ü.txt", "index.html"]);
    assert.match(await fails("rm", "-r", `${url}/out`, "--max-delete", "2"), /3 objects would be deleted/);
    assert.equal((await ok("rm", "-r", `${url}/out`, "--max-delete", "3")).length, 3);
    assert.deepEqual(await keysIn("out/"), []);
  });

  test("copies and moves keep what no option names, and --no-clobber what is there", async () => {
    const large = join(folder, "large");
    await ok("cp", large, `${url}/k1`, "--content-type", "text/css", "--metadata", "who=anna");
    await ok("tag", "set", `${url}/k1`, "a=1");
    await ok("cp", `${url}/k1`, `${url}/k2`, "--cache-control", "no-cache");
    await ok("mv", `${url}/k2`, `${url}/k3`);
    await ok("mv", `${url}/k3`, `${url}/k4`, "--metadata", "what=style");
    const { contentType, cacheControl, metadata } = await client.headObject({ bucket, key: "k4" });
    assert.deepEqual(
      { contentType, cacheControl, metadata: { ...metadata } },
      { contentType: "text/css", cacheControl: "no-cache", metadata: { who: "anna", what: "style" } },
    );
    assert.deepEqual(await ok("tag", `${url}/k4`), ["a=1"]);
    await ok("meta", "set", `${url}/k4`, "who=ben");
    assert.deepEqual(await ok("tag", `${url}/k4`), ["a=1"]);
    const other = join(folder, "site/index.html");
    await ok("cp", other, `${url}/other`);
    for (const words of [
      ["cp", large, `${url}/k4`],
      ["cp", `${url}/other`, `${url}/k4`],
      ["mv", `${url}/other`, `${url}/k4`],
      ["cp", other, `${url}/k4`],
    ])
      assert.match(await fails(...words, "--no-clobber"), /is there already/);
    await ok("mv", `${url}/k4`, join(folder, "back"));
    assert.ok((await readFile(large)).equals(await readFile(join(folder, "back"))));
    assert.deepEqual(await keysIn("k"), ["1"]);
  });

  test("sync and diff, in every direction", async () => {
    const site = join(folder, "site");
    const down = join(folder, "down");
    for (const [from, to] of [
      [site, `${url}/sync`],
      [`${url}/sync`, `${url}/copy`],
      [`${url}/copy`, down],
    ] as const) {
      assert.equal((await ok("sync", from, to)).length, 3);
      assert.deepEqual(await ok("sync", from, to, "--checksum"), []);
      assert.deepEqual(await ok("diff", from, to), []);
    }
    await rm(join(down, "a"), { recursive: true });
    assert.equal((await ok("sync", down, `${url}/copy`, "--delete")).length, 2);
    assert.deepEqual(await keysIn("copy/"), ["index.html"]);
  });

  test("acl, grant, tag, meta, presign and share", async () => {
    const object = `${url}/letter`;
    await client.putObject({ bucket, key: "letter", body: "Dear Sir" });
    await ok("grant", "add", object, "--email", context().altEmail, "--read");
    const list = (await ok("acl", object, "--json")).join();
    const { grants } = JSON.parse(list) as { grants: { permission: string }[] };
    assert.deepEqual(grants.map(({ permission }) => permission).toSorted(), ["FULL_CONTROL", "READ"]);
    await ok("tag", "set", object, "to=anna");
    await ok("meta", "set", object, "author=ben");
    assert.ok((await ok("meta", object)).some((line) => /author +ben/.test(line)));
    assert.deepEqual(await ok("tag", object), ["to=anna"]);
    const [link = ""] = await ok("presign", object);
    const [shared = ""] = await ok("share", object);
    for (const one of [link, shared]) assert.equal(await (await fetch(one)).text(), "Dear Sir");
    await ok("acl", "set", object, "public-read");
    assert.equal((await fetch(`${context().url}/${bucket}/letter`)).status, 200);
  });

  test("a customer's key goes up and comes back; a copy that it does not encrypt is told", async () => {
    const key = ["--sse-c-key", "env:SSE_C_KEY"];
    const large = join(folder, "large");
    await ok("cp", large, `${url}/secret`, ...key);
    await fails("cat", `${url}/secret`);
    await ok("cp", `${url}/secret`, join(folder, "secret"), ...key);
    assert.ok((await readFile(large)).equals(await readFile(join(folder, "secret"))));
    await client.putObject({ bucket, key: "plain", body: "plain" });
    if (context().kind === "rgw") {
      assert.match(await fails("mv", `${url}/plain`, `${url}/hidden`, ...key), /NotEncrypted|not encrypted/);
      assert.deepEqual(await ok("cat", `${url}/plain`), ["plain"]);
    } else {
      await ok("mv", `${url}/plain`, `${url}/hidden`, ...key);
      assert.deepEqual(await ok("cat", `${url}/hidden`, ...key), ["plain"]);
    }
  });

  test("pipe, versions, undo and rb", async () => {
    const name = context().bucketName();
    await ok("mb", `s3://${name}`, "--versions");
    const main = resolve("dist/src/cli/main.js");
    for (const text of ["one", "two"]) {
      await new Promise<void>((done, failed) => {
        const child = execFile(process.execPath, [main, "pipe", `s3://${name}/k`], { env }, (error) =>
          error === null ? done() : failed(error),
        );
        child.stdin?.end(text);
      });
    }
    assert.equal((await ok("versions", `s3://${name}/k`)).length, 2);
    await ok("undo", `s3://${name}/k`);
    assert.deepEqual(await ok("cat", `s3://${name}/k`), ["one"]);
    await ok("rm", `s3://${name}/k`);
    await ok("undo", `s3://${name}/k`);
    await ok("mv", `s3://${name}/k`, `s3://${name}/l`);
    assert.deepEqual(await ok("cat", `s3://${name}/l`), ["one"]);
    assert.match(await fails("rb", "--force", `s3://${name}`), /keeps versions/);
    await ok("rb", "--force", "--all-versions", `s3://${name}`);
    assert.match(await fails("ls", `s3://${name}`), /NoSuchBucket/);
  });
});
