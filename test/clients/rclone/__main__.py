"""rclone, Debian's: `python3 test/clients/rclone [part of a name ...]`."""

import json
import os
import sys
import time

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import harness  # noqa: E402


class RcloneCase(harness.Case):
    def setUp(self):
        super().setUp()
        self.bucket = harness.bucket_name('rclone')
        self.rclone('mkdir', self.url())
        self.addCleanup(self.rclone, 'purge', self.url())

    def rclone(self, *arguments, expect=0, stdin=b''):
        options = ['--retries=1', '--low-level-retries=1', '--s3-upload-cutoff=6M', '--s3-chunk-size=5M']
        return self.run_command(['rclone', *options, *arguments], {
            'RCLONE_CONFIG': self.file('rclone.conf', b''),
            'RCLONE_CONFIG_TEST_TYPE': 's3',
            'RCLONE_CONFIG_TEST_PROVIDER': harness.by_kind('Other', rgw='Ceph'),
            'RCLONE_CONFIG_TEST_ENDPOINT': harness.ENDPOINT,
            'RCLONE_CONFIG_TEST_REGION': harness.REGION,
            'RCLONE_CONFIG_TEST_ACCESS_KEY_ID': harness.ACCESS_KEY,
            'RCLONE_CONFIG_TEST_SECRET_ACCESS_KEY': harness.SECRET_KEY,
        }, stdin, expect)

    def url(self, key=''):
        return 'test:%s/%s' % (self.bucket, key)

    def listed(self, key='', *options):
        return sorted(self.rclone('lsf', '-R', '--files-only', *options, self.url(key)).splitlines())

    def tree(self, name):
        """A folder with names that S3, file systems and URLs each treat in their own way."""
        for path in ('a', 'b/c', 'b/ü 😀', 'b/d/+ & %41', 'b.txt'):
            self.file(name + '/' + path, path.encode())
        return self.file(name)


class Commands(RcloneCase):
    def test_mkdir_lsd_rmdir(self):
        name = harness.bucket_name('second')
        self.rclone('mkdir', 'test:' + name)
        self.assertIn(name, [line.split()[-1] for line in self.rclone('lsd', 'test:').splitlines()])
        self.rclone('rmdir', 'test:' + name)
        self.assertNotIn(name, self.rclone('lsd', 'test:'))
        self.rclone('lsf', 'test:' + name, expect=3)  # "directory not found"
        self.rclone('copyto', self.file('up', b'text'), self.url('key'))
        self.rclone('rmdir', self.url(), expect=1)
        self.assertIn('BucketNotEmpty', self.stderr)

    def test_copy_and_check(self):
        tree = self.tree('tree')
        self.rclone('copy', tree, self.url('tree'))
        self.assertEqual(self.listed('tree'), ['a', 'b.txt', 'b/c', 'b/d/+ & %41', 'b/ü 😀'])
        self.rclone('check', tree, self.url('tree'))
        self.assertIn('5 matching files', self.stderr)
        self.file('tree/b/c', b'C/B')  # as long as before
        self.rclone('check', tree, self.url('tree'), expect=1)
        self.assertIn('1 differences found', self.stderr)
        self.rclone('copy', self.url('tree'), self.file('back'))
        self.assertEqual((self.content('back/b/c'), self.content('back/b/ü 😀')), (b'b/c', 'b/ü 😀'.encode()))

    def test_sync(self):
        tree = self.tree('tree')
        self.rclone('sync', tree, self.url('tree'))
        before = {entry['Path']: entry['ModTime'] for entry in json.loads(self.rclone('lsjson', '-R', self.url()))}
        self.rclone('sync', tree, self.url('tree'), '-v')
        self.assertIn('There was nothing to transfer', self.stderr)
        self.file('tree/b/c', b'changed')
        os.remove(self.file('tree/a'))
        self.rclone('sync', tree, self.url('tree'))
        self.rclone('check', tree, self.url('tree'))
        self.assertEqual(self.listed('tree'), ['b.txt', 'b/c', 'b/d/+ & %41', 'b/ü 😀'])
        after = {entry['Path']: entry['ModTime'] for entry in json.loads(self.rclone('lsjson', '-R', self.url()))}
        self.assertEqual(after['tree/b.txt'], before['tree/b.txt'])
        self.rclone('sync', self.url('tree'), self.file('copy'))
        self.rclone('check', tree, self.file('copy'))

    def test_the_time_of_a_file_is_kept(self):
        self.rclone('copyto', self.file('up', b'text'), self.url('key'))
        os.utime(self.file('up'), (1_000_000_000, 1_000_000_000))
        self.rclone('copyto', self.file('up'), self.url('key'))
        listed = json.loads(self.rclone('lsjson', self.url('key')))
        self.assertEqual(listed[0]['ModTime'][:19], '2001-09-09T01:46:40')
        self.rclone('touch', '--timestamp', '2002-02-02T02:02:02', self.url('key'))
        self.assertEqual(json.loads(self.rclone('lsjson', self.url('key')))[0]['ModTime'][:19], '2002-02-02T02:02:02')
        self.assertEqual(self.rclone('cat', self.url('key')), 'text')

    def test_in_parts(self):
        content = harness.patterned_bytes(17 * harness.MIB)
        self.rclone('copyto', self.file('up', content), self.url('large'))
        # The program keeps the MD5 of the whole itself: the ETag of parts is none.
        md5 = self.rclone('md5sum', self.url('large')).split()[0]
        self.assertEqual(self.rclone('md5sum', self.file('up')).split()[0], md5)
        # Copied by the server: in parts, as it is above the cutoff.
        self.rclone('copyto', '--s3-copy-cutoff=6M', self.url('large'), self.url('copy'))
        self.rclone('copyto', self.url('copy'), self.file('down'))
        self.assertEqual(self.content('down'), content)
        self.assertEqual(self.rclone('backend', 'list-multipart-uploads', self.url()).split(),
                         ['{', '"%s":' % self.bucket, '[]', '}'])

    def test_from_and_to_a_pipe(self):
        self.rclone('rcat', self.url('piped'), stdin=b'from a pipe')
        self.assertEqual(self.rclone('cat', self.url('piped')), 'from a pipe')
        self.assertEqual(self.rclone('cat', '--offset=5', '--count=3', self.url('piped')), 'a p')
        content = harness.patterned_bytes(6 * harness.MIB)
        self.rclone('rcat', self.url('large'), stdin=content)
        self.rclone('copyto', self.url('large'), self.file('down'))
        self.assertEqual(self.content('down'), content)

    def test_move_and_delete(self):
        self.rclone('moveto', self.file('local', b'moved'), self.url('first'))
        self.rclone('moveto', self.url('first'), self.url('folder/second'))
        self.assertEqual(self.listed(), ['folder/second'])
        self.rclone('moveto', self.url('folder/second'), self.file('back'))
        self.assertEqual(self.content('back'), b'moved')
        self.rclone('copy', self.tree('tree'), self.url())
        self.rclone('deletefile', self.url('a'))
        self.rclone('delete', '--include', '*.txt', self.url())
        self.rclone('purge', self.url('b/d'))
        self.assertEqual(self.listed(), ['b/c', 'b/ü 😀'])

    def test_link(self):
        self.rclone('rcat', self.url('a key +'), stdin=b'secret')
        url = self.rclone('link', '--expire=60s', self.url('a key +')).strip()
        self.assertEqual(harness.http_request('GET', url)[2], b'secret')

    def test_acl(self):
        self.rclone('copyto', '--s3-acl=public-read', self.file('up', b'text'), self.url('open'))
        self.rclone('copyto', self.file('up'), self.url('closed'))
        self.assertEqual(harness.http_request('GET', '/%s/open' % self.bucket)[2], b'text')
        self.assertEqual(harness.http_status('GET', '/%s/closed' % self.bucket), 403)

    def test_headers_and_storage_class(self):
        self.rclone('copyto', '--header-upload=Cache-Control: max-age=60', '--metadata-set=by=rclone', '--metadata',
                    '--s3-storage-class=STANDARD_IA', self.file('up.html', b'<p>'), self.url('page.html'))
        entry = json.loads(self.rclone('lsjson', '--metadata', self.url('page.html')))[0]
        self.assertEqual((entry['MimeType'].split(';')[0], entry['Metadata']['by'], entry['Metadata']['cache-control'],
                          entry.get('Tier')), ('text/html', 'rclone', 'max-age=60', 'STANDARD_IA'))


class Versions(RcloneCase):
    def setUp(self):
        super().setUp()
        self.rclone('backend', 'versioning', self.url(), 'Enabled')
        self.addCleanup(self.remove_versions)

    def remove_versions(self):
        self.rclone('delete', self.url())
        self.rclone('backend', 'cleanup-hidden', self.url())

    def upload_versions(self, *contents):
        """The program names a version by its time, which S3 lists in whole seconds: each gets a second of its own."""
        for number, content in enumerate(contents):
            if number > 0:
                time.sleep(1)
            self.rclone('copyto', self.file('up', content), self.url('key'))

    def test_what_was_overwritten_and_deleted_is_there(self):
        # Printed as it is by 1.60, as JSON by later ones.
        self.assertEqual(self.rclone('backend', 'versioning', self.url()).strip().strip('"'), 'Enabled')
        self.upload_versions(b'one', b'three', b'fifteen')
        self.rclone('deletefile', self.url('key'))
        self.assertEqual(self.listed(), [])
        versions = json.loads(self.rclone('lsjson', '--s3-versions', self.url()))
        self.assertEqual(sorted(entry['Size'] for entry in versions), [3, 5, 7])
        oldest = next(entry['Path'] for entry in versions if entry['Size'] == 3)
        self.assertRegex(oldest, r'^key-v\d{4}-')
        self.assertEqual(self.rclone('cat', '--s3-versions', self.url(oldest)), 'one')

    def test_a_copy_of_all_versions(self):
        self.upload_versions(b'one', b'three')
        self.rclone('copy', '--s3-versions', self.url(), self.file('copies'))
        self.assertEqual(sorted(os.path.getsize(self.file('copies/' + name)) for name in os.listdir(self.file('copies'))),
                         [3, 5])


harness.main('rclone', sys.modules[__name__])
