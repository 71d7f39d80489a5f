#!/usr/bin/env python3
"""Every offline tool given every kind of bad input: a message that names the culprit, its value and what to do about it, the
documented exit status, the file as it was, and nothing left beside it.  TAP.

usage: test_bad_input.py [PART-OF-A-NAME]     only the checks whose name has that part
"""
import bz2
import os
import shutil
import subprocess
import sys
import tempfile

TOOLS = os.path.join(os.environ.get("top_builddir") or ".", "tools")
TOOLS = os.path.abspath(TOOLS)
ONLY = sys.argv[1] if len(sys.argv) > 1 else ""
LIMIT_SECONDS = 120  # of one command; only what hangs needs as long

HEAD = '<cib crm_feature_set="3.19.6" validate-with="pacemaker-4.0" epoch="4" num_updates="0" admin_epoch="0">'
GOOD = HEAD + """
  <configuration>
    <crm_config>
      <cluster_property_set id="cib-bootstrap-options">
        <nvpair id="cib-bootstrap-options-fencing-enabled" name="fencing-enabled" value="false"/>
      </cluster_property_set>
    </crm_config>
    <nodes>
      <node id="1" uname="n1"/>
    </nodes>
    <resources>
      <primitive id="a" class="ocf" provider="heartbeat" type="Dummy"/>
    </resources>
    <constraints>
      <rsc_location id="l" rsc="a">
        <rule id="r" score="7">
          <expression id="e" attribute="#uname" operation="eq" value="n1"/>
        </rule>
      </rsc_location>
    </constraints>
  </configuration>
  <status>
    <node_state id="1" uname="n1" in_ccm="true" crmd="online" join="member" expected="member"/>
  </status>
</cib>
"""


def changed(old, new):
    assert old in GOOD, old
    return GOOD.replace(old, new).encode()


BOMB = "".join('<!ENTITY l%d "%s">' % (i, "&l%d;" % (i - 1) * 10 if i else "lol") for i in range(10))

# What makes a document bad: name -> (bytes, text that every tool must say).  These are refused while they are read.
UNREADABLE = {
    "truncated": (GOOD[:700].encode(), ["line"]),
    "empty": (b"", ["empty"]),
    "not XML": (b"hello\n", ["line 1"]),
    "not UTF-8": (changed('id="a"', 'id="\xe4"').replace("ä".encode(), b"\xe4"), ["UTF-8"]),
    "UTF-16": (GOOD.encode("utf-16"), ["UTF-8", "iconv"]),
    "entity bomb": (("<!DOCTYPE cib [%s]>" % BOMB + GOOD.replace('uname="n1"/', 'uname="&l9;"/')).encode(),
                    ["document type"]),
    "external entity": (('<!DOCTYPE cib [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
                         + GOOD.replace('uname="n1"/', 'uname="&x;"/')).encode(), ["document type"]),
    "external document type": (('<!DOCTYPE cib SYSTEM "http://192.0.2.1/x.dtd">' + GOOD).encode(), ["document type"]),
    "parameter entity": (('<!DOCTYPE cib [<!ENTITY % p SYSTEM "file:///dev/zero"> %p;]>' + GOOD).encode(),
                         ["document type"]),
    "undefined entity": (changed('"n1"/', '"&nope;"/'), ["nope"]),
    "depth of 100,000": (b"<cib>" + b"<a>" * 100000, ["deeper than 256"]),
    "truncated bz2": (bz2.compress(GOOD.encode())[:-20], ["truncated"]),
    "damaged bz2": (bz2.compress(GOOD.encode())[:60] + b"\0" * 400, ["damaged"]),
}

# These can be read, but are no valid configuration: name -> (bytes, texts).
INVALID = {
    "id used twice": (changed("<resources>", '<resources><primitive id="l" class="ocf" provider="heartbeat" type="Dummy"/>'), ["'l'"]),
    "dangling reference": (changed('rsc="a"', 'rsc="nope"'), ["'nope'"]),
    "score 12q": (changed('score="7"', 'score="12q"'), ["12q"]),
    "unknown element": (changed("<constraints>", "<constraints><rsc_moon id='m'/>"), ["rsc_moon"]),
    "unknown validate-with": (changed("pacemaker-4.0", "pacemaker-9.9"), ["pacemaker-9.9"]),
    "no validate-with": (changed(' validate-with="pacemaker-4.0"', ""), ["validate-with"]),
    "validate-with of the distant past": (changed("pacemaker-4.0", "pacemaker-0.6"), ["pacemaker-0.6"]),
}


class Bench:
    def __init__(self):
        self.count = 0
        self.failed = 0

    def tap(self, name, problem):
        self.count += 1
        self.failed += problem is not None
        print("%s %d - %s%s" % ("not ok" if problem else "ok", self.count, name, ""))
        if problem:
            print("# " + problem.replace("\n", "\n# "))
        sys.stdout.flush()

    def skip(self, name, why):
        self.count += 1
        print("ok %d - %s # SKIP %s" % (self.count, name, why))


bench = Bench()


def run(command, stdin=None, env=None, **more):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("CIB_", "COX_LIMIT"))}
    environment.update(LC_ALL="C", CIB_shadow_dir=os.getcwd(), **(env or {}))
    try:
        done = subprocess.run([os.path.join(TOOLS, command[0])] + command[1:], input=stdin, env=environment,
                              stdin=None if stdin is not None else subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=LIMIT_SECONDS, **more)
    except subprocess.TimeoutExpired:
        return 124, "ended after %d seconds: it hangs" % LIMIT_SECONDS
    return done.returncode, done.stdout.decode(errors="replace")


def snapshot():
    """Names and contents of all that is here."""
    found = {}
    for folder, _, files in os.walk("."):
        for name in files:
            path = os.path.join(folder, name)
            if os.path.isfile(path):
                with open(path, "rb") as file:
                    found[path] = file.read()
    return found


def check(name, command, status, texts, **more):
    """Run a command that must fail with @status saying all @texts, and must change nothing."""
    if ONLY not in name:
        return
    before = snapshot()
    got, said = run(command, **more)
    problem = None
    missing = [text for text in texts if text not in said]
    if got != status:
        problem = "exit status %d instead of %d" % (got, status)
    elif missing:
        problem = "does not say " + ", ".join(missing)
    elif snapshot() != before:
        problem = "files have changed"
    bench.tap(name, problem and "%s\n%s\n%s" % (problem, " ".join(command), said[:600]))


def write(name, content):
    with open(name, "wb") as file:
        file.write(content)


# How each tool gets the document in a file: name -> (command, environment).
READERS = {
    "crm_simulate": (["crm_simulate", "-S", "-x", "FILE"], {}),
    "crm_verify": (["crm_verify", "-x", "FILE"], {}),
    "crm_diff": (["crm_diff", "-o", "FILE", "-n", "good.xml"], {}),
    "crm_diff --new": (["crm_diff", "-o", "good.xml", "-n", "FILE"], {}),
    "cibadmin": (["cibadmin", "-Q"], {"CIB_file": "FILE"}),
    "cibadmin --xml-file": (["cibadmin", "-C", "-o", "resources", "-x", "FILE"], {"CIB_file": "good.xml"}),
    "crm_shadow": (["crm_shadow", "-V", "-b", "-c", "x"], {"CIB_file": "FILE"}),
    "crm_shadow --commit": (["crm_shadow", "-b", "-f", "-C", "bad"], {"CIB_file": "good.xml", "CIB_shadow": "bad"}),
    "crm_rule": (["crm_rule", "-c", "-r", "r"], {"CIB_file": "FILE"}),
    "crm_mon": (["crm_mon", "-1"], {"CIB_file": "FILE"}),
    "crm_mon --xml-file": (["crm_mon", "-1", "-x", "FILE"], {}),
    "crm_resource": (["crm_resource", "-L"], {"CIB_file": "FILE"}),
    "crm_resource --set-parameter": (["crm_resource", "-r", "a", "-p", "x", "-v", "1"], {"CIB_file": "FILE"}),
    "crm_attribute": (["crm_attribute", "-n", "fencing-enabled", "-v", "true"], {"CIB_file": "FILE"}),
    "cox": (["cox", "status"], {"CIB_file": "FILE"}),
    "crm_rule --xml-text": (["crm_rule", "-c", "-r", "r", "-X", "-"], {}),
}


# Those that say 66 and not 105 of a file that is not there.
FILE_READERS = ("crm_simulate", "crm_verify", "crm_diff", "crm_diff --new", "cibadmin --xml-file", "crm_mon --xml-file")


def reader(tool, file):
    command, env = READERS[tool]
    if tool == "crm_shadow --commit":
        shutil.copyfile(file, "shadow.bad")
    return [file if word == "FILE" else word for word in command], {k: file if v == "FILE" else v for k, v in env.items()}


def unreadable_documents():
    for what, (content, texts) in UNREADABLE.items():
        write("bad.xml", content)
        for tool in READERS:
            command, env = reader(tool, "bad.xml")
            stdin = content if tool == "crm_rule --xml-text" else None
            check("%s: %s" % (tool, what), command, 65, texts + ([] if stdin is not None else ["bad" if "commit" in tool else "bad.xml"]), env=env, stdin=stdin)


def invalid_documents():
    for what, (content, texts) in INVALID.items():
        write("bad.xml", content)
        write("later.xml", content.replace(b'epoch="4"', b'epoch="99"'))
        check("crm_verify: " + what, ["crm_verify", "-x", "bad.xml"], 78, texts)
        check("crm_simulate: " + what, ["crm_simulate", "-S", "-x", "bad.xml"], 78, texts)
        check("cibadmin that changes: " + what,
              ["cibadmin", "-M", "-X", '<node id="1" uname="n1"><instance_attributes id="n"/></node>'], 78, texts,
              env={"CIB_file": "bad.xml"})
        for tool in (["crm_mon", "-1"], ["crm_resource", "-L"], ["crm_attribute", "-n", "x", "-v", "1"],
                     ["crm_resource", "-r", "a", "--meta", "-p", "target-role", "-v", "Stopped"], ["cox", "status"]):
            check(" ".join(tool) + ": " + what, tool, 78, texts, env={"CIB_file": "bad.xml"})
        check("cibadmin --replace: " + what, ["cibadmin", "-R", "-f", "-x", "later.xml"], 78, texts,
              env={"CIB_file": "good.xml"})
        shutil.copyfile("later.xml", "shadow.bad")
        check("crm_shadow --commit: " + what, ["crm_shadow", "-b", "-f", "-a", "-C", "bad"], 78, texts,
              env={"CIB_file": "good.xml"})


def size_limit():
    write("bad.xml", GOOD.encode() + b"\n" * 4096)
    for tool in READERS:
        command, env = reader(tool, "bad.xml")
        stdin = GOOD.encode() + b"\n" * 4096 if tool == "crm_rule --xml-text" else None
        check("%s: larger than COX_LIMIT_BYTES" % tool, command, 65, ["3000", "COX_LIMIT_BYTES"],
              env=dict(env, COX_LIMIT_BYTES="3000"), stdin=stdin)
    write("small.bz2", bz2.compress(GOOD.encode() + b"\n" * 4096))
    check("crm_verify: larger than the limit when decompressed", ["crm_verify", "-x", "small.bz2"], 65,
          ["3000", "COX_LIMIT_BYTES"], env={"COX_LIMIT_BYTES": "3000"})
    for limit in ("lots", "-1", "0", "3T", "k", "99999999999999999999"):
        check("a limit of %s" % limit, ["crm_verify", "-x", "good.xml"], 64, ["COX_LIMIT_BYTES", "'%s'" % limit],
              env={"COX_LIMIT_BYTES": limit})
    for limit in ("5k", "1M", "1G", ""):
        check("a limit of '%s' is enough" % limit, ["crm_verify", "-x", "good.xml"], 0, [], env={"COX_LIMIT_BYTES": limit})


def no_files():
    os.mkdir("folder")
    write("secret.xml", GOOD.encode())
    os.chmod("secret.xml", 0)
    for tool in READERS:
        if tool in ("crm_shadow --commit", "crm_rule --xml-text"):
            continue
        command, env = reader(tool, "folder")
        check("%s: a directory" % tool, command, 66, ["folder", "directory"], env=env)
        command, env = reader(tool, "missing.xml")
        check("%s: a missing file" % tool, command, 66 if tool in FILE_READERS else 105,
              ["missing.xml"], env=env)
        command, env = reader(tool, "secret.xml")
        name = "%s: a file that may not be read" % tool
        if os.geteuid() != 0:
            check(name, command, 66, ["secret.xml", "Permission denied"], env=env)
        else:
            # Root reads everything, but for one who gave up the right to.
            check(name, command, 66, ["secret.xml", "Permission denied"], env=env, preexec_fn=drop_root)


def drop_root():
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)


def pipes():
    """What is no regular file can be read as well, but not written back."""
    readable = {
        "crm_simulate": (["crm_simulate", "-x"], {}), "crm_verify": (["crm_verify", "-x"], {}),
        "crm_diff": (["crm_diff", "-n", "good.xml", "-o"], {}), "cibadmin": (["cibadmin", "-Q"], {"CIB_file": None}),
    }
    for tool, (command, env) in readable.items():
        if ONLY not in tool + ": a FIFO":
            continue
        os.mkfifo("fifo")
        feeder = subprocess.Popen(["sh", "-c", "exec cat good.xml >fifo"])
        got, said = run(command + ["fifo"] if None not in env.values() else command, env={k: "fifo" for k in env})
        feeder.kill()
        feeder.wait()
        os.unlink("fifo")
        bench.tap("%s: a FIFO" % tool, None if got == 0 else "exit status %d\n%s" % (got, said[:600]))
        file = os.open("good.xml", os.O_RDONLY)
        path = "/dev/fd/%d" % file
        got, said = run(command + [path] if None not in env.values() else command, env={k: path for k in env}, pass_fds=[file])
        os.close(file)
        bench.tap("%s: a descriptor" % tool, None if got == 0 else "exit status %d\n%s" % (got, said[:600]))
    for name, command, env in (("crm_simulate --in-place", ["crm_simulate", "-X", "-x", "/dev/stdin"], {}),
                               ("cibadmin that changes", ["cibadmin", "-B"], {"CIB_file": "/dev/stdin"})):
        check(name + ": a pipe", command, 73, ["/dev/stdin", "regular file"], env=env, stdin=GOOD.encode())


# Commands that save: name -> (command, environment).
SAVERS = {
    "cibadmin --bump": (["cibadmin", "-B"], {"CIB_file": "cib.xml"}),
    "cibadmin --upgrade": (["cibadmin", "-u", "-f"], {"CIB_file": "old.xml"}),
    "crm_simulate --in-place": (["crm_simulate", "-X", "-x", "cib.xml"], {}),
    "crm_simulate --save-output": (["crm_simulate", "-S", "-x", "cib.xml", "-O", "cib.xml"], {}),
    "crm_simulate --save-input": (["crm_simulate", "-x", "cib.xml", "-I", "cib.xml"], {}),
    "crm_simulate --save-graph": (["crm_simulate", "-S", "-x", "cib.xml", "-G", "graph"], {}),
    "crm_simulate --save-dotfile": (["crm_simulate", "-S", "-x", "cib.xml", "-D", "graph"], {}),
    "crm_verify --save-xml": (["crm_verify", "-x", "cib.xml", "-S", "cib.xml"], {}),
    "crm_shadow --create": (["crm_shadow", "-b", "-c", "x"], {"CIB_file": "cib.xml"}),
    "crm_shadow --reset": (["crm_shadow", "-b", "-f", "-r", "there"], {"CIB_file": "cib.xml"}),
    "crm_shadow --commit": (["crm_shadow", "-b", "-f", "-C", "there"], {"CIB_file": "cib.xml"}),
}


def full_disk():
    """A file system without a free block, in a mount namespace of its own: needs root."""
    if ONLY not in "full disk" + " ".join(SAVERS):
        return
    os.mkdir("disk")
    mount = ["unshare", "-m", "sh", "-c", "mount -t tmpfs -o size=64k,nr_inodes=64 none disk"]
    if shutil.which("unshare") is None or subprocess.run(mount, stderr=subprocess.DEVNULL).returncode != 0:
        for name in SAVERS:
            bench.skip("full disk: " + name, "no mount of its own: needs root and mount namespaces")
        return
    for name, (command, env) in SAVERS.items():
        # Files are given through the shell that makes the mount; what is compared afterwards is said there, too.
        script = """
            mount -t tmpfs -o size=64k,nr_inodes=64 none disk && cp good.xml disk/cib.xml && cp old.xml disk/ || exit 99
            cp changed.xml disk/shadow.there; echo old >disk/graph; cd disk || exit 99
            dd if=/dev/zero of=filler bs=4096 count=100 2>/dev/null
            before=$(cat cib.xml old.xml shadow.there graph | cksum; ls -A)
            CIB_shadow_dir=$PWD "$@"
            rc=$?
            [ "$before" = "$(cat cib.xml old.xml shadow.there graph | cksum; ls -A)" ] || echo "CHANGED: $(ls -lA)"
            exit $rc"""
        environment = dict(os.environ, LC_ALL="C", **env)
        done = subprocess.run(["unshare", "-m", "sh", "-c", script, "sh", os.path.join(TOOLS, command[0])] + command[1:],
                              env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=LIMIT_SECONDS)
        said = done.stdout.decode(errors="replace")
        problem = None
        if done.returncode != 74:
            problem = "exit status %d instead of 74" % done.returncode
        elif "No space left" not in said or "stays as it was" not in said:
            problem = "does not say why, and what became of the file"
        elif "CHANGED" in said:
            problem = "files have changed"
        bench.tap("full disk: " + name, problem and problem + "\n" + said[-900:])


def bad_arguments():
    for name, command, status, texts in (
        ("crm_simulate: a bad time", ["crm_simulate", "-x", "good.xml", "-t", "yesterday"], 2, ["yesterday"]),
        ("crm_simulate: an operation that is none", ["crm_simulate", "-x", "good.xml", "-i", "a_stop@n1=1"], 64, ["a_stop@n1=1"]),
        ("crm_simulate: an operation of no resource", ["crm_simulate", "-x", "good.xml", "-i", "zz_stop_0@n1=1"], 105, ["'zz'"]),
        ("crm_simulate: an operation on no node", ["crm_simulate", "-x", "good.xml", "-i", "a_stop_0@n9=1"], 105, ["'n9'"]),
        ("crm_simulate: a bad quorum", ["crm_simulate", "-x", "good.xml", "-q", "perhaps"], 64, ["perhaps"]),
        ("crm_simulate: a bad watchdog", ["crm_simulate", "-x", "good.xml", "-w", "perhaps"], 64, ["perhaps"]),
        ("crm_simulate: a folder that is not there", ["crm_simulate", "-P", "nowhere"], 66, ["nowhere"]),
        ("crm_simulate: a place that cannot be written", ["crm_simulate", "-S", "-x", "good.xml", "-G", "no/graph"], 73, ["no/graph"]),
        ("crm_simulate: a save in no folder", ["crm_simulate", "-S", "-x", "good.xml", "-O", "no/out.xml"], 73, ["no/out.xml"]),
        ("crm_verify: a save in no folder", ["crm_verify", "-x", "good.xml", "-S", "no/out.xml"], 73, ["no/out.xml"]),
        ("crm_rule: no such rule", ["crm_rule", "-c", "-r", "zz", "-X", GOOD], 105, ["zz"]),
        ("crm_rule: a bad date", ["crm_rule", "-c", "-r", "r", "-d", "someday", "-X", GOOD], 65, ["someday"]),
        ("crm_diff: nothing to compare", ["crm_diff", "-o", "good.xml"], 64, []),
    ):
        check(name, command, status, texts)


def main():
    old = GOOD.replace("pacemaker-4.0", "pacemaker-3.0")
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        os.chmod(folder, 0o755)
        write("good.xml", GOOD.encode())
        write("old.xml", old.encode())
        write("changed.xml", changed("Dummy", "Stateful"))
        for part in (unreadable_documents, invalid_documents, size_limit, no_files, pipes, bad_arguments, full_disk):
            part()
        os.chdir("/")
    print("1..%d" % bench.count)
    return bench.failed != 0


if __name__ == "__main__":
    sys.exit(main())
