/** Answers that take long: 200 and white space first, so that nobody in between takes the connection for dead. */

import type { EngineLog } from "../engine/types.ts";
import { S3Error } from "../s3/errors.ts";
import { xmlDeclaration } from "../s3/xml.ts";
import type { Context, S3Response } from "./context.ts";
import { errorXmlOf } from "./error-response.ts";
import { xmlResponse } from "./xml-response.ts";

/** Clients and proxies commonly give up after 30 s or 60 s without a byte. */
const patienceMs = 10_000;

/**
 * Answers with a document that takes its time. Within the patience it is an answer like any other; after it the status
 * is 200 whatever comes, and an error stands in the body, where the clients of these operations look for it.
 *
 * @param work Makes the document.
 * @param headers Further headers. The work may add to them: what is there when the answer begins goes with it.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
 */
export async function slowAnswer(
  {
    requestId,
    site,
  }: Pick<Context, "requestId"> & { readonly site: { readonly engine: { log: EngineLog } } },
  work: Promise<string>,
  headers: Readonly<Record<string, string>> = {},
  everyMs: number = patienceMs,
): Promise<S3Response> {
  const first = await within(work, everyMs);
  if (first !== null) return xmlResponse(first, headers);
  const failed = (error: unknown): string => {
    // The status is 200, so nobody else sees that it was a fault. Who has gone away is none.
    if (!(error instanceof S3Error) && (error as Error).name !== "AbortError")
      site.engine.log("error", `The request ${requestId} failed after its answer had begun`, error);
    return errorXmlOf(error, requestId);
  };
  return {
    status: 200,
    headers: { "content-type": "application/xml", ...headers },
    body: spacedOut(work.catch(failed), everyMs),
  };
}

async function* spacedOut(outcome: Promise<string>, everyMs: number): AsyncGenerator<Buffer> {
  // The declaration must be the first thing in a document; white space may follow it.
  yield Buffer.from(xmlDeclaration);
  for (;;) {
    const document = await within(outcome, everyMs);
    if (document === null) {
      yield Buffer.from(" ");
      continue;
    }
    yield Buffer.from(document.slice(xmlDeclaration.length));
    return;
  }
}

/** What the work makes, or null where it takes longer. */
async function within<T>(work: Promise<T>, limitMs: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, limitMs, null);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
