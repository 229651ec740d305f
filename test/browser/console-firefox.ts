/**
 * The web console in Firefox: what everybody does with it.
 *
 *     node dist/test/browser/console-firefox.js
 */

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { expectSoon, keys, startServer } from "./console-suite.ts";
import { Firefox, skip } from "./firefox.ts";

test("in Firefox a person signs in, uploads, looks, downloads and deletes", { skip }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "console-firefox-"));
  const server = await startServer();
  const firefox = await Firefox.launch(folder);
  const shows = (text: string): Promise<void> =>
    expectSoon(
      async () =>
        (await firefox.evaluate(`document.body.innerText.includes(${JSON.stringify(text)})`)) === true,
    );
  /** Presses what has this text, or this label. */
  const press = async (text: string, within = "body"): Promise<void> => {
    const all = `[...document.querySelectorAll(${JSON.stringify(`${within} :is(a, button, input)`)})]`;
    const wanted = JSON.stringify(text);
    const found = `${all}.find((one) => one.textContent.trim() === ${wanted} || one.ariaLabel === ${wanted})`;
    await expectSoon(async () => (await firefox.evaluate(`${found} !== undefined`)) === true);
    await firefox.evaluate(`void ${found}.click()`);
  };
  try {
    await server.client.createBucket({ bucket: "fox" });
    await server.client.putObject({ bucket: "fox", key: "a/../b", body: "" });
    await firefox.goto(server.consoleUrl);
    await shows("Secret key");
    for (const [name, value] of Object.entries(keys)) {
      await firefox.evaluate(
        `void (document.querySelector("[name=${name}]").value = ${JSON.stringify(value)})`,
      );
    }
    await press("Sign in");
    await press("fox");
    await shows("1 name");

    const upload = join(folder, "größe & co.txt");
    await writeFile(upload, "Hello from Größe");
    const large = join(folder, "large.bin");
    await writeFile(large, Buffer.alloc(20 * 1024 ** 2, "large"));
    await firefox.chooseFiles(upload, large);
    await shows("2 uploads done");
    const { body } = await server.client.getObject({ bucket: "fox", key: "large.bin" });
    assert.ok(Buffer.alloc(20 * 1024 ** 2, "large").equals(await body.bytes()));

    await press("größe & co.txt");
    await shows("Hello from Größe");
    await rm(upload);
    await press("Download", "aside");
    await expectSoon(async () => (await readFile(upload, "utf8")) === "Hello from Größe");
    await press("Delete", "aside");
    await press("Delete object");
    await shows("2 names");

    await press("▸ a/");
    await press("▸ ../");
    await press("b");
    await shows("No browser can open this key");

    await firefox.goto(server.consoleUrl);
    await press("fox");
    await press("Select large.bin");
    await press("Delete 1");
    await press("Delete 1 object");
    await shows("1 name");
    await press("Sign out");
    await shows("Secret key");
  } finally {
    await firefox.close();
    await server.close();
    await rm(folder, { recursive: true });
  }
});
