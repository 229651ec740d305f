"""What the client suites share: the endpoint under test, plain HTTP beside the client, and a quiet runner.

A suite is a directory: `python3 test/clients/boto2` runs its `__main__.py`. The driver (run.ts) sets the environment:

    STOWAGE_TEST_KIND         stowage, aws or rgw: whose behaviour is expected where they differ (default: stowage)
    STOWAGE_TEST_ENDPOINT     such as http://127.0.0.1:9000
    STOWAGE_TEST_ACCESS_KEY, STOWAGE_TEST_SECRET_KEY
    STOWAGE_TEST_ALT_ACCESS_KEY, STOWAGE_TEST_ALT_SECRET_KEY, STOWAGE_TEST_ALT_EMAIL: a second user

AWS's documentation decides what is expected. Where Ceph's gateway is known to differ, by_kind() says so on the spot.
"""

import http.client
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse

KIND = os.environ.get('STOWAGE_TEST_KIND', 'stowage')
ENDPOINT = os.environ['STOWAGE_TEST_ENDPOINT']
REGION = os.environ.get('STOWAGE_TEST_REGION', 'us-east-1')
HOST = urllib.parse.urlsplit(ENDPOINT).hostname
PORT = urllib.parse.urlsplit(ENDPOINT).port or 80

ACCESS_KEY = os.environ['STOWAGE_TEST_ACCESS_KEY']
SECRET_KEY = os.environ['STOWAGE_TEST_SECRET_KEY']
ALT_ACCESS_KEY = os.environ['STOWAGE_TEST_ALT_ACCESS_KEY']
ALT_SECRET_KEY = os.environ['STOWAGE_TEST_ALT_SECRET_KEY']
ALT_EMAIL = os.environ['STOWAGE_TEST_ALT_EMAIL']

MIB = 1024 * 1024

_numbers = itertools.count(1)


def bucket_name(word):
    """A bucket name that no other run has: buckets are shared by everybody on an endpoint."""
    return 'stowage-test-%s-%d-%d' % (word, os.getpid(), next(_numbers))


def by_kind(aws, **others):
    """The expectation for this endpoint: AWS's, unless the endpoint's kind is named beside it."""
    return others.get(KIND, aws)


def http_request(method, path, body=b'', headers=None):
    """One unsigned request, as any browser or curl would send it, and its answer: (status, headers, body).

    `path` is sent as it stands; a URL of this endpoint is cut down to its path and query.
    """
    if path.startswith('http'):
        path = path[path.index('/', len('https://')):]
    connection = http.client.HTTPConnection(HOST, PORT, timeout=30)
    try:
        connection.request(method, path, body or None, headers or {})
        response = connection.getresponse()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
    finally:
        connection.close()


def http_status(method, path, body=b'', headers=None):
    return http_request(method, path, body, headers)[0]


def patterned_bytes(size):
    """Bytes of which any two places differ, so that a part in the wrong place is seen."""
    line = b'%015d\n'
    return b''.join(line % number for number in range(size // 16 + 1))[:size]


class Case(unittest.TestCase):
    """A test with a directory of its own for files."""

    maxDiff = None

    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix='stowage-test-')
        self.addCleanup(shutil.rmtree, self.directory)

    def file(self, name, content=None):
        """A path in the test's directory; with content, a file that holds it.

        It is a minute old: what synchronizes by time compares it with a LastModified of whole seconds.
        """
        path = os.path.join(self.directory, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if content is not None:
            with open(path, 'wb') as file:
                file.write(content)
            a_minute_ago = time.time() - 60
            os.utime(path, (a_minute_ago, a_minute_ago))
        return path

    def content(self, name):
        with open(os.path.join(self.directory, name), 'rb') as file:
            return file.read()

    def run_command(self, command, environment, stdin=b'', expect=0):
        """Runs a client's command line in the test's directory and returns what it wrote to standard output.

        `expect` is the exit code that it must have; None allows any.
        """
        done = subprocess.run(command, input=stdin, capture_output=True, cwd=self.directory, timeout=120, check=False,
                              env={'PATH': os.environ['PATH'], 'HOME': self.directory, 'LANG': 'C.UTF-8',
                                   **environment})
        self.assertEqual(done.returncode, done.returncode if expect is None else expect, '%s\n%s%s' % (
            ' '.join(command), done.stdout.decode(errors='replace'), done.stderr.decode(errors='replace')))
        self.stderr = done.stderr.decode()
        return done.stdout.decode()


def main(suite_name, *modules):
    """Runs the tests of the modules (or those that the command line names) and says how many passed.

    Silent but for failures and the reasons of skips. The last line is the count.
    """
    loader = unittest.defaultTestLoader
    loader.testMethodPrefix = 'test_'
    tests = unittest.TestSuite(loader.loadTestsFromModule(module) for module in modules)
    if len(sys.argv) > 1:
        tests = unittest.TestSuite(test for test in _flat(tests) if any(word in test.id() for word in sys.argv[1:]))
    with open(os.devnull, 'w', encoding='utf-8') as quiet:
        result = unittest.TextTestRunner(stream=quiet, verbosity=0).run(tests)
    failures = result.failures + result.errors + [(test, 'passed, but is marked as failing: %s' % test.id())
                                                  for test in result.unexpectedSuccesses]
    for test, trace in failures:
        print('FAILED %.160s\n%s' % (test.id(), trace))
    for reason, count in _count(reason for _, reason in result.skipped).items():
        print('skipped %d: %s' % (count, reason))
    failed = len({test.id().split(' ')[0] for test, _ in failures})
    skipped = len(result.skipped)
    print('%s: %d passed, %d failed, %d skipped' % (suite_name, result.testsRun - failed - skipped, failed, skipped))
    sys.exit(1 if failed or not result.testsRun else 0)


def _flat(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from _flat(test)
        else:
            yield test


def _count(words):
    counts = {}
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    return counts
