"""No tab, no space at the end of a line, a newline at the end of every file."""
import tree

ENDS = {".c", ".h", ".py", ".sh", ".md", ".build", ".txt", ".map"}
PLACES = ("libsip", "libdum", "apps", "tests", "docs", "tools", ".ci")
# Bytes as peers send them.
DATA = ("tests/torture", "tests/fuzz/corpus")


def files(root):
    found = [path for path in sorted(root.glob("*")) if path.is_file() and (path.suffix in ENDS or path.name == "dev")]
    for place in PLACES:
        found += [
            path
            for path in sorted((root / place).rglob("*"))
            if path.is_file() and (path.suffix in ENDS or place == ".ci")
        ]
    return [path for path in found if not path.relative_to(root).as_posix().startswith(DATA)]


def check(root):
    problems = []
    for path in files(root):
        name = path.relative_to(root)
        text = path.read_text(encoding="utf-8")
        for number, line in enumerate(text.split("\n"), 1):
            if "\t" in line:
                problems.append(f"{name}:{number}: a tab")
            if line != line.rstrip():
                problems.append(f"{name}:{number}: space at the end of the line")
        if text and not text.endswith("\n"):
            problems.append(f"{name}: no newline at the end")
    return problems


GOOD = {"libsip/base/a.c": "int a;\n", "tests/torture/a.txt": "a \r\n"}
BAD = [
    ({"libsip/base/a.c": "\tint a;\n"}, "a.c:1: a tab"),
    ({"docs/a.md": "a \n"}, "a.md:1: space"),
    ({"tools/a.py": "a = 1"}, "a.py: no newline"),
    ({"dev": "a \n"}, "dev:1: space"),
]
