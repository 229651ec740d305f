"""Keys are names, not paths: every one of these is a key of its own and stays as it was given."""

import harness
from connection import Boto2Case, both_signatures

KEYS = [
    'a', 'a/b', 'a/b/', 'a//b', 'a///', '/', '/leading', '//', 'trailing/',
    '.', '..', './a', '../a', 'a/../b', 'a/./b', 'a.', 'a..',
    'with space', ' leading space', 'trailing space ', 'plus+sign', 'a%2Fb', '100%', '%', '%zz', 'a%20b',
    'question?mark', 'hash#sign', 'amp&ersand=1', 'semi;colon,comma', 'quote"\'', 'less<more>&amp;', 'back\\slash',
    'pipe|caret^tilde~', 'star*(paren)!', 'at@colon:dollar$', '[brackets]{braces}', 'back`tick',
    'ünïcödé', 'e\u0301 is not \u00e9', '\u00e9', '日本語/ファイル.txt', 'עברית', '😀', '～',
    'UPPER', 'upper', '123', '1e3', 'true', 'null', '__proto__', 'constructor', 'x' * 1024, 'ü' * 512,
]


@both_signatures
class KeyNames(Boto2Case):
    def test_each_is_a_key_of_its_own(self):
        for name in KEYS:
            with self.subTest(name):
                self.put(name, 'content of ' + name)
        self.assertEqual([key.name for key in self.bucket.list()],
                         sorted(KEYS, key=lambda name: name.encode()))
        for name in KEYS:
            with self.subTest(name):
                key = self.bucket.get_key(name)
                self.assertIsNotNone(key)
                self.assertEqual(key.get_contents_as_string(encoding='utf-8'), 'content of ' + name)

    def test_each_can_be_copied_and_deleted(self):
        names = ['plus+sign', 'with space', 'a%2Fb', 'ünïcödé', '/leading', 'a//b', 'question?mark', '..']
        for name in names:
            with self.subTest(name):
                self.put(name, 'content of ' + name)
                copy = self.bucket.copy_key(name + ' copy', self.bucket.name, name)
                self.assertEqual(copy.get_contents_as_string(encoding='utf-8'), 'content of ' + name)
                self.bucket.delete_key(name)
                self.assertIsNone(self.bucket.get_key(name))
                self.assertIsNotNone(self.bucket.get_key(name + ' copy'))

    def test_each_can_be_deleted_among_many(self):
        names = [name for name in KEYS if len(name) < 500]
        for name in names:
            self.put(name)
        result = self.bucket.delete_keys(names)
        self.assertEqual((sorted(deleted.key for deleted in result.deleted), result.errors), (sorted(names), []))
        self.assertEqual([key.name for key in self.bucket.list()], [])

    def test_are_limited_to_1024_bytes(self):
        code = harness.by_kind('KeyTooLongError', rgw='InvalidObjectName')
        for name in ('x' * 1025, 'ü' * 513):
            self.assert_error(400, code, self.put, name)


class BucketNames(Boto2Case):
    def test_invalid_ones_are_refused(self):
        for name in ('ab', 'Upper-Case', 'under_score', 'two..dots', '-dash', 'dash-', '192.168.5.4', 'x' * 64):
            with self.subTest(name):
                status, _, body = harness.http_request('PUT', '/' + name)
                self.assertIn(status, (400, 403))
                response = self.connection.make_request('PUT', name)
                self.assertEqual(response.status, 400)
                self.assertIn(b'<Code>InvalidBucketName</Code>', response.read())
