"""For tests of guides in doc/: their commands of cox, and a document in a file on which they are tried."""
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

TOP = os.environ.get("top_srcdir", ".")
sys.path.insert(0, os.path.join(TOP, "cts"))
import taplib

TOOLS = os.path.abspath(os.path.join(os.environ.get("top_builddir", "."), "tools"))
STATES = "".join('<node_state id="%d" uname="n%d" in_ccm="true" crmd="online" join="member" expected="member"/>' % (n, n) for n in (1, 2, 3))
NODES = "".join('<node id="%d" uname="n%d"/>' % (n, n) for n in (1, 2, 3))
# What the guide calls solo is there before, so that the table has something that is in no group.
CIB = '<cib crm_feature_set="3.19.0" validate-with="pacemaker-3.9" epoch="1" num_updates="0" admin_epoch="0" have-quorum="1"><configuration>' \
      '<crm_config/><nodes>%s</nodes><resources><primitive id="solo" class="ocf" provider="heartbeat" type="Dummy"><operations>' \
      '<op id="solo-m" name="monitor" interval="10s"/></operations></primitive></resources>' \
      '<constraints/></configuration><status>%s</status></cib>' % (NODES, STATES)
# What speaks to daemons, and what it says, with status 102, where none run.  Anything else must work on a document in a file.
NO_DAEMON = r"\w+: Not connected: start the cluster(, or name a file with CIB_file)?: cannot reach '\S+/%s\.sock': No such file or directory; does the daemon run\?\n"
LIVE = {
    r"cox quorum status$": NO_DAEMON % "control",
    r"(cox |crm_resource --)(cleanup|wait)": NO_DAEMON % "cib" + "Error performing operation: Not connected\n",
    r"cox fence (reboot|confirm)": NO_DAEMON % "cib",
    r"cox fence history|stonith_admin --(reboot|confirm|history)": NO_DAEMON % "fence",
    r"cox timeline": r"cox: no controller runs on this node, and its timeline '\S+/timeline' cannot be read: No such file or directory\n",
    r"cox undo": NO_DAEMON % "cib",
    r"cox node list": NO_DAEMON % "control",
    r"cox router": NO_DAEMON % "vrrp",
    r"cox lb (list|show|stats|watch|drain|undrain|enable|disable|weight .* --live)": NO_DAEMON % "lvs",
}
NOT_CONNECTED = 102
# What changes machines, this one among them: that there are such verbs and options is all that is tried.
OF_MACHINES = r"cox (cluster \w+|convert \w+)"
FENCE = """#!/bin/sh
cat <<END
<resource-agent name="${0##*/}"><parameters><parameter name="ip" required="1"><content type="string"/></parameter><parameter name="username"><content type="string"/>
</parameter><parameter name="password"><content type="string"/></parameter></parameters><actions><action name="off"/><action name="reboot"/></actions></resource-agent>
END
"""


def guide(name):
    with open(os.path.join(TOP, "doc", name), encoding="utf-8") as file:
        return file.read()


def code(guide_text, language):
    """Blocks of this language."""
    return re.findall(r"^```%s\n(.*?)^```" % language, guide_text, re.S | re.M)


def blocks(guide_text):
    """Commands of cox in blocks, in their order."""
    for text in code(guide_text, "console"):
        for line in text.splitlines():
            if line.startswith("cox "):
                yield re.sub(r" +#.*", "", line)


def spans(guide_text, tool):
    """Commands in the text that are whole: no VERB, FILE or other word that stands for something."""
    text = re.sub(r"^```.*?^```", "", guide_text, flags=re.S | re.M)
    for command in re.findall(r"`(%s[ _][^`]*)`" % tool, text):
        if not re.search(r"\b(VERB|FILE)\b", command):
            yield command.replace("\\|", "|")


class Box:
    def __init__(self, **environment):
        self.environment = environment

    def __enter__(self):
        self.dir = tempfile.mkdtemp(prefix="cox-guide-")
        self.cib = self.dir + "/cib.xml"
        with open(self.cib, "w", encoding="utf-8") as file:
            file.write(CIB)
        os.mkdir(self.dir + "/state")
        os.mkdir(self.dir + "/fence")
        for name in ("fence_ipmilan", "fence_apc_snmp"):
            with open(self.dir + "/fence/" + name, "w", encoding="utf-8") as file:
                file.write(FENCE)
            os.chmod(self.dir + "/fence/" + name, 0o755)
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.dir)

    def run(self, command, is_live=False):
        """As the shell does it, in a directory of its own, and without asking other machines for what they have; is_live: not with the document in a file."""
        here = command.replace("/run/try.state", self.dir + "/try.state").replace("/usr/share/coxswain", os.path.abspath(TOP + "/agents"))
        here = re.sub("^cox report", "cox report --local --no-logs", here)
        env = {k: v for k, v in os.environ.items() if not k.startswith(("CIB_", "OCF_", "COX_"))}
        env.update(COX_FENCE_DIRECTORY=self.dir + "/fence", COX_RUN_DIRECTORY=self.dir, COX_TIMELINE_DIRECTORY=self.dir,
                   COX_CIB_DIRECTORY=self.dir + "/state", PATH=TOOLS + ":" + env["PATH"], TMPDIR=self.dir, **self.environment)
        if not is_live:
            env["CIB_file"] = self.cib
        return subprocess.run(here, shell=True, cwd=self.dir, env=env, capture_output=True, text=True, timeout=100, check=False)

    def problem(self, command):
        """What is wrong with it; None: nothing."""
        verb = re.match(OF_MACHINES, command)
        if verb:
            help_text = self.run(verb.group() + " --help").stdout
            if verb.group()[4:] not in self.run("cox help").stdout:
                return command + ": there is no such verb"
            return next(("%s: no option %s" % (command, o) for o in re.findall(r"--[a-z-]+", command) if o not in help_text), None)
        said = next((text for pattern, text in LIVE.items() if re.match(pattern, command)), None)
        done = self.run(command, is_live=said is not None)
        # status tells of problems, an action what the agent answers.
        right = {"cox status": (0, 1), "cox status --json": (0, 1), "cox debug web monitor": (5, 7),
                 "crm_resource --force-check --resource web": (5, 7)}.get(command, (0,))
        is_right = done.returncode in right if said is None else done.returncode == NOT_CONNECTED and re.fullmatch(said, done.stderr)
        return None if is_right else "%s: %d %s%s" % (command, done.returncode, done.stdout[-500:], done.stderr)


def check_verbs(guide_text):
    """Every command names a verb that exists."""
    names = {line.strip() for line in subprocess.run([TOOLS + "/cox", "help"], capture_output=True, text=True, check=True).stdout.splitlines()}
    for command in list(blocks(guide_text)) + list(spans(guide_text, "cox")):
        words = [w for w in shlex.split(command)[1:] if not w.startswith(("-", ">"))]
        known = any(line.startswith(" ".join(words[:n]) + " ") or line == " ".join(words[:n]) for n in (3, 2, 1) for line in names)
        assert known, "no such verb: " + command
