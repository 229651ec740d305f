import assert from "node:assert/strict";
import { test } from "node:test";
import { type AccessControlPolicy, groupUris } from "../acl.ts";
import { accessControlPolicyXml, parseAccessControlAnswer, parseAccessControlPolicy } from "./acl.ts";

const id = "75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a";

const policy: AccessControlPolicy = {
  owner: { id, displayName: "ann & bob" },
  grants: [
    { grantee: { type: "user", id, displayName: "ann & bob" }, permission: "FULL_CONTROL" },
    { grantee: { type: "group", group: "AllUsers" }, permission: "READ" },
    { grantee: { type: "email", email: "x@example.com" }, permission: "WRITE_ACP" },
  ],
};

const xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';

test("accessControlPolicyXml() writes the document that AWS writes", () => {
  assert.equal(
    accessControlPolicyXml(policy),
    '<?xml version="1.0" encoding="UTF-8"?>\n<AccessControlPolicy xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
      `<Owner><ID>${id}</ID><DisplayName>ann &amp; bob</DisplayName></Owner><AccessControlList>` +
      `<Grant><Grantee ${xsi} xsi:type="CanonicalUser"><ID>${id}</ID><DisplayName>ann &amp; bob</DisplayName></Grantee><Permission>FULL_CONTROL</Permission></Grant>` +
      `<Grant><Grantee ${xsi} xsi:type="Group"><URI>${groupUris.AllUsers}</URI></Grantee><Permission>READ</Permission></Grant>` +
      `<Grant><Grantee ${xsi} xsi:type="AmazonCustomerByEmail"><EmailAddress>x@example.com</EmailAddress></Grantee><Permission>WRITE_ACP</Permission></Grant>` +
      "</AccessControlList></AccessControlPolicy>",
  );
});

test("parseAccessControlPolicy() reads what accessControlPolicyXml() wrote", () => {
  assert.deepEqual(parseAccessControlPolicy(accessControlPolicyXml(policy)), policy);
});

test("parseAccessControlPolicy() reads boto 2's, which has no declaration, and None for a name it does not know", () => {
  const boto = `<AccessControlPolicy xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Owner><ID>${id}</ID><DisplayName>ann</DisplayName></Owner><AccessControlList><Grant><Grantee ${xsi} xsi:type="CanonicalUser"><ID>${id}</ID><DisplayName>None</DisplayName></Grantee><Permission>READ_ACP</Permission></Grant></AccessControlList></AccessControlPolicy>`;
  assert.deepEqual(parseAccessControlPolicy(boto), {
    owner: { id, displayName: "ann" },
    grants: [{ grantee: { type: "user", id, displayName: "None" }, permission: "READ_ACP" }],
  });
});

test("parseAccessControlPolicy() takes elements in any order, white space, and no namespace", () => {
  const xml = `<?xml version="1.0"?>
    <AccessControlPolicy>
      <AccessControlList>
        <Grant>
          <Permission> READ </Permission>
          <Grantee xsi:type="CanonicalUser" ${xsi}><DisplayName/><ID> ${id} </ID></Grantee>
        </Grant>
      </AccessControlList>
      <Owner><ID>
        ${id}
      </ID></Owner>
    </AccessControlPolicy>`;
  assert.deepEqual(parseAccessControlPolicy(xml), {
    owner: { id, displayName: "" },
    grants: [{ grantee: { type: "user", id, displayName: "" }, permission: "READ" }],
  });
});

test("parseAccessControlPolicy() takes an empty list", () => {
  const xml = `<AccessControlPolicy><Owner><ID>${id}</ID></Owner><AccessControlList/></AccessControlPolicy>`;
  assert.deepEqual(parseAccessControlPolicy(xml).grants, []);
});

const withGrant = (grant: string): string =>
  `<AccessControlPolicy><Owner><ID>${id}</ID></Owner><AccessControlList>${grant}</AccessControlList></AccessControlPolicy>`;
const user = `<Grantee ${xsi} xsi:type="CanonicalUser"><ID>${id}</ID></Grantee>`;

test("parseAccessControlPolicy() answers a bad document with MalformedACLError", () => {
  const documents = [
    "",
    "<AccessControlPolicy>",
    "<AccessControlPolicy/>",
    `<AccessControlPolicy><Owner><ID>${id}</ID></Owner></AccessControlPolicy>`,
    `<AccessControlPolicy><AccessControlList/></AccessControlPolicy>`,
    `<AccessControlPolicy><Owner><ID/></Owner><AccessControlList/></AccessControlPolicy>`,
    `<Policy><Owner><ID>${id}</ID></Owner><AccessControlList/></Policy>`,
    `<!DOCTYPE a>${withGrant("")}`,
    withGrant("<Grantee/>"),
    withGrant(`<Grant>${user}</Grant>`),
    withGrant(`<Grant>${user}<Permission>ALL</Permission></Grant>`),
    withGrant(`<Grant>${user}<Permission>read</Permission></Grant>`),
    withGrant(`<Grant>${user}${user}<Permission>READ</Permission></Grant>`),
    withGrant("<Grant><Permission>READ</Permission></Grant>"),
    withGrant(`<Grant><Grantee><ID>${id}</ID></Grantee><Permission>READ</Permission></Grant>`),
    withGrant(
      `<Grant><Grantee ${xsi} xsi:type="User"><ID>x</ID></Grantee><Permission>READ</Permission></Grant>`,
    ),
    withGrant(
      `<Grant><Grantee ${xsi} xsi:type="Group"><ID>x</ID></Grantee><Permission>READ</Permission></Grant>`,
    ),
    withGrant(`<Grant>${user}<Permission>READ</Permission></Grant>`.repeat(101)),
  ];
  for (const xml of documents) {
    assert.throws(() => parseAccessControlPolicy(xml), { code: "MalformedACLError", status: 400 }, xml);
  }
});

test("parseAccessControlPolicy() answers a group or an id that cannot be with InvalidArgument", () => {
  const group = `<Grantee ${xsi} xsi:type="Group"><URI>http://example.com/All</URI></Grantee>`;
  assert.throws(
    () => parseAccessControlPolicy(withGrant(`<Grant>${group}<Permission>READ</Permission></Grant>`)),
    {
      code: "InvalidArgument",
      details: { ArgumentName: "uri", ArgumentValue: "http://example.com/All" },
    },
  );
  const nobody = `<Grantee ${xsi} xsi:type="CanonicalUser"><ID></ID></Grantee>`;
  assert.throws(
    () => parseAccessControlPolicy(withGrant(`<Grant>${nobody}<Permission>READ</Permission></Grant>`)),
    {
      code: "InvalidArgument",
    },
  );
});

test("parseAccessControlAnswer() takes a user without an id, as Ceph's RGW answers it", () => {
  const nobody = `<Grantee ${xsi} xsi:type="CanonicalUser"><ID></ID></Grantee>`;
  const { grants } = parseAccessControlAnswer(
    withGrant(`<Grant>${nobody}<Permission>READ</Permission></Grant>`),
  );
  assert.deepEqual(grants, [{ grantee: { type: "user", id: "" }, permission: "READ" }]);
});

test("parseAccessControlPolicy() takes 100 grants", () => {
  const xml = withGrant(`<Grant>${user}<Permission>READ</Permission></Grant>`.repeat(100));
  assert.equal(parseAccessControlPolicy(xml).grants.length, 100);
});
