"""boto 2 connected to the endpoint under test, as three users and with both signature versions."""

import os
import unittest

import boto
from boto.exception import S3ResponseError
from boto.s3.connection import OrdinaryCallingFormat, S3Connection

import harness

# boto would ask the instance metadata of Amazon's network for credentials, and repeat what fails five times.
for section in ('Boto', 's3'):
    if not boto.config.has_section(section):
        boto.config.add_section(section)
boto.config.set('Boto', 'num_retries', '0')

ALL_USERS = 'http://acs.amazonaws.com/groups/global/AllUsers'
AUTHENTICATED_USERS = 'http://acs.amazonaws.com/groups/global/AuthenticatedUsers'
LOG_DELIVERY = 'http://acs.amazonaws.com/groups/s3/LogDelivery'


def connect(access_key=harness.ACCESS_KEY, secret_key=harness.SECRET_KEY, signature='v2', factory=S3Connection):
    if signature == 'v4':
        os.environ['S3_USE_SIGV4'] = 'True'
    try:
        connection = factory(access_key, secret_key, **options())
    finally:
        os.environ.pop('S3_USE_SIGV4', None)
    if signature == 'v4':
        # boto looks at the environment again for every body that it sends.
        connection._required_auth_capability = lambda: ['hmac-v4-s3']
        signer = connection._auth_handler
        # boto reads the region from Amazon's host names; ours has none.
        signer.region_name = harness.REGION
        # boto adds the port a second time when it presigns.
        add_port = signer.host_header
        signer.host_header = lambda host, request: (
            request.host if ':' in request.host else add_port(host, request))
    return connection


def connect_anonymously(factory=S3Connection):
    return factory(anon=True, **options())


def options():
    # boto folds `//` in keys unless it is told not to.
    return dict(host=harness.HOST, port=harness.PORT, is_secure=False, calling_format=OrdinaryCallingFormat(),
                suppress_consec_slashes=False)


class Boto2Case(harness.Case):
    """A test with one bucket of the main user, `self.bucket`, that is emptied and deleted afterwards."""

    signature = 'v2'

    def setUp(self):
        super().setUp()
        self.connection = connect(signature=self.signature)
        self.alt = connect(harness.ALT_ACCESS_KEY, harness.ALT_SECRET_KEY, self.signature)
        self.anonymous = connect_anonymously()
        self.bucket = self.create_bucket('boto')

    def create_bucket(self, word, connection=None, **options):
        bucket = (connection or self.connection).create_bucket(harness.bucket_name(word), **options)
        self.addCleanup(remove_bucket, bucket)
        return bucket

    def put(self, name, content=b'', bucket=None, **options):
        key = (bucket or self.bucket).new_key(name)
        key.set_contents_from_string(content, **options)
        return key

    def assert_error(self, status, code, function, *arguments, **options):
        """The call fails with this status and this S3 error code; code None stands for an answer without a body."""
        with self.assertRaises(S3ResponseError) as raised:
            function(*arguments, **options)
        self.assertEqual((raised.exception.status, raised.exception.error_code), (status, code))
        return raised.exception

    def assert_grants(self, resource, expected):
        """The ACL of a bucket or key holds exactly these (grantee, permission), the grantee an id or a URI."""
        grants = resource.get_acl().acl.grants
        self.assertEqual(sorted((grant.uri or grant.id, grant.permission) for grant in grants), sorted(expected))


def remove_bucket(bucket):
    """Deletes a bucket and all that is in it, also what others have written there."""
    for upload in bucket.list_multipart_uploads():
        upload.cancel_upload()
    result = bucket.delete_keys([key.name for key in bucket.list()])
    if result.errors:
        raise AssertionError('%s: %s' % (bucket.name, result.errors))
    bucket.delete()


def both_signatures(case):
    """Runs the tests of a class twice, signed with SigV2 (boto's own choice) and SigV4."""
    module = __import__(case.__module__)
    for signature in ('v2', 'v4'):
        name = case.__name__ + signature.upper()
        setattr(module, name, type(name, (case, unittest.TestCase), {'signature': signature,
                                                                     '__module__': case.__module__}))
