"""collectstatic of the admin's files, twice: the second time there is nothing to copy."""

import io
import re

import harness
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.core.files.storage import storages
from django.templatetags.static import static
from django.test import override_settings
from django.conf import settings


def collect(*options):
    """Runs the command, and returns how many files it copied, left and post-processed."""
    output = io.StringIO()
    call_command('collectstatic', '--noinput', *options, stdout=output)
    # "129 static files copied, 3 unmodified, 120 post-processed."; what is none is left out.
    patterns = r'(\d+) static files? copied', r'(\d+) unmodified', r'(\d+) post-processed'
    found = [re.search(pattern, output.getvalue()) for pattern in patterns]
    return tuple(0 if match is None else int(match[1]) for match in found)


class CollectStatic(harness.Case):
    def test_of_the_admins_files(self):
        copied, unmodified, _ = collect()
        self.assertGreater(copied, 100)
        self.assertEqual(unmodified, 0)
        self.assertEqual(collect()[:2], (0, copied))
        self.assertTrue(staticfiles_storage.exists('admin/css/base.css'))
        self.assertIn('css', staticfiles_storage.listdir('admin')[0])
        status, headers, body = harness.http_request('GET', static('admin/css/base.css'))
        self.assertEqual((status, headers['content-type']), (200, 'text/css'))
        self.assertIn(b'body', body)
        staticfiles_storage.delete('admin/css/base.css')
        self.assertEqual(collect()[:2], (1, copied - 1))

    def test_with_hashed_names(self):
        with override_settings(STORAGES={**settings.STORAGES, 'staticfiles': settings.STORAGES['hashed']}):
            copied, _, processed = collect()
            self.assertGreater(processed, 100)
            url = static('admin/css/base.css')
            self.assertRegex(url, r'/admin/css/base\.[0-9a-f]{12}\.css$')
            self.assertEqual(harness.http_status('GET', url), 200)
            self.assertTrue(storages['hashed'].exists('staticfiles.json'))
            self.assertEqual(collect()[:2], (0, copied))
