"""What makes another crm_simulate decide otherwise than ours, cause by cause.  Used by differential.

A cause takes itself out of a document.  When the two agree on what is left, that was why they differed: so a difference gets its
class from the document, not from how its lines look.  What is decided for each cause, and why, is in doc/scheduler-differences.md.
"""
import collections
import itertools
import re
import xml.etree.ElementTree as ET

import caselib

OPERATIONS = {"monitor", "start", "stop", "promote", "demote", "migrate_to", "migrate_from", "reload", "reload-agent", "notify"}
COLLECTIVES = ("clone", "master", "bundle")


def remove_if(root, is_doomed):
    """Remove all elements for which @is_doomed(element, parent) holds; were there any?"""
    doomed = [(parent, child) for parent in root.iter() for child in parent if is_doomed(child, parent)]
    for parent, child in doomed:
        parent.remove(child)
    return bool(doomed)


def pairs(root, name):
    """All (holder, nvpair) of this name."""
    return [(holder, pair) for holder in root.iter() for pair in holder if pair.tag == "nvpair" and pair.get("name") == name]


def remove_pairs(root, *names):
    found = [one for name in names for one in pairs(root, name)]
    for holder, pair in found:
        holder.remove(pair)
    return bool(found)


def twins(elements, *attributes):
    """Those that have the same value of one of the attributes as one before them."""
    seen, found = set(), []
    for element in elements:
        keys = {(name, element.get(name)) for name in attributes if element.get(name)}
        if keys & seen:
            found.append(element)
        seen |= keys
    return found


def promotables(root):
    """Ids of what can be promoted."""
    found = set()
    for clone in root.iter():
        is_one = clone.tag == "master" or any(pair.get("name") == "promotable" and pair.get("value") == "true" for pair in clone.iterfind("meta_attributes/nvpair"))
        is_one = is_one or (clone.tag == "bundle" and any(child.get("promoted-max") or child.get("masters") for child in clone))
        if clone.tag in COLLECTIVES and is_one:
            found |= {primitive.get("id") for primitive in clone.iter("primitive")}
    return found


def name_of(history):
    return (history.get("id") or "").split(":")[0]


def key_of(op):
    """What the key says: (resource, operation, interval), None when it is none."""
    parts = (op.get("operation_key") or "").rsplit("_", 2)
    if len(parts) == 3 and parts[0].endswith("_migrate"):
        parts = [parts[0][:-len("_migrate")], "migrate_" + parts[1], parts[2]]
    return tuple(parts) if len(parts) == 3 else None


# ---- histories that nobody writes ----
def strange_histories(root):
    """Two histories of one resource or of two instances that no daemon tells apart on a node; entries that are of another resource or of what no executor does or notes."""
    changed, loose = False, anonymous(root)
    for node in root.iterfind("status/node_state"):
        for holder in node.iter("lrm_resources"):
            for twin in twins(holder, "id"):
                holder.remove(twin)
                changed = True
        seen = set()
        for holder in node.iter("lrm_resources"):
            for history in [one for one in holder if name_of(one) in loose]:
                if name_of(history) in seen:
                    holder.remove(history)
                    changed = True
                seen.add(name_of(history))
        for history in node.iter("lrm_resource"):
            doomed = [op for op in history if op.tag == "lrm_rsc_op" and is_strange(op, history)]
            doomed += [op for op in twins(history, "id") if op not in doomed]
            doomed += [op for op in history if op not in doomed and has_call_of_another(op, history)]
            if not any(op.get("operation") != "monitor" or op.get("rc-code") in ("0", "8", "9") for op in history if (op.get("interval") or "0") == "0"):
                doomed += [op for op in history if op not in doomed and op.get("rc-code") == "0"]  # it goes on, but was neither started nor found
            for op in doomed:
                history.remove(op)
            changed = changed or bool(doomed)
    return histories_outside_bundles(root) or changed


def histories_outside_bundles(root):
    """Histories of what is in a bundle on other nodes than those of its containers."""
    homes = {one.get("id"): bundle.get("id") for bundle in root.iter("bundle") for one in bundle.iter("primitive")}
    changed = False
    for node in root.iterfind("status/node_state"):
        for holder in node.iter("lrm_resources"):
            for history in list(holder):
                bundle = homes.get(name_of(history))
                if bundle and not re.fullmatch(re.escape(bundle) + r"-\d+", node.get("uname") or ""):
                    holder.remove(history)
                    changed = True
    return changed


def has_call_of_another(op, history):
    """Each call has a number of its own; that of a failure may be told twice."""
    before = list(history)[:list(history).index(op)]
    return any(one.get("call-id") == op.get("call-id") != "-1" and one.get("operation_key") != op.get("operation_key") for one in before)


def is_strange(op, history):
    key = key_of(op)
    status = op.get("op-status")
    if op.get("operation") not in OPERATIONS or key is None or key[0].split(":")[0] != name_of(history) or key[1] != op.get("operation"):
        return True
    if key[2] != (op.get("interval") or "0") or op.get("operation") == "notify" or (key[2] != "0" and key[1] != "monitor"):
        return True
    if op.get("operation").startswith("migrate") and not (op.get("migrate_source") and op.get("migrate_target")):
        return True
    if status is None or (status == "-1") != (op.get("rc-code") == "193") or (status == "7" and op.get("rc-code") != "5"):
        return True
    return int(status) > 8 or status in ("1", "5", "6") or op.get("call-id") is None or (op.get("call-id") == "-1" and status != "-1")


def odd_roles(root):
    """Results that tell of the promoted role, promotions and demotions, of what cannot be promoted."""
    changed = False
    can = promotables(root)
    known = {one.get("id") for one in root.iter("primitive")}
    parts = re.compile("(%s)-" % "|".join(re.escape(one.get("id", "")) for one in root.iter("bundle")) if root.find(".//bundle") is not None else "(?!)")
    for history in root.iter("lrm_resource"):
        if name_of(history) in can or not (name_of(history) in known or parts.match(name_of(history))):
            continue
        for op in list(history):
            if op.get("operation") in ("promote", "demote") or op.get("rc-code") in ("8", "9"):
                history.remove(op)
                changed = True
    return changed


def twin_nodes(root):
    """Two entries for a node, of one name or one id; a state whose name and id are of different nodes; two histories or sets of attributes in it."""
    changed = False
    for path in ("configuration/nodes", "status"):
        holder = root.find(path)
        for twin in twins([one for one in holder if one.tag in ("node", "node_state")], "id", "uname") if holder is not None else ():
            holder.remove(twin)
            changed = True
    for state in root.iterfind("status/node_state"):
        for twin in [one for tag in ("lrm", "transient_attributes") for one in state.findall(tag)[1:]]:
            state.remove(twin)
            changed = True
    known = {node.get("id"): node.get("uname") for node in root.iterfind("configuration/nodes/node")}
    for state in root.findall("status/node_state"):
        if known.get(state.get("id"), state.get("uname")) != state.get("uname"):
            root.find("status").remove(state)
            changed = True
    return changed


def removed_devices(root):
    """Histories of fence devices that are not configured any more."""
    known = {one.get("id") for one in root.iter("primitive")}
    return remove_if(root, lambda child, _: child.tag == "lrm_resource" and child.get("class") == "stonith" and child.get("id") not in known)


# ---- configurations that cannot work ----
def guests_in_collectives(root):
    """A guest's name for what is in a clone or bundle, where all instances would be one node, or for a connection, which contains none."""
    changed = False
    for connection in [one for one in root.iter("primitive") if one.get("type") == "remote"]:
        changed = remove_pairs(connection, "remote-node") or changed
    for collective in [one for one in root.iter() if one.tag in COLLECTIVES]:
        changed = remove_pairs(collective, "remote-node") or changed
    return changed


def recurring_what_cannot(root):
    """Operations with an interval that are no monitors, and monitors without one."""
    return remove_if(root, lambda child, _: child.tag == "op" and child.get("name") != "monitor" and (child.get("interval") or "0") not in ("0", "0s"))


def senseless_values(root):
    """Counts that are no numbers, thresholds below zero, two values of one name."""
    changed = False
    for holder in list(root.iter()):
        for twin in twins([one for one in holder if one.tag == "nvpair"], "name"):
            holder.remove(twin)
            changed = True
    for holder in list(root.iter()):
        for pair in list(holder):
            name, value = pair.get("name") or "", pair.get("value") or ""
            is_bad = (name.startswith("fail-count-") and not value.isdigit() and value != "INFINITY") or (name == "migration-threshold" and value.startswith("-"))
            if pair.tag == "nvpair" and is_bad:
                holder.remove(pair)
                changed = True
    return changed


def parents_of(root):
    """For each resource the ids of what it is in, itself first."""
    found = {}

    def collect(element, outer):
        for child in element:
            if child.tag in ("primitive", "group") + COLLECTIVES:
                found[child.get("id")] = [child.get("id")] + outer
                collect(child, found[child.get("id")])

    collect(root.find("configuration/resources"), [])
    return found


def colocated_pairs(constraint):
    """(dependent, primary) of a colocation, whatever its form."""
    if constraint.get("rsc"):
        return [(constraint.get("rsc"), constraint.get("with-rsc"))]
    sets = [[ref.get("id") for ref in one] for one in constraint.iter("resource_set")]
    inner = [(b, a) for one in sets for a, b in zip(one, one[1:])]
    outer = [(a, b) for first, second in zip(sets, sets[1:]) for a in first for b in second]
    return inner + outer


def reaches(edges, start, goal):
    seen, todo = set(), [start]
    while todo:
        here = todo.pop()
        if here == goal:
            return True
        if here not in seen:
            seen.add(here)
            todo += edges.get(here, ())
    return False


def lengthen(edges, more):
    """Add edges, unless one of them closes a circle."""
    longer = {name: list(ends) for name, ends in edges.items()}
    for start, end in more:
        if reaches(longer, end, start):
            return False
        longer.setdefault(start, []).append(end)
    edges.update(longer)
    return True


def colocation_loops(root):
    """Colocations in a circle: what is placed first then depends on what is placed after it."""
    constraints, parents, edges = root.find("configuration/constraints"), parents_of(root), {}
    top = lambda name: parents.get(name, [name])[-1]
    changed = False
    for one in constraints if constraints is not None else ():
        if one.tag == "rsc_colocation" and not lengthen(edges, [(top(a), top(b)) for a, b in colocated_pairs(one)]):
            one.tag, changed = "doomed", True
    return changed and remove_if(root, lambda child, _: child.tag == "doomed")


def ordered_pairs(constraint):
    if constraint.get("first"):
        return [(constraint.get("first"), constraint.get("then"))]
    sets = [[ref.get("id") for ref in one] for one in constraint.iter("resource_set")]
    inner = [(a, b) for one in sets for a, b in zip(one, one[1:])]
    return inner + [(a, b) for first, second in zip(sets, sets[1:]) for a in first for b in second]


def order_loops(root):
    """Orders in a circle: one of them has to be passed over."""
    constraints, parents, edges = root.find("configuration/constraints"), parents_of(root), {}
    top = lambda name: parents.get(name, [name])[-1]
    changed = False
    for one in constraints if constraints is not None else ():
        if one.tag == "rsc_order" and not lengthen(edges, [(top(a), top(b)) for a, b in ordered_pairs(one)]):
            one.tag, changed = "doomed", True
    return changed and remove_if(root, lambda child, _: child.tag == "doomed")


def inner_constraints(root):
    """Constraints that name what is in a clone or bundle instead of the clone."""
    parents = parents_of(root)
    kinds = {one.get("id"): one.tag for one in root.find("configuration/resources").iter() if one.get("id")}
    inside = {name for name, chain in parents.items() if any(kinds.get(up) in COLLECTIVES for up in chain[1:])}

    def names(one):
        return {one.get(key) for key in ("rsc", "with-rsc", "first", "then")} | {ref.get("id") for ref in one.iter("resource_ref")}

    return remove_if(root, lambda child, parent: parent.tag == "constraints" and bool(names(child) & inside))


def wishes_of_collectives(root):
    """Colocations of a clone or bundle that are not mandatory."""
    kinds = {one.get("id"): one.tag for one in root.find("configuration/resources").iter() if one.get("id")}

    def is_wish(one):
        dependents = [one.get("rsc")] + [ref.get("id") for ref in one.iter("resource_ref")]
        scores = [one.get("score") or "0"] + [part.get("score") for part in one.iterfind("resource_set") if part.get("score")]
        return any(kinds.get(name) in COLLECTIVES for name in dependents) and any(score.strip("+-").upper() != "INFINITY" for score in scores)

    return remove_if(root, lambda child, _: child.tag == "rsc_colocation" and is_wish(child))


def failed_connections(root):
    """Failures of connections to guests, whether of virtual machines or of bundles."""
    remotes = {one.get("id") for one in root.iter("primitive")}
    changed = False
    for history in root.iter("lrm_resource"):
        for op in list(history) if history.get("type") == "remote" and history.get("id") not in remotes else ():
            if op.get("rc-code") not in ("0", "7", "193") or "last_failure" in op.get("id"):
                history.remove(op)
                changed = True
    return changed


def stopped_monitors(root):
    """Monitors of the stopped role."""
    return remove_if(root, lambda child, _: child.tag == "op" and child.get("role") == "Stopped")


def resting_nodes(root):
    """Maintenance of nodes."""
    changed = False
    for node in root.iterfind("configuration/nodes/node"):
        changed = remove_pairs(node, "maintenance") or changed
    return changed


def times_of_membership(root):
    """Since when a node is a member, which the other program takes for no."""
    changed = False
    for state in root.iterfind("status/node_state"):
        for name, yes, no in (("in_ccm", "true", "false"), ("crmd", "online", "offline")):
            if (state.get(name) or "").isdigit():
                state.set(name, no if state.get(name) == "0" else yes)
                changed = True
    return changed


def exclusive_members(root):
    """Exclusive discovery that a constraint names for a member of a group or clone."""
    parents, changed = parents_of(root), False
    for one in root.iter("rsc_location"):
        names = [one.get("rsc")] + [ref.get("id") for ref in one.iter("resource_ref")]
        if one.get("resource-discovery") == "exclusive" and any(len(parents.get(name, ())) > 1 for name in names):
            del one.attrib["resource-discovery"]
            changed = True
    return changed


def joining_nodes(root):
    """Nodes that are members and have not joined yet."""
    changed = False
    for state in root.iterfind("status/node_state"):
        if state.get("crmd") not in (None, "offline", "0") and state.get("join") != "member":
            state.set("crmd", "offline")
            state.set("in_ccm", "false")
            changed = True
    return changed


def changed_connections(root):
    """Connections to remote nodes whose parameters have changed."""
    remotes = {one.get("id") for one in root.iter("primitive") if one.get("type") == "remote"}
    changed = False
    for history in root.iter("lrm_resource"):
        for op in list(history) if history.get("id") in remotes else ():
            for name in ("op-digest", "op-restart-digest", "op-secure-digest"):
                changed = op.attrib.pop(name, None) is not None or changed
    return changed


def members_that_stay(root):
    """Members of groups that are unmanaged, or are left alone when they fail or could not be stopped."""
    members = {member.get("id") for group in root.iter("group") for member in group.iter("primitive")}
    changed = remove_if(root, lambda child, parent: child.tag == "lrm_rsc_op" and child.get("operation") == "stop" and child.get("rc-code") != "0" and name_of(parent) in members)
    for group in root.iter("group"):
        for member in group.iter("primitive"):
            changed = remove_pairs(member, "is-managed", "maintenance") or changed
            for op in [one for one in member.iter("op") if one.get("on-fail") == "block"]:
                del op.attrib["on-fail"]
                changed = True
    return changed


def wishes_of_members(root):
    """Mandatory colocations of a group's member after the first with something outside."""
    later = {member.get("id"): group for group in root.iter("group") for member in group.findall("primitive")[1:]}

    def is_doomed(one):
        return any(a in later and later[a].find("primitive[@id='%s']" % b) is None for a, b in colocated_pairs(one))

    return remove_if(root, lambda child, _: child.tag == "rsc_colocation" and is_doomed(child))


def promoted_bundles(root):
    """Colocations with bundles in the promoted role, or of them."""
    bundles = {one.get("id") for one in root.iter("bundle")}

    def is_doomed(one):
        sides = [(one.get("rsc"), one.get("rsc-role")), (one.get("with-rsc"), one.get("with-rsc-role"))]
        sides += [(ref.get("id"), part.get("role")) for part in one.iterfind("resource_set") for ref in part]
        return any(name in bundles and role in ("Promoted", "Master") for name, role in sides)

    return remove_if(root, lambda child, _: child.tag == "rsc_colocation" and is_doomed(child))


def unmanaged_guests(root):
    """Guests whose container is unmanaged."""
    changed = False
    for one in root.iter("primitive"):
        if any(pair.get("name") == "remote-node" for pair in one.iterfind("meta_attributes/nvpair")):
            changed = remove_pairs(one, "is-managed", "maintenance") or changed
    return changed


def disabled_members(root):
    """Members of cloned groups that are to be stopped."""
    changed = False
    for member in [one for clone in root.iter("clone") for group in clone.iter("group") for one in group.iter("primitive")]:
        for holder, pair in pairs(member, "target-role"):
            if pair.get("value") == "Stopped":
                holder.remove(pair)
                changed = True
    return changed


def probes_of_invalid_parameters(root):
    """Probes that the agent refused because of parameters."""
    return remove_if(root, lambda child, _: child.tag == "lrm_rsc_op" and child.get("operation") == "monitor"
                     and (child.get("interval") or "0") == "0" and child.get("rc-code") == "2")


def drawn_clones(root):
    """Colocations of or with a clone that is told how many instances it has: they draw its instances to other nodes."""
    small = {one.get("id") for one in root.iter("clone") if any(pair.get("name") == "clone-max" for pair in one.iterfind("meta_attributes/nvpair"))}
    return remove_if(root, lambda child, _: child.tag == "rsc_colocation" and any({a, b} & small for a, b in colocated_pairs(child)))


def unstopped_connections(root):
    """Connections to remote nodes that could not be stopped."""
    remotes = {one.get("id") for one in root.iter("primitive") if one.get("type") == "remote"}
    return remove_if(root, lambda child, parent: child.tag == "lrm_rsc_op" and child.get("operation") == "stop" and child.get("rc-code") != "0" and name_of(parent) in remotes)


def rules_for_bundles(root):
    """Rules that prefer nodes, where there are nodes inside bundles."""
    if not any(bundle.find("primitive") is not None for bundle in root.iter("bundle")):
        return False
    return remove_if(root, lambda child, _: child.tag == "rsc_location" and any(not (rule.get("score") or "").startswith("-") for rule in child.findall("rule")))


def fencing_without_devices(root):
    """Fencing that is wanted where there is no device: nothing may be started then."""
    if any(one.get("class") == "stonith" for one in root.iter("primitive")) or any(pair.get("value") == "false" for _, pair in pairs(root, "stonith-enabled")):
        return False
    remove_pairs(root, "stonith-enabled")
    config = root.find("configuration/crm_config")
    if config is None:
        return False
    options = config.find("cluster_property_set")
    if options is None:
        options = ET.SubElement(config, "cluster_property_set", id="without-devices")
    ET.SubElement(options, "nvpair", id="without-devices-stonith-enabled", name="stonith-enabled", value="false")
    return True


def shutdown_locks(root):
    """Locks on nodes that left."""
    return remove_pairs(root, "shutdown-lock")


# ---- what the reference cases decide ----
def forgiven_failures(root):
    """Failures that have expired, and how often."""
    limits = [pair.get("value") for _, pair in pairs(root, "failure-timeout")]
    return bool(limits) and remove_pairs(root, "failure-timeout")


def unfenced_guests(root):
    """Unfencing, where there are nodes that are reached through a connection."""
    guests = pairs(root, "remote-node") or [one for one in root.iter() if one.tag == "bundle" or one.get("type") == "remote"]
    if not guests:
        return False
    changed = remove_pairs(root, "provides")
    for holder, pair in pairs(root, "requires"):
        if pair.get("value") == "unfencing":
            holder.remove(pair)
            changed = True
    return changed


def room(root):
    """Utilization."""
    return remove_pairs(root, "placement-strategy") | remove_if(root, lambda child, _: child.tag == "utilization")


def migrations(root):
    """Migrations in the history."""
    return remove_if(root, lambda child, _: child.tag == "lrm_rsc_op" and (child.get("operation") or "").startswith("migrate"))


def is_container(root, history, among=None):
    """Is it the history of a bundle's container or of an address of it?  @among: of one of these bundles."""
    ids = "|".join(re.escape(one.get("id", "")) for one in root.iter("bundle") if among is None or one.get("id") in among)
    return bool(ids) and re.match("(%s)-(docker|podman|rkt|ip)-" % ids, history.get("id") or "") is not None


def failed_containers(root):
    """Probes of containers that failed."""
    return remove_if(root, lambda child, parent: child.tag == "lrm_rsc_op" and child.get("operation") == "monitor" and (child.get("interval") or "0") == "0"
                     and child.get("rc-code") not in ("0", "7", "193") and is_container(root, parent))


def lost_containers(root):
    """Containers on nodes that are down."""
    changed = False
    for state in root.iterfind("status/node_state"):
        if state.get("crmd") in ("offline", "0") or state.get("in_ccm") in ("false", "0"):
            changed = remove_if(state, lambda child, _: child.tag == "lrm_resource" and is_container(root, child)) or changed
    return changed


def drawn_bundles(root):
    """What runs of bundles that prefer a node."""
    drawn = {one.get("rsc") for one in root.iter("rsc_location") if one.get("node")}
    return remove_if(root, lambda child, _: child.tag == "lrm_resource" and is_container(root, child, drawn))


def unique_by_default(root):
    """Clones that are unique because a node may have several instances: it is said then."""
    found = [holder for holder, pair in pairs(root, "clone-node-max") if holder.tag == "meta_attributes" and pair.get("value") not in ("0", "1")
             and all(one.get("name") != "globally-unique" for one in holder)]
    for holder in found:
        ET.SubElement(holder, "nvpair", id="%s-unique" % holder.get("id"), name="globally-unique", value="true")
    return bool(found)


def avoiding_clones(root):
    """Colocations that keep clones and bundles apart."""
    many = {one.get("id") for one in root.iter() if one.tag in COLLECTIVES}
    return remove_if(root, lambda child, _: child.tag == "rsc_colocation" and (child.get("score") or "").startswith("-")
                     and any(a in many and b in many for a, b in colocated_pairs(child)))


CAUSES = [("history that nobody writes", strange_histories), ("two entries of a node", twin_nodes), ("roles that it cannot have", odd_roles),
          ("guest in a clone, bundle or connection", guests_in_collectives), ("removed fence device", removed_devices),
          ("recurring what cannot", recurring_what_cannot), ("senseless values", senseless_values), ("colocations in a circle", colocation_loops),
          ("orders in a circle", order_loops), ("constraints of what is inside", inner_constraints), ("wishes of a clone", wishes_of_collectives),
          ("exclusive discovery of a member", exclusive_members), ("fencing without a device", fencing_without_devices),
          ("member that stays", members_that_stay), ("wish of a member", wishes_of_members), ("bundle in the promoted role", promoted_bundles),
          ("unmanaged guest", unmanaged_guests), ("disabled member of an instance", disabled_members),
          ("probe of invalid parameters", probes_of_invalid_parameters), ("drawn clone", drawn_clones),
          ("rule that opens a bundle", rules_for_bundles), ("node that joins", joining_nodes), ("connection that changed", changed_connections),
          ("connection that did not stop", unstopped_connections), ("shutdown locks", shutdown_locks),
          ("times of membership", times_of_membership), ("maintenance of a node", resting_nodes),
          ("failed connection of a guest", failed_connections), ("monitor of the stopped role", stopped_monitors),
          ("expired failures", forgiven_failures), ("unfencing of guests", unfenced_guests), ("utilization", room),
          ("migration that has not ended well", migrations), ("failed probe of a container", failed_containers),
          ("container on a node that is down", lost_containers), ("drawn bundle", drawn_bundles),
          ("clone that avoids a clone", avoiding_clones), ("clone that is unique by default", unique_by_default)]


# ---- lines that tell by themselves why they differ ----
def goes_on(root, item):
    """Is it a recurring monitor that the history has as going on there?"""
    operation, key, node = item.split("|")
    return operation == "monitor" and not key.endswith("_0") and any(
        op.get("operation_key", "").split(":")[0].split("_monitor_")[0] == key.split(":")[0].split("_monitor_")[0] and op.get("operation_key", "").endswith(key[key.index("_monitor_"):])
        and op.get("op-status") == "0" and op.get("rc-code") in ("0", "8")
        for state in root.iterfind("status/node_state") if state.get("uname") == node for op in state.iter("lrm_rsc_op"))


def task(item):
    return item.split("|")[0]


def is_interval(told, milliseconds):
    """Does the configuration tell of so many milliseconds?"""
    return (told or "0").rstrip("sm") == str(int(milliseconds) // 1000)


def is_unconfigured(root, item):
    """Is it about a monitor that the configuration does not have?"""
    if task(item) != "cancel":
        return False
    name, _, interval = item.split("|")[1].rsplit("_", 2)
    return not any(
        op.get("name") == "monitor" and is_interval(op.get("interval"), interval)
        for rsc in root.iter("primitive") if rsc.get("id") == name.split(":")[0] for op in rsc.iter("op"))


def cloned(root, unique):
    """Ids of what is in clones whose instances are told apart, or are not."""
    found = set()
    for clone in root.iter():
        is_unique = any(p.get("name") == "globally-unique" and p.get("value") == "true" for p in clone.iterfind("meta_attributes/nvpair"))
        if clone.tag in ("clone", "master") and is_unique == unique:
            found |= {one.get("id") for one in clone.iter("primitive")}
    return found


def anonymous(root):
    return cloned(root, False)


def unnumbered(item, names):
    """An item without the numbers of instances of these resources."""
    if isinstance(item, tuple):
        return tuple(unnumbered(one, names) for one in item)
    return re.sub(r"\b([\w.-]+):\d+(?=[_ ])", lambda match: match.group(1) if match.group(1) in names else match.group(0), item)


def without_replica(root, item):
    """An action or a line without the number of the replica that it is about."""
    for bundle in root.iter("bundle"):
        name = re.escape(bundle.get("id") or "")
        item = re.sub(r"(?<![\w.-])(%s)(-(docker|podman|rkt|ip))?-[\d.]+(?=[_ |]|$)" % name, r"\1\2", item)
        item = unnumbered(item, {one.get("id") for one in bundle.iter("primitive")})
    return item


def is_unfencing_of_guest(root, item):
    members = {node.get("uname") for node in root.iterfind("configuration/nodes/node") if node.get("type") in (None, "member")}
    return task(item) == "stonith" and item.split("|")[1].endswith("-on") and item.split("|")[2] not in members


# Name, level, does ours lack it?, does it fit?
LINES = [("counts of failures cleared", "actions", False, lambda root, item: task(item) == "clear_failcount" and is_of_the_past(root, item)),
         ("monitor that goes on", "actions", True, goes_on),
         ("unfencing of guests", "actions", True, is_unfencing_of_guest),
         ("removed monitor behind a new connection", "actions", True, lambda root, item: task(item) == "monitor" and is_behind_a_connection(root, item)
          and is_unconfigured(root, "cancel" + item[len("monitor"):])),
         ("instance beside a failed stop", "actions", True, lambda root, item: task(item) in ("start", "monitor") and is_beside_failed_stop(root, item)),
         ("removed monitor cancelled", "actions", False, is_unconfigured),
         ("cancelled without a connection", "order", True, lambda root, item: task(item[0]) == "start" and task(item[1]) == "cancel"),
         ("probes of a guest first", "order", True, lambda root, item: is_probe_of_guest(root, item[0])),
         ("cancelled after a failed stop", "actions", False, lambda root, item: task(item) == "cancel" and has_failed_stop(root, item)),
         ("cancelled beside a node in maintenance", "actions", False, lambda root, item: task(item) == "cancel" and is_in_maintenance_elsewhere(root, item)),
         ("fencing after fencing", "order", True, lambda root, item: task(item[0]) == task(item[1]) == "stonith"),
         ("stop of what was removed after a fencing", "order", True, lambda root, item: task(item[0]) == "stonith" and task(item[1]) == "stop" and is_removed(root, item[1]))]


def is_behind_a_connection(root, item):
    return item.split("|")[2] not in {node.get("uname") for node in root.iterfind("configuration/nodes/node") if node.get("type") != "remote"}


def is_beside_failed_stop(root, item):
    """Has another instance of the same clone failed to stop on this node?"""
    _, key, node = item.split("|")
    stem = key.split(":")[0]
    return ":" in key and any(name_of(one).split(":")[0] == stem and any(op.get("operation") == "stop" and op.get("rc-code") not in ("0", "193") for op in one)
                              for state in root.iterfind("status/node_state") if state.get("uname") == node for one in state.iter("lrm_resource"))


def is_of_the_past(root, item):
    """Is the resource removed, or did what is noted of it there run by another agent, with other parameters, or as an operation that is not configured any more?"""
    _, key, node = item.split("|")
    name = key[:-len("_clear_failcount_0")].split(":")[0]
    primitive = next((one for one in root.find("configuration/resources").iter("primitive") if one.get("id") == name), None)
    histories = [one for state in root.iterfind("status/node_state") if state.get("uname") == node for one in state.iter("lrm_resource") if name_of(one) == name]
    return primitive is None or any(one.get(part) != primitive.get(part) for one in histories for part in ("class", "provider", "type")) or any(
        has_other_parameters(root, primitive, op, node) for one in histories for op in one if op.get("op-digest"))


def has_other_parameters(root, primitive, op, node):
    """Would the operation run with other parameters today, as far as the primitive tells by itself?"""
    interval = op.get("interval") or "0"
    if op.get("operation") not in ("monitor", "start", "promote", "migrate_from"):
        return False
    if interval != "0" and is_unconfigured(root, "cancel|%s_%s_%s|%s" % (primitive.get("id"), op.get("operation"), interval, node)):
        return True
    parameters = {pair.get("name"): pair.get("value") for pair in primitive.iterfind("instance_attributes/nvpair")}
    timeouts = [one.get("timeout") for one in primitive.iter("op") if one.get("name") == op.get("operation") and is_interval(one.get("interval"), interval)]
    return op.get("op-digest") != caselib.digest(parameters, caselib.milliseconds(timeouts[0] if timeouts and timeouts[0] else "20s") if interval != "0" else None)


def is_probe_of_guest(root, item):
    """Is it a probe of what contains a guest?"""
    operation, key, _ = item.split("|")
    guests = {one.get("id") for one in root.iter("primitive") if any(pair.get("name") == "remote-node" for pair in one.iterfind("meta_attributes/nvpair"))}
    return operation == "monitor" and key.endswith("_monitor_0") and key[:-len("_monitor_0")].split(":")[0] in guests


def is_in_maintenance_elsewhere(root, item):
    """Has the history this resource on a node that is in maintenance?"""
    name = item.split("|")[1].split("_monitor_")[0].split(":")[0]
    resting = {node.get("uname") for node in root.iterfind("configuration/nodes/node") for _, pair in pairs(node, "maintenance") if pair.get("value") == "true"}
    return any(name_of(history) == name for state in root.iterfind("status/node_state") if state.get("uname") in resting for history in state.iter("lrm_resource"))


def has_failed_stop(root, item):
    """Is the last that the history has of this resource there a stop that failed?"""
    _, key, node = item.split("|")
    name = key.split("_monitor_")[0].split(":")[0]
    for state in root.iterfind("status/node_state"):
        for history in state.iter("lrm_resource") if state.get("uname") == node else ():
            ops = sorted(history.iter("lrm_rsc_op"), key=lambda op: int(op.get("call-id") or 0))
            if name_of(history) == name and ops and ops[-1].get("operation") == "stop" and ops[-1].get("rc-code") != "0":
                return True
    return False


def is_removed(root, item):
    name = item.split("|")[1].rsplit("_", 2)[0].split(":")[0]
    return not any(one.get("id") == name for one in root.find("configuration/resources").iter())


def crowds(root, lacked):
    """Ids of what has two instances to start on one node that may have one."""
    many = {one.get("id") for clone in root.iter() if any(pair.get("name") == "clone-node-max" for pair in clone.iterfind("meta_attributes/nvpair")) for one in clone.iter("primitive")}
    names = anonymous(root) - many
    starts = collections.Counter(unnumbered(item, names) for item in lacked if task(item) == "start")
    return {start.split("|")[1][:-len("_start_0")] for start, count in starts.items() if count > 1}


def is_about(item, names):
    """Is an action, an order or a line of one of these resources?"""
    if isinstance(item, tuple):
        return any(is_about(one, names) for one in item)
    return any(re.match(re.escape(name) + r"(:\d+)?[ _]", item.split("|")[1] if "|" in item else item) for name in names)


def is_after_such_a_fencing(levels, item):
    """Does ours lack the order because it follows from one of two fencings that it lacks?"""
    return task(item[0]) == "stonith" and any((first == item[0] and task(then) == "stonith" and (then, item[1]) in levels["common"]) for first, then in levels["order"][0])


def unexplained(text, levels):
    """(what differs and does not tell why: (level, lacked?, item); names of what does).  @levels is of peerplan.deciding()."""
    root, left, names = ET.fromstring(text), [], set()
    kinds = [("number of an instance", lambda item: unnumbered(item, anonymous(root)), ("actions",)),
             ("instances of a unique clone", lambda item: unnumbered(item, cloned(root, True)), ("actions", "placement")),
             ("number of a replica", lambda item: without_replica(root, item), ("actions", "placement"))]
    crowd = crowds(root, levels["actions"][0])
    for level in ("actions", "placement", "order"):
        for is_lacked in (True, False):
            for item in () if (level, is_lacked) == ("order", False) else levels[level][0 if is_lacked else 1]:
                others = levels[level][1 if is_lacked else 0]
                fits = [name for name, loose, where in kinds if level in where and loose(item) in {loose(other) for other in others}]
                fits += [name for name, where, lacked, check in LINES if (where, lacked) == (level, is_lacked) and check(root, item)]
                fits += ["more instances than a node may have"] if is_about(item, crowd) else []
                fits += ["number of a replica"] if level == "order" and "number of a replica" in names and any(without_replica(root, one) != one for one in item) else []
                fits += ["fencing after fencing"] if level == "order" and is_after_such_a_fencing(levels, item) else []
                names |= set(fits[:1])
                if not fits:
                    left.append((level, is_lacked, item))
    return left, sorted(names)


def without(text, names):
    """@text without these causes, also where one shows only when another is gone; None when it has none of them."""
    root, changed, again = ET.fromstring(text), False, True
    while again:
        again = False
        for name, take in CAUSES:
            while name in names and take(root):
                changed = again = True
    return ET.tostring(root, encoding="unicode") if changed else None


def present(text):
    return [name for name, _ in CAUSES if without(text, [name]) is not None]


def is_bare(text):
    """Does it have none of the causes?"""
    return ET.fromstring(text).find("configuration/resources") is not None and not present(text)


def causes(text, differs):
    """Names of the causes that together explain the difference, [] when none do.  @differs is told of a candidate as text."""
    found = present(text)
    for count in (1, 2, 3):
        for names in itertools.combinations(found, count):
            if not differs(without(text, names)):
                return list(names)
    found += present(without(text, found)) if found else []
    if len(found) < 4 or differs(without(text, found)):
        return []
    for name in list(found):
        fewer = [one for one in found if one != name]
        if len(fewer) > 3 and not differs(without(text, fewer)):
            found = fewer
    return found
