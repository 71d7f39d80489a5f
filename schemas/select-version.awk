# Write one schema version: the lines of schemas/cib.rng.in that belong to version v (given as -v v=3.9).
# Marker lines are comments of their own: "@since A", "@until B" or both, closed by "@end"; they nest.
function number(text,  part) {
    split(text, part, ".")
    return part[1] * 1000 + part[2]
}
function word_after(mark,  i) {
    for (i = 1; i < NF; i++) {
        if ($i == mark) {
            return $(i + 1)
        }
    }
    return ""
}
function fail(text) {
    printf "%s:%d: %s\n", FILENAME, FNR, text > "/dev/stderr"
    failed = 1
    exit 1
}
BEGIN {
    depth = 0
    visible[0] = 1
    if (v !~ /^[0-9]+\.[0-9]+$/) {
        print "select-version: use -v v=MAJOR.MINOR" > "/dev/stderr"
        failed = 1
        exit 1
    }
}
$1 == "<!--" && ($2 == "@since" || $2 == "@until") {
    since = word_after("@since")
    until = word_after("@until")
    inside = visible[depth] && (since == "" || number(v) >= number(since)) && (until == "" || number(v) <= number(until))
    visible[++depth] = inside
    next
}
$1 == "<!--" && $2 == "@end" {
    if (--depth < 0) {
        fail("@end without @since or @until")
    }
    next
}
NR > 1 && /^<!--$/ {            # the preface speaks about the source, not about one version
    preface = 1
    print "<!-- Format of a cluster configuration, version " v ". Made from schemas/cib.rng.in. -->"
}
preface {
    if (/-->/) {
        preface = 0
    }
    next
}
/^ *<!--.*-->$/ || /^$/ {
    next
}
visible[depth]
END {
    if (!failed && depth != 0) {
        print FILENAME ": missing @end" > "/dev/stderr"
        exit 1
    }
}
