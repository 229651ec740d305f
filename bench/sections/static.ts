/** collectstatic of many files: ours, ours again, and Django's with django-storages, into the same server. */

import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { S3Client } from "../../src/client.ts";
import { collectStatic, createStaticSite } from "../../src/static.ts";
import { s3 } from "../../src/storage.ts";
import { makeDirectory, startServer } from "../server.ts";
import type { Section, Settings } from "../settings.ts";

const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "stowage-tests");
const python = process.env["STOWAGE_TEST_DJANGO_PYTHON"] ?? join(cache, "django", "bin", "python");

export async function measureStatic(settings: Settings): Promise<Section> {
  const count = settings.quick ? 100 : 10_000;
  settings.say(`collectstatic of ${count} files`);
  const root = makeDirectory(settings, "static");
  writeFiles(join(root, "static"), count);
  const server = await startServer(settings, makeDirectory(settings, "static-data"));
  const credentials = { accessKeyId: server.accessKeyId, secretAccessKey: server.secretAccessKey };
  const client = new S3Client({ endpoint: server.endpoint, region: server.region, credentials });
  const seconds: Record<string, number> = {};
  try {
    for (const bucket of ["ours", "djangos"]) await client.createBucket({ bucket: `static-${bucket}` });
    const storage = s3({
      endpointUrl: server.endpoint,
      regionName: server.region,
      accessKey: server.accessKeyId,
      secretKey: server.secretAccessKey,
      bucketName: "static-ours",
      location: "static",
      querystringAuth: false,
    });
    const site = createStaticSite({ storages: { staticfiles: storage } }, { root });
    for (const run of ["first", "second"]) {
      const begin = performance.now();
      await collectStatic(site);
      seconds[run] = (performance.now() - begin) / 1000;
    }
    await storage.close();
    settings.say("the same by Django");
    const begin = performance.now();
    const { status } = spawnSync(python, [resolve("test/static/django/bucket_site.py")], {
      input: JSON.stringify([["collect", join(root, "static")]]),
      env: {
        PATH: process.env["PATH"],
        AWS_ENDPOINT_URL_S3: server.endpoint,
        AWS_ACCESS_KEY_ID: server.accessKeyId,
        AWS_SECRET_ACCESS_KEY: server.secretAccessKey,
        AWS_STORAGE_BUCKET_NAME: "static-djangos",
      },
    });
    if (status === 0) seconds["django"] = (performance.now() - begin) / 1000;
    else
      settings.say(`${python} has no Django with django-storages: test/static/django/install.sh brings them`);
  } finally {
    await client.close();
    await server.stop();
  }
  const { first = Number.NaN, second = Number.NaN, django } = seconds;
  return {
    title: "collectstatic",
    about: `${count} files of 1 to 20 kB, a tenth of them CSS with references, into a bucket of one server. Wall clock.`,
    columns: ["what", "seconds"],
    rows: [
      ["Stowage, first run", first],
      ["Stowage, second run", second],
      ["Django with django-storages, first run", django ?? "not there"],
    ],
    targets: [
      { name: "second run of collectstatic", value: second, unit: "s", atMost: 2 },
      ...(django === undefined
        ? []
        : [
            {
              name: "collectstatic, times faster than Django's",
              value: django / first,
              unit: "",
              atLeast: 10,
            },
          ]),
    ],
    errors: [],
    raw: seconds,
  };
}

function writeFiles(directory: string, count: number): void {
  for (let i = 0; i < count; i++) {
    const folder = join(directory, `d${i % 100}`);
    mkdirSync(folder, { recursive: true });
    const css = i % 10 === 0;
    const text = css
      ? `.a${i} { background: url(f${i + 1}.txt) }\n`.repeat(20)
      : `${i}\n`.repeat(300 + (i % 3000));
    writeFileSync(join(folder, css ? `f${i}.css` : `f${i}.txt`), text);
    // What a style refers to is beside it.
    if (css) writeFileSync(join(folder, `f${i + 1}.txt`), String(i));
  }
}
