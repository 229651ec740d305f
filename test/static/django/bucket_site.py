"""A Django site whose files are in a bucket, by django-storages. It reads a list of calls from standard input, and answers
with what they returned, as JSON.

    ["default", "save", "dummy/a.txt", "text"], ["default", "read", name], ["default", "listdir", "dummy"], ...
    ["collect", SOURCE], ["static", NAME]
"""

import json
import os
import sys

import django
from django.conf import settings
from django.core.files.base import ContentFile

BACKEND = "storages.backends.s3.S3Storage"
PLACE = {
    "bucket_name": os.environ["AWS_STORAGE_BUCKET_NAME"],
    "endpoint_url": os.environ["AWS_ENDPOINT_URL_S3"],
    "region_name": "us-east-1",
    "signature_version": "s3v4",
    "addressing_style": "path",
}

settings.configure(
    DEBUG=False,
    INSTALLED_APPS=["django.contrib.staticfiles"],
    STATIC_URL="/static/",
    STORAGES={
        "default": {
            "BACKEND": BACKEND,
            "OPTIONS": {**PLACE, "location": "media", "file_overwrite": False},
        },
        "gzip": {"BACKEND": BACKEND, "OPTIONS": {**PLACE, "location": "gzip", "gzip": True}},
        "staticfiles": {
            "BACKEND": "storages.backends.s3.S3ManifestStaticStorage",
            "OPTIONS": {**PLACE, "location": "static", "querystring_auth": False},
        },
    },
)
django.setup()

from django.core.files.storage import storages  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.templatetags.static import static  # noqa: E402


def call(alias, *arguments):
    if alias == "collect":
        settings.STATICFILES_DIRS = [arguments[0]]
        return call_command("collectstatic", interactive=False, verbosity=0)
    if alias == "static":
        return static(arguments[0])
    method, name, *rest = arguments
    storage = storages[alias]
    if method == "save":
        return storage.save(name, ContentFile(rest[0].encode()))
    if method == "read":
        with storage.open(name) as file:
            return file.read().decode()
    if method == "modified":
        return storage.get_modified_time(name).timestamp()
    return getattr(storage, method)(name)


print(json.dumps([call(*one) for one in json.load(sys.stdin)]))
