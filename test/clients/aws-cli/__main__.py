"""Amazon's command line, $STOWAGE_TEST_AWS or `aws`: `python3 test/clients/aws-cli [part of a name ...]`."""

import json
import os
import sys

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import harness  # noqa: E402

AWS = os.environ.get('STOWAGE_TEST_AWS', 'aws')


class AwsCase(harness.Case):
    def setUp(self):
        super().setUp()
        self.bucket = harness.bucket_name('aws')
        self.aws('s3', 'mb', 's3://' + self.bucket)
        self.addCleanup(self.aws, 's3', 'rb', '--force', 's3://' + self.bucket)

    def aws(self, *arguments, expect=0, stdin=b'', access_key=harness.ACCESS_KEY, secret_key=harness.SECRET_KEY):
        return self.run_command([AWS, '--endpoint-url', harness.ENDPOINT, '--region', harness.REGION, *arguments], {
            'AWS_ACCESS_KEY_ID': access_key, 'AWS_SECRET_ACCESS_KEY': secret_key, 'AWS_MAX_ATTEMPTS': '1',
            'AWS_EC2_METADATA_DISABLED': 'true', 'AWS_PAGER': ''}, stdin, expect)

    def api(self, operation, *arguments, **options):
        """`aws s3api` on the test's bucket, and its answer."""
        output = self.aws('s3api', operation, '--bucket', self.bucket, '--output', 'json', *arguments, **options)
        return json.loads(output) if output else {}

    def url(self, key=''):
        return 's3://%s/%s' % (self.bucket, key)

    def listed(self, *arguments):
        """The last column of `aws s3 ls`."""
        return [line.split(None, 3)[-1] if line[:1].isdigit() else line.strip()
                for line in self.aws('s3', 'ls', *arguments).splitlines()]


class Commands(AwsCase):
    def test_mb_ls_rb(self):
        name = harness.bucket_name('second')
        self.assertEqual(self.aws('s3', 'mb', 's3://' + name), 'make_bucket: %s\n' % name)
        self.assertIn(name, self.aws('s3', 'ls'))
        self.assertEqual(self.aws('s3', 'rb', 's3://' + name), 'remove_bucket: %s\n' % name)
        self.assertNotIn(name, self.aws('s3', 'ls'))
        self.aws('s3', 'cp', '-', self.url('full'), stdin=b'text')
        self.aws('s3', 'rb', 's3://' + self.bucket, expect=1)
        if harness.KIND != 'rgw':  # Ceph gives no message, and the program falls over that.
            self.assertIn('BucketNotEmpty', self.stderr)

    def test_cp_up_and_down(self):
        content = harness.patterned_bytes(100_000)
        self.aws('s3', 'cp', self.file('up.txt', content), self.url('folder/ü +.txt'),
                 '--metadata', 'meta1=first value')
        head = self.api('head-object', '--key', 'folder/ü +.txt')
        self.assertEqual((head['ContentLength'], head['ContentType'], head['Metadata']),
                         (100_000, 'text/plain', {'meta1': 'first value'}))
        self.aws('s3', 'cp', self.url('folder/ü +.txt'), self.file('down.txt'))
        self.assertEqual(self.content('down.txt'), content)

    def test_cp_from_and_to_a_pipe(self):
        self.aws('s3', 'cp', '-', self.url('piped'), stdin=b'from a pipe')
        self.assertEqual(self.aws('s3', 'cp', self.url('piped'), '-'), 'from a pipe')

    def test_cp_in_parts(self):
        content = harness.patterned_bytes(20 * harness.MIB + 1)
        self.aws('s3', 'cp', '--only-show-errors', self.file('large', content), self.url('large'))
        self.assertRegex(self.api('head-object', '--key', 'large')['ETag'], '-3"$')
        self.aws('s3', 'cp', '--only-show-errors', self.url('large'), self.url('copy'))
        self.aws('s3', 'cp', '--only-show-errors', self.url('copy'), self.file('down'))
        self.assertEqual(self.content('down'), content)

    def test_cp_of_a_missing_key(self):
        self.aws('s3', 'cp', self.url('missing'), self.file('down'), expect=1)
        self.assertIn('404', self.stderr)

    def test_cp_ls_rm_recursively(self):
        for name in ('a.txt', 'b/1.txt', 'b/2.txt', 'b/c/3.log'):
            self.file('tree/' + name, name.encode())
        self.aws('s3', 'cp', '--recursive', self.file('tree'), self.url('tree'))
        self.assertEqual(self.listed(self.url('tree/')), ['PRE b/', 'a.txt'])
        self.assertEqual(self.listed('--recursive', self.url()),
                         ['tree/a.txt', 'tree/b/1.txt', 'tree/b/2.txt', 'tree/b/c/3.log'])
        self.aws('s3', 'rm', '--recursive', self.url('tree/b'), '--exclude', '*.log')
        self.assertEqual(self.listed('--recursive', self.url()), ['tree/a.txt', 'tree/b/c/3.log'])

    def test_mv(self):
        self.aws('s3', 'mv', self.file('local', b'moved'), self.url('first'))
        self.aws('s3', 'mv', self.url('first'), self.url('second'))
        self.assertEqual(self.listed(self.url()), ['second'])
        self.aws('s3', 'mv', self.url('second'), self.file('back'))
        self.assertEqual(self.content('back'), b'moved')
        self.assertEqual(self.aws('s3', 'ls', self.url()), '')

    def test_sync_both_ways(self):
        for name in ('a', 'b/c', 'b/ü'):
            self.file('site/' + name, name.encode())
        self.assertEqual(self.aws('s3', 'sync', self.file('site'), self.url('site')).count('upload: '), 3)
        self.assertEqual(self.aws('s3', 'sync', self.file('site'), self.url('site')), '')
        self.file('site/b/c', b'changed in length')
        os.remove(self.file('site/a'))
        output = self.aws('s3', 'sync', '--delete', self.file('site'), self.url('site'))
        self.assertEqual((output.count('upload: '), output.count('delete: ')), (1, 1))
        self.aws('s3', 'sync', self.url('site'), self.file('copy'))
        self.assertEqual((self.content('copy/b/c'), self.content('copy/b/ü')), (b'changed in length', 'b/ü'.encode()))
        self.assertFalse(os.path.exists(self.file('copy/a')))

    def test_presign(self):
        self.aws('s3', 'cp', '-', self.url('a key'), stdin=b'secret')
        url = self.aws('s3', 'presign', self.url('a key'), '--expires-in', '60').strip()
        self.assertEqual(harness.http_request('GET', url)[2], b'secret')


class Api(AwsCase):
    def test_acl(self):
        self.aws('s3', 'cp', '-', self.url('key'), '--acl', 'public-read', stdin=b'text')
        path = '/%s/key' % self.bucket
        self.assertEqual(harness.http_status('GET', path), 200)
        self.api('put-object-acl', '--key', 'key', '--acl', 'private')
        self.assertEqual(harness.http_status('GET', path), 403)
        alt_id = json.loads(self.aws('s3api', 'list-buckets', '--output', 'json', access_key=harness.ALT_ACCESS_KEY,
                                     secret_key=harness.ALT_SECRET_KEY))['Owner']['ID']
        self.api('put-object-acl', '--key', 'key', '--grant-read', 'id=' + alt_id)
        self.assertEqual([(grant['Grantee']['ID'], grant['Permission'])
                          for grant in self.api('get-object-acl', '--key', 'key')['Grants']], [(alt_id, 'READ')])
        self.api('put-bucket-acl', '--acl', 'public-read')
        self.assertEqual(harness.http_status('GET', '/' + self.bucket), 200)

    def test_objects(self):
        body = self.file('body', b'0123456789')
        put = self.api('put-object', '--key', 'dir/key', '--body', body, '--content-type', 'text/x-ten')
        self.assertEqual(put['ETag'], '"781e5e245d69b566979b86e28d23f2c7"')
        got = self.api('get-object', '--key', 'dir/key', '--range', 'bytes=2-4', self.file('part'))
        self.assertEqual((got['ContentRange'], got['ContentType'], self.content('part')),
                         ('bytes 2-4/10', 'text/x-ten', b'234'))
        self.api('copy-object', '--key', 'copy', '--copy-source', self.bucket + '/dir/key')
        listed = self.api('list-objects-v2', '--delimiter', '/')
        self.assertEqual(([entry['Key'] for entry in listed['Contents']],
                          [entry['Prefix'] for entry in listed['CommonPrefixes']]), (['copy'], ['dir/']))
        self.api('delete-objects', '--delete', '{"Objects": [{"Key": "copy"}, {"Key": "dir/key"}]}')
        self.assertNotIn('Contents', self.api('list-objects-v2'))
        self.api('head-object', '--key', 'copy', expect=self.error_code())
        self.assertIn('404', self.stderr)

    def error_code(self):
        """What the program returns for an error of the server: 255 in version 1, 254 in version 2."""
        return 254 if self.aws('--version').startswith('aws-cli/2') else 255

    def test_multipart(self):
        upload_id = self.api('create-multipart-upload', '--key', 'parts')['UploadId']
        part = self.api('upload-part', '--key', 'parts', '--upload-id', upload_id, '--part-number', '1', '--body',
                        self.file('body', b'one part'))
        self.assertEqual(self.api('list-parts', '--key', 'parts', '--upload-id', upload_id)['Parts'][0]['Size'], 8)
        self.api('complete-multipart-upload', '--key', 'parts', '--upload-id', upload_id, '--multipart-upload',
                 json.dumps({'Parts': [{'PartNumber': 1, 'ETag': part['ETag']}]}))
        self.assertEqual(self.aws('s3', 'cp', self.url('parts'), '-'), 'one part')


harness.main(os.environ.get('STOWAGE_TEST_SUITE', 'aws-cli'), sys.modules[__name__])
