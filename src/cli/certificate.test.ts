import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import type { Logger } from "pino";
import { followCertificate, readTls } from "./certificate.ts";

const scratch = mkdtempSync(join(tmpdir(), "stowage-certificate-"));
after(() => rmSync(scratch, { recursive: true }));
const paths = { tlsCert: join(scratch, "cert.pem"), tlsKey: join(scratch, "key.pem") };
const copy = (from: string, to: string): void => cpSync(`test/support/tls/${from}`, to);

test("followCertificate() gives the server a renewed certificate, and none that is half written", async () => {
  copy("cert.pem", paths.tlsCert);
  copy("key.pem", paths.tlsKey);
  const first = await readTls(paths);
  const given: (string | Buffer)[] = [];
  const lines: string[] = [];
  const log = {
    info: (_details: object, message: string) => lines.push(message),
    warn: (_details: object, message: string) => lines.push(message),
  } as unknown as Logger;
  const stop = followCertificate({ useCertificate: ({ cert }) => void given.push(cert) }, paths, first, {
    log,
    everyMs: 5,
  });
  try {
    await setTimeout(60);
    assert.deepEqual([given, lines], [[], []]);
    copy("renewed-cert.pem", paths.tlsCert);
    await until(() => lines.length > 0);
    await setTimeout(60);
    writeFileSync(paths.tlsKey, "");
    await setTimeout(60);
    assert.deepEqual(given, []);
    assert.ok(
      lines.every((line) => line === "the certificate on the disk is not taken") && lines.length <= 3,
    );
    copy("renewed-key.pem", paths.tlsKey);
    await until(() => given.length > 0);
    await setTimeout(60);
    const renewed = await readTls(paths);
    assert.deepEqual(given, [renewed?.cert]);
    assert.equal(lines.at(-1), "the certificate was renewed");
  } finally {
    stop();
  }
});

async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 10_000; !condition() && Date.now() < end;) await setTimeout(5);
}
