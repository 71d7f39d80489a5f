#!/bin/bash
# pacemakerd: says what it is, becomes coxd, and stops a real coxd with daemons that do nothing below it.  TAP.
build="${top_builddir:-.}"
tmp=$(mktemp -d) || exit 1
supervisor=""
cleanup() {
    [ -n "$supervisor" ] && kill "$supervisor" 2>/dev/null && wait "$supervisor"
    rm -rf "$tmp"
}
trap cleanup EXIT
n=0

export COX_CLUSTER=local COX_RUN_DIRECTORY="$tmp/run" COX_DAEMON_DIRECTORY="$tmp/daemons" TESTD_DIARY="$tmp/diary" TESTD_LIFE_S=300
export PCMK_logfacility=none PCMK_logfile="$tmp/log"
mkdir -p "$tmp/run" "$tmp/daemons" "$tmp/sbin"
for program in cibd execd fenced attrd schedd controld; do ln -s "$build/lib/service/tests/testd" "$tmp/daemons/cox-$program"; done

# says NAME WANTED-STATUS TEXT COMMAND...: it ends with the status, and its output contains the text
says() {
    name=$1 status=$2 text=$3
    shift 3
    n=$((n + 1))
    have=$(timeout 60 "$@" 2>&1)
    rc=$?
    case $have in
    *"$text"*) [ "$rc" = "$status" ] && { echo "ok $n - $name"; return; } ;;
    esac
    echo "not ok $n - $name"
    echo "# status $rc, output: $have" | sed 's/^/# /'
}

pacemakerd="$build/tools/pacemakerd"
says "clients read the version from the first line" 0 "Pacemaker 3." "$pacemakerd" --version
says "old ones ask with a dollar" 0 "Pacemaker 3." "$pacemakerd" '-$'
says "the feature set is that of the controller" 0 " Supporting v3.20.5: acls" "$pacemakerd" --features
says "programs get it as XML" 0 'feature_set="3.20.5"><features><feature>acls</feature>' \
    sh -c "$pacemakerd --features --output-as=xml | tr -d '\n' | sed 's/> *</></g'"
says "crmsh takes the version from what the controller says" 0 "CRM Version: 3.0.2 (" "$build/daemons/controld/cox-controld" version
says "no daemon takes another word" 64 "'versions': not understood; the only words are 'metadata' and 'version'" "$build/daemons/cibd/cox-cibd" versions
# pcs asks the daemons which cluster options there are, and refuses all others.
while read -r program option; do
    says "$program knows option $option" 0 "<parameter name=\"$option\"" "$build/daemons/${program#cox-}/$program" metadata
done <<END
cox-cibd enable-acl
cox-controld dc-deadtime
cox-schedd no-quorum-policy
cox-schedd stonith-enabled
cox-fenced pcmk_host_list
END
says "standby at the start is refused with the other way" 3 "crm_standby" "$pacemakerd" --standby
says "a node without a cluster manager is stopped already" 0 "No cluster manager runs" "$pacemakerd" --shutdown

cp "$pacemakerd" "$tmp/sbin/pacemakerd"
says "without coxd beside it, it says what is missing" 5 "$tmp/sbin/coxd: No such file" "$tmp/sbin/pacemakerd" -f
printf '#!/bin/sh\necho "I am $(basename $0) with $* as $$"\n' > "$tmp/sbin/coxd"
chmod 755 "$tmp/sbin/coxd"
says "else it becomes coxd" 0 "I am coxd with --verbose as" "$tmp/sbin/pacemakerd" -f -p "$tmp/pid" -V

[ -x "$build/lib/service/tests/testd" ] || { echo "1..0 # SKIP testd is not built"; exit 0; }
"$build/daemons/coxd/coxd" --keep-user > /dev/null 2> "$tmp/errors" &
supervisor=$!
for _ in $(seq 600); do
    case $("$build/tools/crmadmin" -P 2> /dev/null) in *running*) break ;; esac
    sleep 0.1
done
says "the supervisor runs" 0 "'running'" "$build/tools/crmadmin" -P
says "and is stopped in order" 0 "" "$pacemakerd" --shutdown
says "pacemakerd has waited for that" 0 "stop cib" tail -n 1 "$tmp/diary"
kill "$supervisor" 2> /dev/null # it should not be there
wait "$supervisor"
says "the supervisor has ended well" 0 "" [ $? = 0 ]
supervisor=""

# Started as pacemakerd it is called so, and its daemons have the names of the field: pidof and killall find them by these.
ln -sf /bin/cat "$tmp/sbin/coxd" # it complains by its first word, of the option that it does not know
says "pacemakerd keeps its name when it becomes coxd" 1 "pacemakerd: " "$tmp/sbin/pacemakerd" -V
for pair in based:cibd execd:execd fenced:fenced attrd:attrd schedulerd:schedd controld:controld; do
    ln -s "cox-${pair#*:}" "$tmp/daemons/pacemaker-${pair%:*}"
done
(exec -a pacemakerd "$build/daemons/coxd/coxd" --keep-user) > /dev/null 2>> "$tmp/errors" &
supervisor=$!
for _ in $(seq 600); do
    case $("$build/tools/crmadmin" -P 2> /dev/null) in *running*) break ;; esac
    sleep 0.1
done
says "started as pacemakerd it has that name" 0 "pacemakerd" cat "/proc/$supervisor/comm"
names=$(for child in $(cat "/proc/$supervisor/task/"*/children); do cat "/proc/$child/comm"; done | sort | tr '\n' ' ')
says "its daemons have the names that killall looks for" 0 \
    "pacemaker-attrd pacemaker-based pacemaker-contr pacemaker-execd pacemaker-fence pacemaker-sched " echo "$names"
kill "$supervisor" 2> /dev/null
wait "$supervisor"
supervisor=""
echo "1..$n"
