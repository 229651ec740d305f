import assert from "node:assert/strict";
import { test } from "node:test";
import { errorRows as browserRows } from "./error-rows-browser.ts";
import { errorRows } from "./error-rows.ts";
import { S3Error } from "./errors.ts";

test("S3Error takes status and message from the table", () => {
  const error = new S3Error("NoSuchKey", { details: { Key: "photo.jpg" } });
  assert.equal(error.status, 404);
  assert.equal(error.message, "The specified key does not exist.");
  assert.deepEqual(error.details, { Key: "photo.jpg" });
  assert.ok(error instanceof Error);
});

test("S3Error keeps a code that another server made up, as a failure of that server", () => {
  const error = new S3Error("constructor");
  assert.equal(error.code, "constructor");
  assert.equal(error.status, 500);
  assert.equal(new S3Error("Teapot", { status: 418, message: "Short and stout" }).status, 418);
});

test("S3Error has a cause only where one was given", () => {
  const cause = new Error("disk");
  assert.equal(new S3Error("InternalError", { cause }).cause, cause);
  assert.equal("cause" in new S3Error("InternalError"), false);
});

test("the rows for a browser are rows of the table", () => {
  for (const [code, row] of Object.entries(browserRows)) {
    assert.deepEqual(row, errorRows[code as keyof typeof errorRows]);
  }
});
