import assert from "node:assert/strict";
import { test } from "node:test";
import { errorXml, parseError, parseResult } from "./error.ts";

test("errorXml() writes an error in no namespace, behind the declaration", () => {
  const xml = errorXml({
    code: "NoSuchKey",
    message: "The specified key does not exist.",
    resource: "/b/a&b",
    requestId: "4442587FB7D0A2F9",
    details: { Key: "a&b", BucketName: "b" },
  });
  assert.equal(
    xml,
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message><Key>a&amp;b</Key><BucketName>b</BucketName><Resource>/b/a&amp;b</Resource><RequestId>4442587FB7D0A2F9</RequestId></Error>',
  );
  // boto 2 looks for an error in a 200 by body.find('<Error>') > 0.
  assert.ok(xml.indexOf("<Error>") > 0);
});

test("parseError() reads AWS's errors with all that they tell", () => {
  const xml = `<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>PermanentRedirect</Code><Message>Use this endpoint.</Message><Endpoint>b.s3.eu-west-1.amazonaws.com</Endpoint><Bucket>b</Bucket><RequestId>R</RequestId><HostId>H==</HostId></Error>`;
  assert.deepEqual(parseError(xml), {
    code: "PermanentRedirect",
    message: "Use this endpoint.",
    resource: undefined,
    requestId: "R",
    hostId: "H==",
    details: { Endpoint: "b.s3.eu-west-1.amazonaws.com", Bucket: "b" },
  });
});

test("parseError() reads an error within another element, and with a namespace", () => {
  const xml =
    '<ErrorResponse xmlns="https://iam.amazonaws.com/doc/"><Error><Code>Throttling</Code></Error></ErrorResponse>';
  assert.equal(parseError(xml)?.code, "Throttling");
  assert.equal(parseError('<Error xmlns="x"><Code>SlowDown</Code></Error>')?.code, "SlowDown");
});

test("parseError() is null for what is no error document", () => {
  for (const body of [
    "",
    "Bad Gateway",
    "<html><body>502</body></html>",
    "<Error/>",
    "<html><br></html>",
    "{}",
  ]) {
    assert.equal(parseError(body), null, body);
  }
});

test("parseResult() throws the error that hides in a 200", () => {
  const xml = errorXml({ code: "InternalError", message: "We encountered an error.", details: { Key: "k" } });
  assert.throws(() => parseResult(xml, "CopyObjectResult"), {
    name: "S3Error",
    code: "InternalError",
    status: 500,
    message: "We encountered an error.",
    details: { Key: "k" },
  });
  // White space kept the connection alive in the meantime.
  assert.throws(() => parseResult(`   \n${xml.slice(xml.indexOf("<Error>"))}`, "CopyObjectResult"), {
    code: "InternalError",
  });
  assert.throws(() => parseResult("<html/>", "CopyObjectResult"), { code: "MalformedXML" });
  assert.equal(parseResult("<CopyObjectResult/>", "CopyObjectResult").name, "CopyObjectResult");
});
