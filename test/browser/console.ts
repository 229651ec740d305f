/**
 * The web console in Chromium, of `stowage serve`.
 *
 *     node dist/test/browser/console.js [folder for screenshots]
 */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { devices, type Page } from "playwright-core";
import { S3Client } from "../../src/client.ts";
import { expectSoon, keys, panelOf, signIn, skip, uploadInto, useSuite } from "./console-suite.ts";

const suite = useSuite();

async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.argv[2];
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

test(
  "wrong keys are refused in words, right ones stay over a reload and are gone after signing out",
  { skip },
  async () => {
    const page = await suite.browser.newPage();
    const faults = await signIn(page, suite.consoleUrl, { ...keys, secretAccessKey: "wrong" });
    await page.getByText("The secret key does not belong to this access key.").waitFor();
    await page.getByLabel("Access key").fill("NOSUCHKEY00000000000");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("There is no such access key.").waitFor();
    await shoot(page, "console-refused");
    await page.getByLabel("Access key").fill(keys.accessKeyId);
    await page.getByLabel("Secret key").fill(keys.secretAccessKey);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Buckets" }).waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "Buckets" }).waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("Access key").waitFor();
    await page.reload();
    await page.getByLabel("Access key").waitFor();
    assert.deepEqual(faults, []);
    await page.close();
  },
);

test(
  "a bucket is made, files go up, are looked at, downloaded and deleted, and the bucket goes",
  { skip },
  async () => {
    const page = await suite.browser.newPage({ viewport: { width: 1280, height: 900 } });
    const faults = await signIn(page, suite.consoleUrl);
    await page.getByRole("button", { name: "Create bucket" }).click();
    const name = page.getByRole("dialog").getByLabel("Name");
    await name.fill("Not A Bucket");
    await page.getByRole("button", { name: "Create", exact: true }).click();
    await page.getByRole("alert").getByText("InvalidBucketName").waitFor();
    await name.fill("photos");
    await page.getByRole("button", { name: "Create", exact: true }).click();
    await page.getByText("Nothing is here yet").waitFor();

    await uploadInto(page, "größe & co?.txt", "text/plain", "Hello from Größe");
    await page.getByText("1 upload done").waitFor();
    const panel = await panelOf(page, "größe & co?.txt");
    await panel.getByText("Hello from Größe").waitFor();
    await panel.getByText("18 B (18 bytes)").waitFor();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      panel.getByRole("link", { name: "Download" }).click(),
    ]);
    assert.equal(await readFile(await download.path(), "utf8"), "Hello from Größe");
    await shoot(page, "console-object");

    // In parts.
    await panel.getByRole("button", { name: "Close" }).click();
    await uploadInto(page, "large.bin", "application/octet-stream", Buffer.alloc(20 * 1024 ** 2, "large"));
    await page.getByText("2 uploads done").waitFor({ timeout: 60_000 });
    const { size } = await suite.client.headObject({ bucket: "photos", key: "large.bin" });
    assert.equal(size, 20 * 1024 ** 2);

    await page.getByLabel("Select large.bin").check();
    await page.getByLabel("Select größe & co?.txt").check();
    await page.getByRole("button", { name: "Delete 2", exact: true }).click();
    await page.getByRole("button", { name: "Delete 2 objects" }).click();
    await page.getByText("Nothing is here yet").waitFor();

    await page.getByRole("link", { name: "Buckets" }).first().click();
    await page.getByRole("button", { name: "Delete photos" }).click();
    await page.getByRole("button", { name: "Delete bucket" }).click();
    await page.getByText("You have no buckets.").waitFor();
    assert.deepEqual(faults, []);
    await page.close();
  },
);

test("a bucket that is not empty stays, and the person is told", { skip }, async () => {
  await suite.client.createBucket({ bucket: "full" });
  await suite.client.putObject({ bucket: "full", key: "a", body: "a" });
  const page = await suite.browser.newPage();
  const faults = await signIn(page, suite.consoleUrl);
  await page.getByRole("button", { name: "Delete full" }).click();
  await page.getByRole("button", { name: "Delete bucket" }).click();
  await page.getByRole("alert").getByText("BucketNotEmpty").waitFor();
  await suite.client.deleteObject({ bucket: "full", key: "a" });
  await suite.client.deleteBucket({ bucket: "full" });
  assert.deepEqual(faults, []);
  await page.close();
});

test(
  "3,000 names are read as they are scrolled to, folders and keys of any form are reached",
  { skip },
  async () => {
    await suite.client.createBucket({ bucket: "many" });
    const names = Array.from({ length: 3000 }, (_, at) => `n${String(at).padStart(4, "0")}`);
    await Promise.all(
      Array.from({ length: 20 }, async (_, from) => {
        for (let at = from; at < names.length; at += 20) {
          await suite.client.putObject({ bucket: "many", key: names[at]!, body: "" });
        }
      }),
    );
    for (const key of ["a/b", "a//b", "a/", "#%2F?/x y+z"])
      await suite.client.putObject({ bucket: "many", key, body: key });
    const page = await suite.browser.newPage({ viewport: { width: 1000, height: 700 } });
    const faults = await signIn(page, suite.consoleUrl);
    await page.getByRole("link", { name: "many", exact: true }).click();
    const table = page.getByRole("table", { name: "Objects" });
    await table.getByRole("link", { name: "n0000" }).waitFor();
    assert.ok((await table.getByRole("row").count()) < 100, "only rows in sight are in the page");
    await page.getByText("1,000 names so far").waitFor();
    while (!(await page.getByText("3,002 names").isVisible())) {
      await table.evaluate((element) => {
        (element as unknown as { scrollTop: number }).scrollTop += 8000;
      });
      await page.waitForTimeout(20);
    }
    await page.getByLabel("Names that begin with").fill("n2999");
    await page.getByText("1 name", { exact: true }).waitFor();
    await page.getByLabel("Names that begin with").fill("");

    await table.getByRole("link", { name: "#%2F?/" }).click();
    const panel = await panelOf(page, "x y+z").catch(() => null);
    void panel;
    await page.getByRole("complementary", { name: "#%2F?/x y+z" }).getByText("11 B (11 bytes)").waitFor();
    await page.goto(`${suite.consoleUrl}/#/objects/many/${encodeURIComponent("a/")}`);
    await table.getByRole("link", { name: "(this folder's own object)" }).waitFor();
    await table.getByRole("link", { name: "/", exact: true }).click();
    await table.getByRole("link", { name: "b", exact: true }).waitFor();
    assert.deepEqual(faults, []);
    await page.close();
  },
);

test(
  "versions are restored, deleted objects brought back, and metadata, tags and grants changed",
  { skip },
  async () => {
    await suite.client.createBucket({ bucket: "versions" });
    await suite.client.putBucketVersioning({ bucket: "versions", status: "Enabled" });
    const key = "note.txt";
    const at = { bucket: "versions", key };
    await suite.client.putObject({
      ...at,
      body: "first",
      contentType: "text/plain",
      cacheControl: "no-cache",
    });
    await suite.client.putObject({
      ...at,
      body: "second",
      contentType: "text/plain",
      metadata: { who: "me" },
    });
    await suite.client.deleteObject(at);
    const page = await suite.browser.newPage({ viewport: { width: 1280, height: 900 } });
    const faults = await signIn(page, suite.consoleUrl);
    await page.getByRole("link", { name: "versions", exact: true }).click();
    await page.getByText("Nothing is here yet").waitFor();
    await page.getByLabel("Deleted ones").check();
    const panel = await panelOf(page, key);
    await panel.getByText("This object was deleted.").waitFor();
    await panel.getByRole("button", { name: "Restore" }).last().click();
    await panel.getByText("first").waitFor();
    assert.equal(await (await suite.client.getObject(at)).body.text(), "first");
    assert.equal((await suite.client.headObject(at)).cacheControl, "no-cache");

    await panel.getByText("Headers, metadata and tags").click();
    await panel.getByLabel("Content-Type").fill("text/markdown");
    await panel.getByRole("button", { name: "Save headers" }).click();
    await panel.getByText("Saved.").waitFor();
    assert.equal((await suite.client.headObject(at)).contentType, "text/markdown");
    await panel.getByLabel("Metadata, name 1").fill("who");
    await panel.getByLabel("Metadata, value 1").fill("Größe");
    await panel.getByRole("button", { name: "Save metadata" }).click();
    await panel.getByText("Saved.").nth(1).waitFor();
    await panel.getByLabel("Tags, name 1").fill("kind");
    await panel.getByLabel("Tags, value 1").fill("note");
    await panel.getByRole("button", { name: "Save tags" }).click();
    await panel.getByText("Saved.").nth(2).waitFor();
    await panel.getByText("Who may read it").click();
    await panel.getByLabel("Or replace all by").selectOption("public-read");
    await panel.getByRole("button", { name: "Replace" }).click();
    await panel.getByText("Everybody: read").waitFor();
    await shoot(page, "console-versions");
    const { metadata, cacheControl } = await suite.client.headObject(at);
    assert.deepEqual({ metadata, cacheControl }, { metadata: { who: "Größe" }, cacheControl: "no-cache" });
    assert.deepEqual({ ...(await suite.client.getObjectTagging(at)) }, { kind: "note" });
    assert.equal((await fetch(`${suite.url}/versions/note.txt`)).status, 200);
    // Again: a change of metadata keeps who may read it, and the tags.
    await panel.getByLabel("Metadata, value 1").fill("you");
    await panel.getByRole("button", { name: "Save metadata" }).click();
    await expectSoon(async () => (await suite.client.headObject(at)).metadata["who"] === "you");
    await expectSoon(async () => (await fetch(`${suite.url}/versions/note.txt`)).status === 200);
    assert.deepEqual({ ...(await suite.client.getObjectTagging(at)) }, { kind: "note" });
    assert.deepEqual(faults, []);
    await page.close();
  },
);

test("a bucket's settings are changed, and what is wrong in them is told", { skip }, async () => {
  const bucket = "settings";
  await suite.client.createBucket({ bucket });
  const page = await suite.browser.newPage({ viewport: { width: 1000, height: 900 } });
  const faults = await signIn(page, suite.consoleUrl);
  await page.getByRole("link", { name: "Settings of settings" }).click();
  await page.getByRole("button", { name: "Keep versions" }).click();
  await page.getByText("Earlier versions of objects are kept").waitFor();
  assert.equal((await suite.client.getBucketVersioning({ bucket })).status, "Enabled");

  await page.getByLabel("Refuse new policies that are public").check();
  await expectSoon(async () => (await suite.client.getPublicAccessBlock({ bucket })).blockPublicPolicy);
  // Each setting shows when it was read; the policy is the first on the page, not the first to be there.
  await page.getByRole("button", { name: "Save policy" }).waitFor();
  await page.getByRole("button", { name: "Begin with an example" }).first().click();
  await page.getByRole("button", { name: "Save policy" }).click();
  await page.getByRole("alert").getByText("AccessDenied").waitFor();
  await page.getByLabel("Refuse new policies that are public").uncheck();
  await expectSoon(async () => !(await suite.client.getPublicAccessBlock({ bucket })).blockPublicPolicy);
  await page.getByRole("button", { name: "Save policy" }).click();
  await expectSoon(async () => (await suite.client.getBucketPolicy({ bucket })).includes("s3:GetObject"));
  await page.getByLabel("AWS's policy language").fill("{");
  await page.getByRole("button", { name: "Save policy" }).click();
  await page.getByRole("alert").getByText("MalformedPolicy").waitFor();

  await page.getByLabel("Bytes at most").fill("plenty");
  await page.getByRole("button", { name: "Save quota" }).click();
  await page.getByRole("alert").getByText("“plenty” is no size").waitFor();
  await page.getByLabel("Bytes at most").fill("1 kB");
  await page.getByRole("button", { name: "Save quota" }).click();
  await page.getByText("It holds 0 B in 0 objects.").waitFor();
  await assert.rejects(suite.client.putObject({ bucket, key: "large", body: "x".repeat(1001) }), /Quota/);
  await shoot(page, "console-settings");
  assert.deepEqual(faults, []);
  await page.close();
});

test(
  "a folder goes with all that is in it, and uploads that were left unfinished are aborted",
  { skip },
  async () => {
    const bucket = "folders";
    await suite.client.createBucket({ bucket });
    for (const key of ["a/1", "a/b/2", "a/b/c/3", "ab", "b/4"])
      await suite.client.putObject({ bucket, key, body: "" });
    await suite.client.createMultipartUpload({ bucket, key: "film.mp4" });
    const page = await suite.browser.newPage();
    const faults = await signIn(page, suite.consoleUrl);
    await page.getByRole("link", { name: bucket, exact: true }).click();
    await page.getByLabel("Select a/").check();
    await page.getByRole("button", { name: "Delete 1", exact: true }).click();
    await page.getByText("Delete 1 folder with all that is in them?").waitFor();
    await page.getByRole("button", { name: "Delete everything in them" }).click();
    await page.getByText("2 names").waitFor();
    assert.deepEqual(
      (await suite.client.listObjectsV2({ bucket })).objects.map(({ key }) => key),
      ["ab", "b/4"],
    );
    await page.getByRole("link", { name: "Settings" }).click();
    await page.getByRole("button", { name: "Abort the upload of film.mp4" }).click();
    await page.getByText("There are none.").waitFor();
    assert.deepEqual((await suite.client.listMultipartUploads({ bucket })).uploads, []);
    assert.deepEqual(faults, []);
    await page.close();
  },
);

test("a version under object lock says so, and cannot be deleted for good", { skip }, async () => {
  const bucket = "locked";
  const key = "contract.pdf";
  await suite.client.createBucket({ bucket, objectLockEnabledForBucket: true });
  await suite.client.putObject({ bucket, key, body: "1" });
  await suite.client.putObject({ bucket, key, body: "2" });
  const page = await suite.browser.newPage();
  const faults = await signIn(page, suite.consoleUrl);
  await page.getByRole("link", { name: bucket, exact: true }).click();
  const panel = await panelOf(page, key);
  await panel.getByText("Object lock").click();
  await panel.getByLabel("Keep this version until").fill("2099-12-31");
  await panel.getByRole("button", { name: "Keep it" }).click();
  await panel.getByText("(GOVERNANCE)").waitFor();
  await panel.getByRole("button", { name: "Put a legal hold on it" }).click();
  await panel.getByRole("button", { name: "Release the legal hold" }).waitFor();
  const { retention, legalHold, versionId } = await suite.client.headObject({ bucket, key });
  assert.deepEqual(retention, { mode: "GOVERNANCE", untilMs: Date.UTC(2099, 11, 31) });
  assert.equal(legalHold, "ON");
  await suite.client.putObject({ bucket, key, body: "3" });
  await page.reload();
  await panel.getByText("Versions", { exact: true }).click();
  await panel
    .getByRole("listitem")
    .filter({ hasText: String(versionId) })
    .getByRole("button", { name: "Delete for good" })
    .click();
  await panel.getByRole("button", { name: "Delete version" }).click();
  await panel.getByRole("alert").getByText("AccessDenied").waitFor();
  assert.deepEqual(faults, []);
  await page.close();
});

test("an administrator adds a user, who signs in and sees their own buckets alone", { skip }, async () => {
  await suite.client.createBucket({ bucket: "of-the-administrator" });
  const context = await suite.browser.newContext(devices["Pixel 7"]);
  const page = await context.newPage();
  const faults = await signIn(page, suite.consoleUrl);
  await page.getByRole("link", { name: "Users" }).click();
  await page.getByRole("button", { name: "Add user" }).click();
  await page.getByLabel("Name").fill("anna");
  await page.getByLabel("E-mail").fill("anna@example.com");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "A new access key" });
  const accessKeyId = await dialog.getByLabel("Access key").inputValue();
  const secretAccessKey = await dialog.getByLabel("Secret key").inputValue();
  await shoot(page, "console-phone");
  await dialog.getByRole("button", { name: "I have kept it" }).click();
  await page.getByRole("region", { name: "anna" }).getByText(accessKeyId).waitFor();
  assert.equal(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), true);

  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("Access key").fill(accessKeyId);
  await page.getByLabel("Secret key").fill(secretAccessKey);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("You have no buckets.").waitFor();
  assert.equal(await page.getByRole("link", { name: "Users" }).count(), 0);
  await page.goto(`${suite.consoleUrl}/#/objects/of-the-administrator/`);
  await page.getByRole("alert").getByText("AccessDenied").waitFor();

  const credentials = { accessKeyId, secretAccessKey };
  await new S3Client({ endpoint: suite.url, credentials }).createBucket({ bucket: "of-anna" });
  await page.getByRole("button", { name: "Sign out" }).click();
  await signIn(page, suite.consoleUrl);
  await page.getByRole("link", { name: "Users" }).click();
  const anna = page.getByRole("region", { name: "anna" });
  await anna.getByRole("button", { name: "Remove user" }).click();
  const removing = page.getByRole("dialog", { name: "Remove anna?" });
  await removing.getByRole("button", { name: "Remove user" }).click();
  await removing.getByRole("alert").getByText('The user "anna" owns a bucket: of-anna.').waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

test("what people upload does not run in the console", { skip }, async () => {
  await suite.client.createBucket({ bucket: "hostile" });
  const files: Record<string, string> = {
    "page.html": "<script>document.title = 'taken'</script>",
    "picture.svg": "<svg xmlns='http://www.w3.org/2000/svg'><script>document.title = 'taken'</script></svg>",
  };
  for (const [key, body] of Object.entries(files)) {
    const contentType = key.endsWith("svg") ? "image/svg+xml" : "text/html";
    await suite.client.putObject({ bucket: "hostile", key, body, contentType });
  }
  await suite.client.putObject({ bucket: "hostile", key: "<img src=x onerror=alert(1)>", body: "" });
  const page = await suite.browser.newPage();
  const faults = await signIn(page, suite.consoleUrl);
  await page.getByRole("link", { name: "hostile", exact: true }).click();
  for (const [key, body] of Object.entries(files)) {
    const panel = await panelOf(page, key);
    await panel.getByText(body).waitFor();
    await panel.getByRole("button", { name: "Close" }).click();
  }
  await panelOf(page, "<img src=x onerror=alert(1)>");
  assert.equal(await page.title(), "hostile/ – Stowage");
  const { headers } = await fetch(suite.consoleUrl);
  assert.match(headers.get("content-security-policy") ?? "", /^default-src 'none'; script-src 'self';/);
  assert.deepEqual(faults, []);
  await page.close();
});
