"""default_storage, as the tutorial uses it."""

import datetime

import harness
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages


class DefaultStorage(harness.Case):
    def setUp(self):
        super().setUp()
        self.addCleanup(self.remove_all)

    def remove_all(self):
        default_storage.bucket.objects.all().delete()

    def test_save_open_exists_delete(self):
        self.assertFalse(default_storage.exists('storage_test'))
        with default_storage.open('storage_test', 'w') as file:
            file.write('storage contents')
        self.assertTrue(default_storage.exists('storage_test'))
        with default_storage.open('storage_test', 'r') as file:
            self.assertEqual(file.read(), 'storage contents')
        default_storage.delete('storage_test')
        self.assertFalse(default_storage.exists('storage_test'))
        default_storage.delete('storage_test')  # what is not there is deleted, too
        with self.assertRaises(FileNotFoundError):
            default_storage.open('storage_test').read()

    def test_names_that_are_taken_get_another(self):
        first = default_storage.save('folder/a b.txt', ContentFile(b'one'))
        second = default_storage.save('folder/a b.txt', ContentFile(b'two'))
        self.assertEqual(first, 'folder/a b.txt')
        self.assertRegex(second, r'^folder/a b_[a-zA-Z0-9]{7}\.txt$')
        self.assertEqual((default_storage.open(first).read(), default_storage.open(second).read()), (b'one', b'two'))

    def test_listdir_size_and_times(self):
        for name in ('a.txt', 'ü.txt', 'folder/b.txt', 'folder/inner/c.txt'):
            default_storage.save(name, ContentFile(name.encode()))
        self.assertEqual(default_storage.listdir(''), (['folder'], ['a.txt', 'ü.txt']))
        self.assertEqual(default_storage.listdir('folder'), (['inner'], ['b.txt']))
        self.assertEqual(default_storage.listdir('missing'), ([], []))
        self.assertEqual(default_storage.size('folder/b.txt'), 12)
        age = datetime.datetime.now(datetime.timezone.utc) - default_storage.get_modified_time('a.txt')
        self.assertLess(abs(age), datetime.timedelta(minutes=5))

    def test_url_is_signed_and_is_for_a_while(self):
        default_storage.save('a b+ü.txt', ContentFile(b'secret'))
        url = default_storage.url('a b+ü.txt')
        self.assertEqual(harness.http_request('GET', url)[2], b'secret')
        self.assertEqual(harness.http_status('GET', url.split('?')[0]), 403)
        named = default_storage.url('a b+ü.txt', parameters={'ResponseContentDisposition': 'attachment'}, expire=60)
        self.assertEqual(harness.http_request('GET', named)[1]['content-disposition'], 'attachment')

    def test_large_files_go_up_and_down_in_parts(self):
        content = harness.patterned_bytes(11 * harness.MIB)
        with default_storage.open('large', 'wb') as file:
            for start in range(0, len(content), 1_000_000):
                file.write(content[start:start + 1_000_000])
        self.assertRegex(default_storage.bucket.Object('media/large').e_tag, '-2"$')
        with default_storage.open('large', 'rb') as file:
            self.assertEqual(file.read(), content)

    def test_the_type_follows_the_name(self):
        default_storage.save('page.html', ContentFile(b'<p>'))
        self.assertEqual(default_storage.bucket.Object('media/page.html').content_type, 'text/html')

    def test_static_urls_are_not_signed(self):
        static = storages['staticfiles']
        name = static.save('open.css', ContentFile(b'p {}'))
        self.assertNotIn('?', static.url(name))
        self.assertEqual(harness.http_request('GET', static.url(name))[2], b'p {}')
