"""A FileField of a model."""

import harness
from django.core.files.base import ContentFile
from django.db import connection, models


class Document(models.Model):
    upload = models.FileField(upload_to='documents/%Y')

    class Meta:
        app_label = 'site'


class FileField(harness.Case):
    @classmethod
    def setUpClass(cls):
        with connection.schema_editor() as editor:
            editor.create_model(Document)

    @classmethod
    def tearDownClass(cls):
        with connection.schema_editor() as editor:
            editor.delete_model(Document)

    def test_of_a_record_that_is_saved_read_and_deleted(self):
        document = Document()
        document.upload.save('report 1.txt', ContentFile(b'contents'))
        self.assertRegex(document.upload.name, r'^documents/\d{4}/report_1\.txt$')
        found = Document.objects.get(pk=document.pk)
        self.assertEqual((found.upload.size, found.upload.read()), (8, b'contents'))
        found.upload.close()
        with self.assertRaises(NotImplementedError):
            found.upload.path
        self.assertEqual(harness.http_request('GET', found.upload.url)[2], b'contents')
        second = Document.objects.create(upload=ContentFile(b'other', name='report 1.txt'))
        self.assertNotEqual(second.upload.name, document.upload.name)
        for record in (document, second):
            storage, name = record.upload.storage, record.upload.name
            record.upload.delete()
            self.assertFalse(storage.exists(name))
            self.assertFalse(record.upload)
