"""corosync's configuration for a lab, and what corosync-quorumtool says."""
import re


def configuration(addresses, token_ms, transport, arbiter="", options=None):
    """corosync.conf as text.  addresses: node name -> ring address, in the order of node ids from 1.
    arbiter: address of a corosync-qnetd with a vote, or empty; without one, exactly two nodes get corosync's option two_node.
    options: of votequorum, as in corosync's votequorum(5)."""
    extra = "  two_node: 1\n" if len(addresses) == 2 else ""
    if arbiter:
        extra = ("  device {\n    model: net\n    votes: 1\n    net {\n      host: %s\n      algorithm: ffsplit\n      tls: off\n    }\n  }\n" % arbiter)
    extra += "".join("  %s: %s\n" % option for option in (options or {}).items())
    nodes = "".join("  node {\n    ring0_addr: %s\n    name: %s\n    nodeid: %d\n  }\n" % (address, name, number)
                    for number, (name, address) in enumerate(addresses.items(), 1))
    return ("totem {\n  version: 2\n  cluster_name: coxlab\n  transport: %s\n  crypto_cipher: none\n  crypto_hash: none\n  token: %d\n"
            "  token_coefficient: 0\n}\nnodelist {\n%s}\nquorum {\n  provider: corosync_votequorum\n%s}\n"
            # Groups of processes are the machine's, not the node's.
            "system {\n  move_to_root_cgroup: no\n}\n"
            "logging {\n  to_logfile: yes\n  logfile: /var/log/corosync/corosync.log\n  to_syslog: no\n  timestamp: hires\n}\n"
            % (transport, token_ms, nodes, extra))


def quorum(text):
    """From the output of "corosync-quorumtool -s": (has quorum, set of member node ids).  (False, empty) when it says neither."""
    has_quorum = re.search(r"^Quorate:\s+Yes\s*$", text, re.M) is not None
    members = set()
    table = text.split("Membership information", 1)
    if len(table) == 2:
        members = {int(m.group(1)) for m in re.finditer(r"^\s*(\d+)\s+\d+\s", table[1], re.M)}
    return has_quorum, members
