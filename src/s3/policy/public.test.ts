import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePolicy } from "./parse.ts";
import { isPublicPolicy } from "./public.ts";

function isPublic(members: object): boolean {
  const statement = {
    Effect: "Allow",
    Principal: "*",
    Action: "s3:*",
    Resource: "arn:aws:s3:::b/*",
    ...members,
  };
  return isPublicPolicy(parsePolicy(JSON.stringify({ Version: "2012-10-17", Statement: [statement] }), "b"));
}

test("isPublicPolicy() is true of what anybody may, and of conditions that anybody can fulfil", () => {
  for (const members of [
    {},
    { Principal: { AWS: "*" } },
    { Principal: { AWS: ["arn:aws:iam::123456789012:root", "*"] } },
    { Condition: { StringEquals: { "aws:Referer": "http://example.com/" } } },
    { Condition: { Bool: { "aws:SecureTransport": "true" } } },
    { Condition: { IpAddress: { "aws:SourceIp": "0.0.0.0/0" } } },
    { Condition: { IpAddress: { "aws:SourceIp": ["10.0.0.0/8", "0.0.0.0/1"] } } },
    { Condition: { IpAddress: { "aws:SourceIp": "2001::/31" } } },
    { Condition: { NotIpAddress: { "aws:SourceIp": "10.0.0.0/8" } } },
    { Condition: { StringLike: { "aws:userid": "*" } } },
    { Condition: { StringEquals: { "aws:userid": "${aws:Referer}" } } },
    { Condition: { StringEqualsIfExists: { "aws:SourceVpc": "vpc-1" } } },
    { Condition: { "ForAllValues:StringEquals": { "aws:SourceVpc": "vpc-1" } } },
    { Condition: { StringNotEquals: { "aws:SourceVpc": "vpc-1" } } },
  ]) {
    assert.ok(isPublic(members), JSON.stringify(members));
  }
});

test("isPublicPolicy() is false of what only some may", () => {
  for (const members of [
    { Effect: "Deny" },
    { Principal: { AWS: "arn:aws:iam::123456789012:root" } },
    { Principal: { CanonicalUser: "a".repeat(64) } },
    { Principal: { Service: "logging.s3.amazonaws.com" } },
    { Condition: { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } } },
    { Condition: { IpAddress: { "aws:SourceIp": "2001:db8::/32" } } },
    { Condition: { StringEquals: { "aws:SourceVpc": "vpc-1" }, StringLike: { "aws:Referer": "*" } } },
    { Condition: { StringEquals: { "aws:userid": "a".repeat(64) } } },
    { Condition: { ArnLike: { "aws:PrincipalArn": "arn:aws:iam:::user/ann" } } },
  ]) {
    assert.ok(!isPublic(members), JSON.stringify(members));
  }
});
