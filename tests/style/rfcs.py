"""docs/rfc.md is true as far as a script can see: a row an RFC, in order, with yes, partly (and what) or no; the files
named exist; no files where the answer is no; and every RFC that the source cites has its row."""
import re

import tree

TABLE = "docs/rfc.md"
ROW = re.compile(r"^\| (\d{3,5}) \| [^|]+ \| \*(yes|partly|no)\*([^|]*) \| ([^|]+) \|$")
CITED = re.compile(r"\bRFC[\s*/#]+(\d{3,5})\b")
FILE = re.compile(r"`([^`]+)`")


def check_row(root, match):
    number, status, said, where = match.groups()
    files = FILE.findall(where)
    problems = [f"names {name}, which is not there" for name in files if not (root / name).is_file()]
    if status == "partly" and not said.strip():
        problems.append("says partly, but not what")
    if (status == "no") == bool(files):
        problems.append(f"says {status}, and names {'files' if files else 'none'}")
    return [f"{TABLE}: RFC {number} {problem}" for problem in problems]


def check(root):
    if not (root / TABLE).is_file():
        return [f"{TABLE} is not there"]
    problems, numbers = [], []
    for line in tree.read(root, TABLE).splitlines():
        match = ROW.match(line)
        if match:
            numbers.append(int(match.group(1)))
            problems += check_row(root, match)
        elif re.match(r"\| \d", line):
            problems.append(f"{TABLE}: a row of another form: {line}")
    if numbers != sorted(set(numbers)):
        problems.append(f"{TABLE}: rows are not in order, or twice there")
    for path in tree.c_files(root):
        for number in sorted({int(number) for number in CITED.findall(tree.read(root, path))}):
            if number not in numbers:
                problems.append(f"{path}: cites RFC {number}, which has no row in {TABLE}")
    return problems


HEAD = "| RFC | about | here | where |\n|---|---|---|---|\n"
GOOD = {
    TABLE: HEAD + "| 3261 | SIP | *partly* (no TLS) | `libsip/a.c` |\n| 3262 | PRACK | *no* | – |\n",
    "libsip/a.c": "/* RFC 3261 8.1, and RFC\n * 3262 3. */\n",
}
BAD = [
    ({}, "is not there"),
    ({TABLE: HEAD + "| 3261 | SIP | *yes* | `libsip/a.c` |\n"}, "names libsip/a.c"),
    ({TABLE: HEAD + "| 3261 | SIP | *yes* | – |\n"}, "names none"),
    ({**GOOD, TABLE: HEAD + "| 3262 | PRACK | *no* | `libsip/a.c` |\n"}, "names files"),
    ({**GOOD, TABLE: HEAD + "| 3261 | SIP | *partly* | `libsip/a.c` |\n"}, "not what"),
    ({TABLE: HEAD + "| 3261 | SIP | *maybe* | – |\n"}, "another form"),
    ({TABLE: HEAD + "| 3262 | PRACK | *no* | – |\n| 3261 | SIP | *no* | – |\n"}, "in order"),
    ({TABLE: HEAD, "libsip/a.c": "/* as RFC\n * 3261 says */\n"}, "cites RFC 3261"),
]
