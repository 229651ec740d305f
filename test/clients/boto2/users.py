"""A second user: what belongs to one is closed to the other, until it is granted by id or by e-mail."""

import harness
from boto.exception import S3CreateError
from connection import Boto2Case, both_signatures


@both_signatures
class TwoUsers(Boto2Case):
    def setUp(self):
        super().setUp()
        self.main_id = self.connection.get_canonical_user_id()
        self.alt_id = self.alt.get_canonical_user_id()
        self.alt_bucket = self.alt.get_bucket(self.bucket.name, validate=False)

    def alt_key(self, name):
        return self.alt_bucket.new_key(name)

    def test_have_different_ids(self):
        self.assertNotEqual(self.main_id, self.alt_id)
        if harness.KIND != 'rgw':  # Ceph's canonical id is its uid.
            self.assertRegex(self.alt_id, '^[0-9a-f]{64}$')

    def test_see_their_own_buckets_only(self):
        theirs = self.create_bucket('theirs', self.alt)
        self.assertNotIn(theirs.name, [bucket.name for bucket in self.connection.get_all_buckets()])
        self.assertNotIn(self.bucket.name, [bucket.name for bucket in self.alt.get_all_buckets()])
        self.assertIn(theirs.name, [bucket.name for bucket in self.alt.get_all_buckets()])

    def test_share_one_namespace_of_buckets(self):
        with self.assertRaises(S3CreateError) as raised:
            self.alt.create_bucket(self.bucket.name)
        self.assertEqual((raised.exception.status, raised.exception.error_code), (409, 'BucketAlreadyExists'))

    def test_are_closed_to_each_other(self):
        self.put('secret', 'text')
        denied = (403, 'AccessDenied')
        self.assert_error(*denied, self.alt.head_bucket, self.bucket.name)
        self.assert_error(*denied, self.alt_bucket.get_all_keys)
        self.assert_error(*denied, self.alt_bucket.get_acl)
        self.assert_error(*denied, self.alt_bucket.set_acl, 'public-read')
        self.assert_error(*denied, self.alt_bucket.delete)
        self.assert_error(*denied, self.alt_key('secret').get_contents_as_string)
        self.assert_error(*denied, self.alt_key('secret').get_acl)
        self.assert_error(*denied, self.alt_key('secret').set_acl, 'public-read')
        self.assert_error(*denied, self.alt_key('new').set_contents_from_string, 'text')
        self.assert_error(*denied, self.alt_key('secret').delete)
        self.assert_error(*denied, self.alt_bucket.initiate_multipart_upload, 'new')
        self.assert_error(*denied, self.create_bucket('theirs', self.alt).copy_key, 'stolen', self.bucket.name,
                          'secret')
        if harness.KIND == 'rgw':
            self.assert_error(*denied, self.alt_bucket.delete_keys, ['secret'])
        else:  # AWS answers for each key.
            result = self.alt_bucket.delete_keys(['secret'])
            self.assertEqual([(error.key, error.code) for error in result.errors], [('secret', 'AccessDenied')])
        self.assertEqual(self.bucket.get_key('secret').get_contents_as_string(), b'text')

    def test_grant_by_id(self):
        self.put('shared', 'text').add_user_grant('READ', self.alt_id)
        self.assert_grants(self.bucket.get_key('shared'), [(self.main_id, 'FULL_CONTROL'), (self.alt_id, 'READ')])
        self.assertEqual(self.alt_key('shared').get_contents_as_string(), b'text')
        self.assertEqual(harness.http_status('GET', '/%s/shared' % self.bucket.name), 403)
        self.assert_error(403, 'AccessDenied', self.alt_key('shared').get_acl)

    def test_grant_by_email(self):
        self.bucket.add_email_grant('READ', harness.ALT_EMAIL)
        # The server keeps the id that the address stood for.
        self.assert_grants(self.bucket, [(self.main_id, 'FULL_CONTROL'), (self.alt_id, 'READ')])
        self.assertEqual([key.name for key in self.alt_bucket.list()], [])
        self.assert_error(400, 'UnresolvableGrantByEmailAddress', self.bucket.add_email_grant, 'READ',
                          'nobody@example.com')

    def test_grant_by_headers(self):
        self.put('shared', 'text', headers={
            'x-amz-grant-read': 'id="%s", uri="http://acs.amazonaws.com/groups/global/AuthenticatedUsers"'
                                % self.alt_id,
            'x-amz-grant-write-acp': 'emailAddress="%s"' % harness.ALT_EMAIL,
        })
        # Grants by headers are all there are: the owner is not added.
        self.assert_grants(self.bucket.get_key('shared'), [
            (self.alt_id, 'READ'),
            (self.alt_id, 'WRITE_ACP'),
            ('http://acs.amazonaws.com/groups/global/AuthenticatedUsers', 'READ'),
        ])
        self.assertEqual(self.alt_key('shared').get_contents_as_string(), b'text')

    def test_read_and_write_of_the_acl_are_rights_of_their_own(self):
        self.put('shared', 'text')
        self.bucket.get_key('shared').add_user_grant('READ_ACP', self.alt_id)
        self.assertEqual(self.alt_key('shared').get_acl().owner.id, self.main_id)
        self.assert_error(403, 'AccessDenied', self.alt_key('shared').get_contents_as_string)
        self.assert_error(403, 'AccessDenied', self.alt_key('shared').set_acl, 'public-read')
        self.bucket.get_key('shared').add_user_grant('WRITE_ACP', self.alt_id)
        self.alt_key('shared').set_acl('public-read')
        self.assertEqual(harness.http_request('GET', '/%s/shared' % self.bucket.name)[2], b'text')

    def test_an_object_belongs_to_who_wrote_it(self):
        self.bucket.add_user_grant('WRITE', self.alt_id)
        self.alt_key('gift').set_contents_from_string('theirs')
        self.assert_grants(self.alt_key('gift'), [(self.alt_id, 'FULL_CONTROL')])
        self.assertEqual([(key.name, key.owner.id) for key in self.bucket.list()], [('gift', self.alt_id)])
        self.assert_error(403, 'AccessDenied', self.bucket.new_key('gift').get_contents_as_string)
        self.assert_error(403, 'AccessDenied', self.alt_bucket.get_all_keys)
        # Whoever may write to the bucket may delete in it.
        self.bucket.delete_key('gift')
        self.assertEqual(list(self.bucket.list()), [])

    def test_a_missing_key_is_403_to_who_may_not_list(self):
        self.assert_error(403, 'AccessDenied', self.alt_key('missing').get_contents_as_string)
        self.bucket.add_user_grant('READ', self.alt_id)
        self.assert_error(404, 'NoSuchKey', self.alt_key('missing').get_contents_as_string)
