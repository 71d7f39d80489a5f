#!/bin/sh
# Bad documents, patches and arguments given to cibadmin, crm_diff and crm_shadow: a message that names the culprit, the
# documented exit status, and the document untouched.
tools=$top_builddir/tools
dir=$(mktemp -d) || exit 99
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 99
export LC_ALL=C CIB_shadow_dir="$dir" CIB_file="$dir/cib.xml"
case $tools in /*) ;; *) tools=$OLDPWD/$tools ;; esac
unset CIB_shadow CIB_user
n=0

good='<cib crm_feature_set="3.19.0" validate-with="pacemaker-3.9" epoch="4" num_updates="0" admin_epoch="0">
  <configuration>
    <crm_config/>
    <nodes/>
    <resources>
      <primitive id="a" class="ocf" provider="heartbeat" type="Dummy"/>
    </resources>
    <constraints/>
  </configuration>
  <status/>
</cib>'

# check WHY STATUS PART COMMAND...: exit status, PART in what is said, document as before
check()
{
    why=$1 status=$2 part=$3
    shift 3
    n=$((n + 1))
    before=$(cat cib.xml 2>/dev/null)
    said=$("$@" 2>&1)
    got=$?
    if [ "$got" != "$status" ]; then
        echo "not ok $n - $why: exit status $got instead of $status: $said"
    elif ! printf '%s' "$said" | grep -qF -e "$part"; then
        echo "not ok $n - $why: no '$part' in: $said"
    elif [ "$before" != "$(cat cib.xml 2>/dev/null)" ]; then
        echo "not ok $n - $why: the document has changed"
    elif ls cib.xml.?????? >/dev/null 2>&1; then
        echo "not ok $n - $why: a temporary file is left"
    else
        echo "ok $n - $why"
    fi
}
given() { printf '%s\n' "$1" > cib.xml; }

given "$(printf '%s' "$good" | head -c 300)"
check "truncated document" 65 "cib.xml: line" "$tools/cibadmin" -Q
printf '<cib a="\377"/>' > cib.xml
check "document that is not UTF-8" 65 "UTF-8" "$tools/cibadmin" -Q
given '<!DOCTYPE cib [<!ENTITY a "aa"><!ENTITY b "&a;&a;&a;">]><cib x="&b;"/>'
check "entities" 65 "document type" "$tools/cibadmin" -Q
awk 'BEGIN { for (i = 0; i < 100000; i++) printf "<a>" }' > cib.xml
check "depth of 100,000" 65 "deeper than 256" "$tools/cibadmin" -Q
truncate -s 600M cib.xml
check "a file above the limit" 65 "limit" "$tools/crm_diff" -o cib.xml -n /dev/null
given '<other/>'
check "no cluster document" 78 "'other'" "$tools/cibadmin" -Q
given "$good"
check "missing file" 105 "nothing.xml" env CIB_file=nothing.xml "$tools/cibadmin" -Q
check "folder" 66 "directory" env CIB_file="$dir" "$tools/cibadmin" -Q
check "no document named" 102 "CIB_file" env -u CIB_file "$tools/cibadmin" -Q
check "bad text given" 65 "line 1" "$tools/cibadmin" -C -o resources -X '<primitive'
check "id used twice" 78 "'a'" "$tools/cibadmin" -C -o resources -X '<primitive id="q" class="ocf" provider="h" type="D"><meta_attributes id="a"/></primitive>'
check "dangling reference" 78 "'nope'" "$tools/cibadmin" -C -o constraints -X '<rsc_location id="l" rsc="nope" node="n" score="1"/>'
check "bad score" 78 "'12q'" "$tools/cibadmin" -C -o constraints -X '<rsc_location id="l" rsc="a" node="n" score="12q"/>'
check "unknown schema" 78 "pacemaker-9.9" "$tools/cibadmin" -M -X '<cib validate-with="pacemaker-9.9"/>'
check "bad XPath" 65 "'//['" "$tools/cibadmin" -Q -A '//['
check "XPath that matches nothing" 105 "//zz" "$tools/cibadmin" -Q -A '//zz'
check "unknown section" 64 "'moon'" "$tools/cibadmin" -Q -o moon
check "object that is there" 108 "File exists" "$tools/cibadmin" -C -o resources -X '<primitive id="a" class="ocf" provider="h" type="D"/>'
check "object that is absent" 105 'id="zz"' "$tools/cibadmin" -M -X '<op id="zz"/>'
check "older document" 103 "0.3.0" "$tools/cibadmin" -R -X '<cib epoch="3"/>'
check "danger" 107 "--force" "$tools/cibadmin" -E
check "no patch" 65 "'cib'" "$tools/cibadmin" -P -X '<cib/>'
check "patch of another version" 103 "0.2.0" "$tools/cibadmin" -P -X '<diff format="2"><version><source epoch="2"/><target/></version></diff>'
check "patch that does not apply" 105 "/cib/zz" "$tools/crm_diff" -o cib.xml -p /dev/stdin <<'PATCH'
<diff format="2"><change operation="create" path="/cib/zz" position="0"><b/></change></diff>
PATCH
check "different roots" 65 "'cib' and 'x'" "$tools/crm_diff" -o cib.xml -N '<x/>'
check "writing to a pipe" 73 "regular file" sh -c "cat cib.xml | CIB_file=/dev/stdin '$tools/cibadmin' -B"
check "name of a copy with a slash" 64 "'../x'" "$tools/crm_shadow" -b -c ../x
check "unknown schema for a copy" 64 "'pacemaker-9.9'" "$tools/crm_shadow" -b -e x -v pacemaker-9.9
check "pipe as document" 0 'id="a"' sh -c "cat cib.xml | CIB_file=/dev/stdin '$tools/cibadmin' -Q -o resources"
check "standard input as document" 0 'id="a"' sh -c "CIB_file=- '$tools/cibadmin' -Q -A //primitive <cib.xml"
check "descriptor as document" 0 'id="a"' sh -c "CIB_file=/dev/fd/7 '$tools/cibadmin' -Q 7<cib.xml"
if [ -w /dev/full ] && mkdir ro && cp cib.xml ro/ && chmod 500 ro && ! touch ro/x 2>/dev/null; then
    check "folder that cannot be written" 73 "cannot be written" env CIB_file=ro/cib.xml "$tools/cibadmin" -B
fi
mkdir live && cp cib.xml live/ && echo old > live/cib.xml.sig
check "digest beside the cluster's own document" 0 'id="a"' sh -c "export CIB_file=live/cib.xml; '$tools/cibadmin' -B && '$tools/cibadmin' -Q"
check "digest is that of the document" 0 "$(cat live/cib.xml.sig)" "$tools/cibadmin" -5 -x live/cib.xml
# A limit on the size of files stands for a full disk.
check "full disk" 74 "stays as it was" sh -c "trap '' XFSZ; ulimit -f 0; '$tools/cibadmin' -B"
# Whoever has the file open reads what was written into it (pcs -f); the cluster's own is replaced.
# open_reads WHY TEXT: after a change, TEXT is or (with !) is not in what a descriptor opened before reads
open_reads()
{
    n=$((n + 1))
    exec 9<cib.xml
    "$tools/cibadmin" --modify --scope resources --xml-text '<resources><primitive id="a" description="longer than before"/></resources>' || echo "# it fails"
    case $(cat <&9) in
    *"longer than before"*"</cib>"*) seen=yes ;;
    *) seen=no ;;
    esac
    exec 9<&-
    if [ "$seen" = "$2" ] && grep -q "longer than before" cib.xml && ! ls cib.xml.?????? >/dev/null 2>&1; then echo "ok $n - $1"
    else echo "not ok $n - $1: seen: $seen, files: $(ls)"; fi
}
given "$good"
open_reads "who has the file open sees the change" yes
given "$good"
printf 'x' > cib.xml.sig
open_reads "the file of the cluster is replaced" no
rm -f cib.xml.sig
echo "1..$n"
