"""The source tree as the checks see it."""
import pathlib
import re

LIBRARIES = ("libsip", "libdum")
CODE = ("libsip", "libdum", "apps", "tests", "docs/examples")
SUBDIR = re.compile(r"^\s*subdir\('([^']+)'\)", re.M)


def c_files(root, places=CODE, ends=(".c", ".h")):
    """Every C file of these folders, as paths relative to the root."""
    found = []
    for place in places:
        for path in sorted((root / place).rglob("*")):
            if path.suffix in ends and path.is_file():
                found.append(path.relative_to(root))
    return found


def public_headers(root):
    return c_files(root, ("libsip/include", "libdum/include"), (".h",))


def is_public(path):
    return len(path.parts) > 2 and path.parts[0] in LIBRARIES and path.parts[1] == "include"


def read(root, path):
    return (root / path).read_text(encoding="utf-8")


def include_order(root, library):
    """The folders of a library in include order, as its meson.build enters them."""
    order = []

    def enter(folder):
        build = root / library / folder / "meson.build"
        inner = SUBDIR.findall(build.read_text(encoding="utf-8")) if build.is_file() else []
        if inner:
            for name in inner:
                enter(folder / name)
        elif folder != pathlib.Path():
            order.append(folder.as_posix())

    enter(pathlib.Path())
    return order


def without_comments(text):
    """The text with comments and the inside of literals blanked, line for line."""

    def blank(match):
        word = match.group()
        if word[0] in "\"'":
            return word[0] * 2 if len(word) > 1 else word
        return re.sub(r"[^\n]", " ", word)

    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text, flags=re.S)
