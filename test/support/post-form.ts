import { buildPostPolicy } from "../../src/s3/build-post-policy.ts";
import { owner, type Sent, type TestServer } from "./server.ts";

const boundary = "----boundary0123";

export type Fields = readonly (readonly [name: string, value: string])[];

/** Posts a form whose last field is the file, as a browser does. `null` leaves the file out. */
export function postForm(
  s3: TestServer,
  bucket: string,
  fields: Fields,
  { file = "the file", fileName = "photo.jpg" }: { file?: string | null; fileName?: string } = {},
): Promise<Sent> {
  const parts = fields.map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  if (file !== null) {
    parts.push(
      `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${fileName}"\r\nContent-Type: image/jpeg\r\n\r\n${file}\r\n`,
    );
  }
  return s3.send(`POST /${bucket}`, {
    as: null,
    body: `${parts.join("")}--${boundary}--\r\n`,
    headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
  });
}

/** The fields of a form that the owner signed for one minute. */
export function signedFields(
  bucket: string,
  options: Partial<Parameters<typeof buildPostPolicy>[0]> = {},
): [string, string][] {
  return Object.entries(
    buildPostPolicy({
      credentials: owner,
      region: "us-east-1",
      bucket,
      key: "up/${filename}",
      date: new Date(),
      expiresSeconds: 60,
      ...options,
    }),
  );
}
