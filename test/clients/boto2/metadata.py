"""What is kept beside an object's bytes: the user's metadata, and the headers that a download answers with."""

import unittest

import harness
from connection import Boto2Case, both_signatures, connect


@both_signatures
class Metadata(Boto2Case):
    def fetch(self, name, bucket=None):
        """The key as a new connection sees it."""
        connection = connect(signature=self.signature)
        return connection.get_bucket((bucket or self.bucket).name).get_key(name)

    def put_with_metadata(self):
        key = self.bucket.new_key('has_metadata.txt')
        key.set_metadata('meta1', 'first value')
        key.set_metadata('meta2', 'second value')
        key.set_contents_from_string('some text', headers={'Content-Type': 'text/plain; charset=utf-8'})
        return key

    def test_survives_upload_and_a_new_connection(self):
        self.put_with_metadata()
        key = self.fetch('has_metadata.txt')
        self.assertEqual((key.get_metadata('meta1'), key.get_metadata('meta2')), ('first value', 'second value'))
        self.assertEqual(key.metadata, {'meta1': 'first value', 'meta2': 'second value'})
        self.assertIsNone(key.get_metadata('meta3'))
        self.assertEqual(key.content_type, 'text/plain; charset=utf-8')
        # The answer to a GET carries it too.
        again = self.bucket.new_key('has_metadata.txt')
        again.get_contents_as_string()
        self.assertEqual(again.metadata, {'meta1': 'first value', 'meta2': 'second value'})

    def test_survives_a_copy(self):
        other = self.create_bucket('other')
        self.put_with_metadata().copy(other.name, 'copied.txt')
        key = self.fetch('copied.txt', other)
        self.assertEqual(key.metadata, {'meta1': 'first value', 'meta2': 'second value'})
        self.assertEqual(key.content_type, 'text/plain; charset=utf-8')

    def test_is_replaced_by_a_copy_that_brings_its_own(self):
        self.put_with_metadata().copy(self.bucket.name, 'replaced.txt',
                                      metadata={'new': 'value', 'Content-Type': 'text/markdown'})
        key = self.fetch('replaced.txt')
        self.assertEqual(key.metadata, {'new': 'value'})
        self.assertEqual(key.content_type, 'text/markdown')
        self.assertEqual(key.get_contents_as_string(), b'some text')

    def test_changes_in_place(self):
        self.put_with_metadata()
        key = self.fetch('has_metadata.txt')
        key.set_remote_metadata({'meta3': 'third value'}, {'x-amz-meta-meta1'}, preserve_acl=True)
        self.assertEqual(self.fetch('has_metadata.txt').metadata, {'meta2': 'second value', 'meta3': 'third value'})

    def test_a_copy_onto_itself_must_change_something(self):
        key = self.put_with_metadata()
        self.assert_error(400, 'InvalidRequest', self.bucket.copy_key, key.name, self.bucket.name, key.name,
                          storage_class=None)

    def test_is_gone_after_an_overwrite_without_it(self):
        self.put_with_metadata()
        self.put('has_metadata.txt', 'plain')
        self.assertEqual(self.fetch('has_metadata.txt').metadata, {})

    def test_names_are_lower_case_and_text_may_be_any(self):
        key = self.bucket.new_key('any')
        key.set_metadata('MixedCase', 'Value')
        # Ceph turns `_` into `-`, and then finds that the signature is another one.
        signs = harness.by_kind('name-with_signs.1', rgw='name-with-signs.1')
        key.set_metadata(signs, 'a=b; "c", d')
        key.set_metadata('unicode', 'Zażółć gęślą jaźń 😀')
        key.set_contents_from_string('')
        self.assertEqual(self.fetch('any').metadata, {
            'mixedcase': 'Value',
            signs: 'a=b; "c", d',
            'unicode': 'Zażółć gęślą jaźń 😀',
        })

    def test_standard_headers_come_back_as_given(self):
        given = {
            'Cache-Control': 'public, max-age=3600',
            'Content-Disposition': 'attachment; filename="a b.txt"',
            'Content-Encoding': 'gzip',
            'Content-Language': 'de-AT',
            'Content-Type': 'text/plain',
            'Expires': 'Thu, 01 Dec 2039 16:00:00 GMT',
        }
        self.put('headers', 'not really gzip', headers=dict(given), policy='public-read')
        for method in ('GET', 'HEAD'):
            _, headers, _ = harness.http_request(method, '/%s/headers' % self.bucket.name)
            self.assertEqual({name: headers.get(name.lower()) for name in given}, given)
        key = self.fetch('headers')
        self.assertEqual((key.cache_control, key.content_disposition, key.content_encoding, key.content_language),
                         ('public, max-age=3600', 'attachment; filename="a b.txt"', 'gzip', 'de-AT'))

    @unittest.skipIf(harness.KIND == 'rgw', 'Ceph has another limit for metadata')
    def test_has_a_limit(self):
        key = self.bucket.new_key('too-much')
        key.set_metadata('long', 'x' * 2100)
        self.assert_error(400, 'MetadataTooLarge', key.set_contents_from_string, '')
