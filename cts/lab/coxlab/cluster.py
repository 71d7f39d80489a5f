"""What scenarios ask of the cluster: corosync's tools, and the classic commands of the cluster manager, run on a node."""
import json
import xml.etree.ElementTree as ET
from xml.sax.saxutils import quoteattr

from . import corosync
from .errors import LabError


def quorum_of(driver, node):
    """(has quorum, names of the members) as corosync on that node says; (False, empty set) when it does not run."""
    done = driver.run(node, ["corosync-quorumtool", "-s"], 10)
    has_quorum, ids = corosync.quorum(done.stdout)
    names = driver.settings.nodes
    return has_quorum, {names[i - 1] for i in ids if 0 < i <= len(names)}


def primitive(name, agent, settings):
    """The XML of a resource.  agent: CLASS:TYPE or CLASS:PROVIDER:TYPE; settings: parameters."""
    parts = agent.split(":")
    if len(parts) not in (2, 3) or not all(parts) or (len(parts) == 3) != (parts[0] == "ocf"):
        raise LabError("agent '%s' is not of the form ocf:PROVIDER:TYPE, stonith:TYPE, systemd:TYPE or lsb:TYPE" % agent)
    provider = ' provider=%s' % quoteattr(parts[1]) if len(parts) == 3 else ""
    nvpairs = "".join("<nvpair id=%s name=%s value=%s/>" % (quoteattr("%s-%s" % (name, key)), quoteattr(key), quoteattr(value))
                      for key, value in settings.items())
    attributes = "<instance_attributes id=%s>%s</instance_attributes>" % (quoteattr(name + "-parameters"), nvpairs) if nvpairs else ""
    return ("<primitive id=%s class=%s%s type=%s>%s<operations><op id=%s name=\"monitor\" interval=\"10s\" timeout=\"20s\"/></operations></primitive>"
            % (quoteattr(name), quoteattr(parts[0]), provider, quoteattr(parts[-1]), attributes, quoteattr(name + "-monitor")))


def command(driver, node, argv, limit_s=60.0):
    """Run one of the manager's commands on a node; its output.  LabError with what it said when it fails."""
    return succeeded(driver.run(node, argv, limit_s), argv, node)


def succeeded(done, argv, node):
    """The output of a command that was run on a node.  LabError with what it said when it has failed."""
    if done.returncode != 0:
        raise LabError("%s on %s: %s" % (argv[0], node, (done.stderr or done.stdout).strip().split("\n")[-1] or "status %d" % done.returncode))
    return done.stdout


def _status(text):
    try:
        return ET.fromstring(text)
    except ET.ParseError as e:
        raise LabError("crm_mon's XML cannot be read: %s" % e) from e


def online_nodes(status_xml):
    """From crm_mon's XML: names of the nodes that are online and neither unclean nor still joining."""
    return {node.get("name") for node in _status(status_xml).iterfind("nodes/node")
            if node.get("online") == "true" and node.get("unclean") != "true" and node.get("pending") != "true"}


def online(driver, node):
    """The nodes that are online, as the manager on a node says."""
    return online_nodes(command(driver, node, ["crm_mon", "-1", "--output-as", "xml"], 20))


def active_nodes(status_xml, resource):
    """From crm_mon's XML: names of the nodes on which the resource (or an instance of the clone) is active."""
    found = set()
    for element in _status(status_xml).iter("resource"):
        name = element.get("id", "")
        if (name == resource or name.split(":")[0] == resource) and element.get("active") == "true" and element.get("failed") != "true":
            found |= {node.get("name") for node in element.iter("node")}
    return found


def has_quorum(status_xml):
    """From crm_mon's XML: has the partition that it speaks of quorum?"""
    coordinator = _status(status_xml).find("summary/current_dc")
    return coordinator is not None and coordinator.get("with_quorum") == "true"


def _best_status(driver):
    """crm_mon's XML from the first node with quorum that answers, because one that is cut off does not know what the others do; when there
    is none, from the first that answers."""
    trouble, second = LabError("no node has power"), None
    for node in driver.settings.nodes:
        if not driver.is_on(node):
            continue
        try:
            status = command(driver, node, ["crm_mon", "-1", "--output-as", "xml"], 20)
            if has_quorum(status):
                return status
            second = second or status
        except LabError as e:
            trouble = e
    if second is None:
        raise trouble
    return second


def where(driver, resource):
    """On which nodes the manager says that a resource is."""
    return active_nodes(_best_status(driver), resource)


def coordinator(driver, node):
    """The node that leads the cluster, as crmadmin on that node says."""
    leader = command(driver, node, ["crmadmin", "--dc_lookup", "--quiet"], 20).strip()
    if leader not in driver.settings.nodes:
        raise LabError("no node leads the cluster: '%s'" % leader)
    return leader


def problems(text):
    """From "cox status --json": what is wrong, as a text; empty when nothing is."""
    try:
        whole = json.loads(text)["children"][0]
        findings = whole["children"][0].get("children", [])
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        return "the status cannot be read: %s" % text.strip()[:200]
    found = ["%s: %s" % (f.get("subject"), f.get("text")) for f in findings if f.get("weight") == "problem"] if whole.get("problems") != "0" else []
    if whole.get("problems") != "0" or not whole.get("coordinator"):
        return "; ".join(found) or "no node leads"
    return ""


def is_well(driver, node):
    """(is all well, what is wrong) as "cox status" on that node finds."""
    done = driver.run(node, ["cox", "status", "--json"], 20)
    wrong = problems(done.stdout) if done.stdout else (done.stderr.strip() or "cox status says nothing")
    return not wrong, wrong
