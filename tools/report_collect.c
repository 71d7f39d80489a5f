/* tools/report_collect.c - what one node has for a report, without secrets.  Layer 6. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <glib/gstdio.h>

#include "admin/dochistory.h"
#include "agents/agent_meta.h"
#include "base/datetime.h"
#include "base/error.h"
#include "store/storefiles.h"
#include "tools/agent_call.h"
#include "tools/report.h"
#include "xml/bzip.h"
#include "xml/textfile.h"
#include "xml/xmlwrite.h"

#define CLUSTER_LOG COX_LOGDIR "/pacemaker.log"

enum {
    COMMAND_S = 30,
    MOST_INPUTS = 100,
    MOST_VERSIONS = 200,   /* of the configuration, whose secrets are looked for */
    MOST_HISTORY_BYTES = 512 * 1024 * 1024,
};

struct collecting {
    const struct cox_report *report;
    const char *directory;
    struct cox_mask *mask;
    GString *said;
};

/* What is printed by a tool of ours (first word) or by a command of the system; left out when there is none of that name. */
static const struct {
    const char *file;
    bool is_ours;
    const char *words[8];
} commands[] = {
    { "crm_mon.txt", true, { "crm_mon", "--one-shot", "--inactive", "--show-detail" } },
    { "crm_mon.xml", true, { "crm_mon", "--output-as=xml", "--show-detail" } },
    { "status.txt", true, { "cox", "status" } },
    { "verify.txt", true, { "crm_verify", "--live-check", "--verbose" } },
    { "history.txt", true, { "cox", "history" } },
    { "members.txt", true, { "crm_node", "--list" } },
    { "fencing.txt", true, { "stonith_admin", "--history", "*", "--verbose" } },
    { "scores.txt", true, { "crm_simulate", "--live-check", "--show-scores" } },
    { "versions.txt", true, { "pacemakerd", "--features" } },
    { "corosync-quorum.txt", false, { "corosync-quorumtool", "-s" } },
    { "corosync-links.txt", false, { "corosync-cfgtool", "-s" } },
    { "corosync-cmap.txt", false, { "corosync-cmapctl" } },
    { "packages.txt", false, { "dpkg-query", "--show", "pacemaker*", "coxswain*", "corosync*", "libqb*", "resource-agents*", "fence-agents*" } },
    { "processes.txt", false, { "ps", "axo", "pid,ppid,user,lstart,stat,comm" } },
    { "system.txt", false, { "sh", "-c", "uname -a; cat /etc/os-release; uptime; free; df -h; ip address; ip route" } },
};

/* Files as they are, but for secrets.  The keys of the cluster are no text, and are never read: /etc/corosync/authkey, /etc/pacemaker/authkey. */
static const char *const files[] = { "/etc/corosync/corosync.conf", "/etc/default/pacemaker", "/etc/default/sbd", "/etc/default/corosync",
                                     "/etc/sysconfig/pacemaker", "/etc/sysconfig/sbd" };
/* Below the directory of logs. */
static const char *const logs[] = { "corosync/corosync.log", "cluster/corosync.log" };

/* What else is written here, and in report.c. */
static const char *const others[] = { "cib.xml", "timeline.txt", "timeline-here.txt", "report.txt" };

/* ---- writing ---------------------------------------------------------------------------------------------- */

static void
put(const struct collecting *collecting, const char *file, const char *text, gsize length)
{
    g_autofree char *masked = cox_mask_text(collecting->mask, text, length);
    g_autofree char *path = g_build_filename(collecting->directory, file, NULL);
    g_autoptr(GError) error = NULL;

    if (!cox_textfile_put(path, masked, strlen(masked), &error)) {
        g_string_append_printf(collecting->said, "%s\n", error->message);
    }
}

/* ---- commands --------------------------------------------------------------------------------------------- */

bool
cox_report_depth(const char *text, int *depth, GError **error)
{
    guint64 number = 0;

    if (text != NULL && !g_ascii_string_to_unsigned(text, 10, 0, 100, &number, NULL)) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "--max-depth %s: a number of levels, 0 to 100", text);
        return false;
    }
    *depth = (int) number;
    return true;
}

char **
cox_report_words(GPtrArray *given)
{
    if (given == NULL) {
        return NULL;
    }
    g_ptr_array_add(given, NULL);
    return (char **) given->pdata;
}

char *
cox_report_tool(const char *name)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *directory = g_path_get_dirname((self != NULL) ? self : "/usr/sbin/cox");

    return g_build_filename(directory, name, NULL);
}

char *
cox_report_command(const char *const *argv, guint limit_s, gsize *length, int *status, GError **error)
{
    g_autofree char *limit = g_strdup_printf("%u", limit_s);
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    g_autofree char *err = NULL;
    g_autoptr(GString) both = NULL;
    char *out = NULL;
    int wait_status = 0;

    g_ptr_array_add(words, (gpointer) (gsize) "timeout");
    g_ptr_array_add(words, limit);
    for (gsize i = 0; argv[i] != NULL; i++) {
        g_ptr_array_add(words, (gpointer) (gsize) argv[i]);
    }
    g_ptr_array_add(words, NULL);
    if (!g_spawn_sync(NULL, (char **) words->pdata, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &err, &wait_status, error)) {
        return NULL;
    }
    *status = WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128;
    both = g_string_new(out);
    g_string_append(both, err);
    g_free(out);
    *length = both->len;
    return g_string_free(g_steal_pointer(&both), FALSE);
}

static void
run_one(const struct collecting *collecting, gsize i)
{
    g_autofree char *ours = commands[i].is_ours ? cox_report_tool(commands[i].words[0]) : NULL;
    g_autofree char *found = (ours == NULL) ? g_find_program_in_path(commands[i].words[0]) : NULL;
    const char *argv[G_N_ELEMENTS(commands[i].words) + 1] = { NULL };
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    gsize length = 0;
    int status = 0;

    if (ours == NULL && found == NULL) {
        return;
    }
    for (gsize k = 0; k < G_N_ELEMENTS(commands[i].words) && commands[i].words[k] != NULL; k++) {
        argv[k] = (k == 0) ? ((ours != NULL) ? ours : found) : commands[i].words[k];
    }
    text = cox_report_command(argv, COMMAND_S, &length, &status, &error);
    if (text == NULL) {
        g_string_append_printf(collecting->said, "%s: %s\n", commands[i].words[0], error->message);
        return;
    }
    if (status == 124) {
        g_string_append_printf(collecting->said, "%s: no answer within %d s\n", commands[i].words[0], COMMAND_S);
    }
    put(collecting, commands[i].file, text, length);
}

static char *
moment(gint64 at_us)
{
    const cox_wall wall = { at_us };
    struct cox_datetime when;

    return cox_datetime_from_wall(wall, 0, &when) ? cox_datetime_strftime(&when, "%Y-%m-%dT%H:%M:%SZ") : g_strdup("24h");
}

/* What has happened, as the whole cluster knows it, and what this node has kept. */
static void
take_timeline(const struct collecting *collecting)
{
    g_autofree char *cox = cox_report_tool("cox"), *since = moment(collecting->report->from_us);
    const char *const whole[] = { cox, "timeline", "--all", "--since", since, NULL }, *const own[] = { cox, "timeline", "--all", "--local", "--since", since, NULL };
    gsize length = 0;
    int status = 0;
    g_autofree char *first = cox_report_command(whole, COMMAND_S, &length, &status, NULL), *second = NULL;

    if (first != NULL) {
        put(collecting, "timeline.txt", first, length);
    }
    second = cox_report_command(own, COMMAND_S, &length, &status, NULL);
    if (second != NULL) {
        put(collecting, "timeline-here.txt", second, length);
    }
}

/* ---- files and logs --------------------------------------------------------------------------------------- */

/* What a file is called in the report: its name, with the directories before it when there is one of that name. */
static char *
name_for(const struct collecting *collecting, const char *path)
{
    g_autofree char *name = g_path_get_basename(path);
    g_autofree char *there = g_build_filename(collecting->directory, name, NULL);
    g_autofree char *whole = g_strdup(path + strspn(path, "/"));

    return g_file_test(there, G_FILE_TEST_EXISTS) ? g_strdup(g_strdelimit(whole, "/", '-')) : g_steal_pointer(&name);
}

/* What one of files[] is called in the report; the caller frees it. */
static char *
file_name(const char *path)
{
    char *whole = g_strdup(path + strspn(path, "/"));

    if (g_str_has_suffix(path, ".conf")) {
        g_free(whole);
        return g_path_get_basename(path);
    }
    return g_strdelimit(whole, "/", '-');
}

bool
cox_report_is_log(const char *name)
{
    bool is_log = name[0] != '.';

    for (gsize i = 0; is_log && i < G_N_ELEMENTS(commands); i++) {
        is_log = strcmp(name, commands[i].file) != 0;
    }
    for (gsize i = 0; is_log && i < G_N_ELEMENTS(others); i++) {
        is_log = strcmp(name, others[i]) != 0;
    }
    for (gsize i = 0; is_log && i < G_N_ELEMENTS(files); i++) {
        g_autofree char *file = file_name(files[i]);

        is_log = strcmp(name, file) != 0;
    }
    return is_log;
}

static void
take_file(const struct collecting *collecting, const char *path)
{
    gsize length = 0;
    g_autofree char *text = cox_report_read(path, COX_REPORT_LOG_BYTES, &length);
    g_autofree char *name = file_name(path);

    if (text == NULL) {
        if (errno != ENOENT) {
            g_string_append_printf(collecting->said, "%s: %s\n", path, g_strerror(errno));
        }
    } else {
        put(collecting, name, text, length);
    }
}

static void
take_log(const struct collecting *collecting, const char *path)
{
    g_autofree char *name = name_for(collecting, path);
    g_autoptr(GString) part = g_string_new(NULL);

    if (cox_report_log(collecting->report, path, part, collecting->said)) {
        put(collecting, name, part->str, part->len);
    }
}

/* What the cluster's services say, with what runs in them, what systemd says of them, and what bears their names. */
static void
take_journal(const struct collecting *collecting)
{
    static const char *const services[] = { "pacemaker", "corosync", "corosync-qdevice", "corosync-qnetd", "sbd", "dlm", "booth", "pcsd" };
    static const char *const names[] = { "pacemaker", "pacemakerd", "corosync", "sbd", "coxd", "cox" };
    g_autofree char *journalctl = g_find_program_in_path("journalctl");
    g_autofree char *since = g_strdup_printf("--since=@%" G_GINT64_FORMAT, collecting->report->from_us / G_USEC_PER_SEC);
    g_autofree char *until = g_strdup_printf("--until=@%" G_GINT64_FORMAT, collecting->report->to_us / G_USEC_PER_SEC + 1);
    const char *const begin[] = { journalctl, "--no-pager", "--quiet", "--lines=100000", since, until };
    g_autoptr(GPtrArray) argv = g_ptr_array_new_with_free_func(g_free);
    gsize length = 0;
    int status = 0;
    g_autofree char *text = NULL;

    for (gsize i = 0; i < G_N_ELEMENTS(begin); i++) {
        g_ptr_array_add(argv, g_strdup(begin[i]));
    }
    for (gsize i = 0; i < G_N_ELEMENTS(services); i++) {
        g_ptr_array_add(argv, g_strdup_printf("_SYSTEMD_UNIT=%s.service", services[i]));
    }
    g_ptr_array_add(argv, g_strdup("+"));
    for (gsize i = 0; i < G_N_ELEMENTS(services); i++) {
        g_ptr_array_add(argv, g_strdup_printf("UNIT=%s.service", services[i]));
    }
    g_ptr_array_add(argv, g_strdup("+"));
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_ptr_array_add(argv, g_strdup_printf("SYSLOG_IDENTIFIER=%s", names[i]));
    }
    g_ptr_array_add(argv, NULL);
    text = (journalctl == NULL) ? NULL : cox_report_command((const char *const *) argv->pdata, COMMAND_S, &length, &status, NULL);
    if (text != NULL && length > 0) {
        put(collecting, "journal.log", text, length);
    }
}

/* ---- documents -------------------------------------------------------------------------------------------- */

static const char *
directory_of(const char *variable, const char *usual)
{
    const char *given = g_getenv(variable);

    return (given == NULL || *given == '\0') ? usual : given;
}

/* What agents say of the parameters that the document has values for. */
static void
ask_agents(const struct collecting *collecting, const struct cox_xml *root)
{
    g_autoptr(GHashTable) asked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (const struct cox_xml *xml = root; xml != NULL; xml = cox_xml_walk(xml, root)) {
        const char *standard = cox_xml_get(xml, "class"), *provider = cox_xml_get(xml, "provider"), *type = cox_xml_get(xml, "type");
        bool is_agent = cox_xml_is(xml, "primitive") || cox_xml_is(xml, "template");
        g_autofree char *key = g_strdup_printf("%s:%s:%s", standard, provider, type);
        g_autoptr(cox_agent_name) name = is_agent && standard != NULL && type != NULL ? cox_agent_name_new(standard, provider, type, NULL) : NULL;
        struct cox_agent_env env = { .agent = name, .service = "pacemaker-execd" };
        struct cox_agent_outcome outcome = { 0 };
        g_autoptr(cox_agent_metadata) metadata = NULL;

        if (name == NULL || (name->standard != COX_AGENT_OCF && name->standard != COX_AGENT_STONITH) || !g_hash_table_add(asked, g_steal_pointer(&key))) {
            continue;
        }
        cox_agent_call(&env, (name->standard == COX_AGENT_STONITH) ? "metadata" : "meta-data", 10000, &outcome);
        metadata = cox_agent_metadata_parse(outcome.out, strlen(outcome.out), NULL);
        cox_agent_outcome_clear(&outcome);
        for (gsize i = 0; metadata != NULL && i < metadata->n_params; i++) {
            if (metadata->params[i].is_private && strcmp(metadata->params[i].name, "user") != 0) {
                cox_mask_add_name(collecting->mask, metadata->params[i].name);
            }
        }
    }
}

/* A document with its secrets gone, which are known from then on; NULL: there is none. */
static struct cox_xmldoc *
masked(const struct collecting *collecting, const char *path, GError **error)
{
    struct cox_xmldoc *doc = cox_xmldoc_parse_file(path, NULL, error);

    if (doc != NULL) {
        cox_mask_document(collecting->mask, cox_xmldoc_root(doc));
    }
    return doc;
}

static void
put_document(const struct collecting *collecting, const char *file, const struct cox_xmldoc *doc, bool is_packed)
{
    g_autofree char *text = cox_xmlwrite_text(cox_xmldoc_root(doc), COX_XMLWRITE_FORMATTED);
    g_autofree char *clean = NULL;
    g_autofree char *path = g_build_filename(collecting->directory, file, NULL);
    g_autoptr(GBytes) packed = NULL;

    if (!is_packed) {
        put(collecting, file, text, strlen(text));
        return;
    }
    clean = cox_mask_text(collecting->mask, text, strlen(text));
    packed = cox_bzip_pack(clean, strlen(clean));
    (void) cox_textfile_put(path, g_bytes_get_data(packed, NULL), g_bytes_get_size(packed), NULL);
}

/* The running cluster's document, else what the disk has. */
static struct cox_xmldoc *
take_document(const struct collecting *collecting)
{
    g_autofree char *cibadmin = cox_report_tool("cibadmin");
    const char *const argv[] = { cibadmin, "--query", NULL };
    g_autofree char *path = g_build_filename(directory_of("COX_CIB_DIRECTORY", COX_STATEDIR "/cib"), "cib.xml", NULL);
    gsize length = 0;
    int status = 1;
    g_autofree char *text = cox_report_command(argv, COMMAND_S, &length, &status, NULL);
    struct cox_xmldoc *doc = (text != NULL && status == 0) ? cox_xmldoc_parse_text(text, length, NULL, NULL) : NULL;
    g_autoptr(GError) error = NULL;

    if (doc == NULL) {
        doc = cox_xmldoc_parse_file(path, NULL, &error);
        g_string_append_printf(collecting->said, "no cluster runs here%s%s\n", (doc == NULL) ? ": " : ", cib.xml is what it had last", (doc == NULL) ? error->message : "");
    }
    if (doc != NULL) {
        ask_agents(collecting, cox_xmldoc_root(doc));
        cox_mask_document(collecting->mask, cox_xmldoc_root(doc));
    }
    return doc;
}

/* Secrets that the configuration had once may stand in logs. */
static void
learn_history(const struct collecting *collecting)
{
    g_autoptr(cox_disk) disk = cox_disk_real_new(directory_of("COX_CIB_DIRECTORY", COX_STATEDIR "/cib"), NULL);
    g_autoptr(GPtrArray) records = (disk == NULL) ? NULL : cox_storefiles_history(disk, MOST_HISTORY_BYTES, NULL);
    g_autoptr(cox_dochistory) history = (records == NULL) ? NULL : cox_dochistory_new(records);
    guint n = (history == NULL) ? 0 : cox_dochistory_size(history);

    for (guint i = (n > MOST_VERSIONS) ? n - MOST_VERSIONS : 0; i < n; i++) {
        g_autoptr(cox_xmldoc) doc = cox_dochistory_document(history, i, NULL);

        if (doc != NULL) {
            cox_mask_document(collecting->mask, cox_xmldoc_root(doc));
        }
    }
}

/* Values that cibsecret keeps out of the document. */
static void
learn_secrets(const struct collecting *collecting)
{
    const char *top = directory_of("COX_SECRETS_DIRECTORY", COX_STATEDIR "/lrm/secrets");
    g_autoptr(GDir) rscs = g_dir_open(top, 0, NULL);

    for (const char *rsc = (rscs == NULL) ? NULL : g_dir_read_name(rscs); rsc != NULL; rsc = g_dir_read_name(rscs)) {
        g_autofree char *directory = g_build_filename(top, rsc, NULL);
        g_autoptr(GDir) params = g_dir_open(directory, 0, NULL);

        for (const char *param = (params == NULL) ? NULL : g_dir_read_name(params); param != NULL; param = g_dir_read_name(params)) {
            g_autofree char *path = g_build_filename(directory, param, NULL);
            gsize length = 0;
            g_autofree char *value = cox_report_read(path, 64 * 1024, &length);

            if (value != NULL && !g_str_has_suffix(param, ".sign")) {
                cox_mask_learn(collecting->mask, value);
            }
        }
    }
}

struct input {
    char *name;
    time_t at;
};

static void
clear_input(gpointer data)
{
    g_free(((struct input *) data)->name);
}

static int
youngest_first(gconstpointer a, gconstpointer b)
{
    const struct input *first = a, *second = b;

    return (first->at != second->at) ? ((first->at < second->at) ? 1 : -1) : strcmp(first->name, second->name);
}

/* Inputs of the scheduler of that time. */
static GArray *
find_inputs(const struct cox_report *report, const char *top)
{
    GArray *inputs = g_array_new(FALSE, FALSE, sizeof(struct input));
    g_autoptr(GDir) dir = g_dir_open(top, 0, NULL);

    g_array_set_clear_func(inputs, clear_input);
    for (const char *name = (dir == NULL) ? NULL : g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir)) {
        g_autofree char *path = g_build_filename(top, name, NULL);
        struct input input = { NULL, 0 };
        GStatBuf found;
        gint64 at_us = 0;

        if (!g_str_has_suffix(name, ".bz2") || g_stat(path, &found) != 0) {
            continue;
        }
        at_us = (gint64) found.st_mtime * G_USEC_PER_SEC;
        if (at_us + G_USEC_PER_SEC >= report->from_us && at_us <= report->to_us) {
            input.name = g_strdup(name);
            input.at = found.st_mtime;
            g_array_append_val(inputs, input);
        }
    }
    g_array_sort(inputs, youngest_first);
    return inputs;
}

static void
take_inputs(const struct collecting *collecting)
{
    const char *top = directory_of("COX_PENGINE_DIRECTORY", COX_STATEDIR "/pengine");
    g_autofree char *into = g_build_filename(collecting->directory, "pengine", NULL);
    g_autoptr(GArray) inputs = find_inputs(collecting->report, top);

    if (inputs->len > MOST_INPUTS) {
        g_string_append_printf(collecting->said, "%s: %u older inputs of the scheduler of that time; the youngest %d are in the report\n", top,
                               inputs->len - MOST_INPUTS, MOST_INPUTS);
    }
    for (guint i = 0; i < MIN(inputs->len, MOST_INPUTS) && (i > 0 || g_mkdir(into, 0700) == 0); i++) {
        const char *name = g_array_index(inputs, struct input, i).name;
        g_autofree char *path = g_build_filename(top, name, NULL), *file = g_build_filename("pengine", name, NULL);
        g_autoptr(GError) error = NULL;
        g_autoptr(cox_xmldoc) doc = masked(collecting, path, &error);

        if (doc != NULL) {
            put_document(collecting, file, doc, true);
        } else {
            g_string_append_printf(collecting->said, "%s: %s\n", path, error->message);
        }
    }
}

/* ---- all -------------------------------------------------------------------------------------------------- */

/* The log, or those in the directory and so far below it; what was rotated away comes with its log. */
static void
take_further(const struct collecting *collecting, const char *path, int depth)
{
    g_autoptr(GDir) dir = g_file_test(path, G_FILE_TEST_IS_DIR) ? g_dir_open(path, 0, NULL) : NULL;

    if (dir == NULL) {
        take_log(collecting, path);
        return;
    }
    for (const char *name = g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir)) {
        g_autofree char *below = g_build_filename(path, name, NULL);
        bool is_link = g_file_test(below, G_FILE_TEST_IS_SYMLINK);

        bool is_directory = !is_link && g_file_test(below, G_FILE_TEST_IS_DIR);
        bool is_log = !is_link && g_file_test(below, G_FILE_TEST_IS_REGULAR) && !cox_report_is_rotated(path, name);

        if (is_log || (is_directory && depth > 0)) {
            take_further(collecting, below, depth - 1);
        }
    }
}

static void
take_logs(const struct collecting *collecting)
{
    const char *own = g_getenv("PCMK_logfile"), *top = directory_of("COX_LOGS_DIRECTORY", "/var/log");

    take_journal(collecting); /* first, that it has its name */
    take_log(collecting, (own != NULL && own[0] == '/') ? own : CLUSTER_LOG);
    for (gsize i = 0; i < G_N_ELEMENTS(logs); i++) {
        g_autofree char *path = g_build_filename(top, logs[i], NULL);

        take_log(collecting, path);
    }
    for (gsize i = 0; collecting->report->logs != NULL && collecting->report->logs[i] != NULL; i++) {
        take_further(collecting, collecting->report->logs[i], collecting->report->max_depth);
    }
}

bool
cox_report_collect(const struct cox_report *report, const char *directory, GString *said, GError **error)
{
    g_autoptr(cox_mask) mask = cox_mask_new();
    const struct collecting collecting = { report, directory, mask, said };
    g_autoptr(cox_xmldoc) doc = NULL;

    for (gsize i = 0; report->patterns != NULL && report->patterns[i] != NULL; i++) {
        if (!cox_mask_add_pattern(mask, report->patterns[i], error)) {
            return false;
        }
    }
    doc = take_document(&collecting); /* first what secrets there are, then texts */
    learn_history(&collecting);
    learn_secrets(&collecting);
    take_inputs(&collecting);
    if (doc != NULL) {
        put_document(&collecting, "cib.xml", doc, false);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(commands); i++) {
        run_one(&collecting, i);
    }
    take_timeline(&collecting);
    for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
        take_file(&collecting, files[i]);
    }
    if (!report->has_no_logs) {
        take_logs(&collecting);
    }
    return true;
}
