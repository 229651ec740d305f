import assert from "node:assert/strict";
import { test } from "node:test";
import { S3Error } from "../errors.ts";
import { corsConfigurationXml, parseCorsConfiguration } from "./cors.ts";

test("parseCorsConfiguration() reads what corsConfigurationXml() wrote", () => {
  const rules = [
    {
      id: "uploads & more",
      allowedOrigins: ["https://a.example", "https://*.b.example"],
      allowedMethods: ["PUT", "POST"] as const,
      allowedHeaders: ["*"],
      exposeHeaders: ["ETag"],
      maxAgeSeconds: 0,
    },
    { allowedOrigins: ["*"], allowedMethods: ["GET"] as const },
  ];
  assert.deepEqual(parseCorsConfiguration(corsConfigurationXml(rules)), rules);
});

const rule = (content: string): string =>
  `<CORSConfiguration><CORSRule><AllowedOrigin>http://a</AllowedOrigin><AllowedMethod>GET</AllowedMethod>${content}</CORSRule></CORSConfiguration>`;

const refused: [string, string, RegExp][] = [
  ["<CORSConfiguration/>", "MalformedXML", /no <CORSRule>/],
  ["<CORSConfiguration><CORSRule/></CORSConfiguration>", "MalformedXML", /AllowedOrigin/],
  [rule("<AllowedMethod>PATCH</AllowedMethod>"), "InvalidRequest", /Unsupported method is PATCH/],
  [rule("<AllowedMethod>get</AllowedMethod>"), "InvalidRequest", /Unsupported method is get/],
  [rule("<AllowedOrigin>http://*.*</AllowedOrigin>"), "InvalidRequest", /"http:\/\/\*\.\*".*more than one/],
  [rule("<AllowedHeader>x-*-*</AllowedHeader>"), "InvalidRequest", /more than one wildcard/],
  [rule("<AllowedHeader>a b</AllowedHeader>"), "InvalidRequest", /"a b"/],
  [rule("<ExposeHeader>*</ExposeHeader>"), "InvalidRequest", /wildcard/],
  [
    rule("<ExposeHeader>a&#13;&#10;Set-Cookie: x</ExposeHeader>"),
    "InvalidRequest",
    /not the name of a header/,
  ],
  [rule(`<ID>${"x".repeat(256)}</ID>`), "InvalidRequest", /256 characters/],
  [rule("<MaxAgeSeconds>-1</MaxAgeSeconds>"), "MalformedXML", /MaxAgeSeconds/],
  [rule("<MaxAgeSeconds>2147483648</MaxAgeSeconds>"), "MalformedXML", /MaxAgeSeconds/],
  [rule("<Surprise/>"), "MalformedXML", /Surprise/],
  ["<CORS/>", "MalformedXML", /CORSConfiguration/],
];
for (const [xml, code, message] of refused) {
  test(`parseCorsConfiguration() refuses ${xml.slice(0, 130)}`, () => {
    assert.throws(
      () => parseCorsConfiguration(xml),
      (error) => error instanceof S3Error && error.code === code && message.test(error.message),
    );
  });
}

test("parseCorsConfiguration() takes 100 rules and not one more", () => {
  const xml = (count: number): string =>
    corsConfigurationXml(
      Array.from({ length: count }, () => ({ allowedOrigins: ["*"], allowedMethods: ["GET"] })),
    );
  assert.equal(parseCorsConfiguration(xml(100)).length, 100);
  assert.throws(() => parseCorsConfiguration(xml(101)), /101 rules/);
});
