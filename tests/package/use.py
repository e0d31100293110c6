#!/usr/bin/env python3
"""use.py installed BUILD: a program is built against an installed Parley through pkg-config, shared and static.
use.py subproject ROOT: the same program in a meson project that has Parley as a subproject."""
import os
import pathlib
import subprocess
import sys
import tempfile

PROGRAM = """#include <dum/dum.h>
#include <stdio.h>

int main(void)
{
    sip_stack *stack = NULL;
    dum_manager *dum = NULL;

    if (sip_stack_create(NULL, &stack) != 0 || dum_manager_create(stack, NULL, &dum) != 0) {
        return 1;
    }
    sip_stack_destroy(stack);
    printf("%s\\n", sip_error_text(SIP_ENOMEM));
    return 0;
}
"""
PROJECT = """project('guest', 'c', version: '1')
executable('guest', 'guest.c', dependencies: dependency('dum', fallback: 'parley'))
"""


def run(*command, **options):
    result = subprocess.run(list(map(str, command)), capture_output=True, text=True, **options)
    if result.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: {result.returncode}\n{result.stdout}{result.stderr}")
    return result.stdout


def use_installed(folder, build):
    run("meson", "install", "-C", build, "--no-rebuild", "--quiet", "--destdir", folder)
    found = list(folder.rglob("pkgconfig/dum.pc"))
    if len(found) != 1:
        sys.exit(f"not one dum.pc below {folder}: {found}")
    libraries = found[0].parent.parent
    strangers = [
        path for path in folder.rglob("include/**/*.h") if path.parent.name not in ("sip", "dum")
    ]
    if strangers:
        sys.exit(f"installed beside the public headers: {strangers}")
    # The sysroot stands before the paths of Parley alone, so those of the system are asked for apart.
    prefix = libraries.relative_to(folder).parts
    environment = dict(os.environ, PKG_CONFIG_PATH=str(found[0].parent))
    where = "/" + "/".join(prefix)

    def flags(*options):
        words = run("pkg-config", *options, "dum", env=environment).split()
        return [word.replace("-L" + where, f"-L{libraries}", 1) for word in words]

    include = f"-I{next(folder.rglob('include/dum')).parent}"
    shared = [*flags("--cflags"), *flags("--libs"), f"-L{libraries}", "-lsip"]
    run("cc", "guest.c", include, *shared, "-o", "shared", cwd=folder)
    print(run(folder / "shared", env=dict(os.environ, LD_LIBRARY_PATH=str(libraries))), end="")
    words = [word for word in flags("--static", "--libs") if word not in ("-ldum", "-lsip")]
    archives = [libraries / "libdum.a", libraries / "libsip.a"]
    run("cc", "guest.c", include, *archives, *words, "-o", "static", cwd=folder)
    print(run(folder / "static"), end="")


def use_subproject(folder, root):
    (folder / "meson.build").write_text(PROJECT, encoding="utf-8")
    (folder / "subprojects").mkdir()
    (folder / "subprojects" / "parley").symlink_to(root)
    run("meson", "setup", "build", "-Ddefault_library=static", "-Doptimization=0", cwd=folder)
    run("ninja", "-C", "build", "guest", cwd=folder)
    if "libsip" in run("readelf", "-d", folder / "build" / "guest"):
        sys.exit("default_library=static of the outer project was not heard")
    print(run(folder / "build" / "guest"), end="")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        place = pathlib.Path(name)
        (place / "guest.c").write_text(PROGRAM, encoding="utf-8")
        {"installed": use_installed, "subproject": use_subproject}[sys.argv[1]](place, pathlib.Path(sys.argv[2]))
