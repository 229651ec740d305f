#!/usr/bin/env bash
# AWS's SDK for Go, by Go's own module proxy: `test/clients/aws-sdk-go/run.sh`, with the environment of ../run.ts.
set -euo pipefail
cd "$(dirname "$0")"
exec go run .
