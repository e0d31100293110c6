#!/usr/bin/env python3
"""Write libsip/parser/header_slots.h: the hash by which a header's name is found, without collisions over the names of
SIP_HEADER_MAP. Run it after a change of that map; test_header_names.c looks every name up."""

import os
import random
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MAP = os.path.join(ROOT, "libsip/include/sip/header.h")
OUT = os.path.join(ROOT, "libsip/parser/header_slots.h")
BITS = 10

HEAD = """/* Made by tools/header_slots.py from SIP_HEADER_MAP: no two names of it have the same hash. */
#ifndef SIP_PARSER_HEADER_SLOTS_H
#define SIP_PARSER_HEADER_SLOTS_H

/* The hash of a name: its first and its last four bytes (of names shorter than that, two) as the
 * low and the high half of a little-endian number, bit 5 of each byte set, which takes the case
 * away; times the factor; what is left of 64 bits above the shift. */
"""


def read_names():
    with open(MAP) as file:
        rows = re.findall(r'X\((\w+), "([^"]+)", (0|\'\w\'), [01]\)', file.read())
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
    with open(OUT, "w") as file:
        file.write("".join(lines))


if __name__ == "__main__":
    main()
