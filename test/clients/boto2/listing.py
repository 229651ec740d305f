"""Listings: prefix and delimiter, pages, markers, order."""

from concurrent.futures import ThreadPoolExecutor

from boto.s3.prefix import Prefix
from connection import Boto2Case, both_signatures, connect


def names(entries):
    """Keys by name, then common prefixes as a tuple of one: an answer may have either first."""
    entries = list(entries)
    return ([entry.name for entry in entries if not isinstance(entry, Prefix)]
            + [(entry.name,) for entry in entries if isinstance(entry, Prefix)])


@both_signatures
class Listing(Boto2Case):
    def put_all(self, *keys):
        for key in keys:
            self.put(key)

    def test_of_nothing(self):
        page = self.bucket.get_all_keys()
        self.assertEqual((list(page), page.is_truncated), ([], False))

    def test_tells_what_each_key_is(self):
        self.put('one', 'text')
        key, = self.bucket.list()
        self.assertEqual((key.name, key.size, key.etag, key.storage_class),
                         ('one', 4, '"1cb251ec0d568de6a929b520c4aed8d1"', 'STANDARD'))
        self.assertRegex(key.last_modified, r'^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$')
        self.assertEqual(key.owner.id, self.connection.get_canonical_user_id())

    def test_by_prefix_and_delimiter(self):
        self.put_all('a.txt', 'b/', 'b/1', 'b/2', 'b/c/3', 'b/d/4', 'bb', 'c/5')
        self.assertEqual(names(self.bucket.list()),
                         ['a.txt', 'b/', 'b/1', 'b/2', 'b/c/3', 'b/d/4', 'bb', 'c/5'])
        self.assertEqual(names(self.bucket.list('b')), ['b/', 'b/1', 'b/2', 'b/c/3', 'b/d/4', 'bb'])
        self.assertEqual(names(self.bucket.list('', '/')), ['a.txt', 'bb', ('b/',), ('c/',)])
        self.assertEqual(names(self.bucket.list('b', '/')), ['bb', ('b/',)])
        self.assertEqual(names(self.bucket.list('b/', '/')), ['b/', 'b/1', 'b/2', ('b/c/',), ('b/d/',)])
        self.assertEqual(names(self.bucket.list('b/c', '/')), [('b/c/',)])
        self.assertEqual(names(self.bucket.list('none', '/')), [])
        # A delimiter may be any string.
        self.assertEqual(names(self.bucket.list('', '/c')), ['a.txt', 'b/', 'b/1', 'b/2', 'b/d/4', 'bb', 'c/5',
                                                             ('b/c',)])

    def test_in_pages(self):
        self.put_all('1', '2', '3', '4', '5')
        page = self.bucket.get_all_keys(max_keys=2)
        self.assertEqual((names(page), page.is_truncated), (['1', '2'], True))
        page = self.bucket.get_all_keys(max_keys=2, marker='2')
        self.assertEqual((names(page), page.is_truncated), (['3', '4'], True))
        page = self.bucket.get_all_keys(max_keys=2, marker='4')
        self.assertEqual((names(page), page.is_truncated), (['5'], False))
        page = self.bucket.get_all_keys(max_keys=5)
        self.assertEqual((len(page), page.is_truncated), (5, False))
        page = self.bucket.get_all_keys(max_keys=0)
        self.assertEqual((list(page), page.is_truncated), ([], False))
        self.assertEqual(names(self.bucket.list(marker='33')), ['4', '5'])

    def test_in_pages_with_a_delimiter(self):
        self.put_all('a/1', 'a/2', 'b', 'c/1', 'c/2', 'd')
        page = self.bucket.get_all_keys(delimiter='/', max_keys=1)
        self.assertEqual((names(page), page.is_truncated, page.next_marker), ([('a/',)], True, 'a/'))
        page = self.bucket.get_all_keys(delimiter='/', max_keys=2, marker='a/')
        self.assertEqual((names(page), page.is_truncated, page.next_marker), (['b', ('c/',)], True, 'c/'))
        page = self.bucket.get_all_keys(delimiter='/', max_keys=2, marker='c/')
        self.assertEqual((names(page), page.is_truncated), (['d'], False))

    def test_in_order_of_utf8_bytes(self):
        keys = ['!', '0', 'A', 'a', 'a.b/c', 'a/b', 'é', '～', '😀']
        self.put_all(*reversed(keys))
        self.assertEqual(names(self.bucket.list()), keys)
        self.assertEqual(names(self.bucket.list('', '/')),
                         ['!', '0', 'A', 'a', 'é', '～', '😀', ('a.b/',), ('a/',)])

    def test_with_encoded_names(self):
        self.put_all('a b', 'ü+', 'new\nline')
        # AWS writes a space as `+`; clients read both.
        self.assertIn(names(self.bucket.list(encoding_type='url')), (['a+b', 'new%0Aline', '%C3%BC%2B'],
                                                                     ['a%20b', 'new%0Aline', '%C3%BC%2B']))
        self.bucket.delete_key('new\nline')


class LongListing(Boto2Case):
    def test_of_more_than_a_thousand(self):
        expected = ['%s/%04d' % (folder, number) for folder in 'ab' for number in range(505)]
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(self.put_alone, expected))
        page = self.bucket.get_all_keys()
        self.assertEqual((len(page), page.is_truncated), (1000, True))
        page = self.bucket.get_all_keys(max_keys=2000)
        self.assertEqual((len(page), page.is_truncated), (1000, True))
        self.assertEqual(names(self.bucket.list()), expected)
        self.assertEqual(names(self.bucket.list('b/')), expected[505:])
        self.assertEqual(names(self.bucket.list('', '/')), [('a/',), ('b/',)])
        result = self.bucket.delete_keys(expected + ['missing'])
        self.assertEqual((len(result.deleted), result.errors), (1011, []))
        self.assertEqual(names(self.bucket.list()), [])

    def put_alone(self, name):
        connect().get_bucket(self.bucket.name, validate=False).new_key(name).set_contents_from_string('')
