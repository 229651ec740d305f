/**
 * The work of a day in the web console: many buckets, folders, copies, and all of it by the keyboard.
 *
 *     node dist/test/browser/console-work.js
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { expectSoon, panelOf, signIn, skip, uploadInto, useSuite } from "./console-suite.ts";

const suite = useSuite();

async function namesIn(page: Page): Promise<string[]> {
  const links = page.getByRole("table", { name: "Objects" }).getByRole("link");
  return (await links.allTextContents()).map((text) => text.replace("▸ ", ""));
}

test("one of many buckets is found, and one of somebody else's opened by its name", { skip }, async () => {
  for (let at = 0; at < 20; at++) await suite.client.createBucket({ bucket: `team-${at}-media` });
  await suite.client.putObject({
    bucket: "team-7-media",
    key: "plan.txt",
    body: "plan",
    contentType: "text/plain",
  });
  await suite.client.putBucketPolicy({
    bucket: "team-7-media",
    policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { AWS: "*" },
          Action: ["s3:ListBucket", "s3:GetObject"],
          Resource: ["arn:aws:s3:::team-7-media", "arn:aws:s3:::team-7-media/*"],
        },
      ],
    }),
  });
  const { body } = await suite.client.request({
    method: "POST",
    bucket: "_stowage",
    key: "users",
    body: JSON.stringify({ name: "reader" }),
  });
  const { key } = (await body.json()) as { key: { accessKeyId: string; secretAccessKey: string } };
  const page = await suite.browser.newPage();
  const faults = await signIn(page, suite.consoleUrl);
  await page.getByLabel("Find a bucket").fill("m-7");
  await page.getByText("1 bucket", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("Access key").fill(key.accessKeyId);
  await page.getByLabel("Secret key").fill(key.secretAccessKey);
  await page.keyboard.press("Enter");
  await page.getByText("You have no buckets. To open one of somebody else's").waitFor();
  await page.getByLabel("Find a bucket").fill("team-7-media");
  await page.keyboard.press("Enter");
  const panel = await panelOf(page, "plan.txt");
  await panel.getByText("plan", { exact: true }).waitFor();
  assert.equal(await page.title(), "team-7-media/ – Stowage");
  assert.deepEqual(faults, []);
  await page.close();
});

test("a folder is made, sorted by what is in it, and all of it selected", { skip }, async () => {
  const bucket = "sorted";
  await suite.client.createBucket({ bucket });
  const page = await suite.browser.newPage();
  const faults = await signIn(page, suite.consoleUrl);
  await page.getByRole("link", { name: bucket, exact: true }).click();
  const make = async (name: string): Promise<void> => {
    await page.getByRole("button", { name: "New folder" }).click();
    await page.getByRole("dialog").getByLabel("Name").fill(name);
    await page.getByRole("button", { name: "Make folder" }).click();
  };
  await make("reports");
  await page.getByRole("link", { name: "(this folder's own object)" }).waitFor();
  const made = await suite.client.headObject({ bucket, key: "reports/" });
  assert.equal(made.size, 0);
  await page.getByRole("link", { name: bucket, exact: true }).click();
  await make("reports/");
  await page.getByRole("alert").getByText("There is a folder “reports/” already.").waitFor();
  await page.keyboard.press("Escape");

  await suite.client.putObject({ bucket, key: "b", body: "1" });
  await suite.client.putObject({ bucket, key: "a", body: "12" });
  await suite.client.putObject({ bucket, key: "c", body: "123" });
  await page.getByRole("button", { name: "Refresh" }).click();
  await page.getByText("4 names").waitFor();
  assert.deepEqual(await namesIn(page), ["reports/", "a", "b", "c"]);
  await page.getByRole("button", { name: "Size" }).click();
  assert.deepEqual(await namesIn(page), ["reports/", "c", "a", "b"]);
  await page.getByRole("button", { name: "Size" }).click();
  assert.deepEqual(await namesIn(page), ["reports/", "b", "a", "c"]);
  await page.getByRole("columnheader", { name: "Size" }).and(page.locator("[aria-sort=ascending]")).waitFor();
  await page.getByLabel("Select a", { exact: true }).check();
  await page.getByText("4 names, 1 selected").waitFor();
  await suite.client.deleteObject({ bucket, key: "a" });
  await uploadInto(page, "d", "text/plain", "1234");
  await page.getByText("4 names", { exact: true }).waitFor();
  await page.getByLabel("Select all").check();
  await page.getByText("4 names, 4 selected").waitFor();
  await page.getByRole("button", { name: "Delete 4", exact: true }).click();
  await page.getByRole("button", { name: "Delete everything in them" }).click();
  await page.getByText("Nothing is here yet").waitFor();
  assert.deepEqual((await suite.client.listObjectsV2({ bucket })).objects, []);
  assert.deepEqual(faults, []);
  await page.close();
});

test(
  "an object is copied into another bucket, and moved, and replaces nothing unasked",
  { skip },
  async () => {
    await suite.client.createBucket({ bucket: "from" });
    await suite.client.createBucket({ bucket: "into" });
    await suite.client.putObject({
      bucket: "from",
      key: "a/note.txt",
      body: "note",
      contentType: "text/plain",
      metadata: { who: "me" },
    });
    const page = await suite.browser.newPage({ viewport: { width: 1280, height: 900 } });
    const faults = await signIn(page, suite.consoleUrl);
    await page.goto(`${suite.consoleUrl}/#/objects/from/${encodeURIComponent("a/")}`);
    const panel = await panelOf(page, "note.txt");
    await panel.getByRole("button", { name: "Copy or move" }).click();
    const dialog = page.getByRole("dialog", { name: "Copy or move" });
    const copy = dialog.getByRole("button", { name: "Copy or move" });
    await dialog.getByLabel("Bucket").fill("into");
    await dialog.getByRole("textbox", { name: "Key" }).fill("b/copy.txt");
    await copy.click();
    await page
      .getByRole("complementary", { name: "b/copy.txt" })
      .getByText("note", { exact: true })
      .waitFor();
    assert.deepEqual((await suite.client.headObject({ bucket: "into", key: "b/copy.txt" })).metadata, {
      who: "me",
    });

    await suite.client.putObject({ bucket: "into", key: "b/other.txt", body: "other" });
    await page.locator("aside").getByRole("button", { name: "Copy or move" }).click();
    await dialog.getByRole("textbox", { name: "Key" }).fill("b/other.txt");
    await dialog.getByLabel("Move: delete the original then").check();
    await copy.click();
    await dialog.getByRole("alert").getByText("There is an object of this key already").waitFor();
    await suite.client.headObject({ bucket: "into", key: "b/copy.txt" });
    await dialog.getByLabel("Replace what has this key there").check();
    await copy.click();
    await page
      .getByRole("complementary", { name: "b/other.txt" })
      .getByText("note", { exact: true })
      .waitFor();
    await assert.rejects(suite.client.headObject({ bucket: "into", key: "b/copy.txt" }), /404/);
    assert.deepEqual(faults, []);
    await page.close();
  },
);

test(
  "the focus is never lost: not by dialogs, by what is deleted, or by another page",
  { skip },
  async () => {
    await suite.client.createBucket({ bucket: "focus" });
    await suite.client.putObject({ bucket: "focus", key: "a.txt", body: "a" });
    const page = await suite.browser.newPage();
    const faults = await signIn(page, suite.consoleUrl);
    const focused = (name: string): Promise<void> =>
      expectSoon(async () => {
        const text = await page.evaluate(
          "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent",
        );
        return text === name;
      });
    const focusedElement = (tag: string): Promise<void> =>
      expectSoon(async () => (await page.evaluate("document.activeElement.tagName")) === tag);
    await page.getByRole("button", { name: "Create bucket" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    await focused("Create bucket");

    await page.getByRole("link", { name: "focus", exact: true }).focus();
    await page.keyboard.press("Enter");
    await focused("Buckets/focus");
    const link = page.getByRole("link", { name: "a.txt", exact: true });
    await link.focus();
    await page.keyboard.press("Enter");
    await focusedElement("ASIDE");
    await page.keyboard.press("Escape");
    await page.getByRole("complementary", { name: "a.txt" }).waitFor({ state: "detached" });
    await focusedElement("A");
    await page.keyboard.press("Enter");
    await page.locator("aside").getByRole("button", { name: "Delete" }).click();
    await page.getByRole("button", { name: "Delete object" }).click();
    await focused("Buckets/focus");

    await page.getByRole("link", { name: "Buckets" }).first().click();
    await page.getByRole("button", { name: "Delete focus" }).click();
    await page.getByRole("button", { name: "Delete bucket" }).click();
    await focused("Buckets");
    assert.deepEqual(faults, []);
    await page.close();
  },
);

test(
  "an administrator sees what was asked of the server, and how much a bucket holds",
  { skip },
  async () => {
    await suite.client.createBucket({ bucket: "counted" });
    for (let at = 0; at < 3; at++)
      await suite.client.putObject({ bucket: "counted", key: `${at}`, body: "12345" });
    const page = await suite.browser.newPage();
    const faults = await signIn(page, suite.consoleUrl);
    await page.getByRole("link", { name: "Settings of counted" }).click();
    await page.getByRole("button", { name: "Count" }).click();
    await page.getByText("15 B in 3 objects", { exact: true }).waitFor();
    await page.getByRole("link", { name: "Server" }).click();
    await page.getByText("Running since").waitFor();
    const row = page.getByRole("row").filter({ has: page.getByRole("rowheader", { name: "PutObject" }) });
    const [requests, , failed] = await row.getByRole("cell").allTextContents();
    assert.ok(Number(requests) >= 3);
    assert.equal(failed, "0");
    await page.getByRole("rowheader", { name: "Preflight" }).waitFor();
    assert.equal(await page.getByRole("rowheader", { name: "Unknown" }).count(), 0);
    assert.deepEqual(faults, []);
    await page.close();
  },
);

test("an upload replaces an object when the person says so, and not before", { skip }, async () => {
  const bucket = "twice";
  await suite.client.createBucket({ bucket });
  for (const key of ["one.txt", "two.txt"]) await suite.client.putObject({ bucket, key, body: "old" });
  const read = async (key: string): Promise<string> =>
    (await suite.client.getObject({ bucket, key })).body.text();
  const page = await suite.browser.newPage();
  const faults = await signIn(page, suite.consoleUrl);
  await page.getByRole("link", { name: bucket, exact: true }).click();
  const files = ["one.txt", "two.txt", "three.txt"].map((name) => ({
    name,
    mimeType: "text/plain",
    buffer: Buffer.from(`new ${name}`),
  }));
  await page.locator("input[type=file]").first().setInputFiles(files);
  await page.getByText("1 upload done, 2 there already").waitFor();
  assert.deepEqual([await read("one.txt"), await read("three.txt")], ["old", "new three.txt"]);
  await page.getByRole("button", { name: "Skip two.txt" }).click();
  await page.getByText("1 upload done, 1 there already").waitFor();
  await page.getByRole("button", { name: "Replace one.txt" }).click();
  await page.getByText("2 uploads done", { exact: true }).waitFor();
  assert.deepEqual([await read("one.txt"), await read("two.txt")], ["new one.txt", "old"]);

  // One that somebody else made since it was looked for.
  await page.route("**/twice?*prefix=four.txt*", async (route) => {
    await route.continue();
    await suite.client.putObject({ bucket, key: "four.txt", body: "theirs" });
  });
  await page.route("**/twice/four.txt*", async (route) => {
    await expectSoon(async () => (await read("four.txt")) !== "");
    await route.continue();
  });
  await uploadInto(page, "four.txt", "text/plain", "mine");
  await page.getByText("2 uploads done, 1 there already").waitFor();
  assert.equal(await read("four.txt"), "theirs");
  assert.deepEqual(faults, []);
  await page.close();
});

test(
  "of more than a thousand versions all are reached, and none of a key that begins alike",
  { skip },
  async () => {
    const bucket = "thousand";
    await suite.client.createBucket({ bucket });
    await suite.client.putBucketVersioning({ bucket, status: "Enabled" });
    const put = async (from: number): Promise<void> => {
      for (let at = from; at < 1010; at += 10)
        await suite.client.putObject({ bucket, key: "a", body: `${at}` });
    };
    await Promise.all(Array.from({ length: 10 }, (_, from) => put(from)));
    for (const body of ["1", "2"]) await suite.client.putObject({ bucket, key: "ab", body });
    const page = await suite.browser.newPage();
    const faults = await signIn(page, suite.consoleUrl);
    await page.getByRole("link", { name: bucket, exact: true }).click();
    const panel = await panelOf(page, "a");
    await panel.getByText("Versions", { exact: true }).click();
    const versions = panel.getByRole("listitem").filter({ hasText: "Download" });
    await panel.getByText("1,000 versions so far").waitFor();
    assert.equal(await versions.count(), 1000);
    await panel.getByRole("button", { name: "Show earlier ones" }).click();
    await panel.getByText("so far").waitFor({ state: "detached" });
    assert.equal(await versions.count(), 1010);
    assert.deepEqual(faults, []);
    await page.close();
  },
);

test("a key that no browser can ask for is told as that, copied, moved and deleted", { skip }, async () => {
  const bucket = "dots";
  const key = "a/../it's/./..";
  await suite.client.createBucket({ bucket });
  await suite.client.putObject({ bucket, key, body: "dots", contentType: "text/plain" });
  await suite.client.putObject({ bucket, key: "b/..", body: "b" });
  const page = await suite.browser.newPage();
  const faults = await signIn(page, suite.consoleUrl);
  const open = (of: string): Promise<unknown> =>
    page.goto(`${suite.consoleUrl}/#/objects/dots//${encodeURIComponent(of)}`);
  await open(key);
  const panel = page.getByRole("complementary", { name: key });
  await panel.getByText("No browser can open this key").waitFor();
  await panel.getByText("4 B (4 bytes)").waitFor();
  assert.equal(
    await panel.getByLabel("Command that downloads it").inputValue(),
    `stowage cp --raw 's3://dots/a/../it'\\''s/./..' './it'\\''s'`,
  );
  await panel.getByRole("button", { name: "Copy or move" }).click();
  const dialog = page.getByRole("dialog", { name: "Copy or move" });
  await dialog.getByRole("textbox", { name: "Key" }).fill("moved.txt");
  await dialog.getByLabel("Move: delete the original then").check();
  await dialog.getByRole("button", { name: "Copy or move" }).click();
  await page.getByRole("complementary", { name: "moved.txt" }).getByText("dots", { exact: true }).waitFor();
  await open("b/..");
  await page.getByRole("complementary", { name: "b/.." }).getByRole("button", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Delete object" }).click();
  await expectSoon(async () => {
    const { objects } = await suite.client.listObjectsV2({ bucket });
    return objects.map((object) => object.key).join() === "moved.txt";
  });
  await open("b/..");
  await page.getByText("There is no such object, or it was deleted.").waitFor();
  assert.deepEqual(faults, []);
  await page.close();
});

test("a link of the console that is opened in another tab knows who is signed in", { skip }, async () => {
  await suite.client.createBucket({ bucket: "tabs" });
  const context = await suite.browser.newContext();
  const page = await context.newPage();
  const faults = await signIn(page, suite.consoleUrl);
  for (const how of [
    { modifiers: ["ControlOrMeta"] },
    { modifiers: ["Shift"] },
    { button: "middle" },
  ] as const) {
    const [other] = await Promise.all([
      context.waitForEvent("page"),
      page
        .getByRole("link", { name: "tabs", exact: true })
        .click(how as { modifiers?: ["Shift"]; button?: "middle" }),
    ]);
    await other.getByText("Nothing is here yet").waitFor();
    assert.equal(new URL(other.url()).hash, "#/objects/tabs/");
    await other.close();
  }
  assert.equal(new URL(page.url()).hash, "", "this one stays where it was");
  assert.deepEqual(faults, []);
  await context.close();
});
