#!/usr/bin/env python3
"""doc/lvs.md and doc/vrrp.md: each command of cox in them is tried as those of doc/guide.md, files are planned, and what real servers and directors are told is
done in a network namespace."""
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from guidekit import TOP, Box, blocks, check_verbs, code, guide, spans, taplib

GUIDES = ("lvs.md", "vrrp.md")
OURS = {"COX_OCF_ROOT": os.path.abspath(TOP + "/agents")}
# What the kernel of this machine may lack: then the command says so.
LACKS = re.compile(r"Operation not supported|Unknown device type|Protocol not supported|No such device|Could not process rule|No such file or directory")


def each(sentence, function):
    for name in GUIDES:
        yield sentence % name, lambda n=name: function(n)


def lead(name):
    with Box(**OURS) as box:
        problems = [p for p in map(box.problem, blocks(guide(name))) if p]
        assert not problems, "\n".join(problems)


def tests_the_blocks_can_be_done_one_after_the_other():
    yield from each("the blocks of %s can be done one after the other", lead)


def tests_the_verbs_exist():
    yield from each("%s names verbs that exist", lambda name: check_verbs(guide(name)))


def in_text(name):
    with Box(**OURS) as box:
        for command in blocks(guide(name)):
            box.run(command)
        problems = [p for p in map(box.problem, spans(guide(name), "cox")) if p]
        assert not problems, "\n".join(problems)


def tests_the_commands_in_the_text_work():
    yield from each("the commands in the text of %s work", in_text)


def plan(name):
    files = code(guide(name), "yaml")
    assert files
    for text in files:
        with Box(**OURS) as box:
            with open(box.dir + "/site.yaml", "w", encoding="utf-8") as file:
                file.write(text)
            done = box.run("cox plan site.yaml")
            assert done.returncode == 0, done.stderr
            done = box.run("cox apply site.yaml")
            assert done.returncode == 0 and "<clone " in open(box.cib, encoding="utf-8").read(), done.stderr


def tests_the_files_are_declarative_files():
    yield from each("the files in %s can be planned and applied", plan)


def tests_what_machines_are_told_can_be_done():
    for text in code(guide("lvs.md"), "sh"):
        first, *lines = text.splitlines()
        yield first[2:] + " can be done", lambda t=lines: on_a_machine(t)


def on_a_machine(lines):
    if os.geteuid() != 0 or subprocess.run(["unshare", "-n", "true"], capture_output=True, check=False).returncode != 0:
        raise taplib.Skip("no network namespaces")
    there = "ip link set lo up; ip link add eth0 type veth peer name far; ip link set far up; ip link set eth0 up; ip address add 10.0.0.1/24 dev eth0"
    done = subprocess.run(["unshare", "-n", "-m", "sh", "-c", "mount -t sysfs none /sys 2>/dev/null; %s; set -e\n%s" % (there, "\n".join(lines))],
                          capture_output=True, text=True, timeout=30, check=False)
    if done.returncode != 0 and LACKS.search(done.stderr):
        raise taplib.Skip("the kernel lacks it: " + done.stderr.strip().splitlines()[0])
    assert done.returncode == 0, done.stdout + done.stderr


taplib.main(globals())
