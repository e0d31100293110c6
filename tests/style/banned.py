"""What our C does without: unbounded string functions, alloca and setjmp in what we ship, output from the libraries, and
notes about work left undone."""
import re

import tree

CALLS = re.compile(r"\b(strcpy|strcat|sprintf|vsprintf|gets|alloca|strtok|setjmp|longjmp|atoi|atol)\s*\(")
OUTPUT = re.compile(r"(?<!->)(?<!\.)\b(printf|puts|putchar|perror|exit|abort)\s*\(|\b(stdout|stderr)\b")
NOTES = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")

# Going on without randomness would mean keys that can be guessed, and fill() cannot fail.
ALLOWED = {("libsip/base/random.c", "abort")}


def check(root):
    problems = []
    for path in tree.c_files(root):
        text = tree.read(root, path)
        plain = tree.without_comments(text)
        patterns = [(text, NOTES)]
        if path.parts[0] != "tests":
            patterns.append((plain, CALLS))
        if path.parts[0] in tree.LIBRARIES:
            patterns.append((plain, OUTPUT))
        for where, pattern in patterns:
            for match in pattern.finditer(where):
                line = where.count("\n", 0, match.start()) + 1
                word = match.group().strip(" (")
                if (path.as_posix(), word) not in ALLOWED:
                    problems.append(f"{path}:{line}: {word}")
    return problems


GOOD = {
    "libsip/base/a.c": '/* sprintf() would not do */\nint a = b("sprintf(");\nint c = snprintf(d, 3, "e");\n',
    "apps/phone/a.c": 'printf("a");\n',
    "libdum/core/a.c": "usage->abort(usage);\n",
    "tests/support/a.c": "strcpy(a, b);\n",
}
BAD = [
    ({"libsip/base/a.c": "strcpy(a, b);\n"}, "a.c:1: strcpy"),
    ({"apps/phone/a.c": "\n/* TODO */\n"}, "a.c:2: TODO"),
    ({"libdum/core/a.c": 'fprintf(stderr, "a");\n'}, "a.c:1: stderr"),
    ({"libdum/core/a.c": "abort();\n"}, "a.c:1: abort"),
]
