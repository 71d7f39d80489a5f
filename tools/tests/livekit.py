"""A running cluster of one node alone for tests of tools: the real daemons, everything below a folder of its own.

    with livekit.Node() as node:
        status, text = node.run("crm_node", "-n")
"""
import os
import shutil
import subprocess
import tempfile
import time

BUILD = os.path.abspath(os.environ.get("top_builddir") or ".")
TOOLS = os.path.join(BUILD, "tools")
DAEMONS = ("cibd", "attrd", "schedd", "fenced", "execd", "controld")
LIMIT_SECONDS = 60


class Node:
    """Starts the daemons; the folder may be entered by everybody, so that other users can ask, too."""

    def __init__(self, **settings):
        self.folder = tempfile.mkdtemp(prefix="live")
        os.chmod(self.folder, 0o755)
        self.env = {name: value for name, value in os.environ.items() if not name.startswith(("CIB_", "OCF_", "PCMK_"))}
        for name in ("run", "cib", "pe", "ocf"):
            os.makedirs(os.path.join(self.folder, name))
        self.env.update(COX_CLUSTER="local", COX_RUN_DIRECTORY=self.path("run"), COX_CIB_DIRECTORY=self.path("cib"),
                        COX_PENGINE_DIRECTORY=self.path("pe"), COX_OCF_ROOT=self.path("ocf"), PCMK_logfacility="none",
                        PCMK_logfile=self.path("log"), PATH=TOOLS + ":" + self.env["PATH"], LC_ALL="C.UTF-8", **settings)
        self.env.setdefault("COX_SCHEMA_DIRECTORY", os.path.join(BUILD, "schemas"))
        self.daemons = {}

    def __enter__(self):
        for daemon in DAEMONS:
            self.start(daemon)
        self.name = self.wait_until_it_leads()
        return self

    def __exit__(self, *_):
        for process in self.daemons.values():
            process.kill()
            process.wait()
        shutil.rmtree(self.folder)

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def start(self, daemon):
        with open(self.path("errors"), "ab") as errors:
            self.daemons[daemon] = subprocess.Popen([os.path.join(BUILD, "daemons", daemon, "cox-" + daemon), "--keep-user"],
                                                    env=self.env, stdout=subprocess.DEVNULL, stderr=errors)

    def wait_until_it_leads(self):
        """A cluster of one elects and admits itself at once; how long the machine takes to get there is not what is tested."""
        for _ in range(600):
            status, text = self.run("crmadmin", "-qD")
            if status == 0 and self.run("crm_node", "-q") == (0, "1\n"):
                name = self.run("crm_node", "-n")[1].strip()
                if self.run("crmadmin", "-qS", name) == (0, "S_IDLE\n"):
                    return name
            time.sleep(0.1)
        with open(self.path("errors"), encoding="utf-8") as errors:
            raise AssertionError("no coordinator: %s; %s" % (text, errors.read()))

    def run(self, *words, **more):
        """Status and output, with errors, of a command; more: what subprocess.run() takes."""
        more.setdefault("env", self.env)
        done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=LIMIT_SECONDS, check=False, **more)
        return done.returncode, done.stdout.decode(errors="replace")
