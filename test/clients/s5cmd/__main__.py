"""s5cmd, $STOWAGE_TEST_S5CMD or `s5cmd`: `python3 test/clients/s5cmd [part of a name ...]`."""

import json
import os
import sys

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import harness  # noqa: E402

S5CMD = os.environ.get('STOWAGE_TEST_S5CMD', 's5cmd')


class S5cmdCase(harness.Case):
    def setUp(self):
        super().setUp()
        self.bucket = harness.bucket_name('s5cmd')
        self.s5cmd('mb', self.url())
        self.addCleanup(self.s5cmd, 'rb', self.url())
        self.addCleanup(self.remove_objects)

    def remove_objects(self):
        if self.s5cmd('ls', self.url(), expect=None):
            self.s5cmd('rm', self.url('*'))

    def s5cmd(self, *arguments, expect=0, stdin=b''):
        return self.run_command([S5CMD, '--endpoint-url', harness.ENDPOINT, '--retry-count', '0', *arguments], {
            'AWS_ACCESS_KEY_ID': harness.ACCESS_KEY, 'AWS_SECRET_ACCESS_KEY': harness.SECRET_KEY,
            'AWS_REGION': harness.REGION}, stdin, expect)

    def url(self, key=''):
        return 's3://%s/%s' % (self.bucket, key)

    def listed(self, key=''):
        """Keys by `s5cmd --json ls`."""
        lines = self.s5cmd('--json', 'ls', self.url(key)).splitlines()
        return sorted(json.loads(line)['key'][len(self.url()):] for line in lines)


class Commands(S5cmdCase):
    def test_mb_ls_rb(self):
        name = harness.bucket_name('second')
        self.s5cmd('mb', 's3://' + name)
        self.assertIn('s3://%s\n' % name, self.s5cmd('ls'))
        self.s5cmd('rb', 's3://' + name)
        self.assertNotIn(name, self.s5cmd('ls'))
        self.s5cmd('cp', self.file('up', b'text'), self.url('key'))
        self.s5cmd('rb', self.url(), expect=1)
        self.assertIn('BucketNotEmpty', self.stderr)

    def test_cp_up_and_down(self):
        content = harness.patterned_bytes(100_000)
        self.s5cmd('cp', '--metadata', 'by=s5cmd', '--cache-control', 'max-age=60', '--storage-class', 'STANDARD_IA',
                   self.file('up.html', content), self.url('folder/ü +.html'))
        head = json.loads(self.s5cmd('head', self.url('folder/ü +.html')))
        self.assertEqual((head['content_type'].split(';')[0], head['size'], head['storage_class'],
                          {name.lower(): value for name, value in head['metadata'].items()}),
                         ('text/html', 100_000, 'STANDARD_IA', {'by': 's5cmd'}))
        self.s5cmd('cp', self.url('folder/ü +.html'), self.file('down'))
        self.assertEqual(self.content('down'), content)
        self.assertEqual(self.s5cmd('cat', self.url('folder/ü +.html')), content.decode())

    def test_cp_in_parts(self):
        content = harness.patterned_bytes(17 * harness.MIB)
        self.s5cmd('cp', '--part-size', '5', self.file('up', content), self.url('large'))
        self.assertEqual(self.s5cmd('ls', '--show-fullpath', self.url('large')).strip(), self.url('large'))
        self.s5cmd('cp', self.url('large'), self.url('copy'))
        self.s5cmd('cp', '--part-size', '5', self.url('copy'), self.file('down'))  # parts at once, by ranges
        self.assertEqual(self.content('down'), content)

    def test_many_by_a_pattern(self):
        for name in ('a.txt', 'b/1.txt', 'b/2.log', 'b/c/3.txt'):
            self.file('tree/' + name, name.encode())
        self.s5cmd('cp', self.file('tree') + '/*', self.url('tree/'))
        self.assertEqual(self.listed('*'), ['tree/a.txt', 'tree/b/1.txt', 'tree/b/2.log', 'tree/b/c/3.txt'])
        self.assertEqual(self.listed('tree/*.txt'), ['tree/a.txt', 'tree/b/1.txt', 'tree/b/c/3.txt'])
        self.s5cmd('cp', '--exclude', '*.log', self.url('tree/*'), self.file('back') + '/')
        self.assertEqual(self.content('back/b/c/3.txt'), b'b/c/3.txt')
        self.assertFalse(os.path.exists(self.file('back/b/2.log')))
        self.assertRegex(self.s5cmd('du', self.url('tree/*')), r'^28 bytes in 4 objects')
        self.s5cmd('rm', self.url('tree/b/*'))
        self.assertEqual(self.listed('*'), ['tree/a.txt'])

    def test_mv(self):
        self.s5cmd('mv', self.file('local', b'moved'), self.url('first'))
        self.s5cmd('mv', self.url('first'), self.url('second'))
        self.assertEqual(self.listed('*'), ['second'])
        self.s5cmd('mv', self.url('second'), self.file('back'))
        self.assertEqual(self.content('back'), b'moved')

    def test_sync(self):
        for name in ('a', 'b/c', 'b/ü'):
            self.file('site/' + name, name.encode())
        site = self.file('site') + '/'
        self.assertEqual(self.s5cmd('sync', site, self.url('site/')).count('cp '), 3)
        self.assertEqual(self.s5cmd('sync', site, self.url('site/')), '')
        self.file('site/b/c', b'changed')
        os.remove(self.file('site/a'))
        output = self.s5cmd('sync', '--delete', site, self.url('site/'))
        self.assertEqual((output.count('cp '), output.count('rm ')), (1, 1))
        self.s5cmd('sync', self.url('site/*'), self.file('copy') + '/')
        self.assertEqual(self.content('copy/b/c'), b'changed')

    def test_pipe_and_run(self):
        self.s5cmd('pipe', self.url('piped'), stdin=b'from a pipe')
        commands = '\n'.join('cp %s %s' % (self.url('piped'), self.url('copy%02d' % number)) for number in range(30))
        self.s5cmd('run', stdin=commands.encode())
        self.assertEqual(len(self.listed('copy*')), 30)
        self.assertEqual(self.s5cmd('cat', self.url('copy29')), 'from a pipe')

    def test_presign_and_acl(self):
        self.s5cmd('pipe', '--acl', 'public-read', self.url('open'), stdin=b'text')
        self.s5cmd('pipe', self.url('a key'), stdin=b'secret')
        self.assertEqual(harness.http_request('GET', '/%s/open' % self.bucket)[2], b'text')
        self.assertEqual(harness.http_status('GET', '/%s/a%%20key' % self.bucket), 403)
        url = self.s5cmd('presign', '--expire', '60s', self.url('a key')).strip()
        self.assertEqual(harness.http_request('GET', url)[2], b'secret')

    def test_errors(self):
        self.s5cmd('cat', self.url('missing'), expect=1)
        self.assertIn('not found', self.stderr)
        self.s5cmd('ls', 's3://%s-missing' % self.bucket, expect=1)
        self.assertIn('NoSuchBucket', self.stderr)


class Versions(S5cmdCase):
    def remove_objects(self):
        self.s5cmd('rm', '--all-versions', self.url('*'))

    def test_all_versions(self):
        self.s5cmd('bucket-version', '--set', 'Enabled', self.url())
        self.assertIn('Enabled', self.s5cmd('bucket-version', self.url()))
        for content in (b'one', b'two'):
            self.s5cmd('pipe', self.url('key'), stdin=content)
        self.s5cmd('rm', self.url('key'))
        # As text: the JSON of 2.3 has no version ids.
        lines = [line.split() for line in self.s5cmd('ls', '--all-versions', self.url('*')).splitlines()]
        sizes = {version_id: size for _, _, size, _, version_id in lines}
        self.assertEqual(sorted(sizes.values()), ['0', '3', '3'])
        texts = [self.s5cmd('cat', '--version-id', version_id, self.url('key'))
                 for version_id, size in sizes.items() if size != '0']
        self.assertEqual(sorted(texts), ['one', 'two'])


harness.main('s5cmd', sys.modules[__name__])
