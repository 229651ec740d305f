/** The program as a process: what a person and a supervisor see of `stowage serve`. */

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("main.js", import.meta.url));
let scratch = "";
before(() => {
  scratch = mkdtempSync(join(tmpdir(), "stowage-serve-"));
});
after(() => rmSync(scratch, { recursive: true, force: true }));

interface Running {
  readonly child: ChildProcess;
  readonly written: { stdout: string; stderr: string };
  readonly exit: Promise<number | null>;
}

function start(line: string, env: Record<string, string> = {}): Running {
  const child = spawn(process.execPath, [main, ...line.split(" ")], {
    cwd: scratch,
    env: { PATH: "", ...env },
  });
  const written = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].on("data", (bytes: Buffer) => {
      written[name] += bytes.toString();
    });
  }
  return { child, written, exit: once(child, "close").then(([code]) => code as number | null) };
}

async function run(
  line: string,
  env?: Record<string, string>,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const { exit, written } = start(line, env);
  return { code: await exit, ...written };
}

/** Starts a server and waits for its line. */
async function serve(line: string, env?: Record<string, string>): Promise<Running & { url: string }> {
  const running = start(`serve --port 0 ${line}`, env);
  while (!running.written.stdout.includes("\n")) {
    const ended = await Promise.race([once(running.child.stdout as never, "data"), running.exit]);
    assert.ok(Array.isArray(ended), `serve ended: ${running.written.stderr}`);
  }
  const [first = ""] = running.written.stdout.split("\n");
  return { ...running, url: first.replace("stowage: listening on ", "") };
}

test("serve says one line, logs JSON, drains at SIGTERM and exits with 0", async () => {
  const server = await serve("--data life");
  assert.match(server.written.stdout, /^stowage: listening on http:\/\/127\.0\.0\.1:\d+\n/);
  // A request under way when the signal comes is finished.
  const slow = request(`${server.url}/_stowage/users`, {
    method: "POST",
    headers: { "content-length": "2" },
    agent: false,
  });
  slow.flushHeaders();
  await once(slow, "socket");
  const askedMs = performance.now();
  server.child.kill("SIGTERM");
  slow.end("{}");
  const [answer] = (await once(slow, "response")) as [{ statusCode: number; resume(): void }];
  answer.resume();
  assert.equal(answer.statusCode, 403);
  assert.equal(await server.exit, 0);
  // What waits for slow clients, up to a minute, does not keep the process once they are gone.
  assert.ok(performance.now() - askedMs < 25_000);
  const events = server.written.stderr
    .trim()
    .split("\n")
    .map((text) => JSON.parse(text) as Record<string, unknown>);
  assert.deepEqual(
    events.map(({ msg }) => msg),
    [
      `listening; the administrator's keys are in ${join(scratch, "life", "admin.env")}`,
      "finishing the requests under way",
      "stopped",
    ],
  );
  const secret =
    /SECRET_ACCESS_KEY=(.*)/.exec(readFileSync(join(scratch, "life", "admin.env"), "utf8"))?.[1] ?? "";
  assert.ok(secret.length === 40 && !server.written.stderr.includes(secret));
});

test("a second signal ends serve at once", async () => {
  const server = await serve("--data twice");
  const hanging = request(`${server.url}/_stowage/users`, {
    method: "POST",
    headers: { "content-length": "2" },
  });
  hanging.on("error", () => {}).flushHeaders();
  await once(hanging, "socket");
  server.child.kill("SIGTERM");
  while (!server.written.stderr.includes("finishing")) await once(server.child.stderr as never, "data");
  server.child.kill("SIGINT");
  assert.equal(await server.exit, 130);
});

test("a data directory in use and a port in use are each one line with the way out", async () => {
  const server = await serve("--data used --durability relaxed");
  try {
    assert.match(server.written.stderr, /durability is relaxed/);
    const pid = server.child.pid ?? 0;
    const used = join(scratch, "used");
    assert.deepEqual(await run("serve --port 0 --data used"), {
      code: 1,
      stdout: "",
      stderr: `stowage: the data directory ${used} is in use by process ${pid}; stop it, or give another with --data\n`,
    });
    assert.deepEqual(await run("user ls --data used"), {
      code: 1,
      stdout: "",
      stderr: `stowage: the data directory ${used} is in use by process ${pid}; reach the running server with --endpoint\n`,
    });
    assert.deepEqual(await run("check --data used"), {
      code: 1,
      stdout: "",
      stderr: `stowage: the data directory ${used} is in use by process ${pid}; stop it, or check a backup, which stowage backup makes while it runs\n`,
    });
    const { port } = new URL(server.url);
    assert.deepEqual(await run(`serve --port ${port} --data other`), {
      code: 1,
      stdout: "",
      stderr: `stowage: cannot listen on 127.0.0.1 port ${port}: the port is in use; choose another with --port, or stop what uses it\n`,
    });
  } finally {
    server.child.kill();
    await server.exit;
  }
});

test("the console is shown at a port of its own, and is not where it is not wanted", async () => {
  const server = await serve("--data shown");
  try {
    const { consoleUrl } = JSON.parse(server.written.stderr.split("\n")[0] ?? "") as { consoleUrl: string };
    while (server.written.stdout.split("\n").length < 3) await once(server.child.stdout as never, "data");
    assert.equal(
      server.written.stdout,
      `stowage: listening on ${server.url}\nstowage: console on ${consoleUrl}\n`,
    );
    const page = await fetch(consoleUrl);
    assert.match(await page.text(), /<title>Stowage console<\/title>/);
    const config = await fetch(`${consoleUrl}/config.json`);
    assert.deepEqual(await config.json(), { endpoint: server.url, region: "us-east-1" });
    const asked = await fetch(`${server.url}/_stowage/users`, { headers: { origin: consoleUrl } });
    assert.equal(asked.status, 403);
    assert.equal(asked.headers.get("access-control-allow-origin"), consoleUrl);

    const { port } = new URL(consoleUrl);
    assert.deepEqual(await run(`serve --port 0 --console-port ${port} --data other`), {
      code: 1,
      stdout: "",
      stderr: `stowage: cannot listen on 127.0.0.1 port ${port}: the port is in use; choose another with --console-port, or stop what uses it\n`,
    });
    assert.deepEqual(
      await run(
        "serve --port 0 --data other --external-url https://s3.example.com/files --console-url https://s3.example.com",
      ),
      {
        code: 1,
        stdout: "",
        stderr:
          "stowage: the console and the API cannot both be at https://s3.example.com: what people upload would run in the console; give one of them another host name or port\n",
      },
    );
    const without = await serve("--data without --no-console");
    assert.doesNotMatch(without.written.stderr, /consoleUrl/);
    const refused = await fetch(`${without.url}/_stowage/users`, { headers: { origin: consoleUrl } });
    assert.equal(refused.headers.get("access-control-allow-origin"), null);
    without.child.kill();
    assert.equal(await without.exit, 0);
  } finally {
    server.child.kill();
    await server.exit;
  }
});

test("users and keys are the same over a running server and on a stopped data directory", async () => {
  const keys = { AWS_ACCESS_KEY_ID: "ADMINKEY", AWS_SECRET_ACCESS_KEY: "admin secret" };
  const server = await serve("--data users", {
    STOWAGE_ACCESS_KEY: "ADMINKEY",
    STOWAGE_SECRET_KEY: "admin secret",
  });
  const id = "0123456789abcdef".repeat(4);
  let added: Awaited<ReturnType<typeof run>>;
  try {
    const at = `--endpoint ${server.url}`;
    added = await run(
      `user add anna --id ${id} --access-key ANNAKEY --secret-key annasecret --json ${at}`,
      keys,
    );
    assert.deepEqual(JSON.parse(added.stdout), {
      user: { id, name: "anna", admin: false },
      key: { accessKeyId: "ANNAKEY", secretAccessKey: "annasecret" },
    });
    assert.deepEqual(await run(`user rm admin ${at}`, keys), {
      code: 1,
      stdout: "",
      stderr:
        "stowage: This is the last key of the last administrator; make another administrator first, with stowage user add NAME --admin\n",
    });
    const found = { ...keys, AWS_ENDPOINT_URL_S3: server.url };
    assert.match((await run("user ls", found)).stdout, /^anna +no /m);
    assert.match((await run("key ls anna", found)).stdout, /^ANNAKEY +anna /m);
    assert.equal((await run("mb s3://photos", found)).code, 0);
    assert.match((await run("bucket quota s3://photos", found)).stdout, /^bucket +photos\n/);
    const refused = await run(`user ls ${at}`, {
      AWS_ACCESS_KEY_ID: "ANNAKEY",
      AWS_SECRET_ACCESS_KEY: "annasecret",
    });
    assert.equal(
      refused.stderr,
      `stowage: ${server.url} does not let the access key "ANNAKEY" administer users and keys; use an administrator's keys\n`,
    );
  } finally {
    server.child.kill();
    await server.exit;
  }
  const users = await run("user ls --data users");
  assert.match(users.stdout, new RegExp(`^NAME +ADMIN +EMAIL +ID\nadmin +yes .*\nanna +no +${id}\n$`));
  assert.equal((await run("key rm ANNAKEY --data users")).stdout, "removed the access key ANNAKEY\n");
  assert.match(
    (await run("key ls --data users")).stdout,
    /^ACCESS KEY +USER +CREATED\nADMINKEY +admin +\S+\n$/,
  );
});

test("an owner of buckets is removed by force alone, and whoever gets the id has them", async () => {
  const admin = { AWS_ACCESS_KEY_ID: "ADMINKEY", AWS_SECRET_ACCESS_KEY: "admin secret" };
  const server = await serve("--data owners", {
    STOWAGE_ACCESS_KEY: "ADMINKEY",
    STOWAGE_SECRET_KEY: "admin secret",
  });
  const id = "0123456789abcdef".repeat(4);
  const refusal = {
    code: 1,
    stdout: "",
    stderr:
      'stowage: The user "anna" owns a bucket: letters; give them to others with stowage bucket chown BUCKET USER, remove them with keys that stowage key add NAME makes, or give --force and keep the id that it tells\n',
  };
  const removed = {
    code: 0,
    stdout: "removed the user anna\n",
    stderr: `what anna owned is whose id is ${id}: stowage user add NAME --id ${id}\n`,
  };
  const at = `--endpoint ${server.url}`;
  const keysOf = async (name: string): Promise<Record<string, string>> => {
    const { stdout } = await run(`user add ${name} --id ${id} --json ${at}`, admin);
    const { key } = JSON.parse(stdout) as { key: { accessKeyId: string; secretAccessKey: string } };
    return { AWS_ACCESS_KEY_ID: key.accessKeyId, AWS_SECRET_ACCESS_KEY: key.secretAccessKey };
  };
  try {
    assert.equal((await run(`mb s3://letters ${at}`, await keysOf("anna"))).code, 0);
    assert.deepEqual(await run(`user rm anna ${at}`, admin), refusal);
    assert.deepEqual(await run(`user rm anna --force ${at}`, admin), removed);
    assert.equal((await run(`ls s3://letters ${at}`, admin)).code, 1);
    assert.match((await run(`ls ${at}`, await keysOf("anna"))).stdout, /letters/);
    const given = await run(`bucket chown s3://letters admin ${at}`, admin);
    assert.deepEqual(given, { code: 0, stdout: "letters belongs to admin\n", stderr: "" });
    assert.equal((await run(`ls s3://letters ${at}`, admin)).code, 0);
  } finally {
    server.child.kill();
    await server.exit;
  }
  const back = await run("bucket chown letters anna --data owners --json");
  assert.deepEqual(JSON.parse(back.stdout), { bucket: "letters", owner: { id, name: "anna" } });
  assert.deepEqual(await run("user rm anna --data owners"), refusal);
  assert.deepEqual(await run("user rm anna --force --data owners"), removed);
});
