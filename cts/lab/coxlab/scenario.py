"""The language of scenarios: from text to statements.  verbs.py says which verbs there are and what they do.

A statement is a line or part of a line up to ";".  "#" begins a comment.  "repeat N" and "end" stand around statements that are played N
times.  The last word of some verbs takes the rest of the line as it is (COMMAND, TEXT).
"""
import dataclasses
import difflib
import itertools
import re

from . import duration
from .errors import LabError

MOST_STATEMENTS = 100000


class ScenarioError(LabError):
    """FILE:LINE: what is wrong there, and what was probably meant."""


@dataclasses.dataclass
class Statement:
    """line: where it stands; text: as written; verb: its row of the table; values: what stands in the places of the capital words;
    round: 1.. inside repeat, else 0."""
    line: int
    text: str
    verb: object
    values: dict
    round: int = 0


def _number(word):
    if not re.fullmatch(r"[1-9][0-9]{0,5}", word):
        raise LabError("'%s' is no number from 1" % word)
    return int(word)


def _count(word):
    if not re.fullmatch(r"0|[1-9][0-9]{0,5}", word):
        raise LabError("'%s' is no number from 0" % word)
    return int(word)


def _node(word):
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9._-]*", word) or word in ("on", "within"):
        raise LabError("'%s' is no name of a node" % word)
    return word


def _identifier(word):
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9._-]*", word):
        raise LabError("'%s' is no id" % word)
    return word


def _program(word):
    if not re.fullmatch(r"[A-Za-z0-9._-]+", word):
        raise LabError("'%s' is no name of a program" % word)
    return word


def _action(word):
    if not re.fullmatch(r"[a-z][a-z_-]*", word):
        raise LabError("'%s' is no name of an action" % word)
    return word


def _url(word):
    if not word.startswith("http://"):
        raise LabError("'%s' is no address of the form http://HOST/PATH" % word)
    return word


def _mode(word):
    modes = ("honest", "fail", "hang", "lie", "deaf")
    if word not in modes:
        raise LabError("'%s' is none of %s%s" % (word, ", ".join(modes), _suggest(word, modes)))
    return word


def _path(word):
    if not word.startswith("/"):
        raise LabError("'%s' is no absolute path" % word)
    return word


# Capital words of a syntax that stand for one word.
ONE = {"N": _number, "COUNT": _count, "NODE": _node, "ID": _identifier, "ACTION": _action, "PROGRAM": _program, "TIME": duration.parse, "URL": _url, "MODE": _mode, "AGENT": str,
       "PATH": _path, "FILE": str}


def _nodes(words):
    return [_node(word) for word in words]


def _groups(words):
    """n1 n2 | n3: a list of lists; every node once."""
    groups = [[]]
    for word in " ".join(words).replace("|", " | ").split():
        if word == "|":
            groups.append([])
        else:
            groups[-1].append(_node(word))
    if len(groups) < 2 or not all(groups):
        raise LabError("a partition has at least two sides: n1 n2 | n3")
    names = [name for group in groups for name in group]
    if len(set(names)) != len(names):
        raise LabError("a node is on two sides: %s" % next(n for n in names if names.count(n) > 1))
    return groups


def _settings(words):
    found = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", key):
            raise LabError("'%s' is no setting of the form NAME=VALUE" % word)
        found[key] = value
    return found


# Capital words that stand for one or more words, up to the next word of the syntax.
MANY = {"NODES": _nodes, "GROUPS": _groups, "SETTINGS": _settings}
# Capital words that take the rest of the line.
REST = ("COMMAND", "TEXT")


def _suggest(word, known):
    close = difflib.get_close_matches(word, known, 1, 0.5)
    return "; did you mean '%s'?" % close[0] if close else ""


def _is_place(word):
    return word.rstrip(":").isupper()


class _Mismatch(Exception):
    """depth: how many words fitted."""

    def __init__(self, depth, text):
        super().__init__(text)
        self.depth = depth


def _match(syntax, words, rest):
    """Values of the places when the words fit, else _Mismatch."""
    values, at = {}, 0
    pattern = syntax.split()
    for index, part in enumerate(pattern):
        name = part.rstrip(":")
        if name in REST:
            text = rest(at)
            if not text:
                raise _Mismatch(at, "%s is missing" % name)
            values[name] = text
            return values
        if at >= len(words):
            raise _Mismatch(at, "%s is missing" % " ".join(pattern[index:]))
        try:
            if name in MANY:
                stop = pattern[index + 1] if index + 1 < len(pattern) else None
                upto = words.index(stop, at) if stop in words[at:] else len(words)
                if upto == at:
                    raise LabError("%s is missing" % name)
                values[name] = MANY[name](words[at:upto])
                at = upto
                continue
            if _is_place(name):
                word = words[at][:-1] if part.endswith(":") and words[at].endswith(":") else words[at]
                if part.endswith(":") and not words[at].endswith(":"):
                    raise LabError("after '%s' there must be a colon" % words[at])
                values[name] = ONE[name](word)
            elif words[at] != part:
                raise LabError("'%s' is written where '%s' belongs%s" % (words[at], part, _suggest(words[at], [part])))
        except LabError as e:
            raise _Mismatch(at, str(e)) from e
        at += 1
    if at < len(words):
        raise _Mismatch(at, "'%s' is too much" % " ".join(words[at:]))
    return values


def _statement(text, line, verbs):
    words = text.split()
    known = sorted({v.syntax.split()[0] for v in verbs} | {"repeat", "end"})
    candidates = [v for v in verbs if v.syntax.split()[0] == words[0]]
    if not candidates:
        raise LabError("'%s' is no verb%s" % (words[0], _suggest(words[0], known) or ": cox-cts verbs lists them"))

    def rest(at):
        remaining = text.strip()
        for _ in range(at):
            remaining = remaining.split(None, 1)[1] if len(remaining.split(None, 1)) > 1 else ""
        return remaining

    worst = []
    for verb in candidates:
        try:
            return Statement(line, text.strip(), verb, _match(verb.syntax, words, rest))
        except _Mismatch as mismatch:
            worst.append((mismatch.depth, verb, mismatch))
    deepest = max(depth for depth, _, _ in worst)
    best = [(verb, mismatch) for depth, verb, mismatch in worst if depth == deepest]
    reasons = list(dict.fromkeys(str(m) for _, m in best))
    # One that suggests something is the most helpful.
    reasons.sort(key=lambda r: "did you mean" not in r)
    raise LabError("%s (%s)" % (reasons[0], " or ".join("'%s'" % verb.syntax for verb, _ in best)))


def _pieces(text, verbs):
    """(line number, statement text); what takes the rest of its line is not cut."""
    greedy = []
    for verb in verbs:
        words = verb.syntax.split()
        if words[-1] in REST:
            greedy.append(list(itertools.takewhile(lambda w: not _is_place(w), words)))
    for number, line in enumerate(text.splitlines(), 1):
        while line.strip() and not line.lstrip().startswith("#"):
            if any(line.split()[:len(start)] == start for start in greedy):
                yield number, line.strip()
                break
            piece = re.match(r"(?:[^;#]|(?<=\S)#)*", line).group(0)
            rest = line[len(piece):]
            if piece.strip():
                yield number, piece.strip()
            line = rest[1:] if rest.startswith(";") else ""


def parse(text, verbs, name="scenario", most_rounds=MOST_STATEMENTS):
    """Statements in the order in which they are played, repetitions written out, each at most most_rounds times.  ScenarioError names
    the line."""
    stack = [(0, 1, [])]
    line = 0
    try:
        for line, piece in _pieces(text, verbs):
            words = piece.split()
            if words[0] == "repeat":
                if len(words) != 2:
                    raise LabError("'repeat N' takes one number")
                stack.append((line, min(_number(words[1]), most_rounds), []))
            elif words == ["end"]:
                if len(stack) == 1:
                    raise LabError("'end' without 'repeat'")
                _, times, body = stack.pop()
                for turn in range(1, times + 1):
                    stack[-1][2].extend(dataclasses.replace(s, round=s.round or turn) for s in body)
                if len(stack[-1][2]) > MOST_STATEMENTS:
                    raise LabError("more than %d statements" % MOST_STATEMENTS)
            else:
                stack[-1][2].append(_statement(piece, line, verbs))
        if len(stack) > 1:
            line = stack[-1][0]
            raise LabError("'repeat' without 'end'")
    except LabError as e:
        raise ScenarioError("%s:%d: %s" % (name, line, e)) from e
    if not stack[0][2]:
        raise ScenarioError("%s: there is no statement in it" % name)
    return stack[0][2]
