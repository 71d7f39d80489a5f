"""A cluster in namespaces of this machine, or on virtual machines (cts/lab), that a test makes, speaks to and ends with.

    import lablib
    with lablib.Lab(tree) as lab:
        lab.on("n1", "cibadmin --query")
        lab.driver.power("n2", "off")
"""
import os
import shlex
import shutil
import signal
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "lab")]
from coxlab import cluster, driver, machines, namespaces, settings, verbs
from coxlab.errors import LabError

COMMAND_LIMIT_S = 120
ONLINE_S = 60
ONLINE_FINAL_S = 300  # while more of them come
POLL_S = 0.1


class Lab:
    """A lab of nodes n1, n2, ...; "with" makes it, with the cluster running and all nodes online, and removes it.

    tree: what "make install DESTDIR=tree" filled; over: a tree whose files are laid over it, or None; private: further directories that lie on each
    node's own disk, which keeps what was synced when the node loses its power; is_started: False: the cluster is started by start(); more: fields of
    the lab's settings."""

    def __init__(self, tree, over=None, private=(), number=3, is_started=True, **more):
        self.dir = tempfile.mkdtemp(prefix="cox-lab-", dir="/var/tmp")
        if over:
            for part in (tree, over):
                shutil.copytree(part, self.dir + "/tree", symlinks=True, dirs_exist_ok=True)
            tree = self.dir + "/tree"
        self.nodes = ["n%d" % n for n in range(1, number + 1)]
        self.is_started = is_started
        self.driver = driver.make(self.dir + "/lab", settings.Settings(
            destdir=os.path.abspath(tree), nodes=self.nodes, private=[*settings.PRIVATE, *private], **more))
        settings.prepare_directory(self.driver.lab)

    def __enter__(self):
        # Whoever ends the test in order ends the lab with it.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        try:
            self.driver.up(die_with_caller=True)
            if self.is_started:
                self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.driver.down()
        shutil.rmtree(self.dir, ignore_errors=True)

    def start(self):
        """The cluster, on all nodes, until all are online."""
        verbs.start_number(verbs.Stage(lambda *_: self.driver), {"N": len(self.nodes)})

        def question():
            try:
                found = cluster.online(self.driver, "n1")
            except LabError as e:
                return False, str(e)
            return found == set(self.nodes), "online are %s" % ", ".join(sorted(found))

        verbs.wait_for(question, ONLINE_S, "not all nodes are online", ONLINE_FINAL_S)

    def run(self, node, script, limit_s=COMMAND_LIMIT_S):
        """What a shell script on a node did."""
        return self.driver.shell(node, script, limit_s)

    def on(self, node, script, status=0):
        """What a shell script on a node printed; it must end with this status (None: any)."""
        done = self.run(node, script)
        said = done.stdout + done.stderr
        assert status is None or done.returncode == status, "%s on %s: status %d: %s" % (script[:300], node, done.returncode, said)
        return done.stdout

    def put(self, node, path, text):
        """A file on a node."""
        self.on(node, "printf %%s %s >%s" % (shlex.quote(text), shlex.quote(path)))

    def wait_for(self, node, script, limit_s=20):
        """Until a shell script succeeds on a node."""
        wait_until(lambda: self.run(node, script).returncode == 0, "%s on %s" % (script, node), limit_s)


def wait_until(question, what, limit_s):
    """Until question() is true; AssertionError after limit_s."""
    end = time.monotonic() + limit_s
    while not question():
        assert time.monotonic() < end, "%s: not within %d s" % (what, limit_s)
        time.sleep(POLL_S)


def is_here(program, *more):
    """Is it on this machine, or in one of the directories?"""
    return shutil.which(program, path=":".join([os.environ["PATH"], "/usr/sbin", "/sbin", *more])) is not None


def client_tree(program):
    """The tree (COX_CLIENT_TREE) with the files of a client, where it has it and the machine has not; or None."""
    tree = os.environ.get("COX_CLIENT_TREE")
    return tree if tree and not is_here(program) and is_here(program, tree + "/usr/sbin", tree + "/usr/bin") else None


def why_not():
    """Why no lab can be made here, or an empty text."""
    missing = [p for p in namespaces.NEEDED if not is_here(p)]
    if missing:
        return "no live lab: %s missing" % ", ".join(missing)
    allowed, why = namespaces.are_allowed()
    return "" if allowed else "no live lab: namespaces are not allowed here (%s)" % why


def why_no_machines():
    """Why there can be no nodes that are virtual machines here, or an empty text."""
    try:
        machines.Machines("/nowhere", settings.Settings()).check_machine()
    except LabError as e:
        return "no virtual machines: %s" % e
    return why_not()
