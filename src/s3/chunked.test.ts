import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import {
  ChunkedDecoder,
  type ChunkedDecoderOptions,
  ChunkedEncoder,
  type ChunkSigning,
  parsePayloadKind,
} from "./chunked.ts";
import { signingKey } from "./credential-scope.ts";
import type { S3Error } from "./errors.ts";
import { sha256Hex } from "./hash.ts";

// The values of AWS's documentation; that the seeds are right is tested beside sigv4.ts.
const signing: ChunkSigning = {
  key: signingKey("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "20130524", "us-east-1", "s3"),
  scope: "20130524/us-east-1/s3/aws4_request",
  amzDate: "20130524T000000Z",
  seedSignature: "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
};
const trailerSigning: ChunkSigning = {
  ...signing,
  seedSignature: "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e",
};
const data = Buffer.alloc(66_560, "a");
const trailers = { "x-amz-checksum-crc32c": "sOO8/Q==" };

const signedBody = Buffer.from(
  `10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n${"a".repeat(65_536)}\r\n` +
    `400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n${"a".repeat(1024)}\r\n` +
    "0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n",
);
const trailerBody = Buffer.from(
  `10000;chunk-signature=b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2\r\n${"a".repeat(65_536)}\r\n` +
    `400;chunk-signature=1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7\r\n${"a".repeat(1024)}\r\n` +
    "0;chunk-signature=2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992\r\n" +
    "x-amz-checksum-crc32c:sOO8/Q==\r\n" +
    "x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n",
);

const signed: ChunkedDecoderOptions = { kind: "signed", trailer: false, decodedLength: 66_560, signing };
const signedTrailer: ChunkedDecoderOptions = { ...signed, trailer: true, signing: trailerSigning };
const unsigned: ChunkedDecoderOptions = { kind: "unsigned", trailer: true, decodedLength: 5 };

function decode(
  options: ChunkedDecoderOptions,
  body: string | Buffer,
  cuts: readonly number[] = [],
): { data: Buffer; trailers: Record<string, string> } {
  const bytes = typeof body === "string" ? Buffer.from(body, "latin1") : body;
  const decoder = new ChunkedDecoder(options);
  const parts: Buffer[] = [];
  let from = 0;
  for (const to of [...cuts, bytes.length]) {
    parts.push(...decoder.push(bytes.subarray(from, to)));
    from = to;
  }
  decoder.end();
  return { data: Buffer.concat(parts), trailers: { ...decoder.trailers } };
}

function s3Error(code: string, message?: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.equal((error as S3Error).code, code, String(error));
    if (message !== undefined) assert.match((error as S3Error).message, message);
    return true;
  };
}

test("parsePayloadKind() reads every value that S3 has", () => {
  assert.deepEqual(parsePayloadKind("UNSIGNED-PAYLOAD"), { type: "unsigned" });
  assert.deepEqual(parsePayloadKind(sha256Hex("")), { type: "sha256", sha256: sha256Hex("") });
  assert.deepEqual(parsePayloadKind("STREAMING-AWS4-HMAC-SHA256-PAYLOAD"), {
    type: "chunked",
    kind: "signed",
    trailer: false,
  });
  assert.deepEqual(parsePayloadKind("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"), {
    type: "chunked",
    kind: "signed",
    trailer: true,
  });
  assert.deepEqual(parsePayloadKind("STREAMING-UNSIGNED-PAYLOAD-TRAILER"), {
    type: "chunked",
    kind: "unsigned",
    trailer: true,
  });
  assert.throws(() => parsePayloadKind("STREAMING-UNSIGNED-PAYLOAD"), s3Error("InvalidArgument"));
  assert.throws(() => parsePayloadKind(""), s3Error("InvalidArgument"));
  assert.throws(
    () => parsePayloadKind("STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD"),
    s3Error("NotImplemented"),
  );
});

test("ChunkedEncoder makes the bodies of AWS's documentation, of the length that it said", () => {
  const plain = new ChunkedEncoder({ kind: "signed", signing });
  assert.equal(plain.encodedLength(data.length), 66_824);
  assert.deepEqual(Buffer.concat([...plain.push(data), ...plain.end()]), signedBody);

  const trailer = new ChunkedEncoder({ kind: "signed", signing: trailerSigning, trailer: true });
  assert.equal(trailer.encodedLength(data.length, trailers), trailerBody.length);
  assert.deepEqual(Buffer.concat([...trailer.push(data), ...trailer.end(trailers)]), trailerBody);
});

test("ChunkedDecoder verifies the bodies of AWS's documentation", () => {
  assert.deepEqual(decode(signed, signedBody), { data, trailers: {} });
  assert.deepEqual(decode(signedTrailer, trailerBody), { data, trailers });
});

test("ChunkedDecoder gives the same wherever a body is cut", () => {
  const cuts = fc
    .array(fc.nat(trailerBody.length), { maxLength: 12 })
    .map((places) => places.toSorted((a, b) => a - b));
  fc.assert(
    fc.property(cuts, (places) => {
      assert.deepEqual(decode(signedTrailer, trailerBody, places), { data, trailers });
    }),
    { numRuns: 50 },
  );
  // Around the ends of chunks, byte by byte.
  const bytewise = Array.from({ length: 1500 }, (_, i) => trailerBody.length - 1500 + i);
  assert.deepEqual(decode(signedTrailer, trailerBody, bytewise), { data, trailers });
});

test("ChunkedDecoder gives back what ChunkedEncoder took, and the length is as it was said", () => {
  const bodies = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 });
  fc.assert(
    fc.property(
      bodies,
      fc.integer({ min: 1, max: 50 }),
      fc.boolean(),
      fc.boolean(),
      (parts, size, isSigned, trailer) => {
        const kind = isSigned ? "signed" : "unsigned";
        const sent: Record<string, string> = trailer ? trailers : {};
        const encoder = new ChunkedEncoder({ kind, signing, trailer, chunkSizeBytes: size });
        const body = Buffer.concat([...parts.flatMap((part) => encoder.push(part)), ...encoder.end(sent)]);
        const whole = Buffer.concat(parts);
        assert.equal(body.length, encoder.encodedLength(whole.length, sent));
        const decoded = decode({ kind, trailer, decodedLength: whole.length, signing }, body, [
          body.length >> 1,
        ]);
        assert.deepEqual(decoded, { data: whole, trailers: sent });
      },
    ),
  );
});

test("ChunkedDecoder refuses a body of which any one byte was changed", () => {
  fc.assert(
    fc.property(fc.nat(trailerBody.length - 3), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const changed = Buffer.from(trailerBody);
      changed[at] = (changed[at] ?? 0) ^ flip;
      // Capitals in sizes and names mean nothing, nor does one white space for another around a trailer.
      fc.pre(gist(changed) !== gist(trailerBody));
      assert.throws(() => decode(signedTrailer, changed));
    }),
  );
});

function gist(body: Buffer): string {
  return body.toString("latin1").toLowerCase().replaceAll(/\s/g, "");
}

test("ChunkedDecoder refuses a changed chunk, signature or trailer", () => {
  const body = trailerBody.toString("latin1");
  for (const changed of [
    body.replace("aaaa\r\n400", "aaab\r\n400"),
    body.replace("b474d8", "b474d9"),
    body.replace(
      "chunk-signature=b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
      "chunk-signature=",
    ),
    body.replace("2ca2ab", "2ca2ac"),
    body.replace("sOO8/Q==", "sOO8/A=="),
    body.replace("d81f82fc", "d81f82fd"),
    body.replace("x-amz-trailer-signature:", "x-amz-meta-a:b\r\nx-amz-trailer-signature:"),
  ]) {
    assert.throws(() => decode(signedTrailer, changed), s3Error("SignatureDoesNotMatch"));
  }
  // A chunk left out, with the length to match.
  const second = body.slice(body.indexOf("400;"));
  assert.throws(
    () => decode({ ...signedTrailer, decodedLength: 1024 }, second),
    s3Error("SignatureDoesNotMatch"),
  );
});

test("ChunkedDecoder refuses a signed body without its signatures", () => {
  assert.throws(
    () => decode({ ...signed, decodedLength: 5 }, "5\r\nhello\r\n0\r\n\r\n"),
    s3Error("IncompleteBody"),
  );
  const unfinished = trailerBody.toString("latin1").replace(/x-amz-trailer-signature:\w+\r\n/, "");
  assert.throws(
    () => decode(signedTrailer, unfinished),
    s3Error("IncompleteBody", /x-amz-trailer-signature is missing/),
  );
  assert.throws(() => new ChunkedDecoder({ kind: "signed", trailer: false, decodedLength: 0 }), TypeError);
  assert.throws(() => new ChunkedEncoder({ kind: "signed" }), TypeError);
});

test("ChunkedDecoder refuses every body that is cut short", () => {
  for (const length of [0, 1, 80, 87, 100, 65_000, 65_626, 66_700, trailerBody.length - 40]) {
    assert.throws(() => decode(signedTrailer, trailerBody.subarray(0, length)), s3Error("IncompleteBody"));
  }
  for (const body of [
    "",
    "5",
    "5\r\n",
    "5\r\nhel",
    "5\r\nhello",
    "5\r\nhello\r\n",
    "5\r\nhello\r\n0",
    "5\r\nhello\r\n0\r\nx-a:b",
  ]) {
    assert.throws(() => decode(unsigned, body), s3Error("IncompleteBody"), JSON.stringify(body));
  }
});

test("ChunkedDecoder refuses another length than was announced", () => {
  const body = "5\r\nhello\r\n0\r\n\r\n";
  assert.deepEqual(decode(unsigned, body).data, Buffer.from("hello"));
  for (const decodedLength of [0, 4, 6]) {
    assert.throws(() => decode({ ...unsigned, decodedLength }, body), s3Error("IncompleteBody"));
  }
  // Before the data came, so that nothing needs to be kept of it.
  const decoder = new ChunkedDecoder(unsigned);
  assert.throws(
    () => decoder.push(Buffer.from("ffffffffff\r\n")),
    s3Error("IncompleteBody", /at least 1099511627775/),
  );
});

test("ChunkedDecoder refuses framing that is none", () => {
  for (const body of [
    "\r\nhello\r\n0\r\n\r\n",
    "5 \r\nhello\r\n0\r\n\r\n",
    "-5\r\nhello\r\n0\r\n\r\n",
    "0x5\r\nhello\r\n0\r\n\r\n",
    "5\nhello\r\n0\r\n\r\n",
    "5\r\nhello0\r\n\r\n",
    "5\r\nhelloX\r\n0\r\n\r\n",
    "5\r\nhello\n0\r\n\r\n",
    "1ffffffffffffffffffffff\r\nhello\r\n0\r\n\r\n",
  ]) {
    assert.throws(() => decode(unsigned, body), s3Error("IncompleteBody"), JSON.stringify(body));
  }
  assert.throws(
    () => decode(signed, Buffer.concat([signedBody, Buffer.from("x-amz-meta-a:b\r\n")])),
    s3Error("IncompleteBody"),
  );
});

test("ChunkedDecoder bounds what it keeps", () => {
  const headers = new ChunkedDecoder(unsigned);
  assert.throws(
    () => {
      for (let i = 0; i < 300; i++) headers.push(Buffer.from("0"));
    },
    s3Error("IncompleteBody", /more than 256 bytes of framing/),
  );
  const tail = new ChunkedDecoder(unsigned);
  tail.push(Buffer.from("5\r\nhello\r\n0\r\n"));
  assert.throws(() => tail.push(Buffer.alloc(17_000, "a")), s3Error("IncompleteBody", /more than 16384/));
});

test("ChunkedDecoder reads trailers as the SDKs and as minio-go write them", () => {
  const chunk = "5\r\nhello\r\n0\r\n";
  const expected = { "x-amz-checksum-crc32": "NhCmhg==" };
  for (const tail of [
    "x-amz-checksum-crc32:NhCmhg==\r\n\r\n",
    "X-Amz-Checksum-CRC32: NhCmhg== \r\n\r\n",
    "x-amz-checksum-crc32:NhCmhg==\n\r\n\r\n",
    "x-amz-checksum-crc32:NhCmhg==\r\n",
  ]) {
    assert.deepEqual(decode(unsigned, chunk + tail).trailers, expected, JSON.stringify(tail));
  }
  const minio = trailerBody.toString("latin1").replace("sOO8/Q==\r\n", "sOO8/Q==\n\r\n");
  assert.deepEqual(decode(signedTrailer, minio), { data, trailers });
});

test("ChunkedDecoder refuses malformed and repeated trailers", () => {
  const chunk = "5\r\nhello\r\n0\r\n";
  for (const tail of ["x-amz-checksum-crc32\r\n\r\n", ":a\r\n\r\n", "a b:c\r\n\r\n", "a:b\r\nA:c\r\n\r\n"]) {
    assert.throws(() => decode(unsigned, chunk + tail), s3Error("MalformedTrailerError"));
  }
  assert.deepEqual(decode(unsigned, `${chunk}__proto__:a\r\n\r\n`).trailers["__proto__"], "a");
});
