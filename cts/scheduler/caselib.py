"""Builds small CIBs from compact descriptions; used by make-cases only.

A case is `case(name, why, ...)`.  Resources are placed with `runs={"rsc": "node"}`; all probes are done unless told
otherwise, and every running resource with a recurring monitor has been monitored once.
"""
import hashlib
import os
from xml.sax.saxutils import quoteattr

NOW = 1769601600  # 2026-01-28 12:00:00Z, the time of cases that say no other
CASES = []


def tag(name, /, *children, **attrs):
    """An element; attribute names are given with _ for - (and a trailing _ where Python has a keyword)."""
    fixed = {}
    for key, value in attrs.items():
        if value is not None:
            fixed[ATTRIBUTES.get(key, key.rstrip("_").replace("_", "-"))] = str(value)
    return (name, fixed, [c for c in children if c is not None])


ATTRIBUTES = {key: key for key in ("in_ccm", "crm_feature_set", "admin_epoch", "num_updates", "operation_key", "on_node",
                                   "remote_node", "node_fenced", "op_no", "migrate_source", "migrate_target")}


def render(element, depth=0):
    name, attrs, children = element
    head = "%s<%s%s" % ("  " * depth, name, "".join(" %s=%s" % (k, quoteattr(v)) for k, v in attrs.items()))
    if not children:
        return head + "/>\n"
    return "%s>\n%s%s</%s>\n" % (head, "".join(render(c, depth + 1) for c in children), "  " * depth, name)


def nvset(kind, id, values, *extra, score=None):
    """A set of name-value pairs, or None when there are no values."""
    if not values:
        return None
    pairs = [tag("nvpair", id="%s-%s" % (id, n.replace("#", "")), name=n, value=v) for n, v in values.items()]
    return tag(kind, *extra, *pairs, id=id, score=score)


def meta(id, values, *extra, score=None):
    return nvset("meta_attributes", id, values, *extra, score=score)


def op(rsc, name, interval="0", **attrs):
    inner = attrs.pop("meta_", None)
    return tag("op", meta("%s-%s-%s-meta" % (rsc, name, interval), inner), id="%s-%s-%s" % (rsc, name, interval),
               name=name, interval=interval, **attrs)


def prim(id, meta_=None, params=None, util=None, ops=None, agent="ocf:heartbeat:Dummy", template=None, monitor="10s",
         **monitor_attrs):
    standard, provider, kind = (agent.split(":") + [None])[:3] if agent.count(":") == 2 else \
        (agent.split(":")[0], None, agent.split(":")[1])
    if template:
        standard = provider = kind = None
    all_ops = list(ops or [])
    if monitor:
        all_ops.append(op(id, "monitor", monitor, **monitor_attrs))
    return tag("primitive", meta(id + "-meta", meta_), nvset("instance_attributes", id + "-params", params),
               nvset("utilization", id + "-utilization", util), tag("operations", *all_ops) if all_ops else None,
               id=id, class_=standard, provider=provider, type=kind, template=template)


def group(id, *members, **meta_):
    return tag("group", meta(id + "-meta", dashed(meta_)), *members, id=id)


def clone(id, member, **meta_):
    return tag("clone", meta(id + "-meta", dashed(meta_)), member, id=id)


def dashed(values):
    return {k.replace("_", "-"): v for k, v in values.items()}


def stateful(id, **more):
    """A promotable instance with the two monitors that it needs."""
    return prim(id, monitor=None, ops=[op(id, "monitor", "10s", role="Unpromoted"),
                                       op(id, "monitor", "9s", role="Promoted")], agent="ocf:pacemaker:Stateful", **more)


def fence_device(id="fence", **params):
    return prim(id, agent="stonith:fence_test", params=dashed(params) or None, monitor=None)


def remote(id, **more):
    """The connection to a remote node of this name."""
    return prim(id, agent="ocf:pacemaker:remote", **more)


def bundle(id, inside, replicas=2, **attrs):
    """Containers with @inside in each; the network is that of a made-up subnet."""
    return tag("bundle", tag("podman", image="registry.example/image", replicas=replicas, **attrs),
               tag("network", ip_range_start="192.0.2.10", control_port=3121), inside, id=id)


def location(rsc, node, score, **attrs):
    return tag("rsc_location", id="loc-%s-%s" % (rsc, node), rsc=rsc, node=node, score=score, **attrs)


def location_rule(rsc, *expressions, score=None, score_attribute=None, boolean_op=None, role=None, **attrs):
    rule = tag("rule", *expressions, id="loc-%s-rule" % rsc, score=score, score_attribute=score_attribute,
               boolean_op=boolean_op, role=role)
    return tag("rsc_location", rule, id="loc-%s" % rsc, rsc=rsc, **attrs)


def expr(id, attribute, operation, value=None, **attrs):
    return tag("expression", id=id, attribute=attribute, operation=operation, value=value, **attrs)


def colocation(rsc, with_rsc, score="INFINITY", **attrs):
    return tag("rsc_colocation", id="col-%s-%s" % (rsc, with_rsc), rsc=rsc, with_rsc=with_rsc, score=score, **attrs)


def order(first, then, kind=None, **attrs):
    return tag("rsc_order", id="ord-%s-%s" % (first, then), first=first, then=then, kind=kind, **attrs)


def ticket(name, rsc, loss_policy=None, **attrs):
    return tag("rsc_ticket", id="tic-%s-%s" % (name, rsc), ticket=name, rsc=rsc, loss_policy=loss_policy, **attrs)


def rset(id, *members, **attrs):
    return tag("resource_set", *[tag("resource_ref", id=m) for m in members], id=id, **attrs)


def node(name, number, attrs=None, util=None, **more):
    return tag("node", nvset("instance_attributes", "nodes-%d" % number, attrs),
               nvset("utilization", "nodes-%d-utilization" % number, util), id=number, uname=name, **more)


# What many cases are made of.
INF = "INFINITY"
A, B, C, D = (prim(x) for x in "ABCD")
FENCING = {"stonith-enabled": "true"}
S = clone("S-clone", stateful("S"), promotable="true")
SCORES = {"n1": {"master-S": "5"}, "n2": {"master-S": "10"}}
BOTH = ["n1=Unpromoted", "n2=Unpromoted"]


# ---- history ----

def digest(params, timeout_ms=None):
    """What the executor notes of the parameters that an operation ran with."""
    values = dict(params, **({"CRM_meta_timeout": str(timeout_ms)} if timeout_ms else {}))
    text = "".join(" %s=%s" % (k, quoteattr(values[k])) for k in sorted(values))
    return hashlib.md5((" <parameters%s/>\n" % text).encode()).hexdigest()


class History:
    """The operations of one resource on one node."""

    def __init__(self, rsc, node_name, agent, params=None):
        self.rsc, self.node, self.agent, self.params, self.ops = rsc, node_name, agent, params or {}, []
        self.container, self.is_kept, self.locked_since = None, False, None

    def add(self, task, interval=0, rc=0, status=0, call=1, expected=0, when=NOW - 3600, id=None, timeout_ms=20000,
            transition=1, uuid="0c0c0c0c-0000-4000-8000-000000000001", **attrs):
        id = id or ("%s_last_0" % self.rsc if interval == 0 else "%s_%s_%d" % (self.rsc, task, interval))
        self.ops = [o for o in self.ops if o[1]["id"] != id]
        key = "%d:%d:%d:%s" % (call, transition, expected, uuid)
        self.ops.append(tag("lrm_rsc_op", id=id, operation_key="%s_%s_%d" % (self.rsc, task, interval), operation=task,
                            crm_feature_set="3.16.1", transition_key=key, transition_magic="%d:%d;%s" % (status, rc, key),
                            on_node=self.node, call_id=call, rc_code=rc, op_status=status, interval=interval,
                            last_rc_change=when, exec_time=10, queue_time=0,
                            op_digest=digest(self.params, timeout_ms if interval else None), **attrs))
        return self

    def fail(self, task, interval=0, rc=1, status=4, when=NOW - 600, call=9, **attrs):
        id = "%s_last_failure_0" % self.rsc
        self.add(task, interval, rc=rc, status=status, when=when, call=call, id=id, **attrs)
        if interval == 0:
            self.add(task, interval, rc=rc, status=status, when=when, call=call, **attrs)
        return self

    def undigested(self):
        """What the operations ran with is not known."""
        for entry in self.ops:
            entry[1].pop("op-digest", None)

    def render(self):
        standard, provider, kind = self.agent
        return tag("lrm_resource", *self.ops, id=self.rsc, type=kind, class_=standard, provider=provider,
                   container=self.container, shutdown_lock=self.locked_since)


def milliseconds(text):
    units = {"ms": 1, "s": 1000, "min": 60000, "m": 60000, "h": 3600000}
    digits = text.rstrip("abcdefghijklmnopqrstuvwxyz")
    return int(digits) * units[text[len(digits):] or "s"]


class Status:
    def __init__(self, nodes, resources, runs, probed, templates):
        self.nodes, self.histories, self.primitives = nodes, {}, {}
        for resource in resources:
            if resource[0] != "bundle":
                self.collect(resource, templates)
        runs = runs or {}
        for rsc, (agent, monitors, params) in self.primitives.items():
            where = runs.get(rsc, [])
            where = [where] if isinstance(where, str) else where
            for name in nodes:
                if not probed and name not in [w.split("=")[0] for w in where]:
                    continue
                role = dict((w.split("=") + ["Started"])[:2] for w in where).get(name)
                history = self.at(rsc, name)
                if role is None:
                    history.add("monitor", rc=7, expected=7)
                    continue
                history.add("promote" if role == "Promoted" else "start", call=2)
                for interval, monitor_role, timeout_ms in monitors:
                    if monitor_role in (None, role):
                        history.add("monitor", interval, call=3, timeout_ms=timeout_ms, rc=8 if role == "Promoted" else 0,
                                    expected=8 if role == "Promoted" else 0)

    def collect(self, resource, templates):
        name, attrs, children = resource
        if name == "primitive":
            base = templates.get(attrs.get("template"), ({}, []))
            source = attrs if "class" in attrs else base[0]
            agent = (source.get("class"), source.get("provider"), source.get("type"))
            monitors, params = [], {}
            for holder in (children, base[1] if "class" not in attrs else []):
                for child in holder:
                    if child[0] == "operations":
                        for one in child[2]:
                            values = one[1]
                            if values.get("name") == "monitor" and values["interval"] != "0":
                                monitors.append((milliseconds(values["interval"]), values.get("role"),
                                                 milliseconds(values.get("timeout", "20s"))))
                    if child[0] == "instance_attributes":
                        for pair in child[2]:
                            if pair[0] == "nvpair":
                                params.setdefault(pair[1]["name"], pair[1]["value"])
            self.primitives[attrs["id"]] = (agent, monitors, params)
        for child in children:
            if child[0] in ("primitive", "group"):
                self.collect(child, templates)

    def at(self, rsc, name):
        if (rsc, name) not in self.histories:
            base = rsc.split(":")[0]
            agent, _, params = self.primitives.get(rsc, self.primitives.get(base, (("ocf", "heartbeat", "Dummy"), [], {})))
            self.histories[(rsc, name)] = History(rsc, name, agent, params)
        return self.histories[(rsc, name)]

    def running(self, rsc, name, call=2):
        """A start and a monitor that went well, of what the description does not place."""
        return self.at(rsc, name).add("start", call=call)

    def empty(self, rsc, name):
        """A history whose last entry was taken away."""
        self.at(rsc, name).is_kept = True

    def forget(self, rsc, name):
        self.histories.pop((rsc, name), None)


STATES = {
    "online": dict(in_ccm="true", crmd="online", join="member", expected="member"),
    "offline": dict(in_ccm="false", crmd="offline", join="down", expected="down"),
    "lost": dict(in_ccm="false", crmd="offline", join="down", expected="member"),
    "pending": dict(in_ccm="true", crmd="online", join="down", expected="down"),
}


def case(name, why, resources=(), constraints=(), nodes=2, runs=None, options=None, node_attrs=None, node_util=None,
         states=None, transient=None, history=None, probed=True, tickets=(), tags=(), topology=(), rsc_defaults=None,
         op_defaults=None, quorum=1, args="", templates=(), defaults_rules=None, cib_attrs=None, remotes=None, remote_attrs=None,
         listing=False, attributes=(), remote_nodes=()):
    names = ["n%d" % (i + 1) for i in range(nodes)]
    template_map = {t[1]["id"]: (t[1], t[2]) for t in templates}
    status = Status(names, resources, runs, probed, template_map)
    remotes = remotes or {}
    if history:
        history(status)
    settings = dict({"stonith-enabled": "false", "no-quorum-policy": "stop"}, **(options or {}))
    defaults = defaults_rules or ([] if not rsc_defaults else [meta("rsc-defaults", rsc_defaults)])
    configuration = tag(
        "configuration",
        tag("crm_config", nvset("cluster_property_set", "cib-bootstrap-options", settings)),
        tag("nodes", *[node(n, i + 1, (node_attrs or {}).get(n), (node_util or {}).get(n)) for i, n in enumerate(names)],
            *[tag("node", id=n, uname=n, type="remote") for n in remote_nodes]),
        tag("resources", *templates, *resources), tag("constraints", *constraints),
        tag("fencing-topology", *topology) if topology else None,
        tag("op_defaults", *(op_defaults if isinstance(op_defaults, list) else [meta("op-defaults", op_defaults)])) if op_defaults else None,
        tag("rsc_defaults", *defaults) if defaults else None,
        tag("tags", *tags) if tags else None)
    states_xml = []
    for i, n in enumerate(names):
        flags = STATES[(states or {}).get(n, "online")]
        lrm = [h.render() for (rsc, where), h in status.histories.items() if where == n and (h.ops or h.is_kept)]
        attrs = nvset("instance_attributes", "status-%d" % (i + 1), (transient or {}).get(n))
        states_xml.append(tag("node_state", tag("lrm", tag("lrm_resources", *lrm), id=i + 1),
                              tag("transient_attributes", attrs, id=i + 1) if attrs else None, id=i + 1, uname=n, **flags))
    for n, flags in remotes.items():
        flags = dict(flags)
        place = names.index(flags.pop("after")) + 1 if "after" in flags else len(states_xml)
        lrm = [h.render() for (rsc, where), h in status.histories.items() if where == n and (h.ops or h.is_kept)]
        attrs = nvset("instance_attributes", "status-%s" % n, (remote_attrs or {}).get(n))
        states_xml.insert(place, tag("node_state", tag("lrm", tag("lrm_resources", *lrm), id=n),
                                     tag("transient_attributes", attrs, id=n) if attrs else None, remote_node="true", id=n,
                                     uname=n, in_ccm="true", **flags))
    ticket_xml = tag("tickets", *tickets) if tickets else None
    cib = tag("cib", configuration, tag("status", ticket_xml, *states_xml), validate_with="pacemaker-3.7",
              crm_feature_set="3.16.1", admin_epoch=0, epoch=1, num_updates=0, have_quorum=quorum, dc_uuid=1, **(cib_attrs or {}))
    CASES.append((name, why, render(cib), args or "-t 2026-01-28T12:00:00Z", listing, attributes))


def write(folder):
    for name, why, text, args, listing, attributes in CASES:
        path = os.path.join(folder, name)
        os.makedirs(path, exist_ok=True)
        files = [("input.xml", text), ("why.txt", why.strip() + "\n"), ("args", args + "\n")]
        if listing:
            files.append(("listing", "The order in which actions are told of counts, too.\n"))
        if attributes:
            files.append(("attributes", "".join(name + "\n" for name in attributes)))
        for file, content in files:
            with open(os.path.join(path, file), "w") as out:
                out.write(content)
