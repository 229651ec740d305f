/** A policy of one statement or several, on `bucket` and everything in it, for everybody, unless they say otherwise. */
export function policy(bucket: string, ...statements: object[]): string {
  const defaults = {
    Effect: "Allow",
    Principal: "*",
    Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
  };
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: statements.map((statement) => ({ ...defaults, ...statement })),
  });
}
