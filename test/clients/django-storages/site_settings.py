"""A Django site whose files, uploaded and static, are in one bucket of the endpoint under test."""

import atexit

import boto3
import django
from django.conf import settings

import harness


def configure():
    """Makes the bucket, sets Django up and makes its tables. The bucket goes when the program ends."""
    name = harness.bucket_name('django')
    s3 = boto3.resource('s3', endpoint_url=harness.ENDPOINT, region_name=harness.REGION,
                        aws_access_key_id=harness.ACCESS_KEY, aws_secret_access_key=harness.SECRET_KEY)
    bucket = s3.create_bucket(Bucket=name)
    atexit.register(lambda: (bucket.objects.all().delete(), bucket.delete()))
    options = {
        'access_key': harness.ACCESS_KEY,
        'secret_key': harness.SECRET_KEY,
        'bucket_name': name,
        'endpoint_url': harness.ENDPOINT,
        'region_name': harness.REGION,
    }
    settings.configure(
        INSTALLED_APPS=['django.contrib.admin', 'django.contrib.auth', 'django.contrib.contenttypes',
                        'django.contrib.messages', 'django.contrib.staticfiles'],
        DATABASES={'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': ':memory:'}},
        STATIC_URL='/static/',
        USE_TZ=True,
        STORAGES={
            'default': {
                'BACKEND': 'storages.backends.s3.S3Storage',
                'OPTIONS': {**options, 'location': 'media', 'file_overwrite': False},
            },
            'staticfiles': {
                'BACKEND': 'storages.backends.s3.S3StaticStorage',
                'OPTIONS': {**options, 'location': 'static', 'default_acl': 'public-read', 'querystring_auth': False},
            },
            'hashed': {
                'BACKEND': 'storages.backends.s3.S3ManifestStaticStorage',
                'OPTIONS': {**options, 'location': 'hashed', 'default_acl': 'public-read', 'querystring_auth': False},
            },
        },
    )
    django.setup()
    return name
