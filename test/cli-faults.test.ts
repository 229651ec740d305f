/** What disks, networks and people do to commands: they say it in a line, do what is left, and leave nothing behind. */

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import { createServer, connect } from "node:net";
import { join } from "node:path";
import { Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { runProgram } from "../src/cli/program.ts";
import { environmentOf, runCommand, useCommands } from "./support/command.ts";
import { freePort } from "./support/free-port.ts";
import { program } from "./support/serve.ts";

const commands = useCommands({ bucket: "main" });
const { run } = commands;

async function keysIn(prefix: string): Promise<string[]> {
  const { objects } = await commands.server.client.listObjectsV2({ bucket: "main", prefix });
  return objects.map(({ key }) => key);
}

test("names that S3 cannot have are failures by their name, and the others go", async () => {
  const directory = join(commands.folder, "names");
  await mkdir(directory);
  await writeFile(Buffer.concat([Buffer.from(`${directory}/b`), Buffer.of(0xff)]), "x");
  for (const name of ["a", "z"]) await writeFile(join(directory, name), name);
  for (const command of ["cp -r", "sync --delete"]) {
    const folder = command.slice(0, 2);
    await commands.server.client.putObject({ bucket: "main", key: `${folder}/extra`, body: "" });
    const { code, stderr } = await run(...command.split(" "), directory, `s3://main/${folder}/`);
    assert.equal(code, 1);
    assert.match(stderr, /^stowage: upload of .*names\/b\ufffd: the name is no UTF-8, .*\n.*1 of 3 failed/);
    assert.deepEqual(await keysIn(`${folder}/`), [`${folder}/a`, `${folder}/extra`, `${folder}/z`]);
  }
});

test("what is no file is told, and no failure", async () => {
  const directory = join(commands.folder, "kinds");
  await mkdir(join(directory, "sub"), { recursive: true });
  await writeFile(join(directory, "a"), "a");
  await symlink("nowhere", join(directory, "broken"));
  await symlink("..", join(directory, "sub", "loop"));
  execFileSync("mkfifo", [join(directory, "fifo")]);
  const said = ["broken", "fifo", "sub/loop/"]
    .map((name) => `stowage: passed over ${directory}/${name}, which is no file, nor a link to one\n`)
    .join("");
  for (const command of ["cp -r", "sync"]) {
    const words = [...command.split(" "), directory, "s3://main/kinds/"];
    const { code, stderr } = await run(...words);
    assert.deepEqual([code, stderr], [0, said]);
    assert.equal((await run(...words, "--quiet")).stderr, "");
    assert.doesNotMatch((await run(...words, "--exclude", "fifo")).stderr, /fifo/);
  }
  assert.deepEqual(await keysIn("kinds/"), ["kinds/a"]);
});

test(
  "a directory that cannot be read is a failure, and the others go",
  { skip: process.getuid?.() === 0 && "root may read everything" },
  async () => {
    const directory = join(commands.folder, "unreadable");
    await mkdir(join(directory, "secret"), { recursive: true });
    for (const name of ["a", "z"]) await writeFile(join(directory, name), name);
    await chmod(join(directory, "secret"), 0);
    const { code, stderr } = await run("cp", "-r", directory, "s3://main/unreadable/");
    await chmod(join(directory, "secret"), 0o700);
    assert.equal(code, 1);
    assert.match(stderr, /^stowage: upload of .*unreadable\/secret\/: EACCES: .*\n.*1 of 3 failed/);
    assert.deepEqual(await keysIn("unreadable/"), ["unreadable/a", "unreadable/z"]);
  },
);

test("of two sources with one name the second stays where it is", async () => {
  for (const name of ["one", "two"]) {
    await mkdir(join(commands.folder, name));
    await writeFile(join(commands.folder, name, "same"), name);
  }
  const [one, two] = ["one", "two"].map((name) => join(commands.folder, name, "same")) as [string, string];
  const { code, stderr } = await run("mv", one, two, "s3://main/moved/");
  assert.equal(code, 1);
  assert.match(stderr, /move of .*two\/same: another source of that name goes to the same target; /);
  const { body } = await commands.server.client.getObject({ bucket: "main", key: "moved/same" });
  assert.equal(await body.text(), "one");
  assert.deepEqual([existsSync(one), existsSync(two)], [false, true]);
});

test("ls of what is not there fails, of an empty bucket not", async () => {
  const { code, stdout, stderr } = await run("ls", "s3://main/none/");
  assert.deepEqual(
    [code, stdout, stderr],
    [1, "", "stowage: there is nothing at s3://main/none/; look what there is with stowage ls s3://main\n"],
  );
  assert.equal((await run("ls", "s3://main/*.none", "--json")).code, 1);
  await commands.server.client.createBucket({ bucket: "empty" });
  assert.equal((await run("ls", "s3://empty")).code, 0);
});

test("an environment that no client can be made of is told in a line", async () => {
  const env = { ...environmentOf(commands.server), AWS_ENDPOINT_URL_S3: "ftp://x" };
  const { code, stderr } = await runCommand(env, ["ls"]);
  assert.deepEqual(
    [code, stderr],
    [
      1,
      'stowage: The AWS_ENDPOINT_URL_S3 "ftp://x" is no URL such as http://127.0.0.1:9000; correct the environment or the profile, or give --endpoint and --region\n',
    ],
  );
});

test("a full disk behind standard output is told in a line", async () => {
  const full = new Writable();
  full.write = () => {
    const error = new Error("ENOSPC: no space left on device, write");
    throw Object.assign(error, { code: "ENOSPC", syscall: "write" });
  };
  let said = "";
  const stderr = new Writable({
    write(chunk, _, done) {
      said += String(chunk);
      done();
    },
  });
  const code = await runProgram(["ls"], {
    env: environmentOf(commands.server),
    stdout: full,
    stderr,
    terminal: false,
    stopSignal: () => new Promise(() => {}),
  });
  assert.equal(code, 1);
  assert.equal(
    said,
    "stowage: ENOSPC: no space left on device, write; look at the disk, the rights and the limits of this machine\n",
  );
});

test("a name that metadata cannot have is told before anything is sent", async () => {
  const file = join(commands.folder, "file");
  await writeFile(file, "x");
  for (const words of [
    ["meta", "set", "s3://main/nothing", "Größe=1"],
    ["cp", file, "s3://main/nothing", "--metadata", "Größe=1"],
  ]) {
    const { code, stderr } = await run(...words);
    assert.equal(code, 2);
    assert.match(stderr, /"Größe" is no name of metadata; take letters/);
  }
});

test("a transfer waits for a server that starts again; AWS_MAX_ATTEMPTS says otherwise", async () => {
  const file = join(commands.folder, "waits");
  await writeFile(file, "waits");
  const port = await freePort();
  const env = { ...environmentOf(commands.server), AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}` };
  const once1 = await runCommand({ ...env, AWS_MAX_ATTEMPTS: "1" }, ["cp", file, "s3://main/waits"]);
  assert.match(once1.stderr, /ECONNREFUSED/);
  const upstream = Number(new URL(commands.server.endpoint).port);
  const late = createServer((socket) => {
    const server = connect(upstream, "127.0.0.1");
    socket.on("error", () => server.destroy());
    server.on("error", () => socket.destroy());
    socket.pipe(server).pipe(socket);
  });
  const timer = setTimeout(() => late.listen(port, "127.0.0.1"), 400);
  const { code, stderr } = await runCommand(env, ["cp", file, "s3://main/waits"]);
  clearTimeout(timer);
  late.close();
  assert.equal(code, 0, stderr);
  assert.deepEqual(await keysIn("waits"), ["waits"]);
});

test("a signal gives up what pipe has sent, and stores nothing", async () => {
  const child = spawn(process.execPath, [program, "pipe", "s3://main/piped"], {
    env: { ...process.env, ...environmentOf(commands.server) },
    stdio: ["pipe", "ignore", "pipe"],
  });
  const said = text(child.stderr);
  child.stdin.on("error", () => {});
  child.stdin.write(Buffer.alloc(40 * 1024 * 1024));
  const { client } = commands.server;
  for (;;) {
    const { uploads } = await client.listMultipartUploads({ bucket: "main" });
    const [upload] = uploads;
    if (upload !== undefined && (await client.listParts({ bucket: "main", ...upload })).parts.length > 0)
      break;
  }
  child.kill("SIGINT");
  const [code] = (await once(child, "exit")) as [number];
  assert.deepEqual([code, await said], [1, "stowage: stopped: nothing was stored; repeat the command\n"]);
  assert.deepEqual((await client.listMultipartUploads({ bucket: "main" })).uploads, []);
  assert.deepEqual(await keysIn("piped"), []);
});
