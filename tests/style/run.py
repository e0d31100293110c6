#!/usr/bin/env python3
"""run.py CHECK ROOT runs one check over the tree; run.py CHECK --self-test shows that it can fail."""
import importlib
import pathlib
import sys
import tempfile


def on_planted_tree(check, files):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
        return check(root)


def self_test(module):
    wrong = []
    found = on_planted_tree(module.check, module.GOOD)
    if found:
        wrong.append(f"a good tree was refused: {found}")
    for files, expected in module.BAD:
        found = on_planted_tree(module.check, files)
        if not any(expected in problem for problem in found):
            wrong.append(f"not found: {expected!r} in {sorted(files)}, but {found}")
    return wrong


def main(name, what):
    module = importlib.import_module(name)
    problems = self_test(module) if what == "--self-test" else module.check(pathlib.Path(what))
    print("\n".join(problems) or "nothing to complain of")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
