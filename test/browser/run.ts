/**
 * The example site in Chromium.
 *
 *     node dist/test/browser/run.js [folder for screenshots]
 */

import assert from "node:assert/strict";
import { mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Browser, devices, type Locator, type Page } from "playwright-core";
import { launchChromium, skip } from "./chromium.ts";
import { type Mysite, startMysite } from "./mysite-process.ts";

const bigBytes = 200 * 1024 ** 2;

let browser: Browser;
let site: Mysite;
let folder: string;

before(async () => {
  if (skip !== false) return;
  folder = process.argv[2] ?? (await mkdtemp(join(tmpdir(), "mysite-")));
  site = await startMysite({ MYSITE_MAX_BYTES: String(bigBytes) });
  browser = await launchChromium();
});

after(async () => {
  if (skip !== false) return;
  await browser.close();
  await site[Symbol.asyncDispose]();
  if (process.argv[2] === undefined) await rm(folder, { recursive: true });
});

test("upload by the form, list, download, replace and delete, without JavaScript", { skip }, async () => {
  const page = await browser.newPage({ javaScriptEnabled: false, viewport: { width: 1280, height: 900 } });
  await page.goto(site.url);
  const files = [await picture("Sunset over the bay.png"), await file("figures 2026.csv", "a,b\n1,2\n")];
  await page.setInputFiles("#file", files);
  await page.getByRole("button", { name: "Upload", exact: true }).click();
  assert.equal(await page.getByRole("status").textContent(), "Your upload is here.");
  const preview = page.locator("li img");
  await preview.evaluate((image) => (image as unknown as { decode(): Promise<void> }).decode());
  assert.equal(
    await preview.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth),
    64,
  );

  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download figures 2026.csv" }).click(),
  ]);
  assert.equal(download.suggestedFilename(), "figures 2026.csv");
  assert.equal(await readFile(await download.path(), "utf8"), "a,b\n1,2\n");
  await shoot(page, "desktop");

  const object = page.locator("li", { hasText: "figures 2026.csv" });
  const place = await object.boundingBox();
  await object.getByText("Replace").first().click();
  assert.deepEqual(await object.boundingBox(), place, "nothing moves");
  await object.getByLabel("New file for").setInputFiles(await file("figures 2027.csv", "a\n"));
  await object.getByRole("button", { name: "Replace" }).click();
  assert.equal(await page.getByRole("status").textContent(), "The file was replaced.");
  assert.deepEqual(
    await page
      .locator("h3")
      .allTextContents()
      .then((all) => all.sort()),
    ["Sunset over the bay.png", "figures 2027.csv"],
  );

  const replaced = page.locator("li", { hasText: "figures 2027.csv" });
  // By keyboard alone.
  await replaced.getByText("Delete").first().focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByRole("status").waitFor();
  assert.equal(await page.locator("h3").count(), 1);
  await page.close();
});

test("what is refused is told in words, on a phone too", { skip }, async () => {
  const context = await browser.newContext(devices["Pixel 7"]);
  const page = await context.newPage();
  await page.goto(site.url);
  const upload = page.getByRole("button", { name: "Upload", exact: true });
  await page.setInputFiles("#file", await file("page.html", "<p>"));
  await upload.click();
  assert.match(
    (await page.getByRole("alert").first().textContent()) ?? "",
    /"page\.html" is of the type text\/html/,
  );
  await shoot(page, "phone");
  assert.equal(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), true);
  await page.setInputFiles("#file", await large("too large.csv", bigBytes + 1));
  await upload.click();
  await page.getByText("are the most").or(page.getByText("too large")).first().waitFor();

  await page.setInputFiles("#file", await file("notes.txt", "a note"));
  await page.getByRole("button", { name: "Upload with progress" }).click();
  await uploaded(page).waitFor();
  await page.setInputFiles("#file", await file("cat.png", "no cat"));
  await page.getByRole("button", { name: "Upload with progress" }).click();
  await page.getByText('"cat.png" is not of the type').waitFor();
  assert.equal(await uploaded(page).isVisible(), false, "what was done before is not told beside it");
  await context.close();
});

test("200 MiB go up with progress, stop, and go on where they were", { skip }, async () => {
  const page = await browser.newPage({ colorScheme: "dark" });
  await page.goto(site.url);
  let begun = 0;
  page.on("request", (request) => {
    if (request.url().endsWith("/uploads/begin")) begun++;
  });
  const path = await large("film.csv", bigBytes);
  await page.setInputFiles("#file", path);
  const direct = page.getByRole("button", { name: "Upload with progress" });
  await direct.click();
  await progressAbove(page, 0.2);
  await shoot(page, "progress");
  assert.ok(await direct.isDisabled(), "it cannot be begun twice at once");
  await page.keyboard.press("Enter"); // on Stop, which has the focus
  await page.getByText("Stopped.").waitFor();
  assert.ok(
    await page.evaluate("document.activeElement?.matches('[data-direct]')"),
    "and goes on from the keyboard",
  );
  await direct.click();
  await uploaded(page).waitFor({ timeout: 60_000 });
  assert.equal(begun, 1, "the second click went on with the first upload");
  assert.match((await page.locator("li", { hasText: "film.csv" }).textContent()) ?? "", /209\.7 MB/);
  await page.close();
});

/** What the next page says; the output beside the progress bar has the role of a status too, and comes before it. */
function uploaded(page: Page): Locator {
  return page.getByText("Your upload is here.");
}

async function progressAbove(page: Page, share: number): Promise<void> {
  const bar = page.locator("progress");
  const value = (): Promise<number> => bar.evaluate((bar) => (bar as unknown as { value: number }).value);
  while ((await value()) <= share) await page.waitForTimeout(20);
}

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

/** Zero bytes would be no text. */
async function large(name: string, bytes: number): Promise<string> {
  const path = join(folder, name);
  await using handle = await open(path, "w");
  const chunk = Buffer.alloc(1024 ** 2, "1,2,3\n");
  for (let at = 0; at < bytes; at += chunk.length)
    await handle.write(chunk, 0, Math.min(chunk.length, bytes - at));
  return path;
}

/** Drawn by the browser itself. */
async function picture(name: string): Promise<string> {
  const page = await browser.newPage({ viewport: { width: 64, height: 48 } });
  await page.setContent(
    "<body style='margin:0;height:100vh;background:linear-gradient(#234a7c,#e8855b 70%,#1d3a4f)'>",
  );
  const path = join(folder, name);
  await page.screenshot({ path });
  await page.close();
  return path;
}

async function shoot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}
