"""How each scheduler of the kernel shares connections among servers, as ipvsadm(8) says."""
import lvsnet
from lvsconf import service
from lvsnet import SOURCES, first_of_slots, shares, vip

NAMES = ["d1", "d2", "d3"]
RISING = {"d1": 1, "d2": 2, "d3": 3}
SPREAD = [vip(i) for i in range(12, 20)]
MARK = 8


def served(net, use, name, port, servers):
    use(service("%s:%d" % (vip(), port), name, "DR", servers))
    return "%s:%d" % (vip(), port)


def held(net, target, number):
    """The servers of connections that stay open, in the order in which these were made."""
    client = net.client(target, count=number, keep=300)
    try:
        net.ear.wait_for(lambda: len(first_of_slots(client.results())) == number, "%d connections" % number)
    finally:
        results = client.stop()
    shares(results)
    return [r.word for r in first_of_slots(results)]


def count(words):
    return {name: words.count(name) for name in NAMES}


def in_turn(net, use, name, port):
    target = served(net, use, name, port, NAMES)
    assert shares(net.fetch(target, count=30)) == {"d1": 10, "d2": 10, "d3": 10}


def in_turn_by_weight(net, use, name, port):
    target = served(net, use, name, port, RISING)
    assert shares(net.fetch(target, count=60)) == {"d1": 10, "d2": 20, "d3": 30}


def fewest(net, use, name, port):
    words = held(net, served(net, use, name, port, RISING), 12)
    assert count(words) == {"d1": 4, "d2": 4, "d3": 4}, words


def fewest_by_weight(net, use, name, port):
    words = held(net, served(net, use, name, port, RISING), 18)
    assert count(words) == {"d1": 3, "d2": 6, "d3": 9}, words


def shortest_delay(net, use, name, port):
    words = held(net, served(net, use, name, port, RISING), 18)
    assert words[:2] == ["d3", "d2"] and count(words) == {"d1": 3, "d2": 6, "d3": 9}, words


def never_queue(net, use, name, port):
    words = held(net, served(net, use, name, port, RISING), 18)
    assert set(words[:3]) == set(NAMES) and count(words) == {"d1": 3, "d2": 6, "d3": 9}, words


def by_source(net, use, name, port):
    target = served(net, use, name, port, NAMES)
    found = lvsnet.by_source(net.fetch(target, count=128, from_=SOURCES))
    assert all(len(servers) == 1 for servers in found.values()) and set().union(*found.values()) == set(NAMES), found
    return target, {source: next(iter(servers)) for source, servers in found.items()}


def by_source_hardly_moved(net, use, name, port):
    target, before = by_source(net, use, name, port)
    served(net, use, name, port, ["d1", "d2"])
    after = {r.source: r.word for r in net.fetch(target, count=64, from_=SOURCES)}
    stayed = [s for s in before if before[s] != "d3"]
    moved = [s for s in stayed if after[s] != before[s]]
    assert set(after.values()) == {"d1", "d2"} and len(moved) <= len(stayed) // 8, "%d of %d clients of other servers were moved" % (len(moved), len(stayed))


def by_destination(net, use, name, port, servers=NAMES):
    net.mark(MARK, SPREAD)
    use(service("fwmark %d" % MARK, name, "DR", servers))
    net.wait_idle("n1")  # the scheduler before had the same servers, and who has many connections is not taken
    targets = ["%s:%d" % (a, port) for a in SPREAD]
    results = net.fetch(*targets, count=4 * len(targets), from_=SOURCES)
    shares(results)
    found = {}
    for result in results:
        found.setdefault(result.slot % len(targets), set()).add(result.word)
    assert all(len(words) == 1 for words in found.values()), found
    assert len(set().union(*found.values())) > 1, found
    return targets


def by_destination_until_full(net, use, name, port):
    targets = by_destination(net, use, name, port)
    # A server with more than its weight is full, when another has less than half of its own.
    words = held(net, targets[0], 3)
    assert words[0] == words[1] != words[2], words


def heaviest(net, use, name, port):
    assert shares(net.fetch(served(net, use, name, port, RISING), count=20)) == {"d3": 20}
    assert shares(net.fetch(served(net, use, name, port, {"d1": 1, "d2": 2, "d3": 0}), count=20)) == {"d2": 20}


def heaviest_until_full(net, use, name, port):
    words = held(net, served(net, use, name, port, {"d1": 2, "d2": 3, "d3": 4}), 10)
    # "When the connections exceed the weight": one more than it.
    assert words == ["d3"] * 5 + ["d2"] * 4 + ["d1"], words


CHECKS = {
    "rr": in_turn, "wrr": in_turn_by_weight, "lc": fewest, "wlc": fewest_by_weight, "sed": shortest_delay, "nq": never_queue, "sh": by_source,
    "mh": by_source_hardly_moved, "dh": by_destination, "lblc": by_destination_until_full, "lblcr": by_destination_until_full, "fo": heaviest, "ovf": heaviest_until_full,
}
