"""Times as scenarios write them: 250ms, 3s, 1.5s, 2min.  Inside, a time is a float of seconds."""
import re

from .errors import LabError

UNITS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0}
_SHAPE = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|min|h)")


def parse(text):
    """Seconds; LabError when it is no time.  A number without a unit is refused: nobody remembers whether it was s or ms."""
    match = _SHAPE.fullmatch(text)
    if not match:
        hint = ": add a unit, for example %ss" % text if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text) else ": write it as 250ms, 3s, 1.5s, 2min or 1h"
        raise LabError("'%s' is no time%s" % (text, hint))
    return float(match.group(1)) * UNITS[match.group(2)]


def text(seconds):
    """For people: 12 ms, 1.234 s, 2 min 3.0 s."""
    if seconds < 0:
        return "-" + text(-seconds)
    if seconds < 0.9995:
        return "%d ms" % round(seconds * 1000)
    if seconds < 59.9995:
        return "%.3f s" % seconds
    minutes, rest = divmod(round(seconds, 1), 60)
    return "%d min %.1f s" % (minutes, rest)
