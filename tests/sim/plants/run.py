"""Plant faults and see that the generated worlds find them.

    run.py ROOT WORK [NAME…]

Each tests/sim/plants/NAME.patch is applied to a copy of the tree ROOT in WORK, built, and looked for by
test_worlds in at most 2,000 seeds. Its first line says what is planted. Exits 0 only if every fault is found by
an invariant; a crash does not count. A patch that does not apply any more is named, and fails the run.
"""
import fcntl
import filecmp
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

SEEDS = 2000
SOUND = 100  # seeds that the tree without a fault must live through first
TREES = ("apps", "docs", "libdum", "libsip", "tests", "tools")
FILES = ("meson.build", "meson_options.txt", "LICENSE", "README.md")
TARGET = "tests/sim/world/test_worlds"


def run(command, cwd, **more):
    return subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)


def copy_tree(root, tree):
    """Only what differs is written, so that the next run builds little."""
    wanted = {root / name for name in FILES}
    for name in TREES:
        wanted |= {file for file in (root / name).rglob("*") if file.is_file()}
    for file in wanted:
        target = tree / file.relative_to(root)
        if not target.is_file() or not filecmp.cmp(file, target, shallow=False):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, target)
    for target in tree.rglob("*"):
        if target.is_file() and not (root / target.relative_to(tree)).exists():
            target.unlink()


def configure(tree, build):
    if (build / "build.ninja").exists():
        return
    options = ["-Dwerror=false", "-Dbuildtype=debugoptimized", "-Dapps=disabled", "--wrap-mode=nofallback"]
    done = run(["meson", "setup", str(build), *options], tree)
    if done.returncode != 0:
        sys.exit(done.stdout)


def compile_target(build):
    return run(["ninja", "-C", str(build), TARGET], build)


def worlds(build, seeds):
    return run([str(build / TARGET), "--seeds", str(seeds), "--quiet"], build)


def patch(tree, file, *options):
    return run(["patch", "-p1", "--no-backup-if-mismatch", "--forward", *options, "-i", str(file)], tree)


def describe(file):
    return file.read_text(encoding="utf-8").split("\n", 1)[0].strip()


def look_for(tree, build, file):
    """-> (found, what the table says)"""
    done = patch(tree, file, "--dry-run")
    if done.returncode != 0:
        return False, "DOES NOT APPLY: " + " ".join(done.stdout.split())[:160]
    patch(tree, file)
    try:
        done = compile_target(build)
        if done.returncode != 0:
            return False, "does not compile:\n" + done.stdout[-1500:]
        done = worlds(build, SEEDS)
    finally:
        run(["patch", "-p1", "-R", "--no-backup-if-mismatch", "-i", str(file)], tree)
    seen = re.search(r"^FAILED seed (\d+): ([^:]+)", done.stdout, re.MULTILINE)
    if seen:
        return True, f"{int(seen[1]) + 1:>5}  {seen[2]}"
    return False, "NOT FOUND" if done.returncode == 0 else f"crashed ({done.returncode})"


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    root, work, names = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve(), sys.argv[3:]
    tree = work / "tree"
    build = work / "build"
    files = sorted((root / "tests/sim/plants").glob("*.patch"))
    files = [file for file in files if not names or file.stem in names]
    if not files:
        sys.exit("no such plant")
    work.mkdir(parents=True, exist_ok=True)
    lock = open(work / "lock", "w")  # two at once would build each other's plants
    fcntl.flock(lock, fcntl.LOCK_EX)
    copy_tree(root, tree)
    configure(tree, build)
    done = compile_target(build)
    if done.returncode != 0:
        sys.exit(done.stdout[-3000:])
    done = worlds(build, SOUND)
    if done.returncode != 0:
        sys.exit("the tree without a plant fails:\n" + done.stdout[:600])
    missed = 0
    print(f"{'plant':<28} {'seeds':>5}  {'found by':<58} seconds", flush=True)
    for file in files:
        begun = time.monotonic()
        found, text = look_for(tree, build, file)
        missed += not found
        print(f"{file.stem:<28} {text:<65} {time.monotonic() - begun:>7.1f}", flush=True)
        if not found:
            print(f"    {describe(file)}", flush=True)
    print(f"{len(files) - missed} of {len(files)} plants found within {SEEDS} seeds each")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    os.environ.setdefault("CC", "gcc")
    main()
