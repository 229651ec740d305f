"""Presigned URLs and forms, signed with both versions."""

import harness
from connection import Boto3Case, connect


class Presigned(Boto3Case):
    def clients(self):
        yield connect(signature_version='s3v4')
        yield connect(signature_version='s3')

    def test_get(self):
        self.put('a key/ü+', b'secret')
        for s3 in self.clients():
            url = s3.generate_presigned_url('get_object', {
                'Bucket': self.bucket, 'Key': 'a key/ü+', 'ResponseContentType': 'text/x-other'}, ExpiresIn=60)
            status, headers, body = harness.http_request('GET', url)
            self.assertEqual((status, headers['content-type'], body), (200, 'text/x-other', b'secret'))
            self.assertEqual(harness.http_status('GET', url.replace('text%2Fx-other', 'text%2Fhtml')), 403)

    def test_put(self):
        for s3 in self.clients():
            url = s3.generate_presigned_url('put_object', {
                'Bucket': self.bucket, 'Key': 'up', 'ContentType': 'text/plain'}, ExpiresIn=60)
            self.assertEqual(harness.http_status('PUT', url, b'first', {'Content-Type': 'text/plain'}), 200)
            self.assertEqual(harness.http_status('PUT', url, b'second', {'Content-Type': 'text/html'}), 403)
            found = self.get('up')
            self.assertEqual((found['Body'].read(), found['ContentType']), (b'first', 'text/plain'))

    def test_put_with_metadata(self):
        url = connect(signature_version='s3v4').generate_presigned_url('put_object', {
            'Bucket': self.bucket, 'Key': 'up', 'Metadata': {'by': 'url'}}, ExpiresIn=60)
        self.assertEqual(harness.http_status('PUT', url, b'text', {'x-amz-meta-by': 'url'}), 200)
        self.assertEqual(harness.http_status('PUT', url, b'text', {'x-amz-meta-by': 'other'}), 403)
        self.assertEqual(harness.http_status('PUT', url, b'text'), 403)
        self.assertEqual(self.get('up')['Metadata'], {'by': 'url'})

    def test_put_with_what_version_2_signs_into_the_url(self):
        if harness.KIND == 'rgw':
            self.skipTest('Ceph reads the key alone from such a URL')
        url = connect(signature_version='s3').generate_presigned_url('put_object', {
            'Bucket': self.bucket, 'Key': 'up', 'Metadata': {'by': 'url'}, 'ACL': 'public-read', 'Tagging': 'a=b',
            'StorageClass': 'STANDARD_IA', 'ContentMD5': 'HLJR7A1WjeapKbUgxK7Y0Q=='}, ExpiresIn=60)
        self.assertEqual(harness.http_status('PUT', url, b'other'), 400)
        self.assertEqual(harness.http_status('PUT', url, b'text'), 200)
        found = self.get('up')
        self.assertEqual((found['Metadata'], found['TagCount'], found['StorageClass']), ({'by': 'url'}, 1, 'STANDARD_IA'))
        self.assertEqual(harness.http_status('GET', '%s/%s/up' % (harness.ENDPOINT, self.bucket)), 200)
        copy = connect(signature_version='s3').generate_presigned_url('copy_object', {
            'Bucket': self.bucket, 'Key': 'copy', 'CopySource': self.bucket + '/up'}, ExpiresIn=60)
        self.assertEqual(harness.http_status('PUT', copy), 200)
        self.assertEqual(self.read('copy'), b'text')

    def test_post(self):
        for s3 in self.clients():
            form = s3.generate_presigned_post(self.bucket, 'posted/${filename}', {'acl': 'private'},
                                              [{'acl': 'private'}, ['content-length-range', 1, 10]], ExpiresIn=60)
            self.assertEqual(self.post(form, b'nine char'), 204)
            self.assertEqual(self.read('posted/file.txt'), b'nine char')
            self.assertEqual(self.post(form, b'eleven char'), 400)
            self.assertEqual(self.post({**form, 'fields': {**form['fields'], 'acl': 'public-read'}}, b'changed'), 403)
            self.assertEqual(self.read('posted/file.txt'), b'nine char')

    def post(self, form, content):
        boundary = '----stowage-test-boundary'
        fields = ''.join('--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (boundary, *field)
                         for field in form['fields'].items())
        head = '--%s\r\nContent-Disposition: form-data; name="file"; filename="file.txt"\r\n\r\n' % boundary
        body = (fields + head).encode() + content + ('\r\n--%s--\r\n' % boundary).encode()
        return harness.http_status('POST', form['url'], body,
                                   {'Content-Type': 'multipart/form-data; boundary=' + boundary})
