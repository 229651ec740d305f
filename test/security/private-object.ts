import { other, startTestServer, type TestServer } from "../support/server.ts";

/** A server where the owner has /private/key, which nobody else may read, and another user has the bucket /theirs. */
export async function startWithPrivateObject(): Promise<TestServer> {
  const s3 = await startTestServer();
  await s3.send("PUT /private");
  await s3.send("PUT /private/key", { body: "secret" });
  await s3.send("PUT /theirs", { as: other });
  return s3;
}
