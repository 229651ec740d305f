"""boto3 connected to the endpoint under test."""

import boto3
from botocore import UNSIGNED
from botocore.client import Config
from botocore.exceptions import ClientError

import harness


def connect(access_key=harness.ACCESS_KEY, secret_key=harness.SECRET_KEY, **config):
    return boto3.client('s3', endpoint_url=harness.ENDPOINT, region_name=harness.REGION,
                        aws_access_key_id=access_key, aws_secret_access_key=secret_key,
                        config=Config(s3={'addressing_style': 'path'}, retries={'max_attempts': 1}, **config))


class Boto3Case(harness.Case):
    """A test with one bucket of the main user, `self.bucket`, that is emptied and deleted afterwards."""

    @classmethod
    def setUpClass(cls):
        cls.s3 = connect()
        cls.alt = connect(harness.ALT_ACCESS_KEY, harness.ALT_SECRET_KEY)
        cls.anonymous = connect(signature_version=UNSIGNED)

    def setUp(self):
        super().setUp()
        self.bucket = self.create_bucket('boto3')

    def create_bucket(self, word, **options):
        name = harness.bucket_name(word)
        self.s3.create_bucket(Bucket=name, **options)
        self.addCleanup(self.remove_bucket, name)
        return name

    def remove_bucket(self, name):
        for upload in self.s3.list_multipart_uploads(Bucket=name).get('Uploads', []):
            self.s3.abort_multipart_upload(Bucket=name, Key=upload['Key'], UploadId=upload['UploadId'])
        for page in self.s3.get_paginator('list_objects_v2').paginate(Bucket=name):
            objects = [{'Key': entry['Key']} for entry in page.get('Contents', [])]
            if objects:
                self.assertNotIn('Errors', self.s3.delete_objects(Bucket=name, Delete={'Objects': objects}))
        self.s3.delete_bucket(Bucket=name)

    def put(self, key, body=b'', **options):
        return self.s3.put_object(Bucket=self.bucket, Key=key, Body=body, **options)

    def get(self, key, **options):
        return self.s3.get_object(Bucket=self.bucket, Key=key, **options)

    def read(self, key, **options):
        return self.get(key, **options)['Body'].read()

    def assert_error(self, status, code, function, **options):
        with self.assertRaises(ClientError) as raised:
            function(**options)
        response = raised.exception.response
        self.assertEqual((response['ResponseMetadata']['HTTPStatusCode'], response['Error']['Code']), (status, code))
        return response
