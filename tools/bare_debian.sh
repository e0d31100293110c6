#!/usr/bin/env bash
# tools/bare_debian.sh [FOLDER [COMMAND…]]: prove that ./dev needs nothing but Debian 12.
#
# Makes a Debian 12 with debootstrap (minbase, not even git) in FOLDER, unless one is there already, puts a
# clone of HEAD into it and runs the commands (`demo` and `test`) there as root, with CI=true and no stdin.
# Archive, apt's settings, certificates and resolver are those of this machine. Needs root and debootstrap.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

folder=${1:-/var/tmp/parley-bare}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- demo test

mirror() {
    apt-get indextargets --format '$(CODENAME) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
        sed -n 's,^bookworm ,,p' | grep -m 1 '/debian/*$' || echo http://deb.debian.org/debian
}

copy_settings() {
    local file
    rm -f "$folder/etc/apt/sources.list"
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
        if [ -f "$file" ] && grep -q '/debian' "$file"; then
            cp --remove-destination "$file" "$folder$file"
        fi
    done
    for file in /etc/apt/apt.conf /etc/apt/apt.conf.d /etc/apt/auth.conf.d /etc/apt/keyrings \
        /etc/apt/trusted.gpg.d /usr/share/keyrings /etc/resolv.conf /etc/hosts /etc/ssl/certs; do
        if [ -e "$file" ]; then
            mkdir -p "$folder$(dirname "$file")"
            cp -rL --remove-destination "$file" "$folder$(dirname "$file")/"
        fi
    done
}

if [ ! -e "$folder/etc/debian_version" ]; then
    debootstrap --variant=minbase --include=ca-certificates bookworm "$folder" "$(mirror)"
    copy_settings
fi
rm -rf "$folder/root/parley"
git clone -q --no-local . "$folder/root/parley"

keep=()
for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
    [ -n "${!name:-}" ] && keep+=("$name=${!name}")
done
# The mounts live in a namespace of their own and go with it.
for command in "$@"; do
    printf '\n#### ./dev %s on bare Debian %s\n' "$command" "$(cat "$folder/etc/debian_version")"
    # shellcheck disable=SC2016 # expanded inside
    time unshare --mount --fork sh -ec '
        mount -t proc proc "$1/proc"
        mount --rbind /dev "$1/dev"
        exec chroot "$@"
    ' sh "$folder" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root CI=true "${keep[@]}" \
        /bin/sh -c 'cd /root/parley && exec ./dev $0' "$command" </dev/null
done
