#!/usr/bin/env bash
# Brings Bun and Deno for test/runtimes/runtimes.test.ts: into a folder of its own, outside of the repository.
set -euo pipefail
folder=${XDG_CACHE_HOME:-$HOME/.cache}/stowage-tests/runtimes
mkdir -p "$folder"
cd "$folder"
[ -f package.json ] || echo '{ "private": true, "type": "module" }' >package.json
npm install --ignore-scripts --no-audit --no-fund --silent bun@1 deno@2
# Each puts the program that npm brought for this machine in its place, where a signal reaches it.
node_modules/.bin/bun --version >/dev/null 2>&1 || node node_modules/bun/install.js
node node_modules/deno/install.cjs
