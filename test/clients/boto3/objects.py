"""Objects: bodies, checksums, ranges, conditions, copies, metadata."""

import io
import unittest

import harness
from connection import Boto3Case, connect

# The published check values: of "123456789".
CRC32 = 'y/Q5Jg=='
CRC32C = '4waSgw=='
SHA256 = 'FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU='

unsupported_by_ceph_16 = unittest.skipIf(harness.KIND == 'rgw', 'Ceph 16 is older than this part of S3')


class Bodies(Boto3Case):
    def test_put_get_head_delete(self):
        answer = self.put('key', b'some text', ContentType='text/plain', Metadata={'meta1': 'first value'})
        self.assertEqual(answer['ETag'], '"552e21cd4cd9918678e3c1a0df491bc3"')
        answer = self.get('key')
        self.assertEqual(answer['Body'].read(), b'some text')
        head = self.s3.head_object(Bucket=self.bucket, Key='key')
        for found in (answer, head):
            self.assertEqual((found['ContentLength'], found['ContentType'], found['ETag'], found['Metadata']),
                             (9, 'text/plain', '"552e21cd4cd9918678e3c1a0df491bc3"', {'meta1': 'first value'}))
            self.assertEqual(found['AcceptRanges'], 'bytes')
        self.assertEqual(self.s3.delete_object(Bucket=self.bucket, Key='key')['ResponseMetadata']['HTTPStatusCode'],
                         204)
        self.assert_error(404, 'NoSuchKey', self.get, key='key')
        self.assert_error(404, '404', self.s3.head_object, Bucket=self.bucket, Key='key')

    def test_of_every_kind(self):
        large = harness.patterned_bytes(3 * harness.MIB + 1)
        for body in (b'', b'bytes', large, io.BytesIO(large)):
            self.put('key', body)
            expected = body if isinstance(body, bytes) else large
            self.assertEqual(self.read('key'), expected)

    def test_of_a_file(self):
        content = harness.patterned_bytes(100_000)
        self.s3.upload_file(self.file('up', content), self.bucket, 'key', ExtraArgs={'ContentType': 'text/x-up'})
        self.s3.download_file(self.bucket, 'key', self.file('down'))
        self.assertEqual(self.content('down'), content)
        self.assertEqual(self.s3.head_object(Bucket=self.bucket, Key='key')['ContentType'], 'text/x-up')

    def test_signed_by_version_two(self):
        s3 = connect(signature_version='s3')
        s3.put_object(Bucket=self.bucket, Key='a key/ü', Body=b'text')
        self.assertEqual(s3.get_object(Bucket=self.bucket, Key='a key/ü')['Body'].read(), b'text')

    def test_with_a_signed_body(self):
        """Over plain HTTP the SHA-256 of the body is signed when no checksum stands in its place."""
        s3 = connect(request_checksum_calculation='when_required', response_checksum_validation='when_required')
        s3.put_object(Bucket=self.bucket, Key='key', Body=b'text')
        self.assertEqual(s3.get_object(Bucket=self.bucket, Key='key')['Body'].read(), b'text')


class Ranges(Boto3Case):
    def test_of_an_object(self):
        self.put('ten', b'0123456789')
        for range, content_range, content in (
            ('bytes=0-0', 'bytes 0-0/10', b'0'),
            ('bytes=3-5', 'bytes 3-5/10', b'345'),
            ('bytes=7-', 'bytes 7-9/10', b'789'),
            ('bytes=-3', 'bytes 7-9/10', b'789'),
            ('bytes=5-100', 'bytes 5-9/10', b'56789'),
        ):
            answer = self.get('ten', Range=range)
            self.assertEqual((answer['ResponseMetadata']['HTTPStatusCode'], answer['ContentRange'],
                              answer['Body'].read()), (206, content_range, content))
        self.assert_error(416, 'InvalidRange', self.get, key='ten', Range='bytes=10-')


class Conditions(Boto3Case):
    def test_of_reading(self):
        etag = self.put('key', b'text')['ETag']
        modified = self.get('key')['LastModified']
        self.assertEqual(self.read('key', IfMatch=etag), b'text')
        self.assert_error(412, 'PreconditionFailed', self.get, key='key', IfMatch='"0"')
        self.assert_error(304, '304', self.get, key='key', IfNoneMatch=etag)
        self.assert_error(304, '304', self.get, key='key', IfModifiedSince=modified)
        self.assertEqual(self.read('key', IfUnmodifiedSince=modified), b'text')
        self.assert_error(412, '412', self.s3.head_object, Bucket=self.bucket, Key='key', IfMatch='"0"')

    @unsupported_by_ceph_16
    def test_of_writing(self):
        etag = self.put('key', b'first', IfNoneMatch='*')['ETag']
        self.assert_error(412, 'PreconditionFailed', self.put, key='key', body=b'second', IfNoneMatch='*')
        self.assert_error(412, 'PreconditionFailed', self.put, key='key', body=b'second', IfMatch='"0"')
        self.assertEqual(self.read('key'), b'first')
        self.put('key', b'second', IfMatch=etag)
        self.assertEqual(self.read('key'), b'second')
        self.assert_error(404, 'NoSuchKey', self.put, key='missing', body=b'text', IfMatch='"0"')

    def test_of_copying(self):
        etag = self.put('key', b'text')['ETag']
        source = {'Bucket': self.bucket, 'Key': 'key'}
        self.s3.copy_object(Bucket=self.bucket, Key='copy', CopySource=source, CopySourceIfMatch=etag)
        if harness.KIND == 'rgw':  # Ceph 16 copies all the same.
            return
        for condition in ({'CopySourceIfMatch': '"0"'}, {'CopySourceIfNoneMatch': etag}):
            self.assert_error(412, 'PreconditionFailed', self.s3.copy_object, Bucket=self.bucket, Key='copy',
                              CopySource=source, **condition)


class Checksums(Boto3Case):
    """boto3 sends a CRC-32 in a trailer by default, and verifies what comes back."""

    @unsupported_by_ceph_16
    def test_by_default(self):
        answer = self.put('key', b'123456789')
        self.assertEqual((answer['ChecksumCRC32'], answer['ChecksumType']), (CRC32, 'FULL_OBJECT'))
        found = self.get('key', ChecksumMode='ENABLED')
        self.assertEqual((found['ChecksumCRC32'], found['Body'].read()), (CRC32, b'123456789'))
        head = self.s3.head_object(Bucket=self.bucket, Key='key', ChecksumMode='ENABLED')
        self.assertEqual(head['ChecksumCRC32'], CRC32)
        self.assertNotIn('ChecksumCRC32', self.s3.head_object(Bucket=self.bucket, Key='key'))

    @unsupported_by_ceph_16
    def test_of_a_stream_go_into_the_trailer(self):
        content = harness.patterned_bytes(200_000)
        self.put('key', io.BytesIO(content))
        found = self.get('key', ChecksumMode='ENABLED')
        self.assertEqual(found['Body'].read(), content)
        self.assertRegex(found['ChecksumCRC32'], '^[A-Za-z0-9+/]{6}==$')
        self.assertNotIn('ContentEncoding', found)

    @unsupported_by_ceph_16
    def test_by_other_algorithms(self):
        for algorithm, field, value in (('CRC32C', 'ChecksumCRC32C', CRC32C), ('SHA256', 'ChecksumSHA256', SHA256),
                                        ('SHA1', 'ChecksumSHA1', '98O8HYCOBHMq32eZZczDTKeuNEE=')):
            if algorithm == 'CRC32C':  # Needs a library of its own; the value is sent as it is.
                answer = self.put('key', b'123456789', ChecksumCRC32C=value)
            else:
                answer = self.put('key', b'123456789', ChecksumAlgorithm=algorithm)
            self.assertEqual(answer[field], value)
            self.assertEqual(self.get('key', ChecksumMode='ENABLED')[field], value)

    @unsupported_by_ceph_16
    def test_by_the_algorithms_of_2026(self):
        sha512 = '2eZ2LdHI6vbWGzxhkvxAjU1tXxF20MKRabwk5xw/J0rSf81YEbMT1oH35V7ALXPUmclUVba1u1A6z1dPuo/+hQ=='
        if 'ChecksumSHA512' not in self.s3.meta.service_model.shape_for('PutObjectRequest').members:
            self.skipTest('this boto3 is older')
        self.assertEqual(self.put('key', b'123456789', ChecksumAlgorithm='SHA512')['ChecksumSHA512'], sha512)
        for field, value in (('ChecksumSHA512', sha512), ('ChecksumMD5', 'JfnnlDI7RTiF9RgfG2JNCw=='),
                             ('ChecksumXXHASH64', 'jLhB20DmroM=')):
            self.assertEqual(self.put('key', b'123456789', **{field: value})[field], value)
            found = self.get('key', ChecksumMode='ENABLED')
            self.assertEqual((found[field], found['Body'].read()), (value, b'123456789'))
            self.assert_error(400, 'BadDigest', self.put, key='key', body=b'12345678', **{field: value})

    @unsupported_by_ceph_16
    def test_that_are_wrong_are_refused(self):
        self.assert_error(400, 'BadDigest', self.put, key='key', body=b'123456789', ChecksumCRC32='AAAAAA==')
        self.assert_error(404, 'NoSuchKey', self.get, key='key')

    def test_content_md5(self):
        self.put('key', b'text', ContentMD5='HLJR7A1WjeapKbUgxK7Y0Q==')
        self.assert_error(400, 'InvalidDigest', self.put, key='key', body=b'text', ContentMD5='bad')
        self.assert_error(400, 'BadDigest', self.put, key='key', body=b'other',
                          ContentMD5='HLJR7A1WjeapKbUgxK7Y0Q==')
        self.assertEqual(self.read('key'), b'text')


class Copies(Boto3Case):
    def setUp(self):
        super().setUp()
        self.put('source key/ü+', b'copied', ContentType='text/x-source', Metadata={'meta1': 'first value'})
        self.source = {'Bucket': self.bucket, 'Key': 'source key/ü+'}

    def test_keep_metadata(self):
        answer = self.s3.copy_object(Bucket=self.bucket, Key='copy', CopySource=self.source)
        self.assertEqual(answer['CopyObjectResult']['ETag'].strip('"'), 'ac9f7584d3fd6d49faa7bcf5e1ebec1f')
        found = self.get('copy')
        self.assertEqual((found['Body'].read(), found['ContentType'], found['Metadata']),
                         (b'copied', 'text/x-source', {'meta1': 'first value'}))

    def test_replace_metadata(self):
        self.s3.copy_object(Bucket=self.bucket, Key='copy', CopySource=self.source, MetadataDirective='REPLACE',
                            ContentType='text/x-copy', Metadata={'other': 'value'})
        found = self.get('copy')
        self.assertEqual((found['ContentType'], found['Metadata']), ('text/x-copy', {'other': 'value'}))

    def test_of_nothing(self):
        self.assert_error(404, 'NoSuchKey', self.s3.copy_object, Bucket=self.bucket, Key='copy',
                          CopySource={'Bucket': self.bucket, 'Key': 'missing'})

    def test_managed(self):
        self.s3.copy(self.source, self.bucket, 'managed')
        self.assertEqual(self.read('managed'), b'copied')


class Headers(Boto3Case):
    def test_are_kept(self):
        given = {'CacheControl': 'max-age=60', 'ContentDisposition': 'attachment; filename="x"',
                 'ContentEncoding': 'identity', 'ContentLanguage': 'fr', 'ContentType': 'text/css'}
        self.put('key', b'text', **given)
        found = self.s3.head_object(Bucket=self.bucket, Key='key')
        self.assertEqual({name: found.get(name) for name in given}, given)

    def test_are_overridden_in_the_answer(self):
        self.put('key', b'text')
        found = self.get('key', ResponseContentType='text/x-other', ResponseCacheControl='no-store')
        self.assertEqual((found['ContentType'], found['CacheControl']), ('text/x-other', 'no-store'))
