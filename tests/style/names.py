"""Base names are unique: a file is found by its name alone. A noun's .c, .h and public header may share it."""
import collections

import tree


def check(root):
    problems = []
    internal = collections.defaultdict(list)
    public = collections.defaultdict(list)
    for path in tree.c_files(root):
        (public if tree.is_public(path) else internal)[path.stem].append(path)
    for group in (internal, public):
        for paths in group.values():
            if len({path.parent for path in paths}) > 1:
                problems.append("the same base name: " + ", ".join(map(str, paths)))
    for stem, paths in internal.items():
        for header in public.get(stem, []):
            if header.parts[0] != paths[0].parts[0]:
                problems.append(f"the same base name: {header}, {paths[0]}")
    return problems


GOOD = {"libsip/base/a.c": "", "libsip/base/a.h": "", "libsip/include/sip/a.h": "", "apps/phone/b.c": ""}
BAD = [
    ({"libsip/base/a.c": "", "libsip/parser/a.c": ""}, "libsip/parser/a.c"),
    ({"libsip/base/a.c": "", "libdum/core/a.h": ""}, "libdum/core/a.h"),
    ({"apps/phone/main.c": "", "apps/proxy/main.c": ""}, "apps/proxy/main.c"),
    ({"libsip/include/sip/a.h": "", "libdum/core/a.c": ""}, "libdum/core/a.c"),
]
