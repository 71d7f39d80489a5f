"""Files for a director, in the language of keepalived.conf, and the table that the kernel must have because of them."""
import collections

from lvsnet import ADDRESS, SIX

Service = collections.namedtuple("Service", "where text servers")


def service(where, scheduler, method, servers, port=None, protocol="TCP", more="", check=""):
    """where: "ADDRESS:PORT", "[ADDRESS]:PORT" or "fwmark N"; servers: names, or names with their weights; port: theirs, where it is another one; more: further lines; check: of
    each server."""
    weights = servers if isinstance(servers, dict) else {name: 1 for name in servers}
    host, _, own_port = where.rpartition(":")
    addresses = SIX if host.startswith("[") else ADDRESS
    lines = ["virtual_server %s {" % (where if not host else "%s %s" % (host.strip("[]"), own_port)), "lvs_sched %s" % scheduler, "lvs_method %s" % method, *more.split("\n")]
    if host:
        lines.append("protocol %s" % protocol)
    for name, weight in weights.items():
        lines += ["real_server %s %s {" % (addresses[name], port or own_port if host else "0"), "weight %d" % weight, check, "}"]
    return Service(where + ("/" + protocol.lower() if host else ""), "\n".join([*lines, "}", ""]), weights)


def text(services, more=""):
    return "global_defs {\nrouter_id lab\nscript_user root\n%s\n}\n" % more + "".join(s.text for s in services)


def wanted(services):
    """{vs: {name: weight}} with all servers up."""
    return {s.where: s.servers for s in services}
