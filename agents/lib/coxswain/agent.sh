# agent.sh - what the OCF agents of Coxswain share.  POSIX sh; sourced, never run.
#
# An agent sources this file, defines
#   agent_meta_data           prints its description with the meta_* functions
#   agent_validate [probe]    checks the parameters; leaves by ra_fail when something is wrong
#   agent_ACTION              one function per further action; returns the OCF code
# and ends with   ra_main "$@".
#
# It stands alone.  resource-agents' ocf-shellfuncs is used, where it is installed, for the one thing that it does better: to
# log where HA_LOGFACILITY or HA_LOGFILE say.  It is not loaded otherwise, because loading it takes longer than most actions.

# The codes of OCF 1.1.  shellcheck cannot see which of them the agents use.
# shellcheck disable=SC2034
{
    OCF_SUCCESS=0
    OCF_ERR_GENERIC=1
    OCF_ERR_ARGS=2
    OCF_ERR_UNIMPLEMENTED=3
    OCF_ERR_PERM=4
    OCF_ERR_INSTALLED=5
    OCF_ERR_CONFIGURED=6
    OCF_NOT_RUNNING=7
    OCF_RUNNING_PROMOTED=8
    OCF_FAILED_PROMOTED=9
}

# What a caller's environment says about shells and languages must not change what an agent does.
LC_ALL=C
export LC_ALL
unset CDPATH ENV BASH_ENV GREP_OPTIONS LANGUAGE
IFS=' 	
'

: "${OCF_ROOT:=/usr/lib/ocf}"
: "${OCF_RESOURCE_INSTANCE:=default}"
: "${OCF_RESOURCE_TYPE:=${0##*/}}"
# The place where Pacemaker's agents keep their state: a resource that runs is still found running after a change of the manager.
ra_run_dir=${HA_VARRUN:-/run}
ra_run_dir=${ra_run_dir%/}

# ra_log LEVEL TEXT: LEVEL is err, warn, info or debug
ra_log() {
    ra_stock=${OCF_FUNCTIONS_DIR:-$OCF_ROOT/lib/heartbeat}/ocf-shellfuncs
    if [ -n "${HA_LOGFACILITY:-}${HA_LOGFILE:-}" ] && [ -r "$ra_stock" ]; then
        # shellcheck disable=SC1090
        (. "$ra_stock" && ocf_log "$1" "$2")
    elif [ "$1" != debug ] || ra_is_true "${HA_debug:-0}"; then
        printf '%s(%s): %s: %s\n' "$OCF_RESOURCE_TYPE" "$OCF_RESOURCE_INSTANCE" "$1" "$2" >&2
    fi
}

# ra_reason TEXT: what status outputs show beside the failure
ra_reason() { printf '%s%s\n' "${OCF_EXIT_REASON_PREFIX:-ocf-exit-reason:}" "$1" >&2; }

# ra_fail CODE TEXT: end the agent with a reason
ra_fail() {
    ra_reason "$2"
    exit "$1"
}

ra_is_true() {
    case $1 in
    yes | Yes | YES | true | True | TRUE | on | On | ON | 1 | y | Y) return 0 ;;
    *) return 1 ;;
    esac
}

# ra_is_number TEXT: digits only, short enough for the shell's arithmetic
ra_is_number() {
    case $1 in
    '' | *[!0-9]* | ??????????*) return 1 ;;
    *) return 0 ;;
    esac
}

ra_is_integer() { ra_is_number "${1#[-+]}"; }

# ra_is_score TEXT: an integer or INFINITY
ra_is_score() { [ "${1#[-+]}" = INFINITY ] || ra_is_integer "$1"; }

# ra_is_duration TEXT: a number with or without a unit, as the cluster's tools understand it
ra_is_duration() {
    ra_digits=${1%%[!0-9]*}
    ra_is_number "$ra_digits" || return 1
    case ${1#"$ra_digits"} in
    '' | s | sec | ms | msec | us | usec | m | min | h | hr) return 0 ;;
    *) return 1 ;;
    esac
}

# ra_is_probe: is this a monitor that looks what runs here before anything was started?
ra_is_probe() { [ "$ra_action" = monitor ] && [ "${OCF_RESKEY_CRM_meta_interval:-0}" = 0 ]; }

# ra_have PROGRAM: can it be run?  ocf-tester asks agents to pretend that nothing is installed.
ra_have() {
    [ -z "${OCF_TESTER_FAIL_HAVE_BINARY:-}" ] && command -v "$1" >/dev/null 2>&1
}

# ra_need PROGRAM...: leave with "not installed" when one is missing
ra_need() {
    for ra_program in "$@"; do
        ra_have "$ra_program" || ra_fail $OCF_ERR_INSTALLED "program '$ra_program' is missing: install it on this node"
    done
}

# ra_node: the cluster's name for this node (or for the host of this container)
ra_node() {
    if [ -n "${OCF_RESKEY_CRM_meta_on_node:-}" ]; then printf '%s\n' "$OCF_RESKEY_CRM_meta_on_node"; else uname -n; fi
}

# ra_check_given NAME...: parameters that must not be empty
ra_check_given() {
    for ra_name in "$@"; do
        eval "ra_value=\${OCF_RESKEY_$ra_name:-}"
        [ -n "$ra_value" ] || ra_fail $OCF_ERR_CONFIGURED "parameter $ra_name is missing: it must be set"
    done
}

# ra_check_number NAME LEAST MOST: a parameter that must be a whole number between the two
ra_check_number() {
    eval "ra_value=\${OCF_RESKEY_$1:-}"
    ra_is_number "$ra_value" && [ "$ra_value" -ge "$2" ] && [ "$ra_value" -le "$3" ] ||
        ra_fail $OCF_ERR_CONFIGURED "parameter $1: '$ra_value' is no number from $2 to $3"
}

# ra_check_choice NAME WORD...: a parameter that must be one of the words
ra_check_choice() {
    ra_name=$1
    eval "ra_value=\${OCF_RESKEY_$1:-}"
    shift
    for ra_word in "$@"; do
        [ "$ra_value" != "$ra_word" ] || return 0
    done
    ra_fail $OCF_ERR_CONFIGURED "parameter $ra_name: '$ra_value' is none of: $*"
}

# ra_state_check FILE PARAMETER: can a state file be kept there?
ra_state_check() {
    case $1 in
    /*) ;;
    *) ra_fail $OCF_ERR_CONFIGURED "parameter $2: '$1' is not an absolute path" ;;
    esac
    [ ! -d "$1" ] || ra_fail $OCF_ERR_CONFIGURED "parameter $2: '$1' is a directory, a file name is needed"
    ra_dir=${1%/*}
    [ -d "${ra_dir:-/}" ] || ra_fail $OCF_ERR_ARGS "parameter $2: there is no directory '$ra_dir' on this node"
    [ -w "${ra_dir:-/}" ] || ra_fail $OCF_ERR_PERM "parameter $2: directory '$ra_dir' cannot be written"
}

# ra_state_write FILE [TEXT]: replace it at once, so that a reader never sees half of it
ra_state_write() {
    (umask 022 && printf '%s' "${2:+$2
}" >"$1.$$" && mv -f "$1.$$" "$1") 2>/dev/null && return 0
    rm -f "$1.$$" 2>/dev/null
    ra_fail $OCF_ERR_GENERIC "cannot write state file '$1'"
}

# ra_state_remove FILE: what is no file was never ours
ra_state_remove() { [ ! -f "$1" ] || rm -f "$1" 2>/dev/null || ra_fail $OCF_ERR_GENERIC "cannot remove state file '$1'"; }

# ra_attribute NAME VALUE DELAY: set a transient attribute of this node.  The attribute daemon may be restarting: that is no
# failure of the resource unless it lasts.
ra_attribute() {
    ra_tries=3
    until attrd_updater -n "$1" -U "$2" -d "${3:-0}" >/dev/null 2>&1; do
        ra_tries=$((ra_tries - 1))
        if [ $ra_tries = 0 ]; then
            ra_reason "attribute '$1' could not be set to '$2': is the cluster running here?"
            return $OCF_ERR_GENERIC
        fi
        sleep 1
    done
}

# ra_attribute_delete NAME DELAY: best effort, a node that leaves the cluster loses its attributes anyway
ra_attribute_delete() {
    if ra_have attrd_updater; then attrd_updater -n "$1" -D -d "${2:-0}" >/dev/null 2>&1 || ra_log warn "attribute '$1' could not be deleted"; fi
    return 0
}

# ra_promotion SCORE|none: how much this node should like to be promoted.  Outside a cluster there is nobody to tell; inside, a failure is
# logged, and the next action says it again.
ra_promotion() {
    ra_have crm_attribute || return 0
    if [ "$1" = none ]; then set -- -D; else set -- -v "$1"; fi
    crm_attribute --promotion "$OCF_RESOURCE_INSTANCE" -l reboot "$@" >/dev/null 2>&1 || ra_log warn "the promotion score could not be changed"
    return 0
}

# ra_pid FILE NAME: print the pid in FILE when it is a live process of this name
ra_pid() {
    ra_number=''
    [ -r "$1" ] && read -r ra_number _ <"$1"
    ra_is_number "$ra_number" && [ -r "/proc/$ra_number/stat" ] || return 1
    read -r ra_name <"/proc/$ra_number/comm" 2>/dev/null || return 1
    # The kernel keeps 15 characters of a name.
    [ "$ra_name" = "$(printf '%.15s' "$2")" ] && ra_alive "$ra_number" && printf '%s\n' "$ra_number"
}

# ra_alive PID: it exists and is not a zombie
ra_alive() {
    ra_stat=''
    { read -r ra_stat <"/proc/$1/stat"; } 2>/dev/null || return 1
    case ${ra_stat##*)} in
    ' Z'* | ' X'*) return 1 ;;
    *) return 0 ;;
    esac
}

# ra_end PID SECONDS: ask it to end; kill it when it does not
ra_end() {
    kill "$1" 2>/dev/null
    ra_left=$(($2 * 10))
    while ra_alive "$1"; do
        if [ $ra_left = 0 ]; then
            ra_log warn "process $1 did not end within $2 s: killing it"
            kill -9 "$1" 2>/dev/null
        elif [ $ra_left -lt -50 ]; then
            return 1
        fi
        ra_left=$((ra_left - 1))
        sleep 0.1
    done
}

# ra_forget: a daemon that outlives the action must not keep the resource's parameters (secrets among them) in its environment
ra_forget() {
    for ra_variable in $(env | sed -n 's/^\(OCF_[A-Za-z0-9_]*\)=.*/\1/p'); do unset "$ra_variable"; done
}

# ra_daemon_start PIDFILE PROGRAM [ARGUMENT...]: run a program that stays in the foreground, detached; returns when it runs
ra_daemon_start() {
    ra_file=$1
    ra_program=${2##*/}
    shift
    if ra_pid "$ra_file" "$ra_program" >/dev/null; then return $OCF_SUCCESS; fi
    rm -f "$ra_file"
    (ra_forget && cd / && exec setsid "$@" </dev/null >/dev/null 2>&1) &
    ra_state_write "$ra_file" $!
    # For a moment it still has the shell's name.
    until ra_pid "$ra_file" "$ra_program" >/dev/null; do
        if ! ra_alive $!; then
            rm -f "$ra_file"
            ra_reason "$ra_program ended at once"
            return $OCF_ERR_GENERIC
        fi
        sleep 0.1
    done
}

# ra_daemon_monitor PIDFILE PROGRAM: does it run?
ra_daemon_monitor() { ra_pid "$1" "${2##*/}" >/dev/null || return $OCF_NOT_RUNNING; }

# ra_daemon_stop PIDFILE PROGRAM: ask it to end, and make it end before the action's time is over
ra_daemon_stop() {
    if ra_found=$(ra_pid "$1" "${2##*/}"); then
        ra_end "$ra_found" "$(ra_stop_seconds)" || ra_fail $OCF_ERR_GENERIC "${2##*/} (process $ra_found) does not end"
    fi
    rm -f "$1"
}

# ra_stop_seconds: how long a stop may wait before it uses force; leaves a fifth of the action's time for that
ra_stop_seconds() {
    ra_limit=${OCF_RESKEY_CRM_meta_timeout:-20000}
    ra_is_number "$ra_limit" || ra_limit=20000
    printf '%s\n' $((ra_limit * 4 / 5000))
}

# --- description ---------------------------------------------------------------------------------------------------------

# meta_begin VERSION SHORT LONG.  The document type of resource-agents is that of OCF 1.0 and the one that ocf-tester validates
# with; the lines in brackets add to it what OCF 1.1 added.
meta_begin() {
    cat <<META
<?xml version="1.0"?>
<!DOCTYPE resource-agent SYSTEM "ra-api-1.dtd" [
<!ATTLIST parameter unique-group CDATA #IMPLIED reloadable (0|1) #IMPLIED>
<!ATTLIST action name NMTOKEN #REQUIRED>
]>
<resource-agent name="${0##*/}" version="$1">
<version>1.1</version>
<longdesc lang="en">
$3
</longdesc>
<shortdesc lang="en">$2</shortdesc>
<parameters>
META
}

# meta_parameter NAME TYPE DEFAULT FLAGS SHORT [LONG]: FLAGS are words: required, reloadable, unique
meta_parameter() {
    meta_flags=''
    case " $4 " in *' required '*) meta_flags="$meta_flags required=\"1\"" ;; esac
    case " $4 " in *' unique '*) meta_flags="$meta_flags unique-group=\"$1\"" ;; esac
    case " $4 " in *' reloadable '*) meta_flags="$meta_flags reloadable=\"1\"" ;; esac
    meta_default=" default=\"$3\""
    case " $4 " in *' required '*) meta_default='' ;; esac
    cat <<META
<parameter name="$1"$meta_flags>
<longdesc lang="en">
${6:-$5}
</longdesc>
<shortdesc lang="en">$5</shortdesc>
<content type="$2"$meta_default/>
</parameter>
META
}

meta_actions() { printf '</parameters>\n<actions>\n'; }

# meta_action NAME TIMEOUT-SECONDS [MORE ATTRIBUTES]
meta_action() { printf '<action name="%s" timeout="%ss"%s/>\n' "$1" "$2" "${3:+ $3}"; }

meta_end() { printf '</actions>\n</resource-agent>\n'; }

# --- the action ----------------------------------------------------------------------------------------------------------

ra_usage() {
    printf 'usage: %s ACTION\n' "${0##*/}"
    printf 'Parameters are OCF_RESKEY_name in the environment; "%s meta-data" describes them and the actions.\n' "${0##*/}"
}

# ra_main ACTION: run it.  Actions are words of the description that have a function; everything else is "not implemented".
ra_main() {
    ra_action=${1:-}
    case $ra_action in
    meta-data) agent_meta_data && exit $OCF_SUCCESS ;;
    usage | help) ra_usage && exit $OCF_SUCCESS ;;
    validate-all) agent_validate && exit $OCF_SUCCESS ;;
    start | stop | monitor | promote | demote | notify | migrate_to | migrate_from | reload | reload-agent) ;;
    *)
        ra_usage >&2
        exit $OCF_ERR_UNIMPLEMENTED
        ;;
    esac
    ra_function=agent_$ra_action
    [ "$ra_action" != reload-agent ] || ra_function=agent_reload_agent
    if ! command -v "$ra_function" >/dev/null 2>&1; then
        ra_usage >&2
        exit $OCF_ERR_UNIMPLEMENTED
    fi
    case $ra_action in
    # What does not run can be found and stopped whatever the parameters say now.
    stop | monitor | notify) ;;
    *) agent_validate ;;
    esac
    "$ra_function"
    exit $?
}
