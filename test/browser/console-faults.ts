/**
 * The web console in Chromium when something fails: servers that are away, keys that were removed, names that mislead.
 *
 *     node dist/test/browser/console-faults.js
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Locator, Page, Route } from "playwright-core";
import { launchChromium } from "./chromium.ts";
import { expectSoon, keys, panelOf, signIn, skip, uploadInto, useSuite } from "./console-suite.ts";

const suite = useSuite();

/** Answers listings as a server would that has a thousand names on each of so many pages. */
async function pretendPages(page: Page, bucket: string, count: number): Promise<{ asked: number }> {
  const seen = { asked: 0 };
  await page.route(`**/${bucket}?**`, async (route: Route) => {
    if (route.request().method() !== "GET") return route.continue();
    const { searchParams } = new URL(route.request().url());
    // An upload looks whether its key is there: that is no page.
    if (searchParams.get("max-keys") !== "1") seen.asked++;
    const at = Number(searchParams.get("continuation-token") ?? 0);
    const contents = Array.from(
      { length: 1000 },
      (_, n) =>
        `<Contents><Key>n${String(at * 1000 + n).padStart(6, "0")}</Key><Size>1</Size><ETag>"e"</ETag>` +
        "<LastModified>2026-01-01T00:00:00.000Z</LastModified><StorageClass>STANDARD</StorageClass></Contents>",
    ).join("");
    const next = at + 1 < count ? `<NextContinuationToken>${at + 1}</NextContinuationToken>` : "";
    const more = `<IsTruncated>${String(next !== "")}</IsTruncated>${next}`;
    return route.fulfill({
      headers: { "access-control-allow-origin": suite.consoleUrl, "content-type": "application/xml" },
      body: `<ListBucketResult><Name>${bucket}</Name>${more}${contents}</ListBucketResult>`,
    });
  });
  return seen;
}

/** Scrolls to the end, and again as the list grows, until something is seen. */
async function scrollTo(page: Page, wanted: Locator): Promise<void> {
  const table = page.getByRole("table", { name: "Objects" });
  await expectSoon(async () => {
    await table.evaluate((element) => {
      (element as unknown as { scrollTop: number }).scrollTop = 1e9;
    });
    return wanted.isVisible();
  });
}

test("a server that went away is asked again when the person says so, and not before", { skip }, async () => {
  await suite.client.createBucket({ bucket: "away" });
  const page = await suite.browser.newPage();
  const faults = await signIn(page, suite.consoleUrl);
  const seen = await pretendPages(page, "away", 3);
  await page.getByRole("link", { name: "away", exact: true }).click();
  await page.getByText("1,000 names so far").waitFor();
  let refused = 0;
  const refuse = (route: Route): Promise<void> => {
    refused++;
    return route.abort();
  };
  await page.route("**/away?**", refuse);
  await page.getByRole("table", { name: "Objects" }).evaluate((element) => {
    (element as unknown as { scrollTop: number }).scrollTop = 1e9;
  });
  const alert = page.getByRole("alert");
  await alert.getByText("The server cannot be reached").waitFor();
  const atFirst = refused;
  await page.waitForTimeout(1500);
  assert.equal(refused, atFirst);
  await page.unroute("**/away?**", refuse);
  assert.equal(seen.asked, 1);
  await alert.getByRole("button", { name: "Try again" }).click();
  await scrollTo(page, page.getByText("3,000 names", { exact: true }));
  assert.deepEqual(faults, []);
  await page.close();
});

test(
  "a long list is read again when the person says so, and a deletion needs no reading",
  { skip },
  async () => {
    await suite.client.createBucket({ bucket: "long" });
    const page = await suite.browser.newPage();
    const faults = await signIn(page, suite.consoleUrl);
    const seen = await pretendPages(page, "long", 12);
    await page.getByRole("link", { name: "long", exact: true }).click();
    await scrollTo(page, page.getByText("12,000 names", { exact: true }));
    await scrollTo(page, page.getByLabel("Select n011999"));
    await page.getByLabel("Select n011999").check();
    await page.getByRole("button", { name: "Delete 1", exact: true }).click();
    await page.getByRole("button", { name: "Delete 1 object" }).click();
    await page.getByText("11,999 names").waitFor();
    await uploadInto(page, "new.txt", "text/plain", "new");
    await page.getByText("1 upload done").waitFor();
    await page.waitForTimeout(1500);
    assert.equal(seen.asked, 12);
    await page.getByRole("button", { name: "Refresh" }).click();
    await expectSoon(() => Promise.resolve(seen.asked === 13));
    assert.deepEqual(faults, []);
    await page.close();
  },
);

test(
  "keys stay while the server is away, and whose key is removed is told and signed out",
  { skip },
  async () => {
    const { body } = await suite.client.request({
      method: "POST",
      bucket: "_stowage",
      key: "users",
      body: JSON.stringify({ name: "bert" }),
    });
    const { key } = (await body.json()) as { key: { accessKeyId: string; secretAccessKey: string } };
    const page = await suite.browser.newPage();
    const faults = await signIn(page, suite.consoleUrl, key);
    await page.getByText("You have no buckets.").waitFor();
    await page.route(`${suite.url}/**`, (route) => route.abort());
    await page.reload();
    await page.getByRole("alert").getByText("The server cannot be reached").waitFor();
    await page.unroute(`${suite.url}/**`);
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByText("You have no buckets.").waitFor();

    await suite.client.request({ method: "DELETE", bucket: "_stowage", key: `keys/${key.accessKeyId}` });
    await page.getByLabel("Find a bucket").fill("someones");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText("Your access key was removed.").waitFor();
    assert.equal(await page.evaluate("sessionStorage.length"), 0);
    assert.deepEqual(faults, []);
    await page.close();
  },
);

test("an upload that failed is tried again, and those under way end with the session", { skip }, async () => {
  await suite.client.createBucket({ bucket: "uploads" });
  const page = await suite.browser.newPage();
  const faults = await signIn(page, suite.consoleUrl);
  await page.getByRole("link", { name: "uploads", exact: true }).click();
  await page.route("**/uploads/**", (route) => route.abort());
  await uploadInto(page, "note.txt", "text/plain", "note");
  await page.getByText("0 uploads done, 1 failed").waitFor();
  await page.unroute("**/uploads/**");
  await page.getByRole("button", { name: "Try the upload of note.txt again" }).click();
  await page.getByText("1 upload done").waitFor();
  assert.equal(
    await (await suite.client.getObject({ bucket: "uploads", key: "note.txt" })).body.text(),
    "note",
  );

  await page.route("**/uploads/slow.txt**", () => {});
  await uploadInto(page, "slow.txt", "text/plain", "slow");
  await page.getByText("Uploading 1 file").waitFor();
  const ended = page.waitForEvent("requestfailed");
  await page.getByRole("button", { name: "Sign out" }).click();
  assert.match((await ended).url(), /slow\.txt/);
  assert.deepEqual(faults, []);
  await page.close();
});

test("a link is copied where the page is not reached by TLS", { skip }, async () => {
  await suite.client.createBucket({ bucket: "plain" });
  await suite.client.putObject({ bucket: "plain", key: "a.txt", body: "a" });
  const plain = await launchChromium("--host-resolver-rules=MAP files.test 127.0.0.1");
  const page = await plain.newPage();
  const faults = await signIn(page, suite.consoleUrl.replace("127.0.0.1", "files.test"));
  await page.getByRole("link", { name: "plain", exact: true }).click();
  assert.equal(await page.evaluate("isSecureContext"), false);
  const panel = await panelOf(page, "a.txt");
  await panel.getByText("Share a link").click();
  await panel.getByRole("button", { name: "Copy", exact: true }).first().click();
  await panel.getByRole("button", { name: "Copied" }).waitFor();
  await panel.getByRole("button", { name: "Close" }).click();
  const search = page.getByLabel("Names that begin with");
  await search.focus();
  await page.keyboard.press("Control+V");
  assert.match(await search.inputValue(), /^http:\/\/files\.test:\d+\/plain\/a\.txt\?X-Amz-/);
  assert.deepEqual(faults, []);
  await plain.close();
});

test(
  "a preview that plays does not begin again, and a link is signed when it is pressed",
  { skip },
  async () => {
    await suite.client.createBucket({ bucket: "preview" });
    await suite.client.putObject({
      bucket: "preview",
      key: "dot.svg.png",
      contentType: "image/png",
      body: Buffer.from(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
        "base64",
      ),
    });
    const page = await suite.browser.newPage();
    const faults = await signIn(page, suite.consoleUrl);
    await page.getByRole("link", { name: "preview", exact: true }).click();
    const panel = await panelOf(page, "dot.svg.png");
    const src = await panel.locator("img").getAttribute("src");
    await page.waitForTimeout(1100);
    await panel.getByRole("button", { name: "Delete" }).click();
    await panel.getByRole("button", { name: "Cancel" }).click();
    assert.equal(await panel.locator("img").getAttribute("src"), src);
    const signedAt = (href: string | null): string =>
      new URL(href ?? "").searchParams.get("X-Amz-Date") ?? "";
    const shown = signedAt(await panel.getByRole("link", { name: "Download" }).getAttribute("href"));
    await page.waitForTimeout(1100);
    const [request] = await Promise.all([
      page.context().waitForEvent("request", (one) => one.url().includes("attachment")),
      panel.getByRole("link", { name: "Download" }).click(),
    ]);
    assert.ok(signedAt(request.url()) > shown);
    assert.deepEqual(faults, []);
    await page.close();
  },
);

test(
  "names show what would not be seen in them, and a grant is not given by passing over it",
  { skip },
  async () => {
    await suite.client.createBucket({ bucket: "names" });
    await suite.client.putObject({ bucket: "names", key: "\u202Egnp.exe", body: "x" });
    const page = await suite.browser.newPage();
    const faults = await signIn(page, suite.consoleUrl, keys);
    await page.getByRole("link", { name: "names", exact: true }).click();
    await page.getByRole("link", { name: "[U+202E]gnp.exe" }).click();
    const panel = page.locator("aside");
    await panel.getByRole("heading", { name: "[U+202E]gnp.exe" }).waitFor();
    await panel.getByText("Who may read it").click();
    await panel.getByLabel("Or replace all by").focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await page.waitForTimeout(500);
    assert.equal(
      (await suite.client.getObjectAcl({ bucket: "names", key: "\u202Egnp.exe" })).grants.length,
      1,
    );
    await panel.getByRole("button", { name: "Replace" }).click();
    await panel.getByText("Everybody: write").waitFor();
    assert.deepEqual(faults, []);
    await page.close();
  },
);

test("a setting that cannot be read is not shown as one that is not set", { skip }, async () => {
  await suite.client.createBucket({ bucket: "unread" });
  await suite.client.putBucketVersioning({ bucket: "unread", status: "Enabled" });
  const page = await suite.browser.newPage();
  const faults = await signIn(page, suite.consoleUrl);
  await page.route(/unread\?(?:policy|versioning)/, (route) => route.abort());
  await page.getByRole("link", { name: "Settings of unread" }).click();
  await page.getByText("The server cannot be reached").nth(1).waitFor();
  await page.getByRole("button", { name: "Save ownership" }).waitFor();
  assert.equal(await page.getByRole("button", { name: "Save policy" }).count(), 0);
  assert.equal(await page.getByRole("button", { name: "Keep versions" }).count(), 0);
  assert.equal(await page.getByText("What is overwritten or deleted is gone.").count(), 0);
  assert.deepEqual(faults, []);
  await page.close();
});

test(
  "an answer that makes no sense, and a file dropped beside a list, leave the console there",
  { skip },
  async () => {
    const page = await suite.browser.newPage();
    await signIn(page, suite.consoleUrl);
    await page.route("**/_stowage/users/*/keys", (route) =>
      route.fulfill({
        headers: { "access-control-allow-origin": suite.consoleUrl },
        body: JSON.stringify({ keys: [{ accessKeyId: "A", createdAt: "never" }] }),
      }),
    );
    await page.getByRole("link", { name: "Users" }).click();
    await page.getByRole("alert").getByText("Invalid time value").waitFor();
    await page.getByRole("link", { name: "Buckets", exact: true }).click();
    await page.getByRole("heading", { name: "Buckets" }).waitFor();
    const isKept = await page.evaluate(
      "!document.body.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true }))",
    );
    assert.equal(isKept, true);
    await page.close();
  },
);
