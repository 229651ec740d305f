#!/usr/bin/env bash
# Brings Next.js for test/nextjs/nextjs.test.ts: into a folder of its own, outside of the repository.
set -euo pipefail
folder=${XDG_CACHE_HOME:-$HOME/.cache}/stowage-tests/nextjs
mkdir -p "$folder"
cd "$folder"
[ -f package.json ] || echo '{ "private": true, "type": "module" }' >package.json
npm install --ignore-scripts --no-audit --no-fund --silent next@16 react@19 react-dom@19
