import assert from "node:assert/strict";
import { test } from "node:test";
import { S3Error } from "../errors.ts";
import { parseWebsiteConfiguration, websiteConfigurationXml } from "./website.ts";

test("parseWebsiteConfiguration() reads what websiteConfigurationXml() wrote", () => {
  const website = {
    indexSuffix: "index.html",
    errorKey: "errors/404.html",
    routingRules: [
      {
        condition: { keyPrefixEquals: "a&b/", httpErrorCodeReturnedEquals: 404 },
        redirect: {
          hostName: "example.com",
          protocol: "https",
          replaceKeyPrefixWith: "",
          httpRedirectCode: 302,
        },
      },
      { redirect: { replaceKeyWith: "x" } },
    ],
  } as const;
  assert.deepEqual(parseWebsiteConfiguration(websiteConfigurationXml(website)), website);
  const all = { redirectAllRequestsTo: { hostName: "example.com:8080" } };
  assert.deepEqual(parseWebsiteConfiguration(websiteConfigurationXml(all)), all);
});

const site = (content: string): string => `<WebsiteConfiguration>${content}</WebsiteConfiguration>`;
const rule = (content: string): string =>
  site(
    `<IndexDocument><Suffix>i</Suffix></IndexDocument><RoutingRules><RoutingRule>${content}</RoutingRule></RoutingRules>`,
  );

const refused: [string, string, RegExp][] = [
  [site(""), "InvalidArgument", /IndexDocument Suffix/],
  [site("<IndexDocument><Suffix>a/b</Suffix></IndexDocument>"), "InvalidArgument", /not well formed/],
  [site("<IndexDocument><Suffix/></IndexDocument>"), "InvalidArgument", /not well formed/],
  [
    site(`<IndexDocument><Suffix>${"k".repeat(1025)}</Suffix></IndexDocument>`),
    "KeyTooLongError",
    /too long/,
  ],
  [
    site("<IndexDocument><Suffix>i</Suffix></IndexDocument><ErrorDocument><Key/></ErrorDocument>"),
    "InvalidArgument",
    /ErrorDocument/,
  ],
  [
    site(
      "<RedirectAllRequestsTo><HostName>a</HostName></RedirectAllRequestsTo><IndexDocument><Suffix>i</Suffix></IndexDocument>",
    ),
    "MalformedXML",
    /alone/,
  ],
  [site("<RedirectAllRequestsTo/>"), "MalformedXML", /HostName/],
  [
    site("<RedirectAllRequestsTo><HostName>a</HostName><Protocol>ftp</Protocol></RedirectAllRequestsTo>"),
    "InvalidRequest",
    /Invalid protocol/,
  ],
  [
    site("<RedirectAllRequestsTo><HostName>a&#13;&#10;X: y</HostName></RedirectAllRequestsTo>"),
    "InvalidRequest",
    /host name/,
  ],
  [site("<Page/>"), "MalformedXML", /Page/],
  [rule("<Redirect/>"), "MalformedXML", /empty/],
  [rule("<Condition/><Redirect><ReplaceKeyWith>x</ReplaceKeyWith></Redirect>"), "MalformedXML", /Condition/],
  [
    rule("<Redirect><HttpRedirectCode>200</HttpRedirectCode></Redirect>"),
    "InvalidRequest",
    /redirect code \(200\)/,
  ],
  [rule("<Redirect><HttpRedirectCode>300</HttpRedirectCode></Redirect>"), "InvalidRequest", /except 300/],
  [
    rule(
      "<Condition><HttpErrorCodeReturnedEquals>302</HttpErrorCodeReturnedEquals></Condition><Redirect><HostName>a</HostName></Redirect>",
    ),
    "InvalidRequest",
    /error code \(302\)/,
  ],
  [
    rule(
      "<Redirect><ReplaceKeyWith>a</ReplaceKeyWith><ReplaceKeyPrefixWith>b</ReplaceKeyPrefixWith></Redirect>",
    ),
    "InvalidRequest",
    /not both/,
  ],
];
for (const [xml, code, message] of refused) {
  test(`parseWebsiteConfiguration() refuses ${xml.slice(0, 250)}`, () => {
    assert.throws(
      () => parseWebsiteConfiguration(xml),
      (error) => error instanceof S3Error && error.code === code && message.test(error.message),
    );
  });
}

test("parseWebsiteConfiguration() takes 50 rules and not one more", () => {
  const xml = (count: number): string =>
    websiteConfigurationXml({
      indexSuffix: "i",
      routingRules: Array.from({ length: count }, () => ({ redirect: { hostName: "a" } })),
    });
  assert.equal(parseWebsiteConfiguration(xml(50)).routingRules?.length, 50);
  assert.throws(() => parseWebsiteConfiguration(xml(51)), /51 routing rules/);
});
