/* lib/service/settings.c - the settings of the sysconfig file (PCMK_*, HA_*): which are honoured, and how.  Layer 5. */
#include "service/settings.h"

#include "runtime/environment.h"

static const char *const no[] = { "no", "false", "off", "0", "", NULL };
static const char *const usual_start[] = { "default", NULL };
static const char *const usual_remote[] = { "default", NULL };
static const char *const usual_port[] = { "3121", NULL };
static const char *const usual_key[] = { "/etc/pacemaker/authkey", NULL };
static const char *const nothing[] = { "", NULL };

static const struct cox_setting settings[] = {
    { "authkey_location", false, "there are no remote nodes yet, so their key is not read", usual_key },
    { "blackbox", false, "every daemon always has a flight recorder (RUNDIR/NAME.flight)", no },
    { "ca_file", false, "there are no remote nodes yet, and no remote access", nothing },
    { "callgrind_enabled", false, "start the daemon under callgrind by hand", no },
    { "cert_file", false, "there are no remote nodes yet, and no remote access", nothing },
    { "cluster_type", true, "corosync, or local: one node alone", NULL },
    { "crl_file", false, "there are no remote nodes yet, and no remote access", nothing },
    { "debug", true, "more lines: yes, or a list of daemons", NULL },
    { "dh_max_bits", false, "obsolete: TLS chooses its own groups", nothing },
    { "fail_fast", true, "yes: a daemon that crashes takes the node down", NULL },
    { "ipc_type", false, "clients talk through sockets, never through shared memory, see threats.md", (const char *const[]) { "socket", "", NULL } },
    { "key_file", false, "there are no remote nodes yet, and no remote access", nothing },
    { "logfacility", true, "none: nothing goes to the system log; a facility: lines go there, always as \"daemon\"", NULL },
    { "logfile", true, "path of the log file, or none", NULL },
    { "logfile_mode", true, "octal permissions of a log file that is made anew (0660)", NULL },
    { "logpriority", true, "least important level for the system log: emerg, alert, crit, error, warning, notice, info, debug", NULL },
    { "node_action_limit", true, "how many actions run on this node at a time", NULL },
    { "node_start_state", false, "set the node to standby before it starts instead: crm_standby --node NAME --update on", usual_start },
    { "panic_action", true, "reboot, off, crash, or one of these after sync-", NULL },
    { "remote_address", false, "there are no remote nodes yet", nothing },
    { "remote_pid1", false, "there are no remote nodes yet", usual_remote },
    { "remote_port", false, "there are no remote nodes yet", usual_port },
    { "remote_schema_directory", false, "there are no remote nodes yet", nothing },
    { "schema_directory", true, "where schemas lie", NULL },
    { "stderr", true, "lines go to standard error as well: yes, or a list of daemons", NULL },
    { "tls_priorities", false, "there are no remote nodes yet, and no remote access", nothing },
    { "trace_blackbox", false, "the flight recorder has every line", nothing },
    { "trace_files", false, "use PCMK_debug, or read the flight recorder", nothing },
    { "trace_formats", false, "use PCMK_debug, or read the flight recorder", nothing },
    { "trace_functions", false, "use PCMK_debug, or read the flight recorder", nothing },
    { "trace_tags", false, "use PCMK_debug, or read the flight recorder", nothing },
    { "valgrind_enabled", false, "start the daemon under valgrind by hand", no },
};

static const struct {
    const char *name;
    enum cox_log_level level;
} priorities[] = {
    { "emerg", COX_LOG_ERR },   { "alert", COX_LOG_ERR },     { "crit", COX_LOG_ERR },      { "error", COX_LOG_ERR }, { "err", COX_LOG_ERR },
    { "warn", COX_LOG_WARNING }, { "warning", COX_LOG_WARNING }, { "notice", COX_LOG_NOTICE }, { "info", COX_LOG_INFO }, { "debug", COX_LOG_DEBUG },
};

const struct cox_setting *
cox_settings_list(gsize *n)
{
    *n = G_N_ELEMENTS(settings);
    return settings;
}

static bool
read_priority(const char *text, enum cox_log_level *level)
{
    for (gsize i = 0; text != NULL && i < G_N_ELEMENTS(priorities); i++) {
        if (g_ascii_strcasecmp(priorities[i].name, text) == 0) {
            *level = priorities[i].level;
            return true;
        }
    }
    return text == NULL;
}

/* Octal, as chmod(1) has it: the owner must be able to write, and nothing but reading and writing is given. */
static bool
read_mode(const char *text, guint *mode)
{
    guint64 value = 0;
    char *end = NULL;

    if (text == NULL) {
        return true;
    }
    value = g_ascii_strtoull(text, &end, 8);
    if (!g_ascii_isdigit(text[0]) || *end != '\0' || (value & ~G_GUINT64_CONSTANT(0666)) != 0 || (value & 0600) != 0600) {
        return false;
    }
    *mode = (guint) value;
    return true;
}

enum cox_log_level
cox_settings_log_priority(void)
{
    enum cox_log_level level = COX_LOG_NOTICE;

    (void) read_priority(cox_environment_setting("logpriority"), &level);
    return level;
}

guint
cox_settings_log_mode(void)
{
    guint mode = 0660;

    (void) read_mode(cox_environment_setting("logfile_mode"), &mode);
    return mode;
}

static bool
is_one_of(const char *const *same, const char *value)
{
    for (gsize i = 0; same != NULL && same[i] != NULL; i++) {
        if (g_ascii_strcasecmp(same[i], value) == 0) {
            return true;
        }
    }
    return false;
}

GPtrArray *
cox_settings_complaints(void)
{
    GPtrArray *list = g_ptr_array_new_with_free_func(g_free);
    enum cox_log_level level;
    guint mode;

    for (gsize i = 0; i < G_N_ELEMENTS(settings); i++) {
        const char *value = cox_environment_setting(settings[i].name);

        if (value != NULL && !settings[i].is_honoured && !is_one_of(settings[i].same, value)) {
            g_ptr_array_add(list, g_strdup_printf("PCMK_%s=%s is not honoured: %s", settings[i].name, value, settings[i].text));
        }
    }
    if (!read_priority(cox_environment_setting("logpriority"), &level)) {
        g_ptr_array_add(list, g_strdup_printf("PCMK_logpriority=%s is no priority (emerg to debug): notice is taken",
                                              cox_environment_setting("logpriority")));
    }
    if (!read_mode(cox_environment_setting("logfile_mode"), &mode)) {
        g_ptr_array_add(list, g_strdup_printf("PCMK_logfile_mode=%s is no octal mode that lets the owner write (0600 to 0666): 0660 is taken",
                                              cox_environment_setting("logfile_mode")));
    }
    return list;
}
