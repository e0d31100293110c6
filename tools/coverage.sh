#!/usr/bin/env bash
# ./dev coverage [SUITE…]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. tools/build.sh

tools/packages.sh build test
build coverage >&2
suites=("$@")
[ ${#suites[@]} -gt 0 ] || suites=(torture fuzz)
find build/coverage -name '*.gcda' -delete
failed=0
meson test -C build/coverage --no-rebuild "${suites[@]/#/--suite=}" >&2 || failed=$?
python3 tools/coverage.py build/coverage libsip/parser libsip/message libsip/body
exit "$failed"
