#!/bin/bash
# cox report and crm_report on a running cluster of one node alone, with secrets planted wherever one may stand.  TAP.
. "${top_srcdir:-.}/tools/tests/livekit.sh"
export COX_SECRETS_DIRECTORY="$tmp/secrets"
mkdir -p "$tmp/secrets/thing"

cat > "$tmp/ocf/resource.d/test/Thing" <<'AGENT'
#!/bin/sh
case $1 in
start) echo "ocf-exit-reason:cannot log in with $OCF_RESKEY_passwd" >&2; exit 1 ;;
stop) ;;
monitor) exit 7 ;;
meta-data) echo '<resource-agent name="Thing"><version>1.1</version><parameters><parameter name="passwd"><content type="string"/></parameter>
<parameter name="api_token"><content type="string"/></parameter><parameter name="pin" private="1"><content type="string"/></parameter>
<parameter name="serial"><content type="string"/></parameter><parameter name="place"><content type="string"/></parameter>
<parameter name="options"><content type="string"/></parameter></parameters>
<actions><action name="start" timeout="20s"/><action name="stop" timeout="20s"/><action name="monitor" timeout="20s"/></actions></resource-agent>' ;;
*) exit 3 ;;
esac
AGENT
chmod 755 "$tmp/ocf/resource.d/test/Thing"

# clean NAME DIRECTORY: no planted secret is in any file, packed or not
clean() {
    have=$([ -d "$2" ] || echo "no $2"; grep -rla Planted "$2"; find "$2" -name '*.bz2' | while read -r f; do bzcat "$f" | grep -q Planted && echo "$f"; done)
    [ -z "$have" ]
    result "$1"
}

start_daemons

ok "a cluster without fencing" "$tools/cox" property set fencing-enabled=false
ok "with a resource full of secrets" "$tools/cox" resource create thing ocf:test:Thing passwd=Planted-Former-0 api_token='Planted-Two-2 & more' pin=Planted-Three-3 \
    serial=Planted-Four-4 place=Hamburg options=username=u,pass=Planted-Inner-1
ok "one of which is changed, with a careless reason" "$tools/cox" resource update thing passwd=Planted-One-1 --reason "Planted-Former-0 was known to all"
ok "and whose agent is careless as well" "$tools/crm_resource" --wait --timeout 50
echo '<cib validate-with="pacemaker-3.9" admin_epoch="0" epoch="1" num_updates="0"><configuration><crm_config/><nodes/><resources/><constraints/></configuration><status/></cib>' > "$tmp/empty.xml"
says "no file hides from cox agent test what the cluster manages" 107 "the cluster manages 'thing'" env CIB_file="$tmp/empty.xml" "$tools/cox" agent test \
    "$tmp/ocf/resource.d/test/Thing" passwd=Planted-One-1 'api_token=Planted-Two-2 & more' pin=Planted-Three-3 serial=Planted-Four-4 place=Hamburg options=username=u,pass=Planted-Inner-1
echo Planted-Five-5 > "$tmp/secrets/thing/web"
{
    date '+%b %d %H:%M:%S.000 test: logs in with Planted-One-1, once with Planted-Former-0, and with Planted-Five-5'
    date '+%b %d %H:%M:%S.000 test: fence_x --ip 192.0.2.1 --password Planted-Six-6 -v; db_password="Planted-Seven 7"; visible'
    echo 'a second line: {"client_secret": "Planted-Eight-8"} <nvpair id="a" name="passwd" value="Planted-Nine-9"/> Planted-Two-2 &amp; more'
} >> "$tmp/log"
date '+%Y-%m-%dT%H:%M:%S other log, token=Planted-Ten-10 end' > "$tmp/other.log"
echo "1999-01-01 00:00:00 long ago" >> "$tmp/other.log"
mkdir "$tmp/more" # a log of the same name, rotated three times
date -d '-5 minutes' '+%Y-%m-%dT%H:%M:%S the present one, with options username=u,pass=Planted-Inner-1, http://u:Planted-Url-1@host/' > "$tmp/more/other.log"
date -d '-2 hours' '+%Y-%m-%dT%H:%M:%S rotated last: fence_x -a host -p Planted-Short-1 -v' > "$tmp/more/other.log.1"
{ echo "1999-01-01 00:00:00 too early"; date -d '-3 hours' '+%Y-%m-%dT%H:%M:%S rotated before that'; } | gzip > "$tmp/more/other.log-20261126.gz"
date -d '-3 hours' '+%Y-%m-%dT%H:%M:%S not written since' > "$tmp/more/other.log.9"
touch -d '3 days ago' "$tmp/more/other.log.9"
echo 'nothing of it' > "$tmp/more/other.log.old"

grep -q Planted-One-1 "$tmp/log" && grep -q "Planted" "$tmp/run/timeline" && "$tools/cibadmin" -Q | grep -q Planted-Three-3
result "they are there"

for _ in $(seq 300); do # the scheduler saves its inputs when it has nothing better to do
    [ -n "$(find "$tmp/pe" -name 'pe-*.bz2')" ] && break
    sleep 0.1
done
from=$(find "$tmp/pe" -name 'pe-*.bz2' | head -n 1)
for i in $(seq 110); do # more than a report takes, the youngest in no order of names
    cp "$from" "$tmp/pe/pe-input-$((1000 + i * 37 % 110)).bz2"
    touch -d "-$((i + 10)) minutes" "$tmp/pe/pe-input-$((1000 + i * 37 % 110)).bz2"
done
mkdir "$tmp/out"
says "a report is made" 0 "^$tmp/out/r.tar.gz" "$tools/cox" report "$tmp/out/r" --local --mask serial --log "$tmp/other.log" --log "$tmp/more/other.log" --until 2099-01-01
ok "it can be unpacked" tar -xzf "$tmp/out/r.tar.gz" -C "$tmp/out"
clean "no secret is in it" "$tmp/out/r"
[ "$(stat -c %a "$tmp/out/r.tar.gz")" = 600 ]
result "and it is for its owner only"
cd "$tmp/out/r/$node" || exit 1
have=$(ls)
grep -q 'name="place" value="Hamburg"' cib.xml && grep -q 'name="pin" value="\*\*\*\*\*\*"' cib.xml
result "the configuration is in it"
grep -q 'start thing: failed, rc 1.*cannot log in with \*\*\*\*\*\*' timeline.txt
result "the timeline is"
grep -q 'logs in with \*\*\*\*\*\*, once with \*\*\*\*\*\*' log && grep -q 'ip 192.0.2.1 --password \*\*\*\*\*\* -v; db_password="\*\*\*\*\*\*"; visible' log && grep -q 'a second line' log
result "the log is"
grep -q 'other log, token=\*\*\*\*\*\* end' other.log && ! grep -q 'long ago' other.log
result "and another one, of that time"
have=$(ls; cat ./*more-other.log report.txt)
[ "$(wc -l < ./*more-other.log)" = 3 ] && head -n 1 ./*more-other.log | grep -q 'rotated before that' && grep -q 'fence_x -a host -p \*\*\*\*\*\* -v' ./*more-other.log
result "and a third of the same name, with what was rotated away in that time"
grep -q "$tmp/log: what was before .*, where it begins" report.txt && ! grep -q "more/other.log: what was before" report.txt
result "and it is told which log begins later"
have=$(ls pengine; cat report.txt)
[ "$(find pengine -name 'pe-*.bz2' | wc -l)" = 100 ] && grep -q 'older inputs of the scheduler of that time; the youngest 100 are' report.txt \
    && [ -e "pengine/pe-input-$((1000 + 37)).bz2" ] && [ ! -e pengine/pe-input-1000.bz2 ]
result "only the youngest inputs of the scheduler are, and how many were left out is told"
have=$(xmllint --noout cib.xml 2>&1 || "$tools/crm_verify" -x cib.xml 2>&1)
grep -q 'name="options" value="username=u,pass=\*\*\*\*\*\*"' cib.xml && ! grep -q 'op-digest' cib.xml && CIB_file=$PWD/cib.xml "$tools/cibadmin" -Q > /dev/null
result "what hides little is not in the configuration, which can be read"
[ -n "$(find pengine -name 'pe-*.bz2')" ] && bzcat pengine/pe-*.bz2 | grep -q 'name="place" value="Hamburg"'
result "inputs of the scheduler are, and can be read"
grep -q '\*\*\*\*\*\* was known to all' history.txt
result "who changed what and why is"
[ -s crm_mon.txt ] && [ -s crm_mon.xml ] && [ -s versions.txt ] && [ -s system.txt ] && [ -s report.txt ]
result "status, versions and system are"
[ -z "$(find "$tmp/out/r" -name '*authkey*' -o -name 'cib.history*' -o -path '*secrets*')" ]
result "keys and what secrets are kept in are not"
cd / || exit 1

says "crm_report makes what clients expect" 0 "^$tmp/out/c.tar.bz2" "$tools/crm_report" -S -p '^serial$' -f "$(date -d '1 hour ago' '+%Y-%m-%d %H:%M:%S')" "$tmp/out/c"
ok "it can be unpacked, too" tar -xjf "$tmp/out/c.tar.bz2" -C "$tmp/out"
clean "and has no secret" "$tmp/out/c"
says "a directory is made when one is wanted" 0 "^$tmp/out/d$" "$tools/crm_report" -d -S -p serial -M -f "$(date -d '1 hour ago' '+%Y-%m-%d %H:%M')" --dest "$tmp/out/d"
[ -s "$tmp/out/d/$node/cib.xml" ] && [ ! -e "$tmp/out/d/$node/log" ]
result "without logs when none are wanted"
says "what is there already is not touched" 73 "File exists" "$tools/crm_report" -d -S -f "$(date '+%Y-%m-%d')" "$tmp/out/d"
says "it must be known from when on" 64 "from when on" "$tools/crm_report" "$tmp/out/e"
says "and the end comes after the beginning" 64 "end before it begins" "$tools/crm_report" -S -f "$(date '+%Y-%m-%d')" -t 1999-01-01 "$tmp/out/e"
says "another node whose clock is ahead is answered" 0 "" "$tools/cox" report - --local --since "$(date -d '+1 hour' '+%Y-%m-%dT%H:%M:%S')" --until "$(date -d '+2 hours' '+%Y-%m-%dT%H:%M:%S')"
says "but nobody else asks for what is to come" 64 "still to come" "$tools/cox" report "$tmp/out/e" --local --since 2099-01-01
says "a bad pattern is refused" 64 "is no pattern" "$tools/cox" report "$tmp/out/e" --local --mask '('
[ ! -e "$tmp/out/e.tar.gz" ] && [ -z "$(find /var/tmp -maxdepth 1 -name 'cox-report-*' -user "$(id -u)" -newer "$tmp/other.log")" ]
result "and leaves nothing behind"

# Two other nodes: one that answers, one that does not.
cat > "$tmp/shell" <<'SHELL'
#!/bin/sh
case $1 in
admin@good) eval "cd '$TOOLS' && PATH=.:\$PATH && $2" ;;
*) echo "no route to host" >&2; exit 255 ;;
esac
SHELL
chmod 755 "$tmp/shell"
TOOLS=$tools
export TOOLS
says "a node that does not answer is named" 0 "not in the report: bad: no route to host" "$tools/crm_report" -e "$tmp/shell" -u admin -n "good bad" -p serial \
    -f "$(date -d '1 hour ago' '+%Y-%m-%d %H:%M:%S')" "$tmp/out/n"
ok "what there is can be unpacked" tar -xjf "$tmp/out/n.tar.bz2" -C "$tmp/out"
[ -s "$tmp/out/n/$node/cib.xml" ] && [ -s "$tmp/out/n/report.txt" ] && grep -q 'bad: no route to host' "$tmp/out/n/report.txt"
result "and says what is missing"
clean "no secret came from there" "$tmp/out/n"
have=$(ls -a "$tmp/out/n")
[ -s "$tmp/out/n/report.txt" ] && [ -z "$(find "$tmp/out" -name '.*gz*' -o -name '*.gz.??????' -o -name '*.bz2.??????')" ]
result "and no half archive is left"
mkdir "$tmp/bin"
printf '#!/bin/sh\necho "asked: $*" >&2\nexit 255\n' > "$tmp/bin/ssh"
chmod 755 "$tmp/bin/ssh"
says "a command to log in with has words, and ssh asks for no password" 0 "bad: asked: -p 2222 -o BatchMode=yes -o ConnectTimeout=10 -o ServerAliveInterval=5 -o ServerAliveCountMax=3 bad cox report - --local" \
    "$tools/crm_report" -e "$tmp/bin/ssh -p 2222" -n bad -f "$(date -d '1 hour ago' '+%Y-%m-%d %H:%M:%S')" "$tmp/out/w:1"
ok "a name with a colon is no host" tar --force-local -xjf "$tmp/out/w:1.tar.bz2" -C "$tmp/out"
[ -s "$tmp/out/w:1/report.txt" ] && [ ! -e "$tmp/out/w:1/$node" ] && [ "$(stat -c %a "$tmp/out/w:1.tar.bz2")" = 600 ]
result "and a node that is not among those named has no part in the report"
mkdir "$tmp/place"
printf '#!/bin/sh\nls "%s" > "%s"\nexit 1\n' "$tmp/place" "$tmp/seen" > "$tmp/look"
chmod 755 "$tmp/look"
have=$(TMPDIR="$tmp/place" timeout 120 "$tools/crm_report" -e "$tmp/look" -n "bad," -f "$(date -d '1 hour ago' '+%Y-%m-%d %H:%M:%S')" "$tmp/out/p" 2>&1)
grep -q '^cox-report-' "$tmp/seen" && [ -z "$(ls "$tmp/place")" ]
result "it is made where TMPDIR says, which is empty again"

# A directory of logs, and what is looked for in them.
mkdir -p "$tmp/many/below/deep"
for file in top.log top.log.1 below/middle.log below/deep/lowest.log; do date "+%Y-%m-%dT%H:%M:%S line of $file, with Needle in it" > "$tmp/many/$file"; done
date '+%Y-%m-%dT%H:%M:%S test: error: it went wrong' >> "$tmp/many/top.log"
says "a directory of logs is taken" 0 "^$tmp/out/l$" "$tools/crm_report" -d -S -l "$tmp/many" -D 1 -L 'nee+dle' -f "$(date -d '1 hour ago' '+%Y-%m-%d %H:%M:%S')" "$tmp/out/l"
have=$(ls "$tmp/out/l/$node"; cat "$tmp/out/l/analysis.txt")
[ "$(grep -c Needle "$tmp/out/l/$node/top.log")" = 2 ] && [ ! -e "$tmp/out/l/$node/top.log.1" ] && [ -e "$tmp/out/l/$node/middle.log" ] && [ ! -e "$tmp/out/l/$node/lowest.log" ]
result "one level deep, and what was rotated away once"
[ "$(grep -c Needle "$tmp/out/l/analysis.txt")" = 3 ] && grep -q "^$node/top.log: .* test: error: it went wrong" "$tmp/out/l/analysis.txt"
result "the analysis has what is looked for, and errors"
says "what is no pattern is refused" 64 "is no pattern" "$tools/crm_report" -d -S -M -L '(' -f "$(date '+%Y-%m-%d')" "$tmp/out/m"
says "nor is a depth that is none" 64 "max-depth deep" "$tools/crm_report" -d -S -D deep -f "$(date '+%Y-%m-%d')" "$tmp/out/m"
[ ! -e "$tmp/out/m" ]
result "and no directory is left"

# Nodes are asked at once: each waits until the other has begun.
cat > "$tmp/meet" <<'SHELL'
#!/bin/sh
touch "$MEET/$1"
for _ in $(seq 600); do [ -e "$MEET/one" ] && [ -e "$MEET/two" ] && { echo "met" >&2; exit 1; }; sleep 0.1; done
echo "alone" >&2
exit 1
SHELL
chmod 755 "$tmp/meet"
mkdir "$tmp/meeting"
export MEET="$tmp/meeting"
have=$(timeout 120 "$tools/crm_report" -e "$tmp/meet" -n "one two" -f "$(date -d '1 hour ago' '+%Y-%m-%d %H:%M:%S')" "$tmp/out/t" 2>&1)
[ "$(echo "$have" | grep -c 'not in the report: .*: met')" = 2 ]
result "all nodes are asked at once"

# Interrupted while a node does not answer: nothing is left, and nobody goes on.
cat > "$tmp/hang" <<'SHELL'
#!/bin/sh
echo $$ > "$MEET/hanging"
exec sleep 300
SHELL
chmod 755 "$tmp/hang"
for kind in TERM HUP INT; do
    for form in "" -d; do
        rm -f "$MEET/hanging"
        # shellcheck disable=SC2086
        (trap - INT && exec env TMPDIR="$tmp/place" "$tools/crm_report" $form -e "$tmp/hang" -n one -f "$(date -d '1 hour ago' '+%Y-%m-%d %H:%M:%S')" "$tmp/out/i") > /dev/null 2>&1 &
        report=$!
        for _ in $(seq 600); do [ -s "$MEET/hanging" ] && break; sleep 0.1; done
        kill -$kind "$report"
        wait "$report"
        have="$? $(ls "$tmp/place" "$tmp/out")"
        [ -s "$MEET/hanging" ] && [ -z "$(ls "$tmp/place")" ] && [ -z "$(find "$tmp/out" -maxdepth 1 -name 'i*')" ] && ! kill -0 "$(cat "$MEET/hanging")" 2> /dev/null
        result "interrupted by SIG$kind it leaves nothing${form:+, not even a directory}"
    done
done
echo "1..$n"
