# Sourced by dev and its helpers: the named builds under build/.
export PYTHONUTF8=1

# The options of a named build, one a line; the first is the compiler.
build_options() {
    local all='-Dtests=enabled -Dapps=enabled'
    local sanitized='-Dpools=false -Db_lundef=false -Dbuildtype=debugoptimized'
    local undefined='-Dc_args=-fno-sanitize-recover=all'
    case $1 in
    release) echo "gcc $all -Dbuildtype=release" ;;
    clang) echo "clang $all -Dbuildtype=release" ;;
    asan) echo "clang $all -Db_sanitize=address,undefined $sanitized $undefined" ;;
    tsan) echo "clang $all -Db_sanitize=thread -Db_lundef=false -Dbuildtype=debugoptimized" ;;
    portable) echo "gcc $all -Dportable=true -Dbuildtype=release" ;;
    fuzz) echo "clang $all -Dfuzz=true -Db_sanitize=address,undefined $sanitized $undefined " ;;
    coverage) echo "gcc $all -Db_coverage=true -Dpools=false -Dbuildtype=debug" ;;
    bench) echo "gcc $all -Dbench=true -Dbuildtype=release" ;;
    install) echo "gcc -Dbuildtype=release -Dtests=disabled -Dapps=enabled" ;;
    *)
        echo "no build named '$1'" >&2
        return 2
        ;;
    esac
}

# configure NAME [MESON-OPTION…]: set build/NAME up unless it already is, with the same options.
configure() {
    local name=$1 dir=build/$1 wanted words
    shift
    read -ra words <<<"$(build_options "$name")"
    wanted="${words[*]} -Dwerror=true --wrap-mode=nofallback $*"
    if [ -f "$dir/build.ninja" ] && [ "$(cat "$dir/parley-options" 2>/dev/null)" = "$wanted" ]; then
        return 0
    fi
    rm -rf "$dir"
    mkdir -p "$dir"
    if ! CC=${words[0]} meson setup "$dir" "${words[@]:1}" -Dwerror=true --wrap-mode=nofallback "$@" \
        >"$dir/setup.log" 2>&1; then
        cat "$dir/setup.log" >&2
        return 1
    fi
    printf '%s\n' "$wanted" >"$dir/parley-options"
}

# build NAME [TARGET…]: configure and build; says little when there is nothing to do. Two at once take turns.
build() (
    mkdir -p build
    exec 9>"build/.$1.lock"
    if command -v flock >/dev/null; then
        flock 9
    fi
    configure "$1" 9>&- || return 1
    set -o pipefail
    ninja -C "build/$1" --quiet "${@:2}" 9>&- | { grep -v '^ninja: no work to do' || true; }
)
