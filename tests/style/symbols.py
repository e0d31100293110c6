#!/usr/bin/env python3
"""symbols.py ROOT LIBRARY ARCHIVE SHARED: the archive defines only names that begin with the library's prefix, and
the shared library exports exactly the functions that its public headers declare."""
import pathlib
import subprocess
import sys

import comments
import tree


def defined(path, *options):
    lines = subprocess.run(
        ["nm", "-g", "--defined-only", *options, path], check=True, capture_output=True, text=True
    ).stdout.splitlines()
    return {line.split()[-1].split("@")[0] for line in lines if len(line.split()) == 3}


def compare(prefix, archive, exported, declared):
    foreign = {name for name in archive if not name.startswith((prefix, "__", "_edata", "_end"))}
    problems = [f"{name}: a global name without the prefix {prefix}" for name in foreign]
    problems += [f"{name}: declared in a public header, not exported" for name in declared - exported]
    problems += [f"{name}: exported, declared in no public header" for name in exported - declared]
    return sorted(problems)


def self_test():
    assert compare("sip_", {"sip_a"}, {"sip_a"}, {"sip_a"}) == []
    for arguments in (({"b"}, {"sip_a"}, {"sip_a"}), (set(), set(), {"sip_a"}), (set(), {"sip_a"}, set())):
        assert compare("sip_", *arguments), arguments


def main(root, library, archive, shared):
    self_test()
    root = pathlib.Path(root)
    headers = [path for path in tree.public_headers(root) if path.parts[0] == library]
    declared = {name for path in headers for name, _ in comments.declared(tree.read(root, path))}
    prefix = {"libsip": "sip_", "libdum": "dum_"}[library]
    exported = {name for name in defined(shared, "-D") if name.startswith(prefix)}
    problems = compare(prefix, defined(archive), exported, declared)
    print("\n".join(problems) or f"{len(exported)} functions exported")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
