"""The commands of cox-cts: each a function of (arguments) that returns an exit status."""
import os
import shutil
import signal
import sys
import tempfile

from . import driver, guestunits, runner, scenario, settings, ssh, verbs
from .errors import LabError

NODES_MOST = 32


def lab_directory(arguments):
    return os.path.abspath(arguments.lab or settings.default_directory())


def open_lab(arguments):
    """The driver of a lab that is up."""
    lab = lab_directory(arguments)
    return driver.make(lab, settings.load(lab))


def _settings_for(arguments, number, votes):
    token_ms = arguments.token or (3000 if arguments.machines else 1000)
    made = settings.Settings(driver="machines" if arguments.machines else "namespaces", memory_mib=arguments.memory, token_ms=token_ms, transport=arguments.transport, **votes)
    if arguments.systemd or votes.get("systemd"):
        if not arguments.machines:
            raise LabError("namespaces have no systemd of their own: use --machines")
        made.systemd, made.start, made.stop = True, guestunits.START, guestunits.STOP
    if arguments.hosts:
        if votes:
            raise LabError("machines of yours have the quorum device and the options of quorum that their corosync.conf names: others cannot be made for them")
        ssh.read_hosts(arguments.hosts, made)
        if number > len(made.nodes):
            raise LabError("%d nodes are wanted, %s has %d" % (number, arguments.hosts, len(made.nodes)))
        return made
    if number > NODES_MOST:
        raise LabError("%d nodes are too many: at most %d" % (number, NODES_MOST))
    made.nodes = ["n%d" % i for i in range(1, number + 1)]
    made.destdir = os.path.abspath(arguments.destdir) if arguments.destdir else ""
    made.autostart = not arguments.no_autostart
    return made


def _make(lab, arguments, number, die_with_caller, votes):
    settings.prepare_directory(lab)
    made = driver.make(lab, _settings_for(arguments, number, votes))
    if made.is_up():
        raise LabError("the lab in %s is up already: cox-cts down removes it, --lab chooses another" % lab)
    try:
        made.up(die_with_caller)
    except BaseException:
        made.down()
        raise
    return made


def up(arguments):
    lab = lab_directory(arguments)
    made = _make(lab, arguments, arguments.n, False, {"arbiter": True} if arguments.arbiter else {})
    if not arguments.no_start:
        try:
            verbs.start_number(verbs.Stage(lambda *_: made), {"N": arguments.n})
        except BaseException:
            made.down()
            raise
    print("up: %s (lab in %s)" % (", ".join(made.settings.nodes), lab))
    return 0


def down(arguments):
    lab = lab_directory(arguments)
    if not os.path.isdir(lab):
        print("there is no lab in %s" % lab)
        return 0
    try:
        what = settings.load(lab)
    except LabError:
        what = settings.Settings()
    driver.make(lab, what).down()
    try:
        os.rmdir(lab)
    except OSError:
        pass  # files of the user
    print("the lab in %s is gone" % lab)
    return 0


def status(arguments):
    made = open_lab(arguments)
    for node in made.settings.nodes:
        if not made.is_on(node):
            print("%-8s off" % node)
            continue
        running = [p for p in ("corosync", "coxd") if made.pids(node, p)]
        from . import cluster  # only this command asks
        has_quorum, members = cluster.quorum_of(made, node)
        print("%-8s on   runs: %-16s %s" % (node, ", ".join(running) or "nothing",
                                           "%s, sees %s" % ("quorum" if has_quorum else "no quorum", ", ".join(sorted(members)) or "nobody") if running else ""))
    return 0


def start(arguments):
    made = open_lab(arguments)
    for node in arguments.node or made.settings.nodes:
        made.check_node(node)
        made.start(node)
    return 0


def stop(arguments):
    made = open_lab(arguments)
    for node in arguments.node or made.settings.nodes:
        made.check_node(node)
        made.stop(node)
    return 0


def execute(arguments):
    made = open_lab(arguments)
    words = arguments.words[1:] if arguments.words[:1] == ["--"] else arguments.words
    if not words:
        raise LabError("no command to run on %s: cox-cts exec %s -- COMMAND" % (arguments.node, arguments.node))
    argv = made.command(arguments.node, words)
    os.execvp(argv[0], argv)


def power(arguments):
    made = open_lab(arguments)
    for node in arguments.node:
        made.check_node(node)
    for node in arguments.node:
        if arguments.action != "status":
            made.power(node, arguments.action)
        print("%s %s" % (node, "on" if made.is_on(node) else "off"))
    return 0


def partition(arguments):
    groups = [side.split(",") for side in arguments.side]
    scenario.MANY["GROUPS"](" | ".join(" ".join(g) for g in groups).split())
    open_lab(arguments).partition(groups)
    return 0


def heal(arguments):
    open_lab(arguments).heal()
    return 0


# --- scenarios -----------------------------------------------------------------------------------------------------------

def scenario_directories():
    here = os.path.dirname(os.path.abspath(__file__))
    return [d for d in (os.path.join(here, "../scenario"), os.path.join(here, "../../scenario")) if os.path.isdir(d)]


def find_scenario(name):
    """A file, or the name of one that came with the program."""
    if os.path.isfile(name):
        return name
    for directory in scenario_directories():
        path = os.path.join(directory, name if name.endswith(".scn") else name + ".scn")
        if "/" not in name and os.path.isfile(path):
            return path
    raise LabError("there is no scenario '%s': a file, or a name that cox-cts list shows" % name)


def _read(name, most_rounds):
    path = find_scenario(name)
    try:
        with open(path, encoding="utf-8") as f:
            text = f.read()
    except (OSError, UnicodeDecodeError) as e:
        raise LabError("%s: %s" % (path, e)) from e
    return os.path.basename(path).removesuffix(".scn"), scenario.parse(text, verbs.VERBS, path, most_rounds)


def list_scenarios(_arguments):
    for directory in scenario_directories():
        for name in sorted(os.listdir(directory)):
            if name.endswith(".scn"):
                with open(os.path.join(directory, name), encoding="utf-8") as f:
                    print("%-24s %s" % (name[:-4], f.readline().lstrip("# ").strip()))
    return 0


def list_verbs(_arguments):
    for verb in verbs.VERBS:
        print("%s\n        %s" % (verb.syntax, verb.meaning))
    print("repeat N ... end\n        Play what stands between N times.")
    return 0


def _play_in_own_lab(statements, name, arguments, tap):
    """A lab for this scenario only: gone at its end, and with this process if that ends in another way."""
    try:
        lab = tempfile.mkdtemp(prefix="cox-lab-", dir=arguments.scratch)
    except OSError as e:
        raise LabError("no lab can be made in '%s': %s; name another directory with --scratch" % (arguments.scratch, e.strerror)) from e
    made = []

    def make(number, votes):
        made.append(_make(lab, arguments, number, True, votes))
        return made[0]
    try:
        return runner.play(statements, name, make, tap)
    finally:
        for each in made:
            each.down()
        shutil.rmtree(lab, ignore_errors=True)


def run(arguments):
    played = [_read(name, arguments.rounds) for name in arguments.scenario]
    if arguments.check:
        for name, statements in played:
            print("%s: %d statements, %d expectations" % (name, len(statements), sum(s.verb.is_expectation for s in statements)))
        return 0
    tap = runner.Tap(lambda line: print(line, flush=True))
    try:
        for name, statements in played:
            if arguments.lab:
                made = open_lab(arguments)
                runner.play(statements, name, lambda *_, m=made: m, tap)
            else:
                _play_in_own_lab(statements, name, arguments, tap)
    finally:
        tap.plan()
    return 1 if tap.failed else 0


def clean(_arguments):
    """Directories of labs whose runner was killed: their processes are gone already, by the kernel."""
    removed = 0
    for base in ("/var/tmp", tempfile.gettempdir()):
        for name in sorted(os.listdir(base)) if os.path.isdir(base) else []:
            lab = os.path.join(base, name)
            if not name.startswith("cox-lab-") or os.path.islink(lab) or not os.path.isdir(lab) or os.lstat(lab).st_uid != os.getuid():
                continue
            try:
                made = driver.make(lab, settings.load(lab))
            except LabError:
                continue
            if made.settings.driver == "namespaces" and not made.is_up():
                made.down()
                shutil.rmtree(lab, ignore_errors=True)
                removed += 1
    print("%d directories of dead labs removed" % removed)
    return 0


def guard(function, arguments):
    """Run a command; errors for the user become one line and status 1, Ctrl-C status 130 after everything was put away."""
    signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
    try:
        return function(arguments)
    except LabError as e:
        print("cox-cts: %s" % e, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("cox-cts: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        return 141
