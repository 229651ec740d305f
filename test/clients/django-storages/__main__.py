"""Django with django-storages: the second half of the tutorial: `python test/clients/django-storages [part of a name ...]`."""

import os
import sys

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import harness  # noqa: E402

import site_settings  # noqa: E402

BUCKET = site_settings.configure()

import fields  # noqa: E402
import static_files  # noqa: E402
import storage  # noqa: E402

harness.main('django-storages', storage, fields, static_files)
