/** Answers that take long: 200 and white space first, so that nobody in between takes the connection for dead. */

import { xmlDeclaration } from "../s3/xml.ts";
import type { S3Response } from "./context.ts";
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
  work: Promise<string>,
  requestId: string,
  headers: Readonly<Record<string, string>> = {},
  everyMs: number = patienceMs,
): Promise<S3Response> {
  const first = await within(work, everyMs);
  if (first !== null) return xmlResponse(first, headers);
  return {
    status: 200,
    headers: { "content-type": "application/xml", ...headers },
    body: spacedOut(work, requestId, everyMs),
  };
}

async function* spacedOut(work: Promise<string>, requestId: string, everyMs: number): AsyncGenerator<Buffer> {
  // The declaration must be the first thing in a document; white space may follow it.
  yield Buffer.from(xmlDeclaration);
  const outcome = work.catch((error: unknown) => errorXmlOf(error, requestId));
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
