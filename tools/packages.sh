#!/usr/bin/env bash
# What Parley needs from Debian 12, and how it gets there.
#   tools/packages.sh GROUP…        make sure that the groups (build, test, bench, docs) are installed
#   tools/packages.sh -- PACKAGE…   the same for single packages
#   tools/packages.sh --list GROUP… print their packages
set -euo pipefail

build_packages=(
    gcc libc6-dev meson ninja-build pkg-config python3
    libuv1-dev libc-ares-dev libssl-dev libedit-dev libjansson-dev libcmocka-dev
    libexpat1-dev libwslay-dev libmicrohttpd-dev
)
test_packages=(
    prometheus
    libglib2.0-dev
    g++ clang libclang-rt-14-dev llvm clang-format clang-tidy util-linux
    sip-tester kamailio kamailio-tls-modules kamailio-websocket-modules baresip-core linphone-cli nsd tshark
    python3-websockets openssl iproute2 procps patch
)
all_packages=(valgrind)
bench_packages=(
    sip-tester kamailio
    valgrind libsofia-sip-ua-dev libosip2-dev libre-dev libbellesip-dev
)
docs_packages=(doxygen)

packages_of() {
    local group
    for group in "$@"; do
        case $group in
        build) printf '%s\n' "${build_packages[@]}" ;;
        test) printf '%s\n' "${test_packages[@]}" ;;
        all) printf '%s\n' "${all_packages[@]}" ;;
        bench) printf '%s\n' "${bench_packages[@]}" ;;
        docs) printf '%s\n' "${docs_packages[@]}" ;;
        *)
            echo "packages.sh: unknown group '$group'" >&2
            exit 2
            ;;
        esac
    done
}

# Those of the packages given that are not installed, by one question to dpkg.
missing_of() {
    local have name
    have=$(dpkg-query -W -f '${db:Status-Abbrev}:${Package}:' "$@" 2>/dev/null || true)
    for name in "$@"; do
        case $have in
        *"ii :$name:"*) ;;
        *) echo "$name" ;;
        esac
    done
}

is_debian_12() {
    [ -r /etc/os-release ] && command -v apt-get >/dev/null && command -v dpkg-query >/dev/null &&
        (. /etc/os-release && [ "${ID:-}" = debian ] && [ "${VERSION_ID:-}" = 12 ])
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif [ -t 0 ]; then
        sudo "$@"
    else
        sudo -n "$@"
    fi
}

explain_elsewhere() {
    cat >&2 <<TEXT
Packages are installed by themselves on Debian 12 only, and this is another system.
Install what answers to these (names of Debian 12):

    $(printf '%s ' "$@" | fold -s -w 88 | sed '2,$s/^/    /')

then say that they are there:

    PARLEY_PACKAGES=present ./dev …
TEXT
}

explain_no_root() {
    cat >&2 <<TEXT
These packages are missing, and installing them needs root or sudo. As root run:

    apt-get update && apt-get install --no-install-recommends $*
TEXT
}

explain_failure() {
    cat >&2 <<TEXT
The packages could not be installed; apt-get's last words stand above. By hand it is:

    apt-get update && apt-get install --no-install-recommends $*
TEXT
}

# A script, not `env` alone: sudo drops the environment. While it runs no service is started: kamailio
# and its like are wanted as programs, not as daemons on port 5060.
install_script='
set -e
export DEBIAN_FRONTEND=noninteractive DEBCONF_NONINTERACTIVE_SEEN=true LC_ALL=C.UTF-8
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap "rm -f $policy" EXIT
    printf "#!/bin/sh\nexit 101\n" >"$policy"
    chmod 755 "$policy"
fi
apt-get -q update
apt-get -q -y -o Dpkg::Options::=--force-confold -o Dpkg::Use-Pty=0 \
    install --no-install-recommends "$@"
'

ensure() {
    local missing log
    [ "${PARLEY_PACKAGES:-}" = present ] && return 0
    if ! is_debian_12; then
        explain_elsewhere "$@"
        return 1
    fi
    missing=$(missing_of "$@")
    [ -n "$missing" ] || return 0
    # shellcheck disable=SC2206 # one word a package
    missing=($missing)
    if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
        explain_no_root "${missing[@]}"
        return 1
    fi
    echo "installing ${missing[*]}" >&2
    log=$(mktemp)
    if ! as_root sh -c "$install_script" install "${missing[@]}" </dev/null >"$log" 2>&1; then
        tail -n 30 "$log" >&2
        rm -f "$log"
        explain_failure "${missing[@]}"
        return 1
    fi
    rm -f "$log"
}

case ${1:-} in
--list)
    shift
    packages_of "$@"
    ;;
--)
    shift
    ensure "$@"
    ;;
'')
    echo "usage: tools/packages.sh GROUP… | -- PACKAGE… | --list GROUP…" >&2
    exit 2
    ;;
*)
    list=$(packages_of "$@")
    # shellcheck disable=SC2086 # one word a package
    ensure $list
    ;;
esac
