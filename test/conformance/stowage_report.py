"""A plugin of pytest: a file of settings for each worker, and a line of JSON for each test.

Every worker has users of its own, so that a test that counts all buckets of its user counts no other test's.
"""

import json
import os

_worker = os.environ.get('PYTEST_XDIST_WORKER', 'gw0')
os.environ['S3TEST_CONF'] = os.path.join(os.environ['STOWAGE_CONFORMANCE_DIR'], _worker + '.conf')
_reports = {}


def pytest_runtest_logreport(report):
    """Called for setup, call and teardown of each test: in a worker, and again in the process that started them."""
    if 'PYTEST_XDIST_WORKER' in os.environ:
        return
    test = _reports.setdefault(report.nodeid, {'outcome': 'passed', 'seconds': 0, 'message': '', 'line': 0})
    test['seconds'] += report.duration
    if report.skipped and test['outcome'] == 'passed':
        test['outcome'] = 'skipped'
        test['message'] = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    elif report.failed and test['outcome'] != 'failed':
        crash = getattr(report.longrepr, 'reprcrash', None)
        test['outcome'] = 'failed'
        test['message'] = crash.message if crash else str(report.longrepr)
        test['line'] = _line_in_suite(report)
        if report.when != 'call':
            test['message'] = 'in %s: %s' % (report.when, test['message'])
    if report.when != 'teardown':
        return
    file, _, name = report.nodeid.partition('::')
    with open(os.path.join(os.environ['STOWAGE_CONFORMANCE_DIR'], 'results.jsonl'), 'a', encoding='utf-8') as results:
        results.write(json.dumps({'file': os.path.basename(file), 'name': name, **_reports.pop(report.nodeid)}) + '\n')


def _line_in_suite(report):
    """The line of the test itself that failed: the first of the trace, whatever was called from there."""
    for entry in getattr(getattr(report.longrepr, 'reprtraceback', None), 'reprentries', []):
        place = getattr(entry, 'reprfileloc', None)
        if place is not None and os.path.basename(place.path).startswith('test_'):
            return place.lineno
    return 0
