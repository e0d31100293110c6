#!/usr/bin/env python3
"""Print `PASSED FAILED` of meson's testlog*.json (under a wrapper it has the wrapper's name).

A skipped test counts as failed: one that did not run has shown nothing. Without a log (no test matched) both are 0."""
import json
import os
import sys


def count(paths):
    passed = failed = 0
    for path in filter(os.path.exists, paths):
        with open(path, encoding="utf-8") as log:
            for line in log:
                if json.loads(line)["result"] in ("OK", "EXPECTEDFAIL"):
                    passed += 1
                else:
                    failed += 1
    return passed, failed


if __name__ == "__main__":
    print(*count(sys.argv[1:]))
