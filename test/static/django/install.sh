#!/usr/bin/env bash
# Brings Django and django-storages for test/static/django*.test.ts: into an environment of its own, outside of the repository.
set -euo pipefail
venv=${XDG_CACHE_HOME:-$HOME/.cache}/stowage-tests/django
# The newest that runs: pyenv has commands for versions that it does not run.
for python in python3.14 python3.13 python3.12 "$HOME"/.pyenv/versions/3.1[2-9]*/bin/python python3; do
  if "$python" --version >/dev/null 2>&1; then break; fi
done
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check django "django-storages[s3]"
