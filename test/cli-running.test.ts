/** `stowage run` and `watch` on a server. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { S3Client } from "../src/client/s3-client.ts";
import { environmentOf, runCommand, useCommands } from "./support/command.ts";
import { program, startServing } from "./support/serve.ts";

const commands = useCommands({ bucket: "photos" });
const { run } = commands;

function fileOf(...lines: string[]): string {
  const path = join(commands.folder, "commands.txt");
  writeFileSync(path, lines.join("\n"));
  return path;
}

test("run runs each line, whatever is quoted in it", async () => {
  const key = "a b 'c'.txt";
  await commands.server.client.putObject({ bucket: "photos", key, body: "x" });
  const file = fileOf(
    "# a comment",
    "",
    `tag set "s3://photos/a b 'c'.txt" of='a b'`,
    "stowage mb s3://one-bucket",
    "  mb s3://two-bucket \r",
  );
  const { code, stdout, stderr } = await run("run", file);
  assert.deepEqual([code, stderr], [0, ""]);
  assert.deepEqual(stdout.trim().split("\n").sort(), [
    "made s3://one-bucket",
    "made s3://two-bucket",
    `s3://photos/${key}: of=a b`,
  ]);
});

test("run tells errors with their lines, runs the others, and fails", async () => {
  const file = fileOf(
    "mb s3://three-bucket",
    "stat s3://photos/none",
    "mbb s3://x",
    "serve",
    "mb s3://four-bucket",
  );
  const { code, stdout, stderr } = await run("run", file, "--jobs", "1");
  assert.equal(code, 1);
  assert.equal(stdout, "made s3://three-bucket\nmade s3://four-bucket\n");
  const lines = stderr.trim().split("\n");
  assert.match(lines[0] ?? "", /commands\.txt:2: HeadObject of s3:\/\/photos\/none: /);
  assert.match(lines[1] ?? "", /commands\.txt:3: unknown command 'mbb'/);
  assert.match(lines[2] ?? "", /commands\.txt:3: \(Did you mean /);
  assert.match(stderr, /commands\.txt:4: serve cannot be run from a file; run it by itself/);
  assert.equal(lines.at(-1), "stowage: 3 of 5 commands failed; mend those lines, and run them again");
});

test("run begins no more commands once it is stopped", async () => {
  const { code, stdout, stderr } = await runCommand(
    environmentOf(commands.server),
    ["run", fileOf("mb s3://never-made")],
    async () => "SIGINT",
  );
  assert.deepEqual([code, stdout], [1, ""]);
  assert.equal(stderr, "stowage: stopped after 0 commands, 0 of which failed; run the others again\n");
});

test("run asks for signals once, however many commands want to know of them", async () => {
  let asked = 0;
  const lines = Array.from(
    { length: 20 },
    (_, at) => `cp ${join(commands.folder, "commands.txt")} s3://photos/copy-${at}`,
  );
  const { code, stderr } = await runCommand(environmentOf(commands.server), ["run", fileOf(...lines)], () => {
    asked++;
    return new Promise(() => {});
  });
  assert.deepEqual([code, stderr, asked], [0, "", 1]);
});

test("run --json prints an object a command", async () => {
  const { code, stdout } = await run(
    "run",
    fileOf("acl s3://photos --json", "stat s3://none-such"),
    "--jobs",
    "1",
    "--json",
  );
  const [first, second] = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.equal(code, 1);
  assert.deepEqual([first?.["line"], first?.["code"], first?.["stderr"]], [1, 0, ""]);
  assert.equal((JSON.parse(String(first?.["stdout"])) as { url: string }).url, "s3://photos");
  assert.deepEqual([second?.["line"], second?.["code"]], [2, 1]);
});

test("run reads standard input, and says that there is no such file", async () => {
  const child = spawn(process.execPath, [program, "run", "-"], {
    env: { ...process.env, ...environmentOf(commands.server) },
  });
  const ended = once(child, "close") as Promise<[number]>;
  child.stdin.end("mb s3://five-bucket\nmb s3://No_Bucket\n");
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  assert.deepEqual([code, stdout], [1, "made s3://five-bucket\n"]);
  assert.match(stderr, /^line 2: CreateBucket of s3:\/\/No_Bucket: /);
  const none = await run("run", join(commands.folder, "none"));
  assert.deepEqual([none.code, none.stdout], [1, ""]);
  assert.match(
    none.stderr,
    /^stowage: cannot read .*none: no such file; give a file of commands, or - for standard input\n$/,
  );
  assert.equal((await run("run", "x", "--jobs", "0")).code, 2);
});

test("watch prints what is created, changed and removed, and ends well when it is stopped", async () => {
  const { client } = commands.server;
  const put = async (key: string, body: string): Promise<void> => {
    await client.putObject({ bucket: "photos", key, body });
  };
  for (const key of ["w/a", "w/ü", "w/z"]) await put(key, "1");
  const child = spawn(process.execPath, [program, "watch", "s3://photos/w/", "--interval", "0.1", "--json"], {
    env: { ...process.env, ...environmentOf(commands.server) },
  });
  let output = "";
  child.stdout.on("data", (chunk) => (output += String(chunk)));
  const until = async (count: number): Promise<void> => {
    for (const end = Date.now() + 20_000; output.split("\n").length - 1 < count;) {
      assert.ok(Date.now() < end, output);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  // Until the first listing is done nothing is told: what is created again and again is seen in the end.
  for (let time = 0; time < 100 && !output.includes("w/first"); time++) {
    await put("w/first", String(time));
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  assert.match(output, /"key":"w\/first"/);
  await new Promise((resolve) => setTimeout(resolve, 400));
  output = "";
  await put("w/a", "22");
  await until(1);
  await client.deleteObject({ bucket: "photos", key: "w/z" });
  await until(2);
  await put("w/ö b", "new");
  await put("beside", "x");
  await until(3);
  const events = output
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(
    events.map(({ event, key, size }) => [event, key, size]),
    [
      ["changed", "w/a", 2],
      ["removed", "w/z", undefined],
      ["created", "w/ö b", 3],
    ],
  );
  child.kill("SIGTERM");
  assert.deepEqual(await once(child, "close"), [0, null]);
});

test("watch waits for a server that is away, and tells it once", async () => {
  const keys = { STOWAGE_ACCESS_KEY: "ADMINKEY", STOWAGE_SECRET_KEY: "admin secret" };
  const options = { dataDir: join(commands.folder, "data"), environment: keys };
  const first = await startServing(options);
  const credentials = { accessKeyId: "ADMINKEY", secretAccessKey: "admin secret" };
  const client = new S3Client({ endpoint: first.endpoint, credentials });
  await client.createBucket({ bucket: "watched" });
  const env = environmentOf({ endpoint: first.endpoint, credentials });
  const child = spawn(process.execPath, [program, "watch", "s3://watched", "--interval", "0.1", "--json"], {
    env: { ...process.env, ...env, AWS_MAX_ATTEMPTS: "1" },
  });
  let [output, errors] = ["", ""];
  child.stdout.on("data", (chunk) => (output += String(chunk)));
  child.stderr.on("data", (chunk) => (errors += String(chunk)));
  const until = async (
    isSo: () => boolean,
    meanwhile: () => Promise<unknown> = async () => {},
  ): Promise<void> => {
    for (const end = Date.now() + 20_000; !isSo();) {
      assert.ok(Date.now() < end, output + errors);
      await meanwhile();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  let count = 0;
  await until(
    () => output.includes("first"),
    () => client.putObject({ bucket: "watched", key: "first", body: String(count++) }),
  );
  await first.stop();
  await until(() => errors.includes("asked again"));
  await new Promise((resolve) => setTimeout(resolve, 500));
  const again = await startServing({ ...options, flags: ["--port", new URL(first.endpoint).port] });
  await client.putObject({ bucket: "watched", key: "second", body: "x" });
  await until(() => output.includes("second"));
  assert.match(errors, /^stowage: ListObjectsV2 .*; it is asked again\n$/);
  child.kill("SIGTERM");
  assert.deepEqual(await once(child, "close"), [0, null]);
  await client.close();
  await again.stop();
});

test("watch says at once what is wrong with the command", async () => {
  const wrong = await Promise.all([
    run("watch", "s3://none-such"),
    run("watch", "photos"),
    run("watch", "s3://photos", "--interval", "0"),
  ]);
  assert.deepEqual(
    wrong.map(({ code }) => code),
    [1, 2, 2],
  );
  assert.match(wrong[0]?.stderr ?? "", /NoSuchBucket/);
});
