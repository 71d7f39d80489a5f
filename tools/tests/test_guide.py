#!/usr/bin/env python3
"""doc/guide.md: each command of cox in it is tried: those of a block one after the other on one document, those in the text on what came of that."""
import os
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from guidekit import Box, blocks, check_verbs, guide, spans, taplib

GUIDE = guide("guide.md")


def has_agents():
    if not os.access("/usr/lib/ocf/resource.d/heartbeat/nginx", os.X_OK):
        raise taplib.Skip("no agents of the guide here: install resource-agents")


def test_the_blocks_lead_to_a_cluster_that_is_as_it_should_be():
    has_agents()
    with Box() as box:
        problems = [p for p in map(box.problem, blocks(GUIDE)) if p]
        assert not problems, "\n".join(problems)
        text = box.run("cox export").stdout
        for part in ("group: site", "primitive: web", "stonith:fence_ipmilan", "rack: 7", "resource-stickiness: 100", "level"):
            assert part in text, (part, text)


def try_all(tools):
    has_agents()
    with Box() as box:
        for command in blocks(GUIDE):
            box.run(command)
        shutil.copy(box.cib, box.dir + "/end.xml")
        commands = [c for tool in tools for c in spans(GUIDE, tool)]
        assert len(commands) >= 20, commands
        problems = []
        for command in commands:
            shutil.copy(box.dir + "/end.xml", box.cib)
            problems.append(box.problem(command))
        assert not any(problems), "\n".join(p for p in problems if p)


def test_the_commands_of_cox_in_the_text_work():
    try_all(["cox"])


def test_the_classic_commands_in_the_text_work():
    try_all(["crm_[a-z]+", "cibadmin", "stonith_admin"])


def test_the_guide_names_verbs_that_exist():
    assert len(list(blocks(GUIDE))) > 40
    check_verbs(GUIDE)


taplib.main(globals())
