#!/bin/sh
# cox lb and cox router on a document in a file: what becomes of the resources of virtual servers, and what is refused; files of Piranha.  TAP.
. "${top_srcdir:-.}/tools/tests/coxkit.sh"

COX_OCF_ROOT=$(cd "${top_srcdir:-.}/agents" && pwd)
COX_RUN_DIRECTORY=$tmp/run
export COX_OCF_ROOT COX_RUN_DIRECTORY
mkdir "$tmp/run"

document "$(dummy d)"
has "a virtual server is a clone" 0 "+ clone 'web-clone'" lb service add web 192.0.2.80:80 --force
has "its place are parameters" 0 "name=address value=192.0.2.81" lb service add other 192.0.2.81:443 --force
has "or a mark" 0 "name=fwmark value=7" lb service add marked fwmark:7 --force
refused "an id must be free" 108 "'web' exists already" lb service add web 192.0.2.9:80 --force
refused "what is no place is refused" 64 "'here' is no place: write ADDRESS, ADDRESS:PORT or [ADDRESS]:PORT" lb service add x here --force
has "a dry run shows what would be" 0 "+ nvpair 'web-instance_attributes-real_servers'" lb server add web 10.0.0.1 weight=2 check=tcp --dry-run
kept "and changes nothing" "$tools/cox" lb server add web 10.0.0.1 weight=2 check=tcp --dry-run
has "the first server" 0 "name=real_servers value=real_server 10.0.0.1 80 {" lb server add web 10.0.0.1 weight=2 check=http:/health
has "a further one is like it" 0 "path /health" lb server add web 10.0.0.2:8080 weight=5
has "and is there" 0 "real_server 10.0.0.2 8080 {" export
has "a weight lasts" 0 "~ nvpair" lb weight web-clone 10.0.0.1:80 0
has "and is in the document" 0 "weight 0" export
refused "a server is there once" 108 "has the server '10.0.0.1' already" lb server add web 10.0.0.1
refused "one that is not there is told" 105 "has no server '10.0.0.2': it has 10.0.0.1 80, 10.0.0.2 8080" lb server remove web 10.0.0.2
refused "a setting that is none" 64 "'wieght' is no setting of a server; did you mean 'weight'?" lb server add web 10.0.0.3 wieght=2
refused "a check that is none" 64 "'ftp' is no check: use tcp" lb server add web 10.0.0.3 check=ftp
refused "a weight that is none" 64 "'heavy' is no weight: use 0 to 65535" lb weight web 10.0.0.1 heavy
refused "one that is too big" 64 "'65536' is no weight" lb weight web 10.0.0.1 65536
refused "a setting with a wrong value" 78 "'x' of 'uthreshold' is not a number" lb server add web 10.0.0.3 uthreshold=x
refused "a resource of another type is none" 105 "resource 'd' of type ocf:coxswain:VirtualServer does not exist" lb server add d 10.0.0.3
refused "what does not exist" 105 "resource 'wbe' of type ocf:coxswain:VirtualServer does not exist" lb server add wbe 10.0.0.3
refused "a server of another family" 78 "is of another family" lb server add web 2001:db8::1
refused "a long word" 64 "is no place" lb server add web "$(long 5000)"
refused "no UTF-8" 64 "UTF-8" lb server add web 10.0.0.3 "snmp_name=$(printf '\344')"
has "a server goes" 0 "~ nvpair" lb server remove web 10.0.0.2:8080
has "with the last one the parameter goes" 0 "- nvpair" lb server remove web 10.0.0.1
refused "a service that is none is not removed" 105 "resource 'd' of type" lb service remove d
has "a service goes with its clone" 0 "- clone 'web-clone'" lb service remove web
has "as JSON" 0 "\"element\": \"change\"" lb service remove other --json
refused "too few arguments" 64 "lb server add: too few arguments: cox lb server add SERVICE SERVER [NAME=VALUE]..." lb server add marked

for verb in "lb list" "lb show web" "lb stats" "lb watch" "lb drain web 10.0.0.1" "lb undrain all 10.0.0.1" "lb enable web 10.0.0.1" "lb disable web 10.0.0.1" \
    "lb weight web 10.0.0.1 3 --live"; do
    # split into words on purpose
    # shellcheck disable=SC2086
    refused "without its daemon: $verb" 102 "/run/lvs.sock': No such file or directory; does the daemon run?" $verb
done
for verb in "router list" "router show r" "router watch" "router promote r" "router demote r n1"; do
    # shellcheck disable=SC2086
    refused "without its daemon: $verb" 102 "/run/vrrp.sock': No such file or directory; does the daemon run?" $verb
done
refused "a drain for no time" 64 "--within '0s' must be more than nothing" lb drain web 10.0.0.1 --within 0s
refused "a drain for what is no time" 2 "soon" lb drain web 10.0.0.1 --within soon
refused "an order for what is no place" 64 "'x y' is no place" lb drain web "x y"
refused "an option that does nothing there" 64 "does nothing with --within" lb undrain web 10.0.0.1 --within 5s

lvs="${top_srcdir:-.}/cts/keepalived/cases/web.lvscf"
has "an lvs.cf becomes resources" 0 "    agent: ocf:coxswain:VirtualServer" convert lvs "$lvs"
has "its addresses become one router" 0 "192.0.2.80/24 dev eth0\\n192.0.2.81/32 dev eth0" convert lvs "$lvs"
has "what is not carried over is told with its place" 0 "web.lvscf:66:1: keyword 'failover' is not carried over" convert lvs "$lvs"
has "adverts decide if they shall" 0 "      authority: vrrp" convert lvs "$lvs" --authority vrrp
has "the directors are told" 0 "the directors 192.0.2.11 and 192.0.2.12 are nodes of the cluster" convert lvs "$lvs"
printf 'virtual w {\n address = 10.0.0.1 eth0\n port = http\n}\n' >"$tmp/bad.cf"
has "what is wrong in it has its place" 78 "bad.cf:3:9: 'http' of 'port' is not a number from 0 to 65535" convert lvs "$tmp/bad.cf"
has "what is no lvs.cf" 78 "there is no virtual server in it (is it an lvs.cf?)" convert lvs "${top_srcdir:-.}/cts/keepalived/cases/01-simple.conf"
has "a file that is not there" 78 "No such file" convert lvs "$tmp/nothing"
has "a directory" 78 "directory" convert lvs "$tmp"
"$tools/cox" convert lvs "$lvs" >"$tmp/lb.yaml" 2>/dev/null
has "what is printed can be planned" 0 "+ clone 'lvs-clone'" plan "$tmp/lb.yaml"

completes "the words of lb are completed" "show stats service server" lb s
has "help has the group" 0 "lb drain SERVICE|all SERVER" help
echo "1..$n"
