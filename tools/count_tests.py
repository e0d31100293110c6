#!/usr/bin/env python3
"""Print `PASSED FAILED` of a meson testlog.json. A skipped test counts as failed: a test that did not run
has shown nothing. Without a log (no test matched) both are 0."""
import json
import os
import sys


def count(path):
    passed = failed = 0
    if os.path.exists(path):
        with open(path, encoding="utf-8") as log:
            for line in log:
                if json.loads(line)["result"] in ("OK", "EXPECTEDFAIL"):
                    passed += 1
                else:
                    failed += 1
    return passed, failed


if __name__ == "__main__":
    print(*count(sys.argv[1]))
