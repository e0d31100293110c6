#!/usr/bin/env bash
# ./dev test sim […]; see ./dev help test.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. tools/build.sh

tools/packages.sh build test
if [ "${1:-}" = --plants ]; then
    shift
    mkdir -p build/plants
    exec python3 tests/sim/plants/run.py . build/plants "$@"
fi
build release tests/sim/world/test_worlds >&2
[ $# -gt 0 ] || set -- --seeds 1000
exec build/release/tests/sim/world/test_worlds "$@"
