import assert from "node:assert/strict";
import { test } from "node:test";
import { connectionFix } from "./connection-fix.ts";

test("connectionFix() tells of AWS_ENDPOINT_URL_S3 where it was Amazon that could not be found", () => {
  assert.match(connectionFix("ENOTFOUND", "https://s3.us-east-1.amazonaws.com"), /AWS_ENDPOINT_URL_S3/);
  assert.equal(
    connectionFix("ENOTFOUND", "http://files.invalid"),
    "The host name cannot be resolved: check the endpoint http://files.invalid.",
  );
});

test("connectionFix() names what both programs and the command line can give for a certificate", () => {
  assert.match(
    connectionFix("DEPTH_ZERO_SELF_SIGNED_CERT", "https://files.invalid"),
    /NODE_EXTRA_CA_CERTS, or as option ca/,
  );
});
