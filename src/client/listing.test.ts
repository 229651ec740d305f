import assert from "node:assert/strict";
import { test } from "node:test";
import { Listing } from "./listing.ts";

const says = /the server says that there is more, and not where\. Is the endpoint an S3 server\?$/;

test("a listing whose server says that there is more, and not where, does not end as if it were whole", async () => {
  const listing = new Listing(async () => ({ page: 1, entries: [1], next: "" }));
  await assert.rejects(listing.toArray(), says);
});

test("a listing whose server names the same page again does not run for ever", async () => {
  const listing = new Listing(async () => ({ page: 1, entries: [1], next: "same" }));
  await assert.rejects(listing.toArray(), says);
});
