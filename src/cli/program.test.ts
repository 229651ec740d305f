import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import type { Io } from "./command.ts";
import { commands } from "./commands/index.ts";
import { plainLine } from "./log.ts";
import { runProgram } from "./program.ts";

/** Runs a command line on streams in memory. */
async function run(
  line: string,
  env: Io["env"] = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const words = line.split(" ").filter((word) => word !== "");
  const code = await runProgram(words, {
    env,
    stdout,
    stderr,
    terminal: false,
    stopSignal: async () => "SIGTERM",
  });
  return { code, stdout: String(stdout.read() ?? ""), stderr: String(stderr.read() ?? "") };
}

test("runProgram() says what was meant by a wrong command", async () => {
  const { code, stderr } = await run("serv");
  assert.equal(code, 2);
  assert.match(stderr, /^stowage: unknown command 'serv'\n\(Did you mean serve\?\)/);
});

test("runProgram() says what other tools' names are here", async () => {
  for (const [line, meant] of [
    ["info s3://photos", "stat"],
    ["delete s3://photos/a --force", "rm"],
  ]) {
    const { code, stderr } = await run(line ?? "");
    assert.equal(code, 2);
    assert.match(stderr, new RegExp(`^stowage: unknown command '\\w+'\\n\\(Did you mean ${meant}\\?\\)\n`));
  }
});

test("runProgram() says what was meant by a wrong command below another", async () => {
  const { code, stderr } = await run("user ad anna");
  assert.equal(code, 2);
  assert.match(stderr, /^stowage: unknown command 'ad'\n\(Did you mean add\?\)/);
});

test("runProgram() says what was meant by a wrong option", async () => {
  const { code, stderr } = await run("serve --prot 80");
  assert.equal(code, 2);
  assert.match(stderr, /unknown option '--prot'\n\(Did you mean --port\?\)/);
});

test("runProgram() names the command whose help lists its options", async () => {
  for (const path of ["", "serve", "bucket", "bucket quota"]) {
    const { stderr } = await run(`${path} --none-such`);
    assert.equal(
      stderr.split("\n").at(-2),
      `(stowage ${path} --help lists what there is)`.replace("  ", " "),
    );
  }
});

for (const [line, expected] of [
  ["serve --port 65536", /"65536" is no port; give a number from 0 to 65535/],
  ["serve --port 80x", /"80x" is no port/],
  ["serve --durability none", /Allowed choices are strict, relaxed/],
  ["serve --domain http://a", /"http:\/\/a" is no host name/],
  ["serve --tls-cert cert.pem", /^stowage: --tls-key is missing; give both of --tls-cert and --tls-key\n$/],
  [
    "serve --port 0 --region EU_1",
    /^stowage: --region: "EU_1" is no region; give lower-case letters, digits and hyphens/,
  ],
  [
    "serve --port 0 --max-buckets 0",
    /^stowage: --max-buckets: "0" is no number of buckets; give a whole number/,
  ],
  ["serve --port 0 --workers x", /^stowage: --workers: "x" is no number of workers; give a whole number/],
  ["user add", /missing required argument 'name'\n\(stowage user add --help lists what there is\)\n$/],
  ["user add anna --access-key AAA", /one of --access-key and --secret-key is missing/],
  ["user ls --endpoint 127.0.0.1:9000", /is no address of a server; give it as http:/],
  ["user ls --data a --endpoint http://127.0.0.1:1", /--data and --endpoint were both given/],
  ["key", /Usage: stowage key/],
] as const) {
  test(`runProgram() refuses "${line}" with exit code 2`, async () => {
    const { code, stdout, stderr } = await run(line);
    assert.equal(code, 2);
    assert.equal(stdout, "");
    assert.match(stderr, expected);
    assert.doesNotMatch(stderr, /\n {4}at /);
  });
}

for (const [line, env, expected] of [
  [
    "user ls --data /nowhere/at/all",
    {},
    "stowage: there is no data directory /nowhere/at/all; give a stopped server's own with --data, or the address of a running one with --endpoint or in AWS_ENDPOINT_URL_S3\n",
  ],
  [
    "user ls --endpoint http://127.0.0.1:9",
    {},
    "stowage: there are no keys in the environment to sign with; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to an administrator's\n",
  ],
  [
    "user ls --endpoint http://127.0.0.1:9",
    { AWS_ACCESS_KEY_ID: "A", AWS_SECRET_ACCESS_KEY: "S" },
    "stowage: cannot reach http://127.0.0.1:9: nothing listens there; check --endpoint, and that the server is running\n",
  ],
  [
    "user ls",
    {
      AWS_ENDPOINT_URL_S3: "http://127.0.0.1:9",
      AWS_ACCESS_KEY_ID: "A",
      AWS_SECRET_ACCESS_KEY: "S",
    },
    "stowage: cannot reach http://127.0.0.1:9: nothing listens there; check --endpoint, and that the server is running\n",
  ],
  [
    "user ls --data /nowhere/at/all",
    { AWS_ENDPOINT_URL_S3: "http://127.0.0.1:9" },
    "stowage: there is no data directory /nowhere/at/all; give a stopped server's own with --data, or the address of a running one with --endpoint or in AWS_ENDPOINT_URL_S3\n",
  ],
  [
    "serve --tls-cert /nowhere.pem --tls-key /nowhere.pem",
    {},
    "stowage: cannot read /nowhere.pem: no such file; give --tls-cert a file that can be read\n",
  ],
  [
    "serve",
    { STOWAGE_LOG_LEVEL: "loud" },
    'stowage: STOWAGE_LOG_LEVEL is "loud"; set it to one of debug, info, warn, error, silent\n',
  ],
] as const) {
  test(`runProgram() fails "${line}" with one line and exit code 1`, async () => {
    assert.deepEqual(await run(line, env), { code: 1, stdout: "", stderr: expected });
  });
}

test("runProgram() prints help and version on standard output", async () => {
  assert.match((await run("--version")).stdout, /^\d+\.\d+\.\d+\n$/);
  const help = await run("serve --help");
  assert.equal(help.code, 0);
  assert.match(help.stdout, /--port <number> .*\(default: 9000\)/);
  assert.match(help.stdout, /Environment:\n {2}STOWAGE_ACCESS_KEY/);
});

test("no line of a help is longer than the help is wide", async () => {
  for (const { path } of commands) {
    const long = (await run(`${path} --help`)).stdout.split("\n").filter((line) => line.length > 100);
    // What is to be copied is not broken.
    assert.deepEqual(
      long.filter((line) => !line.startsWith("  $ ")),
      [],
      path,
    );
  }
});

test("plainLine() keeps a key from moving the terminal's cursor", () => {
  const event = {
    level: "error",
    time: "2026-01-02T03:04:05.678Z",
    pid: 1,
    msg: "request failed",
    key: "a\u009b2J\u001b[2J",
  };
  assert.equal(plainLine(event), '03:04:05 error request failed (key "a\\u009b2J\\u001b[2J")\n');
});
