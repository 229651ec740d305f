#!/usr/bin/env bash
# Brings Django and django-storages for test/static/django*.test.ts: into an environment of its own, outside of the repository.
set -euo pipefail
venv=${XDG_CACHE_HOME:-$HOME/.cache}/stowage-tests/django
python=$(command -v python3.14 || command -v python3.13 || command -v python3.12 || command -v python3)
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check django "django-storages[s3]"
