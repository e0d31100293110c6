"""Every header compiles alone, twice in one file, as C11; the public ones as C++17 too."""
import concurrent.futures
import os
import subprocess
import sys

import tree

WARNINGS = ["-Wall", "-Wextra", "-Wundef", "-Werror", "-fsyntax-only", "-D_POSIX_C_SOURCE=200809L"]


def include_dirs(path):
    public = ["libsip/include", "libdum/include"]
    place = path.parts[0]
    if tree.is_public(path):
        return public[:1] if place == "libsip" else public
    return public + {"libsip": ["libsip"], "libdum": ["libdum"], "apps": ["apps"]}.get(
        place, ["tests", "libsip", "libdum"]
    )


def compile_alone(root, path, compiler, language, standard):
    name = (root / path).resolve()
    dirs = [f"-I{root / place}" for place in include_dirs(path)]
    result = subprocess.run(
        [compiler, f"-std={standard}", "-x", language, *WARNINGS, *dirs, "-"],
        input=f'#include "{name}"\n#include "{name}"\n',
        capture_output=True,
        text=True,
    )
    if result.returncode == 0:
        return None
    errors = [line for line in result.stderr.splitlines() if "error" in line]
    return f"{path}: does not compile alone as {standard}: {(errors or [result.stderr])[0]}"


def check(root):
    cc = os.environ.get("CC", "gcc").split()[-1]
    cxx = os.environ.get("CXX", "g++").split()[-1]
    jobs = [(path, cc, "c", "c11") for path in tree.c_files(root, ends=(".h",))]
    jobs += [(path, cxx, "c++", "c++17") for path in tree.public_headers(root)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda job: compile_alone(root, *job), jobs)
        return [problem for problem in results if problem]


GOOD = {"libsip/include/sip/a.h": "#ifndef A_H\n#define A_H\ntypedef struct sip_a sip_a;\nenum { A_X };\n#endif\n"}
BAD = [
    ({"libsip/base/a.h": "uint8_t a(void);\n"}, "as c11"),
    ({"libsip/base/a.h": "struct a { int b; };\n"}, "as c11"),
    ({"libsip/include/sip/a.h": "#ifndef A_H\n#define A_H\nint a(int class);\n#endif\n"}, "as c++17"),
    ({"libdum/core/a.h": '#include "base/b.h"\n', "libsip/base/b.h": ""}, "as c11"),
]
