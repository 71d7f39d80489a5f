#!/usr/bin/env python3
"""cox agent: an agent to begin with, and the test of the contract: on agents with one fault each, on our own, and on those of others."""
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

TOP = os.environ.get("top_srcdir", ".")
sys.path.insert(0, os.path.join(TOP, "cts"))
import taplib

COX = os.path.abspath(os.path.join(os.environ.get("top_builddir", "."), "tools/cox"))
TREE = os.path.abspath(os.path.join(TOP, "agents"))
HEARTBEAT = "/usr/lib/ocf/resource.d/heartbeat"
DOCUMENT = """<cib crm_feature_set="3.19.0" validate-with="pacemaker-3.9" epoch="5" num_updates="1" admin_epoch="0"><configuration><crm_config/>
<nodes/><resources><primitive id="t" class="ocf" provider="local" type="Thing"><instance_attributes id="p"><nvpair id="q" name="state"
value="%s"/></instance_attributes></primitive></resources><constraints/></configuration><status/></cib>"""

# An agent that keeps its contract, with a place for a fault.  It keeps role and process in a directory.
AGENT = r"""#!/bin/sh
d=${OCF_RESKEY_state:-/nonexistent} port=${OCF_RESKEY_port:-80}
fail() { echo "ocf-exit-reason:$2" >&2; exit "$1"; }
role=stopped
[ -f "$d/role" ] && read -r role <"$d/role"
pid=$(cat "$d/pid" 2>/dev/null)
be() { echo "$1" >"$d/role"; }
up() { setsid sleep 1000 </dev/null >/dev/null 2>&1 & echo $! >"$d/pid"; }
down() { kill "$pid" 2>/dev/null; while kill -0 "$pid" 2>/dev/null; do sleep 0.01; done; rm -f "$d/pid" "$d/role"; }
check() {
    [ -n "$OCF_RESKEY_state" ] || fail 6 "no state"
    case $port in *[!0-9]*) fail 6 "port $port" ;; esac
    command -v gzip >/dev/null || fail 5 "no gzip"
}
describe() { cat <<'END'
<?xml version="1.0"?>
<resource-agent name="Thing" version="1.0"><version>1.1</version><longdesc>A thing.</longdesc><shortdesc>Thing</shortdesc><parameters>
<parameter name="state" required="1" unique-group="state"><longdesc>D</longdesc><shortdesc>D</shortdesc><content type="string"/></parameter>
<parameter name="port" reloadable="1"><longdesc>P</longdesc><shortdesc>P</shortdesc><content type="integer" default="80"/></parameter>
</parameters><actions><action name="start" timeout="5s"/><action name="stop" timeout="5s"/><action name="monitor" timeout="5s" depth="0"/>
<action name="monitor" timeout="5s" depth="10"/><action name="promote" timeout="5s"/><action name="demote" timeout="5s"/>
<action name="notify" timeout="5s"/><action name="reload" timeout="5s"/><action name="reload-agent" timeout="5s"/>
<action name="migrate_to" timeout="5s"/><action name="migrate_from" timeout="5s"/><action name="status" timeout="5s"/>
<action name="validate-all" timeout="5s"/><action name="meta-data" timeout="5s"/></actions></resource-agent>
END
}
@FAULT@
case $1 in
meta-data) describe ;;
validate-all) check ;;
start | migrate_from) check; [ "$role" != stopped ] || { up; be running; } ;;
stop | migrate_to) [ "$role" = stopped ] || down ;;
monitor | status) case $role in running) exit 0 ;; promoted) exit 8 ;; *) exit 7 ;; esac ;;
promote) [ "$role" != stopped ] || fail 7 "not running"; be promoted ;;
demote) [ "$role" != stopped ] || fail 7 "not running"; be running ;;
notify) ;;
reload | reload-agent) check ;;
*) exit 3 ;;
esac
exit 0
"""


def when(action, role, what):
    """A fault: with this action in this role, in words of the shell."""
    return 'case $1/$role in %s/%s) %s ;; esac' % (action, role, what)


def again(mark, action, role, what):
    """The same, but not the first time."""
    return when(action, role, 'if [ -e "$d/../%s" ]; then %s; fi; : >"$d/../%s"' % (mark, what, mark))


INTERVAL = '[ "$OCF_RESKEY_CRM_meta_interval" %s 0 ] || exit %s'
# check -> fault in words of the shell
FAULTS = {
    "metadata": when("meta-data", "*", "echo oops"),
    "metadata-steady": when("meta-data", "*", 'describe; echo "<!-- $OCF_RESKEY_state -->"; exit'),
    "validate": when("validate-all", "*", 'fail 1 "always"'),
    "probe-stopped": when("monitor", "stopped", INTERVAL % ("!=", "1")),
    "monitor-stopped": when("monitor", "stopped", INTERVAL % ("=", "0")),
    "monitor-stopped-strange": when("monitor", "stopped", '[ "$LC_ALL" = C ] || fail 1 "$LC_ALL"'),
    "unknown-action": 'case $1 in cox-*) exit 1 ;; esac',
    "validate-missing": when("validate-all", "*", "exit 0"),
    "validate-invalid": when("validate-all", "*", 'case $port in c*) fail 1 "port" ;; esac'),
    "validate-bare": when("validate-all", "*", "gzip --version >/dev/null 2>&1 || exit 127"),
    "probe-bare": when("monitor", "*", "gzip --version >/dev/null 2>&1 || exit 127"),
    "stop-stopped": when("stop", "stopped", 'fail 7 "does not run"'),
    "stop-stopped-monitor": when("stop", "stopped", "be running; exit 0"),
    "promote-stopped": when("promote", "stopped", "exit 0"),
    "promote-stopped-monitor": when("promote", "stopped", 'be promoted; fail 1 "not running"'),
    "start": when("start", "*", 'fail 1 "no"'),
    "monitor-running": when("start", "stopped", "exit 0"),
    "probe-running": when("monitor", "running", INTERVAL % ("!=", "7")),
    "monitor-running-strange": when("monitor", "running", '[ "$LC_ALL" = C ] || exit 7'),
    "monitor-depth": when("monitor", "running", '[ -z "$OCF_CHECK_LEVEL" ] || fail 1 "deep"'),
    "start-again": when("start", "running", "up; exit 0"),
    "start-again-monitor": when("start", "running", "down; exit 0"),
    "notify": when("notify", "*", 'fail 1 "no"'),
    "reload-agent": when("reload-agent", "*", "down; pid=; up; be running; exit 0"),
    "reload-agent-same": when("reload-agent", "*", 'case $port in 81) ;; *) fail 1 "same" ;; esac; [ -n "$OCF_RESKEY_port" ] || fail 1 "same"'),
    "reload-agent-monitor": when("reload-agent", "*", "[ $port = 81 ] || down; exit 0"),
    "reload": when("reload", "*", "exit 3"),
    "reload-monitor": when("reload", "*", "down; exit 0"),
    "promote": when("promote", "running", 'fail 1 "no"'),
    "monitor-promoted": when("monitor", "promoted", "exit 0"),
    "probe-promoted": when("monitor", "promoted", INTERVAL % ("!=", "0")),
    "promote-again": when("promote", "promoted", 'fail 1 "is promoted"'),
    "promote-again-monitor": when("promote", "promoted", "be running; exit 0"),
    "demote": when("demote", "promoted", 'fail 1 "no"'),
    "demote-monitor": when("demote", "promoted", "exit 0"),
    "demote-again": when("demote", "running", 'fail 1 "not promoted"'),
    "demote-again-monitor": when("demote", "running", "down; exit 0"),
    "promote-anew": again("promoted", "promote", "running", 'fail 1 "only once"'),
    "stop-promoted": when("stop", "promoted", 'fail 1 "demote first"'),
    "stop-promoted-monitor": when("stop", "promoted", 'down; be promoted; exit 0'),
    "start-after-promoted": again("once", "start", "stopped", 'fail 1 "only once"'),
    "migrate-to": when("migrate_to", "*", "exit 3"),
    "migrate-from": when("migrate_from", "stopped", 'fail 1 "no"'),
    "migrate-monitor": when("migrate_from", "stopped", "exit 0"),
    "stop": when("stop", "running", 'rm -f "$d/role" "$d/pid"; exit 0'),
    "stop-monitor": when("stop", "running", "down; be stuck; exit 0") + "\n" + when("monitor", "stuck", "exit 1"),
    "stop-again": again("stopped", "stop", "stopped", 'fail 1 "stopped before"'),
    "stop-again-probe": again("again", "stop", "stopped", "be running; exit 0"),
    "start-anew": '[ "$1$role" = startstopped ] && { [ -e "$d/../n2" ] && fail 1 "not a third time"; [ -e "$d/../n1" ] && : >"$d/../n2"; : >"$d/../n1"; }',
    "start-anew-monitor": '[ "$1$role" = startstopped ] && { [ -e "$d/../n2" ] && exit 0; [ -e "$d/../n1" ] && : >"$d/../n2"; : >"$d/../n1"; }',
    "stop-anew": again("ended", "stop", "running", 'fail 1 "not again"'),
    "stop-anew-monitor": again("ended", "stop", "running", "down; be running; exit 0"),
    "advertised": when("status", "*", "exit 3"),
    "exit-codes": when("promote", "stopped", "exit 42"),
    "timeouts": when("notify", "*", "sleep 7"),
    "exit-reasons": when("promote", "stopped", 'echo "ocf-exit-reason:not running"; exit 7') + "\n" + when("validate-all", "*", '[ -n "$OCF_RESKEY_state" ] || exit 6'),
    "files-left": when("notify", "*", ': >"${TMPDIR:-/tmp}/left.$$"'),
}
# check -> what in the description is replaced by what
DESCRIPTIONS = {
    "metadata-schema": ("<shortdesc>P</shortdesc>", ""),
    "metadata-name": ('name="Thing"', 'name="Other"'),
    "metadata-actions": ('<action name="validate-all" timeout="5s"/>', ""),
    "metadata-timeouts": ('"notify" timeout="5s"', '"notify"'),
    "metadata-pairs": ('<action name="demote" timeout="5s"/>', ""),
    "metadata-parameters": ('type="integer"', 'type="number"'),
    "metadata-defaults": ('default="80"', 'default="http"'),
    "unadvertised": ('<action name="reload" timeout="5s"/>', ""),
}


class Box:
    """A directory with an agent in local/Thing, and a state directory; all is gone afterwards."""

    def __init__(self, text=None):
        self.dir = tempfile.mkdtemp(prefix="cox-agent-test-")
        os.chmod(self.dir, 0o755)
        self.state = self.dir + "/state"
        self.agent = self.dir + "/local/Thing"
        os.mkdir(self.state)
        os.mkdir(self.dir + "/local")
        if text is not None:
            with open(self.agent, "w", encoding="utf-8") as f:
                f.write(text)
            os.chmod(self.agent, 0o755)

    def run(self, *words, **env):
        """Without a cluster, unless CIB_file is given."""
        clean = {k: v for k, v in os.environ.items() if k not in ("CIB_file", "CIB_shadow", "CIB_user", "COX_OCF_ROOT", "HA_VARRUN")}
        clean.update({"TMPDIR": self.dir, "COX_RUN_DIRECTORY": self.dir + "/run"}, **env)
        return subprocess.run([COX, "agent"] + list(words), env=clean, capture_output=True, text=True, timeout=100, check=False)

    def test(self, *words, **env):
        """[(check, about, verdict, why)] and the exit status."""
        done = self.run("test", *words, "--json", **env)
        try:
            checks = json.loads(done.stdout)["children"][0]["children"]
        except (ValueError, KeyError, IndexError):
            raise AssertionError("no report: %d %s%s" % (done.returncode, done.stdout, done.stderr)) from None
        return [(c["name"], c.get("about"), c["verdict"], c.get("why", "")) for c in checks], done.returncode

    def test_thing(self, *words, **env):
        return self.test(self.agent, "state=" + self.state, *words, **env)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.dir)


def failed(checks):
    return sorted({name for name, _, verdict, _ in checks if verdict == "failed"})


def planted(text):
    with Box(text) as box:
        return box.test_thing()


def living(state):
    """Processes that were started for this state directory."""
    try:
        with open(state + "/pid", encoding="ascii") as f:
            return os.path.exists("/proc/" + f.read().strip())
    except FileNotFoundError:
        return False


def test_an_agent_that_keeps_its_contract_passes():
    checks, status = planted(AGENT.replace("@FAULT@", ""))
    assert status == 0 and not failed(checks), [c for c in checks if c[2] == "failed"]
    names = {c[0] for c in checks if c[2] == "ok"}
    missing = (set(FAULTS) | set(DESCRIPTIONS)) - names - {"unadvertised"}
    assert not missing, "not tried: %s" % missing


def tests_each_check_finds_its_fault():
    texts = {check: AGENT.replace("@FAULT@", fault) for check, fault in FAULTS.items()}
    for check, (old, new) in DESCRIPTIONS.items():
        assert old in AGENT, check
        texts[check] = AGENT.replace("@FAULT@", "").replace(old, new)
    pool = ThreadPoolExecutor(4)
    futures = {check: pool.submit(planted, text) for check, text in texts.items()}

    def judge(check):
        checks, status = futures[check].result()
        assert check in failed(checks), "it fails: %s" % [c for c in checks if c[2] == "failed"]
        assert status == 1, status
    for check in texts:
        yield "%s finds its fault" % check, lambda c=check: judge(c)


def test_what_a_broken_agent_leaves_is_gone_afterwards():
    with Box(AGENT.replace("@FAULT@", when("stop", "running", 'exit 0'))) as box:
        checks, _ = box.test_thing()
        assert "stop" in failed(checks), failed(checks)
        assert not living(box.state), "a process of the agent lives on"
        assert sorted(os.listdir(box.dir)) == ["local", "state"], os.listdir(box.dir)


def test_a_test_that_is_interrupted_stops_what_it_has_begun():
    with Box(AGENT.replace("@FAULT@", when("monitor", "running", ': >"$d/../running"; sleep 1'))) as box:
        env = dict(os.environ, TMPDIR=box.dir, COX_RUN_DIRECTORY=box.dir + "/run")
        test = subprocess.Popen([COX, "agent", "test", box.agent, "state=" + box.state], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        while not os.path.exists(box.dir + "/running"):
            assert test.poll() is None, "it has ended before"
            time.sleep(0.02)
        assert living(box.state)
        test.send_signal(signal.SIGINT)
        _, said = test.communicate()
        assert test.returncode == 1 and "interrupted" in said, (test.returncode, said)
        assert os.listdir(box.state) == [], os.listdir(box.state)
        assert sorted(os.listdir(box.dir)) == ["local", "running", "state"], os.listdir(box.dir)


def test_what_runs_already_is_left_alone_unless_forced():
    with Box(AGENT.replace("@FAULT@", "")) as box:
        env = dict(os.environ, OCF_RESKEY_state=box.state)
        subprocess.run([box.agent, "start"], env=env, check=True)
        checks, status = box.test_thing()
        assert failed(checks) == ["probe-stopped"] and status == 1 and living(box.state), checks
        checks, status = box.test_thing("--force")
        assert not living(box.state)


def test_what_the_cluster_manages_is_left_alone_unless_forced():
    with Box(AGENT.replace("@FAULT@", "")) as box:
        cib = box.dir + "/cib.xml"
        with open(cib, "w", encoding="utf-8") as f:
            f.write(DOCUMENT % box.state)
        words = ("test", box.agent, "state=" + box.state)
        done = box.run(*words, CIB_file=cib)
        assert done.returncode == 107 and "the cluster manages 't'" in done.stderr, done
        assert os.listdir(box.state) == []
        assert box.run(*words, "--force", CIB_file=cib).returncode == 0
        assert box.run(*words, "--dry-run", CIB_file=cib).returncode == 0
        with open(cib, "w", encoding="utf-8") as f:
            f.write(DOCUMENT % "/elsewhere")
        assert box.run(*words, CIB_file=cib).returncode == 0
        with open(cib, "w", encoding="utf-8") as f:
            f.write("<cib")
        assert box.run(*words, CIB_file=cib).returncode == 65


def test_a_cluster_that_cannot_be_asked_is_not_guessed_about():
    with Box(AGENT.replace("@FAULT@", "")) as box:
        os.mkdir(box.dir + "/run")
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as other:
            other.bind(box.dir + "/run/exec.sock")
            other.listen(8)
            for env in ({}, {"CIB_file": box.dir + "/cib.xml"}):
                with open(box.dir + "/cib.xml", "w", encoding="utf-8") as f:
                    f.write(DOCUMENT % "/elsewhere")
                done = box.run("test", box.agent, "state=" + box.state, **env)
                assert done.returncode == 102 and "cannot be asked" in done.stderr and "--force" in done.stderr, done
                assert os.listdir(box.state) == []
            assert box.run("test", box.agent, "state=" + box.state, "--force").returncode == 0
        assert box.run("test", box.agent, "state=" + box.state).returncode == 0


def test_what_an_agent_leaves_is_killed_with_what_that_has_started():
    tree = "(setsid sh -c 'setsid sh -c \"sleep 98731 & wait\" & wait' </dev/null >/dev/null 2>&1 &)"
    with Box(AGENT.replace("@FAULT@", when("monitor", "stopped", tree))) as box:
        box.test_thing()
    lines = subprocess.run(["ps", "axo", "args"], capture_output=True, text=True, check=True).stdout.splitlines()
    assert not [line for line in lines if line == "sleep 98731"], "left"


def test_a_dry_run_lists_the_steps_and_runs_none():
    with Box(AGENT.replace("@FAULT@", when("[!m]*", "*", ': >"$d/ran"'))) as box:
        checks, status = box.test_thing("--dry-run")
        assert status == 0 and os.listdir(box.state) == []
        assert {c[2] for c in checks} == {"planned", "skipped"}
        assert {"start", "stop-again", "files-left"} <= {c[0] for c in checks}


def test_parameters_are_given_as_to_ocf_tester_too():
    with Box(AGENT.replace("@FAULT@", "")) as box:
        checks, status = box.test(box.agent, "-o", "state=" + box.state, "-o", "port=8080", "--change", "port=8081")
        assert status == 0, failed(checks)
        assert ("reload-agent", "port", "ok", "") in checks
        text = box.run("test", box.agent, "-o", "state=" + box.state).stdout
        assert "ok       start: start succeeds\n" in text and text.endswith(" skipped\n"), text
        quiet = box.run("test", box.agent, "-o", "state=" + box.state, "-Q").stdout
        assert quiet.count("\n") == 1 and " 0 failed, " in quiet, quiet


BAD = [
    (("test", "ocf:local:None"), 5, "ocf:local:None"), (("test", "/nonexistent/Thing"), 66, "/nonexistent/Thing"), (("test", "systemd:x"), 64, "no OCF agent"),
    (("test", "Thing"), 2, "Thing"), (("test", "@AGENT", "x"), 64, "'x' is not NAME=VALUE"), (("test", "@AGENT", "-o", "x"), 64, "'x' is not NAME=VALUE"),
    (("test", "@AGENT", "--provider", "x"), 64, "does nothing with --provider"), (("test",), 64, "too few"), (("test", "/"), 66, "is no file"),
    (("new", "../x"), 64, "'../x' is no name"), (("new", "a b"), 64, "is no name"), (("new", "1a"), 64, "is no name"), (("new", ""), 64, "is no name"),
    (("new", "x" * 65), 64, "is no name"), (("new", "x", "--provider", "a/b"), 64, "'a/b' is no name"),
    (("new", "\u00e4"), 64, "is no name"), (("new", "x", "--language", "perl"), 64, "no library for 'perl'"), (("new",), 64, "too few"),
    (("new", "x", "--directory", "/proc/1/x"), 73, "/proc/1/x"),
]


def test_bad_input_is_refused_with_its_reason():
    with Box(AGENT.replace("@FAULT@", "")) as box:
        for words, status, text in BAD:
            done = box.run(*[box.agent if w == "@AGENT" else w for w in words], COX_OCF_ROOT=TREE)
            assert done.returncode == status and text in done.stderr, (words, done)
        os.chmod(box.agent, 0o644)
        done = box.run("test", box.agent)
        assert done.returncode == 4 and "Thing" in done.stderr, done


def root_with_library(box):
    os.makedirs(box.dir + "/ocf/lib")
    shutil.copytree(TREE + "/lib/coxswain", box.dir + "/ocf/lib/coxswain")
    subprocess.run(["chmod", "-R", "u+w", box.dir], check=True) # the tree may be one that cannot be written
    return box.dir + "/ocf"


def test_the_agent_to_begin_with_passes_and_is_not_overwritten():
    with Box() as box:
        root = root_with_library(box)
        done = box.run("new", "Web", "--provider", "acme", COX_OCF_ROOT=root)
        path = root + "/resource.d/acme/Web"
        assert done.returncode == 0 and path in done.stdout and "ocf:acme:Web" in done.stdout, done
        checks, status = box.test("ocf:acme:Web", "pidfile=" + box.state + "/pid", COX_OCF_ROOT=root)
        assert status == 0, [c for c in checks if c[2] == "failed"]
        assert ("reload-agent", "io_priority", "ok", "") in checks, checks
        with open(path, encoding="utf-8") as f:
            text = f.read()
        assert "@" not in text.replace('"$@"', ""), "something was not filled in"
        done = box.run("new", "Web", "--provider", "acme", COX_OCF_ROOT=root)
        assert done.returncode == 108 and "is there already" in done.stderr, done
        with open(path, encoding="utf-8") as f:
            assert f.read() == text
        assert os.listdir(root + "/resource.d/acme") == ["Web"]
        done = box.run("new", "Web", "--directory", box.dir + "/mine", "--language", "sh", COX_OCF_ROOT=root)
        assert done.returncode == 0 and box.dir + "/mine/Web" in done.stdout, done
        done = box.run("new", "Web", COX_OCF_ROOT=box.dir)
        assert done.returncode == 5 and "agent.template" in done.stderr, done


def own(name):
    with Box() as box:
        checks, status = box.test("ocf:coxswain:" + name, "state=" + box.state + "/file", COX_OCF_ROOT=TREE)
        assert status == 0, [c for c in checks if c[2] == "failed"]


def tests_own():
    for name in ("Dummy", "Stateful"):
        yield "ocf:coxswain:%s passes" % name, lambda n=name: own(n)


def stock(name):
    if not os.access(HEARTBEAT + "/" + name, os.X_OK):
        raise taplib.Skip("no ocf-tester here: install resource-agents")
    return HEARTBEAT + "/" + name


def test_the_dummy_of_others_passes():
    with Box() as box:
        checks, status = box.test(stock("Dummy"), "state=" + box.state + "/file")
        assert status == 0, [c for c in checks if c[2] == "failed"]


def test_an_address_of_others_keeps_all_but_what_is_known():
    agent = stock("IPaddr2")
    alone = ["unshare", "-n"] if os.getuid() == 0 else ["unshare", "-r", "-n"]
    if subprocess.run(alone + ["true"], capture_output=True, check=False).returncode != 0:
        raise taplib.Skip("no live lab: namespaces are not allowed here")
    with Box() as box:
        script = 'ip link set lo up && exec "$@"'
        done = subprocess.run(alone + ["sh", "-c", script, "sh", COX, "agent", "test", agent, "ip=127.0.0.77", "nic=lo", "cidr_netmask=32", "--json"],
                              env=dict(os.environ, TMPDIR=box.dir, COX_RUN_DIRECTORY=box.dir + "/run"), capture_output=True, text=True, check=False)
        checks = json.loads(done.stdout)["children"][0]["children"]
        wrong = {c["name"] for c in checks if c["verdict"] == "failed"}
        # It looks at some of its numbers only.
        assert wrong <= {"validate-invalid"}, [c for c in checks if c["verdict"] == "failed"]
        assert {"start", "stop-again", "start-anew", "validate-bare", "exit-reasons"} <= {c["name"] for c in checks if c["verdict"] == "ok"}


taplib.main(globals())
