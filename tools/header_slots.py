#!/usr/bin/env python3
"""Write libsip/parser/header_slots.h, the hash by which a header's name is found, without collisions over the names of
SIP_HEADER_MAP, and header_folds.h, by which a candidate is compared. Run it after a change of that map; test_header_names.c looks
every name up."""

import os
import random
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MAP = os.path.join(ROOT, "libsip/include/sip/header.h")
SLOTS = os.path.join(ROOT, "libsip/parser/header_slots.h")
FOLDS = os.path.join(ROOT, "libsip/parser/header_folds.h")
BITS = 10

HEAD = """/* Made by tools/header_slots.py from SIP_HEADER_MAP: no two names of it have the same hash. */
#ifndef SIP_PARSER_HEADER_SLOTS_H
#define SIP_PARSER_HEADER_SLOTS_H

/* The hash of a name: its first and its last four bytes (of names shorter than that, two) as the
 * low and the high half of a little-endian number, bit 5 of each byte set, which takes the case
 * away; times the factor; what is left of 64 bits above the shift. */
"""


FOLD_HEAD = """/* Made by tools/header_slots.py from SIP_HEADER_MAP: how names are compared without case. */
#ifndef SIP_PARSER_HEADER_FOLDS_H
#define SIP_PARSER_HEADER_FOLDS_H

/* For each name two rows of 32 bytes. What is set in the first is set in the bytes of a line too: bit 5
 * where the name has a letter, all bits behind its colon. Then these are the second if they are the
 * name. */
"""


def read_names():
    with open(MAP) as file:
        rows = re.findall(r'X\((\w+), "([^"]+)", (0|\'\w\'), [012]\)', file.read())
    return [(name, name_id) for name_id, name, _ in rows], [(compact, name_id) for name_id, _, compact in rows if compact != "0"]


def key_of(name):
    width = 4 if len(name) >= 4 else 2
    first, last = (bytes(c | 0x20 for c in part.encode()) for part in (name[:width], name[-width:]))
    return int.from_bytes(first, "little") | int.from_bytes(last, "little") << 32


def slot_of(name, factor):
    return (key_of(name) * factor & (1 << 64) - 1) >> (64 - BITS)


def find_factor(names):
    if len({key_of(name) for name, _ in names}) < len(names):
        sys.exit("two names have the same first and last four bytes")
    chance = random.Random(3261)
    while True:
        factor = chance.getrandbits(64) | 1
        slots = set()
        for name, _ in names:
            slot = slot_of(name, factor)
            if slot in slots:
                break
            slots.add(slot)
        else:
            return factor


def rows_of(name, rows):
    """A macro of rows, laid out as the formatter would."""
    width = 99
    text = [f"#define {name}(X)"] + [f"    X({key}, {name_id})" for key, name_id in rows]
    return [line.ljust(width) + "\\\n" for line in text[:-1]] + [text[-1] + "\n"]


def hex_lines(data):
    """32 bytes as two lines of a string."""
    text = ["".join(f"\\x{byte:02x}" for byte in half) for half in (data[:16], data[16:])]
    return f'"{text[0]}"', f'"{text[1]}"'


def fold_rows(names):
    """What to set in the bytes of a line, and what is then seen if it begins with the name and its colon."""
    lines = []
    for name, name_id in names:
        text = (name.lower() + ":").encode()
        pad = bytes([0xFF]) * (32 - len(text))
        fold = bytes(0x20 if chr(c).isalpha() else 0 for c in text) + pad
        lines.append(f"    X({name_id}, " + " ".join(hex_lines(fold)[:1]))
        lines.append("      " + hex_lines(fold)[1] + ",")
        lines.append("      " + hex_lines(text + pad)[0])
        lines.append("      " + hex_lines(text + pad)[1] + ")")
    return lines


def main():
    names, compacts = read_names()
    factor = find_factor(names)
    lines = [HEAD]
    lines.append(f"#define SIP__HEADER_FACTOR UINT64_C(0x{factor:016x})\n")
    lines.append(f"#define SIP__HEADER_SHIFT {64 - BITS}\n#define SIP__HEADER_SLOTS {1 << BITS}\n\n")
    lines.append("/* The slot of each name. */\n")
    lines += rows_of("SIP__HEADER_SLOT_MAP", sorted((slot_of(n, factor), i) for n, i in names))
    lines.append("\n/* The compact forms. */\n")
    lines += rows_of("SIP__HEADER_COMPACT_MAP", sorted(compacts))
    lines.append("\n#endif\n")
    write(SLOTS, lines)
    width = 99
    text = ["#define SIP__HEADER_FOLD_MAP(X)"] + fold_rows(names)
    write(FOLDS, [FOLD_HEAD] + [line.ljust(width) + "\\\n" for line in text[:-1]] + [text[-1] + "\n\n#endif\n"])


def write(path, lines):
    with open(path, "w") as file:
        file.write("".join(lines))
    subprocess.run(["clang-format", "-i", path], check=True)


if __name__ == "__main__":
    main()
