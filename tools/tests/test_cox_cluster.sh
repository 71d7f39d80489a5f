#!/bin/bash
# cox cluster: what is refused before any node is asked, and when none answers.  What it does is played by cts/ssh/check-ssh.  TAP.
. "${top_srcdir:-.}/tools/tests/coxkit.sh"
export COX_COROSYNC_DIRECTORY=$tmp COX_SSH="sh -c exit\${IFS}255"
document ""
echo "1..12"
refused "a cluster needs a name" 64 "name of the cluster 'a b'" cluster create "a b" n1=10.0.0.1
refused "and nodes" 64 "NODE" cluster create c
refused "a name of a node is no command" 64 "the name has letters" cluster create c 'n1;reboot=10.0.0.1'
has "an address is one" 64 "'10.0.0.300' is neither an IP address nor a host name" cluster create c n1=10.0.0.300
has "two nodes do not share one" 108 "is that of node 'n1' already" cluster create c n1=10.0.0.1 n2=10.0.0.1
has "the token is a number" 64 "--token 'x'" cluster create c n1=10.0.0.1 --token x
has "without a configuration there is no cluster" 6 "cox cluster create" cluster start
printf 'totem {\n  cluster_name: c\n}\nnodelist {\n  node {\n    ring0_addr: 192.0.2.1\n    name: other1\n    nodeid: 1\n  }\n}\n' >"$tmp/corosync.conf"
has "a node that is not in it" 105 "node 'n7' is not in the cluster" cluster stop n7
has "who is not reached is named" 1 "other1: not reached with ssh as root@192.0.2.1" cluster start
