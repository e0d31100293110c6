"""clang-format has nothing to change."""
import pathlib
import re
import subprocess

import tree

STYLE = pathlib.Path(__file__).resolve().parents[2] / ".clang-format"
COMPLAINT = re.compile(r"^(.+?:\d+):\d+: error:", re.M)


def check(root):
    files = tree.c_files(root)
    if not files:
        return []
    if not (root / ".clang-format").exists():
        (root / ".clang-format").write_bytes(STYLE.read_bytes())
    result = subprocess.run(
        ["clang-format", "--dry-run", "-Werror", "--style=file", *map(str, files)],
        cwd=root,
        capture_output=True,
        text=True,
    )
    if result.returncode == 0:
        return []
    places = dict.fromkeys(COMPLAINT.findall(result.stderr))
    return [f"{place}: not as clang-format would write it" for place in places] or [result.stderr]


GOOD = {"libsip/base/a.c": "int a(void)\n{\n    return 0;\n}\n"}
BAD = [
    ({"libsip/base/a.c": "int a(void) {\n    return 0;\n}\n"}, "libsip/base/a.c:1"),
    ({"libdum/core/a.h": "int  a(void);\n"}, "libdum/core/a.h:1"),
]
