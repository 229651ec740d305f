"""Buckets and their listings."""

import harness
from connection import Boto3Case


class Buckets(Boto3Case):
    def test_create_list_head_locate_delete(self):
        name = harness.bucket_name('made')
        self.assertEqual(self.s3.create_bucket(Bucket=name).get('Location'), harness.by_kind('/' + name, rgw=None))
        self.assertIn(name, [bucket['Name'] for bucket in self.s3.list_buckets()['Buckets']])
        self.assertEqual(self.s3.head_bucket(Bucket=name)['ResponseMetadata']['HTTPStatusCode'], 200)
        self.assertEqual(self.s3.get_bucket_location(Bucket=name)['LocationConstraint'],
                         harness.by_kind(None, rgw='default'))
        self.s3.delete_bucket(Bucket=name)
        self.assert_error(404, '404', self.s3.head_bucket, Bucket=name)
        self.assert_error(404, 'NoSuchBucket', self.s3.list_objects_v2, Bucket=name)
        self.assert_error(404, 'NoSuchBucket', self.s3.delete_bucket, Bucket=name)

    def test_delete_refuses_a_bucket_with_contents(self):
        self.put('key')
        self.assert_error(409, 'BucketNotEmpty', self.s3.delete_bucket, Bucket=self.bucket)

    def test_create_again_and_by_another(self):
        self.s3.create_bucket(Bucket=self.bucket)
        self.assert_error(409, 'BucketAlreadyExists', self.alt.create_bucket, Bucket=self.bucket)


class Listing(Boto3Case):
    def setUp(self):
        super().setUp()
        for key in ('a.txt', 'b/1', 'b/2', 'b/c/3', 'ü +', 'z'):
            self.put(key, b'text')

    def list(self, **options):
        """Keys and common prefixes."""
        page = self.s3.list_objects_v2(Bucket=self.bucket, **options)
        keys = [entry['Key'] for entry in page.get('Contents', [])]
        prefixes = [entry['Prefix'] for entry in page.get('CommonPrefixes', [])]
        self.assertEqual(page['KeyCount'], len(keys) + len(prefixes))
        return keys, prefixes

    def test_with_prefix_and_delimiter(self):
        self.assertEqual(self.list(), (['a.txt', 'b/1', 'b/2', 'b/c/3', 'z', 'ü +'], []))
        self.assertEqual(self.list(Prefix='b/'), (['b/1', 'b/2', 'b/c/3'], []))
        self.assertEqual(self.list(Delimiter='/'), (['a.txt', 'z', 'ü +'], ['b/']))
        self.assertEqual(self.list(Prefix='b/', Delimiter='/'), (['b/1', 'b/2'], ['b/c/']))
        self.assertEqual(self.list(StartAfter='b/2'), (['b/c/3', 'z', 'ü +'], []))
        self.assertEqual(self.list(MaxKeys=0), ([], []))

    def test_in_pages(self):
        for options in ({}, {'Delimiter': '/'}):
            pages = list(self.s3.get_paginator('list_objects_v2').paginate(
                Bucket=self.bucket, PaginationConfig={'PageSize': 2}, **options))
            self.assertEqual([page['KeyCount'] for page in pages], [2, 2] if options else [2, 2, 2])
            self.assertEqual([page['IsTruncated'] for page in pages], [True] * (len(pages) - 1) + [False])
            keys = [entry['Key'] for page in pages for entry in page.get('Contents', [])]
            prefixes = [entry['Prefix'] for page in pages for entry in page.get('CommonPrefixes', [])]
            self.assertEqual((keys, prefixes), self.list(**options))

    def test_tells_the_owner_when_asked(self):
        entry, = self.s3.list_objects_v2(Bucket=self.bucket, Prefix='z')['Contents']
        self.assertEqual((entry['Size'], entry['ETag'], entry['StorageClass']),
                         (4, '"1cb251ec0d568de6a929b520c4aed8d1"', 'STANDARD'))
        if harness.KIND != 'rgw':  # Ceph tells it always.
            self.assertNotIn('Owner', entry)
        entry, = self.s3.list_objects_v2(Bucket=self.bucket, Prefix='z', FetchOwner=True)['Contents']
        self.assertEqual(entry['Owner']['ID'], self.s3.list_buckets()['Owner']['ID'])

    def test_version_one(self):
        pages = list(self.s3.get_paginator('list_objects').paginate(
            Bucket=self.bucket, Delimiter='/', PaginationConfig={'PageSize': 1}))
        self.assertEqual([entry['Key'] for page in pages for entry in page.get('Contents', [])],
                         ['a.txt', 'z', 'ü +'])
        self.assertEqual([entry['Prefix'] for page in pages for entry in page.get('CommonPrefixes', [])], ['b/'])

    def test_delete_objects(self):
        answer = self.s3.delete_objects(Bucket=self.bucket, Delete={
            'Objects': [{'Key': 'a.txt'}, {'Key': 'ü +'}, {'Key': 'missing'}]})
        self.assertEqual(sorted(entry['Key'] for entry in answer['Deleted']), ['a.txt', 'missing', 'ü +'])
        self.assertNotIn('Errors', answer)
        quiet = self.s3.delete_objects(Bucket=self.bucket, Delete={'Objects': [{'Key': 'z'}], 'Quiet': True})
        self.assertNotIn('Deleted', quiet)
        self.assertEqual(self.list(), (['b/1', 'b/2', 'b/c/3'], []))
