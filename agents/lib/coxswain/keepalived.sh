# keepalived.sh - what the shell versions of VirtualRouter, VirtualServer and IPVSsync share: a daemon with a file of its own, in the language of
# keepalived.conf.  POSIX sh; sourced after agent.sh.
#
# An agent defines  ka_program (cox-vrrpd, cox-lvsd), ka_socket (the name of its socket), ka_blocks and ka_ours (parameters that are blocks of lines,
# and that are no keywords, with blanks around each), and  agent_config, which prints the file.  ka_main "$@" goes on in agent.sh.

# shellcheck disable=SC2154
ka_dir=$ra_run_dir/coxswain-$OCF_RESOURCE_TYPE-$OCF_RESOURCE_INSTANCE
ka_pid=$ka_dir/pid

# ka_find: path of the daemon: where programs are, or where it is installed together with this file
ka_find() {
    [ -z "${OCF_TESTER_FAIL_HAVE_BINARY:-}" ] || return 1
    # shellcheck disable=SC2154
    for ka_place in "$(command -v "$ka_program")" "${0%/*}/../../../../libexec/coxswain/$ka_program"; do
        if [ -n "$ka_place" ] && [ -x "$ka_place" ]; then
            printf '%s\n' "$ka_place"
            return 0
        fi
    done
    return 1
}

ka_need() {
    ka_path=$(ka_find) || ra_fail $OCF_ERR_INSTALLED "program '$ka_program' is missing: install coxswain on this node"
}

# ka_statements [LESS]: the parameters that are keywords, as statements; but those whose names are in LESS, with blanks around each.  Names of some have
# a dash in them, so the shell does not know them.
# shellcheck disable=SC2154
ka_statements() {
    tr '\000\n' '\n\001' <"/proc/$$/environ" | sed -n 's/^OCF_RESKEY_//p' |
        awk -v blocks="$ka_blocks" -v others="$ka_ours${1:-} crm_feature_set trace_ra trace_file " '
            { at = index($0, "="); name = substr($0, 1, at - 1); value = substr($0, at + 1) }
            value == "" || name ~ /^CRM_meta_/ || index(others, " " name " ") { next }
            { gsub(/\001/, "\n", value) }
            index(blocks, " " name " ") { printf "  %s {\n%s\n  }\n", name, value; next }
            value == "true" { print "  " name; next }
            value != "false" || name == "higher_prio_send_advert" { print "  " name " " value }'
}

# ka_lines TEXT: as it is, with an end to its last line
ka_lines() { [ -z "$1" ] || printf '%s\n' "$1"; }

# ka_write: the file of the daemon, whole or not at all; it may hold passwords
ka_write() {
    (umask 077 && mkdir -p "$ka_dir" && agent_config >"$ka_dir/conf.new" && mv -f "$ka_dir/conf.new" "$ka_dir/conf") ||
        ra_fail $OCF_ERR_GENERIC "cannot write '$ka_dir/conf'"
}

# ka_start: the daemon, and wait until it serves
# shellcheck disable=SC2154
ka_start() {
    ka_need
    if ka_runs; then return $OCF_SUCCESS; fi
    ka_write
    rm -f "$ka_dir/$ka_socket.sock"
    ra_daemon_start "$ka_pid" "$ka_path" --config "$ka_dir/conf" --run-directory "$ka_dir" --keep-user || ka_why
    until [ -S "$ka_dir/$ka_socket.sock" ]; do
        ra_pid "$ka_pid" "$ka_program" >/dev/null || ka_why
        sleep 0.1
    done
}

# ka_why: the daemon does not run: what it says itself
ka_why() {
    ka_said=$(timeout 5 "$ka_path" --config "$ka_dir/conf" --run-directory "$ka_dir" --keep-user --stderr 2>&1 </dev/null | grep -F error | tail -n 1)
    rm -f "$ka_pid"
    ra_fail $OCF_ERR_CONFIGURED "$ka_program does not run: ${ka_said:-it said nothing}"
}

# ka_runs: does the daemon run?
ka_runs() { ra_pid "$ka_pid" "$ka_program" >/dev/null; }

# ka_reload: the daemon reads its file again; what did not change is not disturbed
ka_reload() {
    ka_need
    ka_write
    kill -HUP "$(ra_pid "$ka_pid" "$ka_program")" || ra_fail $OCF_ERR_GENERIC "$ka_program does not run"
}

ka_stop() {
    [ -d "$ka_dir" ] || return $OCF_SUCCESS
    ra_daemon_stop "$ka_pid" "$ka_program" || exit
    rm -rf "$ka_dir"
}
