"""ACLs, as today's library sends them."""

import harness
from connection import Boto3Case

ALL_USERS = 'http://acs.amazonaws.com/groups/global/AllUsers'


def grants(answer):
    return sorted((grant['Grantee'].get('URI') or grant['Grantee']['ID'], grant['Permission'])
                  for grant in answer['Grants'])


class Acl(Boto3Case):
    def setUp(self):
        super().setUp()
        self.main_id = self.s3.list_buckets()['Owner']['ID']
        self.alt_id = self.alt.list_buckets()['Owner']['ID']

    def test_of_a_bucket(self):
        self.assertEqual(grants(self.s3.get_bucket_acl(Bucket=self.bucket)), [(self.main_id, 'FULL_CONTROL')])
        self.assert_error(403, 'AccessDenied', self.anonymous.list_objects_v2, Bucket=self.bucket)
        self.s3.put_bucket_acl(Bucket=self.bucket, ACL='public-read')
        self.assertEqual(grants(self.s3.get_bucket_acl(Bucket=self.bucket)),
                         sorted([(self.main_id, 'FULL_CONTROL'), (ALL_USERS, 'READ')]))
        self.assertEqual(self.anonymous.list_objects_v2(Bucket=self.bucket)['KeyCount'], 0)

    def test_of_an_object(self):
        self.put('key', b'text', ACL='public-read')
        self.assertEqual(self.anonymous.get_object(Bucket=self.bucket, Key='key')['Body'].read(), b'text')
        self.s3.put_object_acl(Bucket=self.bucket, Key='key', ACL='private')
        self.assert_error(403, 'AccessDenied', self.anonymous.get_object, Bucket=self.bucket, Key='key')

    def test_by_grants(self):
        self.put('key', b'text')
        self.s3.put_object_acl(Bucket=self.bucket, Key='key', GrantRead='id="%s"' % self.alt_id,
                               GrantFullControl='id="%s"' % self.main_id)
        self.assertEqual(grants(self.s3.get_object_acl(Bucket=self.bucket, Key='key')),
                         sorted([(self.main_id, 'FULL_CONTROL'), (self.alt_id, 'READ')]))
        self.assertEqual(self.alt.get_object(Bucket=self.bucket, Key='key')['Body'].read(), b'text')

    def test_by_policy(self):
        self.put('key', b'text')
        self.s3.put_object_acl(Bucket=self.bucket, Key='key', AccessControlPolicy={
            'Owner': {'ID': self.main_id},
            'Grants': [
                {'Grantee': {'Type': 'AmazonCustomerByEmail', 'EmailAddress': harness.ALT_EMAIL},
                 'Permission': 'READ_ACP'},
                {'Grantee': {'Type': 'Group', 'URI': ALL_USERS}, 'Permission': 'READ'},
            ],
        })
        self.assertEqual(grants(self.s3.get_object_acl(Bucket=self.bucket, Key='key')),
                         sorted([(self.alt_id, 'READ_ACP'), (ALL_USERS, 'READ')]))
        self.assertEqual(self.alt.get_object_acl(Bucket=self.bucket, Key='key')['Owner']['ID'], self.main_id)

    def test_closes_to_others(self):
        self.put('key', b'text')
        self.assert_error(403, 'AccessDenied', self.alt.get_object, Bucket=self.bucket, Key='key')
        self.assert_error(403, '403', self.alt.head_object, Bucket=self.bucket, Key='key')
        self.assert_error(403, 'AccessDenied', self.alt.put_object, Bucket=self.bucket, Key='key', Body=b'changed')
        self.assert_error(403, 'AccessDenied', self.alt.delete_object, Bucket=self.bucket, Key='key')
        self.assertEqual(self.read('key'), b'text')
