"""A folder includes only from itself and from folders above it; libdum, the programs and the examples see only the
public headers of what they stand on; uv.h and _GNU_SOURCE stay in libsip/io (an example may have a loop of its own)."""
import re

import tree

INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]', re.M)
GNU = re.compile(r"\b_GNU_SOURCE\b")


def folder_of(path, order):
    """The deepest folder of the include order that this path (below its library) lies in."""
    inside = path.parent.as_posix()
    while inside not in order and "/" in inside:
        inside = inside.rpartition("/")[0]
    return inside


def check_library_include(root, path, name, order):
    library = path.parts[0]
    target = root / library / name
    if not target.is_file():
        return f'includes "{name}", which is no file of {library}'
    own = folder_of(path.relative_to(library), order)
    other = folder_of(target.relative_to(root / library), order)
    if own not in order or other not in order:
        return f'includes "{name}" from a folder outside the include order'
    if order.index(other) > order.index(own):
        return f'includes "{name}" from a folder below its own ({own} stands before {other})'
    return None


def check_app_include(root, path, name):
    home = path.parts[1]
    if not any((root / "apps" / (name + end)).is_file() for end in ("", ".in")):
        return f'includes "{name}", which is no file of apps'
    if name.split("/")[0] not in (home, "common"):
        return f'includes "{name}" of another program'
    return None


def check_include(root, path, bracket, name, orders):
    place = path.parts[0]
    if name == "uv.h" and path.parts[:2] not in (("libsip", "io"), ("docs", "examples")):
        return "includes uv.h outside libsip/io"
    if name.startswith("dum/") and bracket == "<" and place == "libsip":
        return f"includes <{name}>, which stands above it"
    if bracket == "<":
        return None
    if tree.is_public(path):
        return f'is public and includes "{name}"; public headers include <sip/…> and <dum/…>'
    if place in tree.LIBRARIES:
        return check_library_include(root, path, name, orders[place])
    if place == "apps":
        return check_app_include(root, path, name)
    return f'includes "{name}"; an example sees only public headers' if "/" in name else None


def check(root):
    problems = []
    orders = {library: tree.include_order(root, library) for library in tree.LIBRARIES}
    for path in tree.c_files(root, ("libsip", "libdum", "apps", "docs/examples")):
        text = tree.read(root, path)
        for match in INCLUDE.finditer(text):
            problem = check_include(root, path, match.group(1), match.group(2), orders)
            if problem:
                problems.append(f"{path}:{text.count(chr(10), 0, match.start()) + 1}: {problem}")
        if path.parts[:2] != ("libsip", "io") and GNU.search(tree.without_comments(text)):
            problems.append(f"{path}: _GNU_SOURCE outside libsip/io")
    return problems


ORDER = {
    "libsip/meson.build": "subdir('base')\nsubdir('parser')\nsubdir('io')\n",
    "libsip/parser/scan.h": "",
    "libdum/meson.build": "subdir('core')\nsubdir('usage')\n",
    "libdum/usage/meson.build": "subdir('invite')\nsubdir('register')\n",
    "libdum/usage/register/binding.h": "",
}
GOOD = {
    **ORDER,
    "libsip/parser/scan.c": '#include "parser/scan.h"\n#include <sip/base.h>\n',
    "libsip/io/loop.c": "#define _GNU_SOURCE\n#include <uv.h>\n",
    "libdum/usage/register/binding.c": '#include "usage/register/binding.h"\n#include <sip/base.h>\n',
    "docs/examples/loop.c": "#include <uv.h>\n",
    "apps/common/line.h": "",
    "apps/common/version.h.in": "",
    "apps/phone/phone.c": '#include "common/line.h"\n#include "common/version.h"\n',
}
BAD = [
    ({**ORDER, "libsip/base/arena.c": '#include "parser/scan.h"\n'}, "below its own"),
    ({**ORDER, "libdum/usage/invite/call.c": '#include "usage/register/binding.h"\n'}, "below its own"),
    ({**ORDER, "libdum/core/turn.c": '#include "parser/scan.h"\n'}, "no file of libdum"),
    ({**ORDER, "libsip/base/arena.c": "#include <dum/dum.h>\n"}, "stands above it"),
    ({**ORDER, "libsip/base/arena.c": "#include <uv.h>\n"}, "uv.h"),
    ({**ORDER, "libsip/parser/scan.c": "#define _GNU_SOURCE 1\n"}, "_GNU_SOURCE"),
    ({**ORDER, "libsip/include/sip/msg.h": '#include "base/arena.h"\n'}, "is public"),
    ({**ORDER, "apps/phone/phone.c": '#include "parser/scan.h"\n'}, "no file of apps"),
    ({**ORDER, "apps/phone/phone.c": '#include "proxy/fork.h"\n', "apps/proxy/fork.h": ""}, "another program"),
]
