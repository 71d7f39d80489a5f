"""Shared by the checks in maint/: where the tree is, its C files, and TAP output of one line per check."""
import glob
import os
import re
import sys

TOP = os.environ.get("top_srcdir") or os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.environ.get("top_builddir") or TOP


def rooms():
    """name -> (layer, kind, set of rooms it may include)"""
    table = {}
    for line in open(os.path.join(TOP, "lib/LAYERS"), encoding="utf-8"):
        words = line.split("#")[0].split()
        if words:
            table[words[0]] = (int(words[1]), words[2], set(words[3:]) - {"-"})
    return table


def c_files(*patterns):
    found = []
    for pattern in patterns or ("lib/*/*.[ch]", "tools/*.[ch]", "daemons/*/*.[ch]"):
        found += glob.glob(os.path.join(TOP, pattern))
    return sorted(found)


def rel(path):
    return os.path.relpath(path, TOP)


def without_comments(text):
    """Blank out comments and string literals, keep line breaks."""
    pattern = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.S)
    return pattern.sub(lambda m: '""' if m.group(0)[0] == '"' else re.sub(r"[^\n]", " ", m.group(0)), text)


def report(name, counted, problems):
    """One TAP test: ok, or not ok with the culprits."""
    print("1..1")
    if not problems:
        print("ok 1 - %s: %s, nothing to complain about" % (name, counted))
        sys.exit(0)
    shown = "; ".join(problems[:5]) + (" (and %d more)" % (len(problems) - 5) if len(problems) > 5 else "")
    print("not ok 1 - %s: %s" % (name, shown))
    for problem in problems:
        print("# " + problem)
    sys.exit(0)


def skip(name, why):
    print("1..1")
    print("ok 1 - %s # SKIP %s" % (name, why))
    sys.exit(0)


def objects(room):
    """Object files of a room in the build tree (left out: tests, the shared library's second copies, stand-ins for other libraries' functions)."""
    return sorted(o for o in glob.glob(os.path.join(BUILD, "lib", room, "*.o"))
                  if "_so_" not in os.path.basename(o) and "liblate_a-" not in os.path.basename(o))
