"""Line coverage of a build made with b_coverage: coverage.py BUILD FOLDER…

Prints a table of the files below each FOLDER, and the sum of each folder. A header that several objects
include counts once: a line is covered if any of them ran it. Fails if a folder is below --at-least.
"""
import argparse
import gzip
import json
import pathlib
import subprocess
import sys
import tempfile


def notes_of(build, folders):
    """The objects whose source is in one of the folders: `libsip/parser/a.c` makes `parser_a.c.gcno`."""
    wanted = tuple(f"{folder.split('/', 1)[1].replace('/', '_')}_" for folder in folders)
    libraries = {folder.split("/", 1)[0] for folder in folders}
    return [
        notes
        for library in sorted(libraries)
        for notes in sorted((build / library).glob("lib*.p/*.gcno"))
        if notes.name.startswith(wanted)
    ]


def lines_of(build, root, folders):
    """{file: {line: covered}}"""
    found = {}
    with tempfile.TemporaryDirectory() as scratch:
        for notes in notes_of(build, folders):
            subprocess.run(
                ["gcov", "--json-format", str(notes.resolve())], cwd=scratch, check=True, capture_output=True
            )
        for report in pathlib.Path(scratch).glob("*.gcov.json.gz"):
            for file in json.loads(gzip.decompress(report.read_bytes()))["files"]:
                add_lines(found, build, root, folders, file)
    return found


def add_lines(found, build, root, folders, file):
    path = (build / file["file"]).resolve()
    if not path.is_relative_to(root):
        return
    name = path.relative_to(root).as_posix()
    if not name.startswith(tuple(folder + "/" for folder in folders)):
        return
    lines = found.setdefault(name, {})
    for line in file["lines"]:
        number = line["line_number"]
        lines[number] = lines.get(number, False) or line["count"] > 0


def row(name, covered, total):
    percent = 100 * covered / total if total else 100
    print(f"{name:44} {covered:6} {total:6} {percent:7.1f} %")
    return percent


def main():
    options = argparse.ArgumentParser()
    options.add_argument("build", type=pathlib.Path)
    options.add_argument("folders", nargs="+")
    options.add_argument("--at-least", type=float, default=0)
    args = options.parse_args()
    root = pathlib.Path(__file__).resolve().parent.parent
    found = lines_of(args.build.resolve(), root, args.folders)
    sums = {}
    print(f"{'file':44} {'lines':>6} {'of':>6}")
    for name in sorted(found):
        covered, total = sum(found[name].values()), len(found[name])
        row(name, covered, total)
        folder = name.rsplit("/", 1)[0]
        before = sums.get(folder, (0, 0))
        sums[folder] = (before[0] + covered, before[1] + total)
    low = [folder for folder, (covered, total) in sums.items() if row(folder + "/", covered, total) < args.at_least]
    if low or not sums:
        print("below", args.at_least, "%:", *low, file=sys.stderr)
        sys.exit(1)


main()
