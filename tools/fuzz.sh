#!/usr/bin/env bash
# ./dev fuzz [TARGET [SECONDS]]; --list prints the targets.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. tools/build.sh

targets() {
    local file
    for file in tests/fuzz/fuzz_*.c; do
        [ -f "$file" ] || continue
        file=${file##*/fuzz_}
        echo "${file%.c}"
    done
}

fuzz() {
    local target=$1 seconds=$2
    mkdir -p "build/fuzz-corpus/$target" build/fuzz-failures
    echo "== fuzz_$target, $seconds s"
    "build/fuzz/tests/fuzz/fuzz_$target" -max_total_time="$seconds" -print_final_stats=1 -verbosity=0 \
        -timeout=10 -rss_limit_mb=2048 -artifact_prefix="build/fuzz-failures/$target-" \
        "build/fuzz-corpus/$target" "tests/fuzz/corpus/$target"
}

if [ "${1:-}" = --list ]; then
    targets
    exit
fi
if [ $# -gt 0 ] && [ ! -f "tests/fuzz/fuzz_$1.c" ]; then
    echo "./dev fuzz: no target '$1'; there are:" $(targets) >&2
    exit 2
fi
case ${2:-60} in
*[!0-9]* | 0)
    echo "./dev fuzz: SECONDS must be a number, not '$2'" >&2
    exit 2
    ;;
esac
wanted=("${1:-}")
[ $# -gt 0 ] || mapfile -t wanted < <(targets)
tools/packages.sh build test
build fuzz "${wanted[@]/#/tests/fuzz/fuzz_}" >&2
if [ $# -gt 0 ]; then
    fuzz "$1" "${2:-60}"
else
    for target in $(targets); do
        fuzz "$target" 60
    done
fi
