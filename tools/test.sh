#!/usr/bin/env bash
# ./dev test [--all|--asan|--tsan] [NAME…]; see ./dev help test.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. tools/build.sh

if [ "${1:-}" = sim ]; then
    exec tools/sim.sh "${@:2}"
fi

mode=default
names=()
for word in "$@"; do
    case $word in
    --all | --asan | --tsan) mode=${word#--} ;;
    -*)
        echo "./dev test: no option '$word' (see ./dev help test)" >&2
        exit 2
        ;;
    *) names+=("$word") ;;
    esac
done

passed=0
failed=0

add_failure() {
    failed=$((failed + 1))
    printf 'FAILED: %s\n' "$1"
}

# Which tests of a build the words of the command line mean; meson 1.0 knows no wildcards itself.
chosen_of() {
    local dir=$1 test word
    shift
    meson test -C "$dir" --no-rebuild --list "$@" 2>/dev/null | sed 's,^.* / ,,' | while read -r test; do
        for word in "${names[@]}"; do
            # shellcheck disable=SC2053 # the word is a pattern
            if [[ $test == $word ]]; then
                echo "$test"
                break
            fi
        done
    done
}

# run BUILD LABEL [MESON-TEST-OPTION…]: build, run the tests, add what the log says to the totals.
run() {
    local name=$1 label=$2 dir=build/$1 counts chosen=()
    shift 2
    printf '\n== %s\n' "$label"
    if ! build "$name"; then
        add_failure "$label: the build"
        return
    fi
    if [ ${#names[@]} -gt 0 ]; then
        # shellcheck disable=SC2207 # names of tests have no blanks
        chosen=($(chosen_of "$dir" "$@"))
        [ ${#chosen[@]} -gt 0 ] || return 0
    fi
    rm -f "$dir"/meson-logs/testlog*.json
    "${prefix[@]}" meson test -C "$dir" --no-rebuild --print-errorlogs "$@" "${chosen[@]}" </dev/null || true
    counts=$(python3 tools/count_tests.py "$dir"/meson-logs/testlog*.json)
    passed=$((passed + ${counts% *}))
    failed=$((failed + ${counts#* }))
}

# What says the same in every build is run in one of them.
sanitized=(--no-suite style --no-suite package --no-suite interop --no-suite oom)
prefix=(env)

run_asan() {
    prefix=(
        env
        ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1:check_initialization_order=1
        UBSAN_OPTIONS=print_stacktrace=1
    )
    run asan 'clang, ASan and UBSan' "${sanitized[@]}" --timeout-multiplier 4
    prefix=(env)
}

run_tsan() {
    prefix=(env TSAN_OPTIONS=halt_on_error=1)
    # clang 14's TSan cannot map its shadow where the kernel randomises more bits than it knows of.
    if setarch -R true 2>/dev/null; then
        prefix=(setarch -R "${prefix[@]}")
    fi
    run tsan 'clang, TSan' "${sanitized[@]}" --timeout-multiplier 10
    prefix=(env)
}

run_valgrind() {
    run release 'gcc, valgrind on parser and message' --suite parser --suite message \
        --timeout-multiplier 20 \
        --wrap='valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=all'
}

run_plants() {
    printf '\n== faults that the generated worlds must find\n'
    if tools/sim.sh --plants; then
        passed=$((passed + 1))
    else
        add_failure 'the plants of tests/sim/plants'
    fi
}

run_fuzzers() {
    local target
    printf '\n== fuzz targets, a minute each\n'
    if ! build fuzz; then
        add_failure 'the fuzz build'
        return
    fi
    for target in $(tools/fuzz.sh --list); do
        if tools/fuzz.sh "$target" 60 >"build/fuzz/$target.log" 2>&1; then
            passed=$((passed + 1))
        else
            tail -n 40 "build/fuzz/$target.log"
            add_failure "fuzz $target"
        fi
    done
}

groups=(build test)
[ "$mode" = all ] && groups+=(all)
tools/packages.sh "${groups[@]}"

case $mode in
asan) run_asan ;;
tsan) run_tsan ;;
default)
    run release 'gcc, release' --no-suite oom
    run_asan
    ;;
all)
    run release 'gcc, release'
    run_asan
    run_tsan
    run clang 'clang, release' "${sanitized[@]}"
    run portable 'gcc, portable twins only' --no-suite style --no-suite package --no-suite oom
    if [ ${#names[@]} -eq 0 ]; then
        run_valgrind
        run_plants
        run_fuzzers
    fi
    ;;
esac

if [ $((passed + failed)) -eq 0 ]; then
    echo 'no test ran' >&2
fi
printf '\n%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
