"""s3fs, Debian's: a bucket as a file system: `python3 test/clients/s3fs [part of a name ...]`."""

import os
import shutil
import subprocess
import sys
import time

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import harness  # noqa: E402


class S3fs(harness.Case):
    def setUp(self):
        super().setUp()
        self.bucket = harness.bucket_name('s3fs')
        self.passwords = self.file('passwords', ('%s:%s\n' % (harness.ACCESS_KEY, harness.SECRET_KEY)).encode())
        os.chmod(self.passwords, 0o600)
        self.point = self.file('mounted')
        os.mkdir(self.point)
        # The program mounts only a bucket that is there.
        self.s3cmd('mb')
        self.addCleanup(self.s3cmd, 'rb', '--force', '--recursive')
        self.mount()
        self.addCleanup(self.unmount)

    def s3cmd(self, command, *options):
        host = '%s:%d' % (harness.HOST, harness.PORT)
        self.run_command(['s3cmd', '--config=' + self.file('config', b'[default]\n'), '--no-ssl', '--host=' + host,
                          '--host-bucket=' + host, '--access_key=' + harness.ACCESS_KEY,
                          '--secret_key=' + harness.SECRET_KEY, command, *options, 's3://' + self.bucket], {})

    def mount(self):
        # In the foreground, as a child that can be waited for; parts of 5 MiB, and nothing answered from a cache.
        options = ['url=' + harness.ENDPOINT, 'endpoint=' + harness.REGION, 'passwd_file=' + self.passwords,
                   'use_path_request_style', 'multipart_size=5', 'max_stat_cache_size=0', 'retries=1',
                   'use_xattr=1']
        self.process = subprocess.Popen(['s3fs', self.bucket, self.point, '-f', '-o', ','.join(options)],
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for _ in range(100):
            if os.path.ismount(self.point):
                return
            if self.process.poll() is not None:
                self.fail('s3fs ended: %s' % self.process.stdout.read().decode(errors='replace'))
            time.sleep(0.1)
        self.process.kill()
        self.fail('s3fs did not mount within 10 s')

    def unmount(self):
        subprocess.run(['fusermount3' if shutil.which('fusermount3') else 'fusermount', '-u', self.point], check=True)
        self.process.wait(timeout=20)
        self.process.stdout.close()

    def remount(self):
        """So that what is read came from the server."""
        self.unmount()
        self.mount()

    def path(self, name=''):
        return os.path.join(self.point, name)

    def write(self, name, content, mode='wb'):
        with open(self.path(name), mode) as file:
            file.write(content)

    def read(self, name):
        with open(self.path(name), 'rb') as file:
            return file.read()

    def test_files_and_folders(self):
        os.makedirs(self.path('folder/inner'))
        self.write('folder/ü + x', b'text')
        self.write('folder/inner/empty', b'')
        self.remount()
        self.assertEqual(sorted(os.listdir(self.path('folder'))), ['inner', 'ü + x'])
        self.assertEqual((self.read('folder/ü + x'), self.read('folder/inner/empty')), (b'text', b''))
        self.assertEqual(os.path.getsize(self.path('folder/ü + x')), 4)
        os.remove(self.path('folder/ü + x'))
        shutil.rmtree(self.path('folder'))
        self.assertEqual(os.listdir(self.path()), [])

    def test_append_overwrite_and_truncate(self):
        self.write('file', b'0123456789')
        self.write('file', b'more', 'ab')
        with open(self.path('file'), 'r+b') as file:
            file.seek(2)
            file.write(b'XY')
        self.remount()
        self.assertEqual(self.read('file'), b'01XY456789more')
        with open(self.path('file'), 'r+b') as file:  # os.truncate() leaves zeros: version 1.90 then reads nothing first
            file.truncate(3)
        self.assertEqual(self.read('file'), b'01X')

    def test_rename(self):
        os.makedirs(self.path('before'))
        self.write('before/file', b'text')
        os.rename(self.path('before/file'), self.path('before/renamed'))
        os.rename(self.path('before'), self.path('after'))
        self.remount()
        self.assertEqual(os.listdir(self.path()), ['after'])
        self.assertEqual(self.read('after/renamed'), b'text')

    def test_in_parts(self):
        content = harness.patterned_bytes(26 * harness.MIB)
        self.write('large', content)
        with open(self.path('large'), 'r+b') as file:  # mixes copied parts with new ones
            file.seek(20 * harness.MIB)
            file.write(b'changed')
        self.remount()
        expected = content[:20 * harness.MIB] + b'changed' + content[20 * harness.MIB + 7:]
        self.assertEqual(self.read('large'), expected)
        os.rename(self.path('large'), self.path('renamed'))
        self.assertEqual(self.read('renamed'), expected)

    def test_modes_times_links_and_attributes(self):
        self.write('file', b'text')
        os.chmod(self.path('file'), 0o640)
        os.utime(self.path('file'), (1_000_000_000, 1_000_000_000))
        os.symlink('file', self.path('link'))
        os.setxattr(self.path('file'), 'user.by', b's3fs')
        self.remount()
        stat = os.stat(self.path('file'))
        self.assertEqual((stat.st_mode & 0o777, int(stat.st_mtime)), (0o640, 1_000_000_000))
        self.assertEqual(os.readlink(self.path('link')), 'file')
        self.assertEqual(os.getxattr(self.path('file'), 'user.by'), b's3fs')


harness.main('s3fs', sys.modules[__name__])
