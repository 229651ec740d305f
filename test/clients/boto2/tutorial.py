"""The tutorial's first half, step by step, in its own words (with Python 3's print and boto's delete_key)."""

import hashlib
from datetime import datetime, timezone

import boto
from boto.s3.connection import S3Connection
from boto.s3.key import Key

import harness
from connection import Boto2Case, both_signatures, connect, connect_anonymously


@both_signatures
class Tutorial(Boto2Case):
    def test_connects_by_class_and_by_shortcut(self):
        for factory in (S3Connection, boto.connect_s3):
            conn = connect(signature=self.signature, factory=factory)
            self.assertIsInstance(conn, S3Connection)
            self.assertEqual(conn.get_bucket(self.bucket.name).name, self.bucket.name)

    def test_connects_anonymously_to_public_files_only(self):
        self.put('public', 'for all', policy='public-read')
        self.put('private', 'for me')
        for factory in (S3Connection, boto.connect_s3):
            bucket = connect_anonymously(factory).get_bucket(self.bucket.name, validate=False)
            self.assertEqual(bucket.new_key('public').get_contents_as_string(), b'for all')
            self.assert_error(403, 'AccessDenied', bucket.new_key('private').get_contents_as_string)

    def test_get_bucket_checks_that_it_exists(self):
        name = harness.bucket_name('missing')
        self.assert_error(404, 'NoSuchBucket', self.connection.get_bucket, name)
        self.assertIsNone(self.connection.lookup(name))
        self.assertEqual(self.connection.get_bucket(self.bucket.name).name, self.bucket.name)
        self.assertIn(self.bucket.name, self.connection)

    def test_set_acl_for_bucket_and_for_key(self):
        listing, object = '/' + self.bucket.name, '/%s/foobar' % self.bucket.name
        self.put('foobar')
        self.assertEqual((harness.http_status('GET', listing), harness.http_status('GET', object)), (403, 403))
        self.bucket.set_acl('public-read')
        self.assertEqual((harness.http_status('GET', listing), harness.http_status('GET', object)), (200, 403))
        self.bucket.set_acl('private')
        self.bucket.set_acl('public-read', 'foobar')
        self.assertEqual((harness.http_status('GET', listing), harness.http_status('GET', object)), (403, 200))
        key = Key(self.bucket)
        key.key = 'foobar'
        key.set_acl('private')
        self.assertEqual((harness.http_status('GET', listing), harness.http_status('GET', object)), (403, 403))

    def test_lists_buckets_sorted_with_creation_dates(self):
        mine = [self.create_bucket(word).name for word in ('zebra', 'apple', 'm.iddle')] + [self.bucket.name]
        buckets = self.connection.get_all_buckets()
        names = [bucket.name for bucket in buckets]
        self.assertEqual(names, sorted(names))
        self.assertEqual([name for name in names if name in mine], sorted(mine))
        self.assertEqual(buckets[0].name, names[0])
        created = next(bucket.creation_date for bucket in buckets if bucket.name == self.bucket.name)
        self.assertRegex(created, r'^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$')
        age = datetime.now(timezone.utc) - datetime.strptime(created, '%Y-%m-%dT%H:%M:%S.%fZ').replace(
            tzinfo=timezone.utc)
        self.assertLess(abs(age.total_seconds()), 600)

    def test_stores_a_string(self):
        key = Key(self.bucket)
        key.key = 'this/whole/thing/is/a/key1'
        key.set_contents_from_string('This is my text')
        found = self.bucket.get_key('this/whole/thing/is/a/key1')
        self.assertEqual(found.size, 15)
        self.assertEqual(found.etag, '"088b19be96ab393523e1553cf8e871e4"')
        self.assertEqual(found.content_type, 'application/octet-stream')
        self.assertEqual(found.storage_class, 'STANDARD')
        self.assertRegex(found.last_modified, r'^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$')
        self.assertEqual(found.get_contents_as_string(), b'This is my text')

    def test_stores_a_file_and_a_filename(self):
        content = harness.patterned_bytes(300 * 1024)
        path = self.file('upload.html', content)
        key = self.bucket.new_key('from-file')
        with open(path, 'rb') as file:
            self.assertEqual(key.set_contents_from_file(file), len(content))
        named = self.bucket.new_key('from-filename')
        self.assertEqual(named.set_contents_from_filename(path), len(content))
        self.assertEqual(self.bucket.get_key('from-filename').content_type, 'text/html')
        for name in ('from-file', 'from-filename'):
            found = self.bucket.get_key(name)
            self.assertEqual(found.etag, '"%s"' % hashlib.md5(content).hexdigest())
            self.assertEqual(found.get_contents_as_string(), content)

    def test_stores_nothing_and_overwrites(self):
        self.put('twice', '')
        self.assertEqual(self.bucket.get_key('twice').size, 0)
        self.assertEqual(self.bucket.get_key('twice').get_contents_as_string(), b'')
        self.put('twice', 'second')
        self.assertEqual(self.bucket.get_key('twice').get_contents_as_string(), b'second')
        self.bucket.new_key('twice').set_contents_from_string('third', replace=False)
        self.assertEqual(self.bucket.get_key('twice').get_contents_as_string(), b'second')

    def test_refuses_a_body_that_is_not_what_was_announced(self):
        self.assert_error(400, 'BadDigest', self.put, 'damaged', 'sent',
                          md5=('1' * 32, 'EREREREREREREREREREREQ=='))
        self.assertIsNone(self.bucket.get_key('damaged'))

    def test_deletes_a_key_also_twice(self):
        self.put('foobar')
        self.bucket.delete_key('foobar')
        self.assertIsNone(self.bucket.get_key('foobar'))
        self.assertNotIn('foobar', self.bucket)
        self.bucket.delete_key('foobar')
        self.assert_error(404, 'NoSuchKey', self.bucket.new_key('foobar').get_contents_as_string)

    def test_gets_contents_in_every_way(self):
        content = harness.patterned_bytes(200 * 1024)
        self.put('some-file', content)
        key = self.bucket.new_key('some-file')
        with open(self.file('to-file'), 'wb') as file:
            key.get_contents_to_file(file)
        self.assertEqual(self.content('to-file'), content)
        key.get_contents_to_filename(self.file('to-filename'))
        self.assertEqual(self.content('to-filename'), content)
        with open(self.file('by-read'), 'wb') as file:
            for chunk in iter(lambda: key.read(4096), b''):
                file.write(chunk)
        self.assertEqual(self.content('by-read'), content)
        self.assertEqual(b''.join(self.bucket.get_key('some-file')), content)

    def test_gets_a_range(self):
        self.put('ten', '0123456789')

        def get(range):
            return self.bucket.new_key('ten').get_contents_as_string(headers={'Range': range})

        self.assertEqual((get('bytes=2-4'), get('bytes=7-'), get('bytes=-2'), get('bytes=8-99')),
                         (b'234', b'789', b'89', b'89'))
        self.assert_error(416, 'InvalidRange', get, 'bytes=10-')

    def test_gets_under_a_condition(self):
        self.put('conditional', 'text')
        etag = self.bucket.get_key('conditional').etag

        def get(**headers):
            headers = {name.replace('_', '-'): value for name, value in headers.items()}
            return self.bucket.new_key('conditional').get_contents_as_string(headers=headers)

        self.assertEqual(get(If_Match=etag), b'text')
        self.assert_error(412, 'PreconditionFailed', get, If_Match='"0"')
        self.assert_error(304, None, get, If_None_Match=etag)
        self.assertEqual(get(If_None_Match='"0"'), b'text')
        self.assert_error(304, None, get, If_Modified_Since=self.bucket.get_key('conditional').last_modified)
        self.assertEqual(get(If_Modified_Since='Thu, 01 Jan 2004 00:00:00 GMT'), b'text')
        self.assert_error(412, 'PreconditionFailed', get, If_Unmodified_Since='Thu, 01 Jan 2004 00:00:00 GMT')

    def test_copies_within_and_between_buckets(self):
        key = Key(self.bucket)
        key.key = 'this/is/a/file'
        key.set_contents_from_string('copied', headers={'Content-Type': 'text/x-tutorial'})
        other = self.create_bucket('other')
        for bucket in (self.bucket, other):
            copy = key.copy(bucket.name, 'this/is/a/newfile')
            self.assertEqual(copy.etag, harness.by_kind('"ac9f7584d3fd6d49faa7bcf5e1ebec1f"',
                                                        rgw='ac9f7584d3fd6d49faa7bcf5e1ebec1f'))
            found = bucket.get_key('this/is/a/newfile')
            self.assertEqual(found.content_type, 'text/x-tutorial')
            self.assertEqual(found.get_contents_as_string(), b'copied')
        self.assert_error(404, 'NoSuchKey', self.bucket.copy_key, 'new', self.bucket.name, 'missing')
        self.assert_error(404, 'NoSuchBucket', self.bucket.copy_key, 'new', harness.bucket_name('missing'), 'missing')

    def test_gets_the_access_control_policy(self):
        policy = self.bucket.get_acl()
        owner = self.connection.get_canonical_user_id()
        self.assertEqual(policy.owner.id, owner)
        self.assertEqual([(grant.permission, grant.type, grant.id) for grant in policy.acl.grants],
                         [('FULL_CONTROL', 'CanonicalUser', owner)])

    def test_does_not_delete_a_bucket_that_is_not_empty(self):
        bucket = self.connection.create_bucket(harness.bucket_name('full'))
        self.put('one', bucket=bucket)
        self.assert_error(409, 'BucketNotEmpty', bucket.delete)
        bucket.delete_key('one')
        bucket.delete()
        self.assert_error(404, 'NoSuchBucket', self.connection.get_bucket, bucket.name)
        self.assert_error(404, 'NoSuchBucket', self.connection.delete_bucket, bucket.name)

    def test_creates_its_own_bucket_again(self):
        self.put('kept', 'text')
        self.assertEqual(self.connection.create_bucket(self.bucket.name).name, self.bucket.name)
        self.assertEqual(self.bucket.get_key('kept').get_contents_as_string(), b'text')
        self.assertEqual(self.bucket.get_location(), harness.by_kind('', rgw='default'))

    def test_refuses_a_wrong_key(self):
        wrong_secret = connect(harness.ACCESS_KEY, harness.SECRET_KEY + 'x', self.signature)
        self.assert_error(403, 'SignatureDoesNotMatch', wrong_secret.get_all_buckets)
        stranger = connect('NOSUCHACCESSKEY00001', harness.SECRET_KEY, self.signature)
        self.assert_error(403, 'InvalidAccessKeyId', stranger.get_all_buckets)
