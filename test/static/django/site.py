"""A Django site with nothing but static files.

    site.py collect SOURCE DESTINATION    collectstatic, with ManifestStaticFilesStorage
    site.py urls DESTINATION NAME...      what {% static %} makes of each name, as JSON
    site.py version
"""

import json
import sys

import django
from django.conf import settings


def main(command, *arguments):
    if command == "version":
        print(django.get_version())
    elif command == "collect":
        source, destination = arguments
        configure(destination, [source])
        from django.core.management import call_command

        call_command("collectstatic", interactive=False, verbosity=0)
    else:
        destination, *names = arguments
        configure(destination, [])
        from django.templatetags.static import static

        print(json.dumps([static(name) for name in names]))


def configure(destination, sources):
    settings.configure(
        DEBUG=False,
        INSTALLED_APPS=["django.contrib.staticfiles"],
        STATIC_URL="/static/",
        STATIC_ROOT=destination,
        STATICFILES_DIRS=sources,
        STORAGES={
            "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
            "staticfiles": {
                "BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
            },
        },
    )
    django.setup()


main(*sys.argv[1:])
