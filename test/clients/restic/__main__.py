"""restic, Debian's: backups in a bucket: `python3 test/clients/restic [part of a name ...]`."""

import json
import os
import shutil
import sys

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import harness  # noqa: E402


class Restic(harness.Case):
    def setUp(self):
        super().setUp()
        # The program makes its bucket itself, and has no command that removes it.
        self.bucket = harness.bucket_name('restic')
        self.restic('init')
        self.addCleanup(self.remove_repository)

    def restic(self, *arguments, expect=0):
        return self.run_command(['restic', '--quiet', '--no-cache', *arguments], {
            'RESTIC_REPOSITORY': 's3:%s/%s/backups' % (harness.ENDPOINT, self.bucket),
            'RESTIC_PASSWORD': 'test',
            'AWS_ACCESS_KEY_ID': harness.ACCESS_KEY,
            'AWS_SECRET_ACCESS_KEY': harness.SECRET_KEY,
            'AWS_DEFAULT_REGION': harness.REGION,
        }, expect=expect)

    def remove_repository(self):
        for snapshot in self.snapshots():
            self.restic('forget', snapshot['id'])
        self.restic('prune')

    def snapshots(self):
        return json.loads(self.restic('snapshots', '--json')) or []

    def test_backup_check_restore(self):
        large = harness.patterned_bytes(40 * harness.MIB)  # several packs, each of 16 MiB or so
        self.file('home/large', large)
        self.file('home/folder/ü +', b'small')
        self.restic('backup', self.file('home'))
        self.file('home/folder/ü +', b'changed')
        self.file('home/more', b'more')
        self.restic('backup', self.file('home'))
        first, second = self.snapshots()
        self.restic('check', '--read-data')
        self.restic('restore', first['id'], '--target', self.file('first'))
        self.restic('restore', second['id'], '--target', self.file('second'))
        where = self.file('home').lstrip('/')
        self.assertEqual(self.content('first/%s/folder/ü +' % where), b'small')
        self.assertFalse(os.path.exists(self.file('first/%s/more' % where)))
        self.assertEqual(self.content('second/%s/folder/ü +' % where), b'changed')
        self.assertEqual(self.content('second/%s/large' % where), large)
        self.assertEqual(self.restic('dump', 'latest', '/%s/more' % where), 'more')

    def test_forget_and_prune(self):
        for number in range(3):
            self.file('home/%d' % number, harness.patterned_bytes(100_000 + number))
            self.restic('backup', self.file('home'))
            shutil.rmtree(self.file('home'))
        self.restic('forget', '--keep-last=1', '--prune')
        self.assertEqual(len(self.snapshots()), 1)
        self.restic('check', '--read-data')

    def test_locks(self):
        # A lock is an object that is written, listed and deleted; a wrong password finds the repository.
        self.assertEqual(self.restic('list', 'locks', '--no-lock').split(), [])
        self.restic('unlock')
        self.run_command(['restic', '--no-cache', 'snapshots'], {
            'RESTIC_REPOSITORY': 's3:%s/%s/backups' % (harness.ENDPOINT, self.bucket), 'RESTIC_PASSWORD': 'wrong',
            'AWS_ACCESS_KEY_ID': harness.ACCESS_KEY, 'AWS_SECRET_ACCESS_KEY': harness.SECRET_KEY}, expect=1)
        self.assertIn('wrong password', self.stderr)


harness.main('restic', sys.modules[__name__])
