#!/usr/bin/env python3
"""symbols.py ROOT LIBRARY ARCHIVE SHARED: the archive defines only names that begin with the library's prefix, and
the shared library exports exactly the functions and constants that its public headers declare."""
import os
import pathlib
import re
import subprocess
import sys

import comments
import tree


def defined(path, *options):
    lines = subprocess.run(
        ["nm", "-g", "--defined-only", *options, path], check=True, capture_output=True, text=True
    ).stdout.splitlines()
    return {line.split()[-1].split("@")[0] for line in lines if len(line.split()) == 3}


CONSTANTS = re.compile(r"\bextern const (?:struct )?\w+ ([\w\s,]+);")


def constants(text):
    """The names of all constants that preprocessed text declares: macros declare some."""
    return {name.strip() for match in CONSTANTS.finditer(text) for name in match.group(1).split(",")}


def preprocessed(root, headers):
    """What the compiler makes of the headers, one after the other."""
    dirs = [f"-I{root / place / 'include'}" for place in ("libsip", "libdum")]
    source = "".join(f'#include "{(root / path).resolve()}"\n' for path in headers)
    cc = os.environ.get("CC", "gcc").split()[-1]
    return subprocess.run(
        [cc, "-std=c11", "-E", "-P", "-D_POSIX_C_SOURCE=200809L", *dirs, "-x", "c", "-"],
        check=True, input=source, capture_output=True, text=True,
    ).stdout


def compare(prefix, archive, exported, declared):
    foreign = {name for name in archive if not name.startswith((prefix, "__", "_edata", "_end"))}
    problems = [f"{name}: a global name without the prefix {prefix}" for name in foreign]
    problems += [f"{name}: declared in a public header, not exported" for name in declared - exported]
    problems += [f"{name}: exported, declared in no public header" for name in exported - declared]
    return sorted(problems)


def self_test():
    assert compare("sip_", {"sip_a"}, {"sip_a"}, {"sip_a"}) == []
    assert constants("extern const sip_a sip_b, sip_c; extern int sip_d;") == {"sip_b", "sip_c"}
    for arguments in (({"b"}, {"sip_a"}, {"sip_a"}), (set(), set(), {"sip_a"}), (set(), {"sip_a"}, set())):
        assert compare("sip_", *arguments), arguments


def main(root, library, archive, shared):
    self_test()
    root = pathlib.Path(root)
    headers = [path for path in tree.public_headers(root) if path.parts[0] == library]
    declared = {name for path in headers for name, _ in comments.declared(tree.read(root, path))}
    prefix = {"libsip": "sip_", "libdum": "dum_"}[library]
    declared |= {name for name in constants(preprocessed(root, headers)) if name.startswith(prefix)}
    exported = {name for name in defined(shared, "-D") if name.startswith(prefix)}
    problems = compare(prefix, defined(archive), exported, declared)
    print("\n".join(problems) or f"{len(exported)} names exported")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
