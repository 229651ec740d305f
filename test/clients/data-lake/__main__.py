"""Tables on S3: pyarrow, whose client is AWS's for C++, and Polars, Delta Lake and obstore, whose client is Rust's object_store.

`python test/clients/data-lake [part of a name ...]`
"""

import datetime
import os
import sys

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import harness  # noqa: E402

import deltalake  # noqa: E402
import obstore  # noqa: E402
import polars  # noqa: E402
import pyarrow  # noqa: E402
from obstore.exceptions import AlreadyExistsError, PreconditionError  # noqa: E402
from obstore.store import S3Store  # noqa: E402
from pyarrow import fs, parquet  # noqa: E402

# For Polars and Delta Lake.
OPTIONS = {
    'AWS_ENDPOINT_URL': harness.ENDPOINT,
    'AWS_REGION': harness.REGION,
    'AWS_ACCESS_KEY_ID': harness.ACCESS_KEY,
    'AWS_SECRET_ACCESS_KEY': harness.SECRET_KEY,
    'AWS_ALLOW_HTTP': 'true',
}
TABLE = pyarrow.table({'number': range(100_000), 'text': [str(number) for number in range(100_000)]})


class LakeCase(harness.Case):
    def setUp(self):
        super().setUp()
        scheme, _, address = harness.ENDPOINT.partition('://')
        self.arrow = fs.S3FileSystem(
            access_key=harness.ACCESS_KEY, secret_key=harness.SECRET_KEY, region=harness.REGION,
            scheme=scheme, endpoint_override=address, allow_bucket_creation=True, allow_bucket_deletion=True)
        self.bucket = harness.bucket_name('lake')
        self.arrow.create_dir(self.bucket)
        self.addCleanup(self.arrow.delete_dir, self.bucket)

    def paths(self):
        found = self.arrow.get_file_info(fs.FileSelector(self.bucket, recursive=True))
        return sorted(info.path.removeprefix(self.bucket + '/') for info in found if info.type == fs.FileType.File)


class Arrow(LakeCase):
    def test_parquet(self):
        path = self.bucket + '/tables/t.parquet'
        parquet.write_table(TABLE, path, filesystem=self.arrow)
        self.assertTrue(parquet.read_table(path, filesystem=self.arrow).equals(TABLE))
        self.assertEqual(parquet.read_table(path, filesystem=self.arrow, columns=['number']).num_columns, 1)

    def test_partitions(self):
        table = TABLE.slice(0, 100).append_column('part', [[number % 3 for number in range(100)]])
        parquet.write_to_dataset(table, self.bucket + '/set', partition_cols=['part'], filesystem=self.arrow)
        one = parquet.read_table(self.bucket + '/set', filesystem=self.arrow, filters=[('part', '=', 1)])
        self.assertEqual(one.num_rows, 33)

    def test_files_and_folders(self):
        with self.arrow.open_output_stream(self.bucket + '/folder/large') as out:
            for _ in range(26):
                out.write(b'x' * harness.MIB)
        self.assertEqual(self.arrow.get_file_info(self.bucket + '/folder/large').size, 26 * harness.MIB)
        self.arrow.copy_file(self.bucket + '/folder/large', self.bucket + '/folder/copy')
        self.arrow.move(self.bucket + '/folder/copy', self.bucket + '/folder/ü + x')
        self.assertEqual(self.paths(), ['folder/large', 'folder/ü + x'])
        with self.arrow.open_input_file(self.bucket + '/folder/ü + x') as file:
            self.assertEqual(file.read_at(4, 26 * harness.MIB - 4), b'xxxx')
        self.arrow.delete_dir(self.bucket + '/folder')
        self.assertEqual(self.arrow.get_file_info(self.bucket + '/folder').type, fs.FileType.NotFound)


class Polars(LakeCase):
    def test_parquet(self):
        frame = polars.DataFrame({'a': range(100_000)})
        for part in (1, 2):
            frame.write_parquet('s3://%s/set/part=%d/x.parquet' % (self.bucket, part), storage_options=OPTIONS)
        scanned = polars.scan_parquet('s3://%s/set/**/*.parquet' % self.bucket, storage_options=OPTIONS)
        self.assertEqual(scanned.select(polars.col('a').sum()).collect().item(), 2 * sum(range(100_000)))

    def test_sink(self):
        url = 's3://%s/sunk.parquet' % self.bucket
        polars.LazyFrame({'a': range(10)}).sink_parquet(url, storage_options=OPTIONS)
        self.assertEqual(polars.read_parquet(url, storage_options=OPTIONS).height, 10)


class Delta(LakeCase):
    def test_versions_of_a_table(self):
        url = 's3://%s/delta' % self.bucket
        for _ in range(3):
            deltalake.write_deltalake(url, TABLE, mode='append', storage_options=OPTIONS)
        table = deltalake.DeltaTable(url, storage_options=OPTIONS)
        self.assertEqual((table.version(), table.to_pyarrow_table().num_rows), (2, 300_000))
        table.optimize.compact()
        table.vacuum(retention_hours=0, enforce_retention_duration=False, dry_run=False)
        self.assertEqual(table.to_pyarrow_table().num_rows, 300_000)
        self.assertEqual(deltalake.DeltaTable(url, version=0, storage_options=OPTIONS).version(), 0)


class ObjectStore(LakeCase):
    def setUp(self):
        super().setUp()
        self.store = S3Store(
            self.bucket, endpoint=harness.ENDPOINT, region=harness.REGION, access_key_id=harness.ACCESS_KEY,
            secret_access_key=harness.SECRET_KEY, client_options={'allow_http': True})

    def test_a_write_on_condition(self):
        first = obstore.put(self.store, 'key', b'one', mode='create')
        with self.assertRaises(AlreadyExistsError):
            obstore.put(self.store, 'key', b'two', mode='create')
        obstore.put(self.store, 'key', b'two', mode={'e_tag': first['e_tag']})
        with self.assertRaises(PreconditionError):
            obstore.put(self.store, 'key', b'three', mode={'e_tag': first['e_tag']})
        self.assertEqual(bytes(obstore.get(self.store, 'key').bytes()), b'two')

    def test_parts_ranges_and_names(self):
        content = harness.patterned_bytes(26 * harness.MIB)
        obstore.put(self.store, 'a/ü +', content)
        obstore.copy(self.store, 'a/ü +', 'a/copy')
        obstore.rename(self.store, 'a/copy', 'a/renamed')
        ranges = obstore.get_ranges(self.store, 'a/renamed', starts=[0, 20_000_000], ends=[3, 20_000_010])
        self.assertEqual([bytes(one) for one in ranges], [content[:3], content[20_000_000:20_000_010]])
        listed = [item['path'] for page in obstore.list(self.store, 'a') for item in page]
        self.assertEqual(sorted(listed), ['a/renamed', 'a/ü +'])
        url = obstore.sign(self.store, 'GET', 'a/ü +', datetime.timedelta(minutes=1))
        self.assertEqual(harness.http_request('GET', url)[2], content)
        obstore.delete(self.store, listed)
        self.assertEqual(self.paths(), [])


harness.main('data-lake', sys.modules[__name__])
