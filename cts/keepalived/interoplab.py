"""Two routers, each cox-vrrpd or keepalived, and a client on one or several links, in network namespaces; all that the routers send is kept."""
import os
import re
import shutil
import signal
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
import kafiles

sys.path.insert(0, os.path.join(kafiles.TOP, "daemons/vrrpd/tests"))
import routerlab


class Ours(routerlab.Router):
    is_ours = True

    def spawn(self, command):
        self.process = self.lab.spawn_daemon(self.lab.inside(self.name) + command, self.log)

    def start(self, text=None):
        if text is not None:
            self.write(text)
        self.spawn(self.command())

    def command(self):
        return [routerlab.DAEMON, "--keep-user", "--stderr", "--run-directory", self.dir, "--config", self.file]

    def reload(self, text):
        self.write(text)
        self.send(signal.SIGHUP)

    def crash(self):
        """With all its processes."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class Theirs(Ours):
    is_ours = False

    def command(self):
        pids = [word for name, letter in (("k", "-p"), ("v", "-r"), ("c", "-c"), ("b", "-b")) for word in (letter, os.path.join(self.dir, name + ".pid"))]
        return [kafiles.keepalived(), "-n", "-l", "-D", "-G", "--vrrp", "-f", self.file, *pids]


class Lab(routerlab.Lab):
    """Of several links the switch's ports pa, pb and pclient are on the first, qa, qb and qclient on the second one, and so on; the routers have eth0, eth1...

    @kinds: of a and b, "o" for ours and "t" for theirs.  @hears: words for vrrpwire.py before its file; None: somebody else listens.
    """

    def __init__(self, kinds, n_links=2, hears=()):
        super().__init__()
        for link in range(1, n_links):
            self._add_link(link, chr(ord("p") + link))
        kind = {"o": Ours, "t": Theirs}
        for name, which in zip("ab", kinds):
            shutil.rmtree(os.path.join(self.dir, name))
            setattr(self, name, kind[which](self, name, self.namespaces[name]))
            with open(os.path.join(self.dir, name, "told"), "w") as f:
                f.write('echo "$*" >>%s/%s/heard\n' % (self.dir, name))
        if hears is not None:
            self._listen(hears)

    def _add_link(self, link, port):
        self.run("switch", "ip link add br%d type bridge forward_delay 0 mcast_snooping 0; ip link set br%d up" % (link, link))
        for i, name in enumerate(("a", "b", "client"), 1):
            self.run("switch", "ip link add {0}{1} type veth peer name eth{2} address 02:00:00:00:{2:02x}:{3:02x} netns {4}; ip link set {0}{1} master br{2} up"
                     .format(port, name, link, i, self.namespaces[name]))
            self.run(name, "ip link set eth%d up; ip addr add 10.%d.0.%d/24 dev eth%d" % (link, 77 + link, i, link))

    def _listen(self, words):
        self.pcap, self.frames = os.path.join(self.dir, "pcap"), os.path.join(self.dir, "frames")
        self.spawn_daemon(self.inside("switch") + [sys.executable, os.path.join(HERE, "vrrpwire.py"), *words, self.pcap], self.frames)
        self.until(lambda: "ready\n" in open(self.frames).read(), "the ear is ready")

    def close(self):
        for router in (self.a, self.b):
            router.crash()
        super().close()

    def sent(self, name, pattern=""):
        """Lines of what a router has sent that match."""
        return [line for line in open(self.frames) if line[1:].startswith(name + " ") and re.search(pattern, line)]

    def told(self, name):
        path = os.path.join(self.dir, name, "heard")
        return open(path).read().splitlines() if os.path.exists(path) else []

    def start(self, *names):
        for name in names or "ab":
            router = getattr(self, name)
            router.start(router.text)

    def have(self, a, b):
        self.a.text, self.b.text = a, b

    def cut(self, name, is_cut=True):
        """Nothing of this router passes the switch; it has its carrier."""
        self.run("switch", "bridge link set dev p%s state %d" % (name, 0 if is_cut else 3))

    def carrier(self, name, is_there, link="p"):
        self.run("switch", "ip link set %s%s %s" % (link, name, "up" if is_there else "down"))
