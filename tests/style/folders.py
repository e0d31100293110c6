"""Every folder with C files has its own meson.build, and every .c file is named in it or in one above it."""
import re

import tree


def words_of(build):
    return set(re.findall(r"'([^'\n]+)'", build.read_text(encoding="utf-8"))) if build.is_file() else set()


def is_named(root, path):
    # A fuzz target stands in its list without its prefix and its end.
    short = path.stem.removeprefix("fuzz_")
    folder = path.parent
    while folder.parts:
        relative = path.relative_to(folder).as_posix()
        words = words_of(root / folder / "meson.build")
        if relative in words or relative.removesuffix(".c") in words or short in words:
            return True
        if any(word.endswith(f"/{path.name}") for word in words):
            return True
        folder = folder.parent
    return False


def check(root):
    problems = []
    for path in tree.c_files(root, ends=(".c",)):
        if path.parts[0] in tree.LIBRARIES and not (root / path.parent / "meson.build").is_file():
            problems.append(f"{path.parent}: has no meson.build")
        elif not is_named(root, path) and path.name != "fuzz_main.c":
            problems.append(f"{path}: is in no meson.build")
    return sorted(set(problems))


GOOD = {
    "libsip/base/a.c": "",
    "libsip/base/meson.build": "libsip_sources += files('a.c')\n",
    "tests/sim/flow/test_b.c": "",
    "tests/sim/meson.build": "sim_tests += {'test_b': files('flow/test_b.c')}\n",
}
BAD = [
    ({"libsip/base/a.c": ""}, "has no meson.build"),
    ({"libsip/base/a.c": "", "libsip/base/meson.build": "libsip_sources += files()\n"}, "a.c: is in no"),
    ({"tests/unit/libsip/base/test_a.c": ""}, "test_a.c: is in no"),
]
