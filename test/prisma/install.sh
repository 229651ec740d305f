#!/usr/bin/env bash
# Brings Prisma for test/prisma/prisma.test.ts: into a folder of its own, outside of the repository. Its install scripts,
# which download a program from outside of npm, are not run: only migrations need that program.
set -euo pipefail
folder=${XDG_CACHE_HOME:-$HOME/.cache}/stowage-tests/prisma
mkdir -p "$folder"
cd "$folder"
[ -f package.json ] || echo '{ "private": true, "type": "module" }' >package.json
npm install --ignore-scripts --no-audit --no-fund --silent prisma@7 @prisma/client@7 @prisma/adapter-pg@7
