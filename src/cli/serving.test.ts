import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { pino } from "pino";
import { announce, type ServeOptions } from "./serving.ts";

test("announce() tells a person a line for a shell, after which clients find the server and the keys", () => {
  const dataDir = mkdtempSync(join(tmpdir(), "stowage it's "));
  try {
    const keysFile = join(dataDir, "admin.env");
    writeFileSync(keysFile, "AWS_ACCESS_KEY_ID=KEY\nAWS_SECRET_ACCESS_KEY=secret\n");
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const io = {
      env: {},
      stdout,
      stderr,
      terminal: true,
      stopSignal: () => new Promise<string>(() => {}),
    };
    const url = "http://127.0.0.1:9000";
    const administrator = { accessKeyId: "KEY", keysFile };
    announce(io, pino({ level: "silent" }), {} as ServeOptions, {
      url,
      consoleUrl: undefined,
      dataDir,
      administrator,
    });
    const line = /^ {2}In a shell: (.*)$/m.exec(String(stderr.read()))?.[1] ?? "";
    const shown = execFileSync("sh", [
      "-c",
      `${line}; env | grep -E '^AWS_(ACCESS_KEY_ID|ENDPOINT_URL_S3)=' | sort`,
    ]);
    assert.equal(String(shown), `AWS_ACCESS_KEY_ID=KEY\nAWS_ENDPOINT_URL_S3=${url}\n`);
  } finally {
    rmSync(dataDir, { recursive: true });
  }
});
