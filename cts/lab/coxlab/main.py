"""Arguments of cox-cts."""
import argparse
import sys

from . import commands, scenario

DESCRIPTION = """Cluster nodes on this machine, each in namespaces of its own with a real corosync, or on machines of yours through ssh; a power switch,
partitions, a client that measures from outside; and scenarios that are played on them. As root, or without where the kernel allows it."""
EPILOG = """examples:
  cox-cts run two-of-three              play a scenario that came with the program, in a lab of its own
  cox-cts run --destdir /tmp/root my.scn   the same with a build that "make install DESTDIR=/tmp/root" installed
  cox-cts up 3; cox-cts exec n1 -- corosync-quorumtool; cox-cts power off n2; cox-cts down"""


def _making(parser):
    parser.add_argument("--destdir", metavar="DIR", help="what \"make install DESTDIR=DIR\" filled (built with --prefix=/usr): laid over the nodes' files")
    parser.add_argument("--hosts", metavar="FILE", help="machines of yours instead of namespaces, see cox-cts(8)")
    parser.add_argument("--machines", action="store_true", help="virtual machines with a kernel of their own (user-mode Linux) instead of namespaces")
    parser.add_argument("--systemd", action="store_true", help="their first process is systemd, and corosync and the cluster manager are its units")
    parser.add_argument("--memory", metavar="MIB", type=int, default=512, help="of each virtual machine [512]")
    parser.add_argument("--token", metavar="MS", type=int, help="corosync's token time [1000; virtual machines 3000]")
    parser.add_argument("--transport", choices=("knet", "udpu"), default="knet", help="corosync's transport [knet]")
    parser.add_argument("--no-autostart", action="store_true", help="a node that the power switch reboots does not start the cluster by itself")


def parser():
    top = argparse.ArgumentParser(prog="cox-cts", description=DESCRIPTION, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter)
    top.add_argument("--lab", metavar="DIR", help="the lab's directory [$COX_LAB or /var/tmp/cox-lab-UID]; for run: play in that lab, which stays")
    sub = top.add_subparsers(metavar="COMMAND", required=True)

    def command(name, function, text):
        p = sub.add_parser(name, help=text, description=text)
        p.set_defaults(function=function)
        return p

    p = command("up", commands.up, "make a lab and start the cluster")
    p.add_argument("n", metavar="N", type=_count, nargs="?", default=3, help="number of nodes [3]")
    p.add_argument("--no-start", action="store_true", help="only power on")
    p.add_argument("--arbiter", action="store_true", help="with a quorum device (corosync-qnetd)")
    _making(p)
    command("down", commands.down, "remove the lab and everything that runs in it")
    command("status", commands.status, "power, what runs, quorum")
    for name, function, text in (("start", commands.start, "start the cluster"), ("stop", commands.stop, "stop the cluster in order")):
        command(name, function, text).add_argument("node", metavar="NODE", nargs="*", help="[all]")
    p = command("exec", commands.execute, "run a command on a node")
    p.add_argument("node", metavar="NODE")
    p.add_argument("words", metavar="COMMAND", nargs=argparse.REMAINDER)
    p = command("power", commands.power, "the power switch")
    p.add_argument("action", choices=("on", "off", "reboot", "status"))
    p.add_argument("node", metavar="NODE", nargs="+")
    p = command("partition", commands.partition, "cut the cluster's network: nodes of a side separated by commas, sides by blanks")
    p.add_argument("side", metavar="NODE[,NODE]", nargs="+")
    command("heal", commands.heal, "undo partition")
    p = command("run", commands.run, "play scenarios; results as TAP, then a timeline")
    p.add_argument("scenario", metavar="SCENARIO", nargs="+", help="a file, or a name that list shows")
    p.add_argument("--check", action="store_true", help="only read them")
    p.add_argument("--rounds", metavar="N", type=_rounds, default=scenario.MOST_STATEMENTS, help="of each repeat at most N rounds")
    p.add_argument("--scratch", metavar="DIR", default="/var/tmp", help="where labs are made [/var/tmp]")
    _making(p)
    command("list", commands.list_scenarios, "scenarios that came with the program")
    command("verbs", commands.list_verbs, "the language of scenarios")
    command("clean", commands.clean, "remove directories of labs whose runner was killed")
    return top


def _count(text):
    if not text.isdigit() or not 1 <= int(text) <= commands.NODES_MOST:
        raise argparse.ArgumentTypeError("'%s' is no number of nodes from 1 to %d" % (text, commands.NODES_MOST))
    return int(text)


def _rounds(text):
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError("'%s' is no number of rounds from 1" % text)
    return int(text)


def main():
    arguments = parser().parse_args()
    sys.exit(commands.guard(arguments.function, arguments))
