"""Tests as functions whose names are sentences; results as TAP for automake's driver.

    import taplib
    def test_a_stopped_resource_is_found_stopped(): ...
    taplib.main(globals())

A test fails by an exception (assert); taplib.Skip("why") skips it; a generator, called tests_..., yields (name, function) pairs that count one
by one.  Every test has a time limit: what hangs is reported, not waited for.
"""
import inspect
import re
import signal
import sys
import traceback

LIMIT_S = 120


class Skip(Exception):
    """This test cannot run here; the text says what is missing."""


class Hang(Exception):
    """The time limit is over."""


def _alarm(_signal, _frame):
    raise Hang("not done within %d s" % LIMIT_S)


def _collect(namespace):
    for key, value in list(namespace.items()):
        if key.startswith("test_") and callable(value):
            yield key[5:].replace("_", " "), value
        elif key.startswith("tests_") and callable(value):
            yield from value()


def _run(function):
    """Returns (ok, directive, details)."""
    signal.signal(signal.SIGALRM, _alarm)
    signal.alarm(LIMIT_S)
    try:
        if inspect.isgenerator(function()):
            raise TypeError("a generator is called tests_..., else nothing of it runs")
        return True, "", ""
    except Skip as why:
        return True, " # SKIP %s" % why, ""
    except Exception:  # a test may fail in any way
        return False, "", traceback.format_exc()
    finally:
        signal.alarm(0)


def main(namespace):
    """Run the tests of a module; with arguments only those whose name matches one of the regular expressions."""
    tests = [t for t in _collect(namespace) if len(sys.argv) < 2 or any(re.search(a, t[0]) for a in sys.argv[1:])]
    print("1..%d" % len(tests), flush=True)
    failed = 0
    for number, (name, function) in enumerate(tests, 1):
        ok, directive, details = _run(function)
        failed += not ok
        print("%s %d - %s%s" % ("ok" if ok else "not ok", number, name.replace("#", "\\#"), directive), flush=True)
        for line in details.splitlines():
            print("# " + line, flush=True)
    sys.exit(1 if failed else 0)
