/** The example site, killed between storing a file and committing its record. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { Client } from "pg";
import { startTestServer } from "../src/testing.ts";
import { startMysite } from "./browser/mysite-process.ts";
import { noPostgres, startPostgres } from "./support/postgres.ts";

test(
  "mysite that is killed between upload and commit leaves a file that `stowage orphans` finds",
  { skip: noPostgres },
  async () => {
    await using s3 = await startTestServer({ bucket: "mysite" });
    const postgres = await startPostgres();
    const env = {
      AWS_ENDPOINT_URL_S3: s3.endpoint,
      AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
      AWS_STORAGE_BUCKET_NAME: s3.bucket,
      DATABASE_URL: postgres.url,
    };
    // Not in step with it: the S3 server is in this process.
    const orphans = async (
      settings: Readonly<Record<string, string>>,
      ...flags: readonly string[]
    ): Promise<{ out: string; error: string }> => {
      const args = [resolve("dist/src/cli/main.js"), "orphans", "--older-than", "0s", "--json", ...flags];
      const program = spawn(process.execPath, args, {
        cwd: "examples/mysite",
        env: { PATH: process.env["PATH"], ...settings },
      });
      const [out, error] = await Promise.all([text(program.stdout), text(program.stderr)]);
      return { out, error };
    };
    const found = async (...flags: readonly string[]): Promise<string[]> => {
      const { out, error } = await orphans(env, ...flags);
      assert.equal(error, "");
      return (JSON.parse(out) as { orphans: { name: string }[] }).orphans.map(({ name }) => name);
    };
    const keys = async (): Promise<string[]> => {
      const all: string[] = [];
      for await (const { key } of s3.client.list({ bucket: s3.bucket, prefix: "media/" })) all.push(key);
      return all;
    };

    await using site = await startMysite(env);
    const upload = (name: string): Promise<Response> => {
      const body = new FormData();
      body.append("file", new File([name], name));
      return fetch(`${site.url}/objects`, { method: "POST", body, redirect: "manual" });
    };
    assert.equal((await upload("kept.txt")).status, 303);
    assert.deepEqual(await found(), []);

    const lock = new Client({ connectionString: postgres.url });
    await lock.connect();
    await lock.query("BEGIN; LOCK TABLE my_objects IN EXCLUSIVE MODE");
    const answer = upload("lost.txt").catch(() => null);
    while ((await keys()).length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    process.kill(site.pid, "SIGKILL");
    assert.equal(await answer, null);
    await lock.query("ROLLBACK");
    await lock.end();

    assert.deepEqual(await found(), ["dummy/lost.txt"]);
    assert.deepEqual(await found("--delete"), ["dummy/lost.txt"]);
    assert.deepEqual(await keys(), ["media/dummy/kept.txt"]);

    const { DATABASE_URL: _, ...withoutDatabase } = env;
    assert.equal(
      (await orphans(withoutDatabase)).error,
      "stowage: the records cannot be read: DATABASE_URL does not say where the records are; look at withFileUses() in the configuration, and at the database\n",
    );
    await postgres.close();
  },
);
