"""Every function of a public header has a doc comment of its own."""
import re

import tree

EXPORTED = re.compile(r"^(?:SIP|DUM)_API\b[^;{]*?\b((?:sip|dum)_\w+)\s*\(", re.M)
INLINE = re.compile(r"^static inline\b[^;{]*?\b((?:sip|dum)_\w+)\s*\(", re.M)


def declared(text, pattern=EXPORTED):
    """(name, offset) of every function of the pattern."""
    plain = re.sub(r"/\*.*?\*/", lambda m: re.sub(r"[^\n]", " ", m.group()), text, flags=re.S)
    return [(match.group(1), match.start()) for match in pattern.finditer(plain)]


def check(root):
    problems = []
    for path in tree.public_headers(root):
        text = tree.read(root, path)
        for name, offset in declared(text) + declared(text, INLINE):
            before = text[:offset].rstrip(" ")
            comment = before[before.rfind("/*") :] if before.endswith("*/\n") else ""
            if not comment.startswith("/**"):
                line = text.count("\n", 0, offset) + 1
                problems.append(f"{path}:{line}: {name}() has no doc comment")
    return problems


GOOD = {"libsip/include/sip/a.h": "/** What. */\nSIP_API const char *sip_a(int b,\n                   int c);\n"}
BAD = [
    ({"libsip/include/sip/a.h": "SIP_API int sip_a(void);\n"}, "sip_a()"),
    ({"libsip/include/sip/a.h": "/** A. */\nSIP_API int sip_a(void);\nSIP_API int sip_b(void);\n"}, "sip_b()"),
    ({"libsip/include/sip/a.h": "static inline int sip_a(int b)\n{\n}\n"}, "sip_a()"),
    ({"libdum/include/dum/a.h": "/* not a doc comment */\nDUM_API void dum_a(void);\n"}, "dum_a()"),
]
