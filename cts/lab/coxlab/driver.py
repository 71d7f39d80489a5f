"""What a kind of nodes must be able to do.  Scenarios know only this."""
import abc
import subprocess

from .errors import LabError

PIDS = """all=$(pidof "$1") named= name=$(printf %.15s "$1")
for pid in $all; do [ "$(cat "/proc/$pid/comm")" != "$name" ] || named="$named $pid"; done 2>/dev/null
echo ${named:-$all}"""

class Driver(abc.ABC):
    """Nodes of one kind.  Names of nodes are those of settings.nodes; unknown ones are a LabError (check_node).

    Every method may raise LabError.  Methods that wait have a limit and say in the error what they waited for.
    """

    def __init__(self, lab, settings):
        self.lab, self.settings = lab, settings

    # --- the lab ---

    @abc.abstractmethod
    def up(self, die_with_caller=False):
        """Make the nodes and power them on; the cluster is not started.  die_with_caller: all of it goes when this process ends, in
        whatever way."""

    @abc.abstractmethod
    def down(self):
        """Remove everything that up made, and nothing else.  May be called at any time and more than once."""

    def is_up(self):
        """Does a lab run here already that another call of up made?"""
        return False

    # --- power ---

    @abc.abstractmethod
    def is_on(self, node):
        """Has the node power?"""

    @abc.abstractmethod
    def power(self, node, action):
        """action: "on" (and wait until commands can be run there), "off" (at once, nothing is stopped first), "reboot"."""

    def switch_mode(self, node, mode):
        """How the power switch treats requests of the fence agents on this node: honest, fail, hang, lie, deaf."""
        raise LabError("the driver %s cannot change how its power switch behaves" % self.settings.driver)

    def fencings(self):
        """What fence agents have done since the lab was made: list of (action, node), oldest first."""
        raise LabError("the driver %s does not see what fence agents do" % self.settings.driver)

    # --- inside a node ---

    @abc.abstractmethod
    def command(self, node, argv):
        """The argument vector, run here, that runs argv on the node as root with a clean environment."""

    @abc.abstractmethod
    def exists(self, node, path):
        """Is there such a file on the node?  False when the node is off.  Cheap: it is asked every 10 ms."""

    def run(self, node, argv, limit_s=60.0, stdin=""):
        """Run it to its end; returns subprocess.CompletedProcess with text.  A node without power gives status 255, a command that
        takes too long 124, both with the reason in stderr."""
        self.check_node(node)
        try:
            return subprocess.run(self.command(node, argv), input=stdin, capture_output=True, text=True, timeout=limit_s, errors="replace", check=False)
        except LabError as e:
            return subprocess.CompletedProcess(argv, 255, "", str(e))
        except subprocess.TimeoutExpired:
            return subprocess.CompletedProcess(argv, 124, "", "%s: not done within %g s" % (argv[0], limit_s))

    def shell(self, node, text, limit_s=60.0):
        """run() of shell code."""
        return self.run(node, ["sh", "-c", text], limit_s)

    def pids(self, node, program):
        """Numbers of the processes of a program, as they are called on the node: where some have its name, as a daemon has beside its guard, of those."""
        return [int(p) for p in self.run(node, ["sh", "-c", PIDS, "sh", program], 20).stdout.split()]

    # --- network ---

    @abc.abstractmethod
    def partition(self, groups):
        """groups: lists of node names; nodes of different groups do not hear each other.  Nodes that are in no group stay with the
        first.  Holds for nodes that boot later, until heal."""

    @abc.abstractmethod
    def heal(self):
        """Everybody hears everybody."""

    @abc.abstractmethod
    def client_command(self, argv):
        """The argument vector that runs argv where the clients of the cluster are: outside the nodes, on their public network."""

    @abc.abstractmethod
    def public_address(self, number):
        """An address on the public network that no node has; number from 100 to 199."""

    # --- shared ---

    def check_node(self, node):
        if node not in self.settings.nodes:
            raise LabError("there is no node '%s': this lab has %s" % (node, ", ".join(self.settings.nodes) or "none"))

    def start(self, node, limit_s=180.0):
        """Start the cluster on a node that is on."""
        done = self.shell(node, self.settings.start, limit_s)
        if done.returncode != 0:
            raise LabError("the cluster does not start on %s: %s" % (node, (done.stderr or done.stdout).strip() or "status %d" % done.returncode))

    def stop(self, node, limit_s=120.0):
        """Stop the cluster on a node in order."""
        done = self.shell(node, self.settings.stop, limit_s)
        if done.returncode != 0:
            raise LabError("the cluster does not stop on %s: %s" % (node, (done.stderr or done.stdout).strip() or "status %d" % done.returncode))


def make(lab, settings):
    """The driver that the settings name."""
    from . import machines, namespaces, ssh  # each imports this module
    kinds = {"namespaces": namespaces.Namespaces, "machines": machines.Machines, "ssh": ssh.Ssh}
    if settings.driver not in kinds:
        raise LabError("there is no driver '%s': choose one of %s" % (settings.driver, ", ".join(sorted(kinds))))
    return kinds[settings.driver](lab, settings)
