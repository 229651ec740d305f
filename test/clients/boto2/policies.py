"""Bucket policies, which boto passes on as the text that they are."""

import json

import harness
from connection import Boto2Case, both_signatures


def policy(bucket, *statements):
    """A policy of statements that speak of everybody and of the bucket with all that is in it, if they say nothing else."""
    resource = ['arn:aws:s3:::' + bucket.name, 'arn:aws:s3:::' + bucket.name + '/*']
    defaults = {'Effect': 'Allow', 'Principal': {'AWS': '*'}, 'Resource': resource}
    return json.dumps({'Version': '2012-10-17', 'Statement': [dict(defaults, **one) for one in statements]})


@both_signatures
class Policies(Boto2Case):
    def test_are_set_read_to_the_letter_and_deleted(self):
        self.assert_error(404, 'NoSuchBucketPolicy', self.bucket.get_policy)
        text = policy(self.bucket, {'Action': 's3:GetObject'})
        self.bucket.set_policy(text)
        self.assertEqual(json.loads(self.bucket.get_policy()), json.loads(text))
        if harness.KIND == 'rgw':
            return  # It answers 501 to the empty chunked body that boto signs with V4.
        self.bucket.delete_policy()
        self.assert_error(404, 'NoSuchBucketPolicy', self.bucket.get_policy)

    def test_let_in_and_keep_out(self):
        self.put('open', 'content')
        self.put('shut', 'content')
        shut = 'arn:aws:s3:::' + self.bucket.name + '/shut'
        self.bucket.set_policy(policy(self.bucket, {'Action': 's3:GetObject'},
                                      {'Effect': 'Deny', 'Action': 's3:GetObject', 'Resource': shut}))
        self.assertEqual(harness.http_request('GET', '/' + self.bucket.name + '/open')[0], 200)
        self.assertEqual(harness.http_request('GET', '/' + self.bucket.name + '/shut')[0], 403)
        self.assertEqual(harness.http_request('GET', '/' + self.bucket.name)[0], 403)

    def test_that_are_none_are_refused(self):
        for text in ('nonsense', '{"Version":"2012-10-17","Statement":[{"Effect":"Perhaps"}]}'):
            self.assert_error(400, harness.by_kind('MalformedPolicy', rgw='InvalidArgument'),
                              self.bucket.set_policy, text)
