/* daemons/execd/execdmetadata.c - what agents say of themselves, remembered as long as their files do not change.  Layer 6. */
#include "execd.h"

#include <string.h>
#include <sys/stat.h>

#include "agents/agent_run.h"
#include "base/error.h"

enum {
    TIMEOUT_MS = 20000,   /* as the field has it */
    AT_ONCE = 4,          /* agents that are asked; others wait */
    REMEMBERED_MAX = 500, /* far more than there are agents */
};

/* One agent that was asked, or is being asked. */
struct entry {
    struct execd_metadata *owner;
    struct cox_agent_name *name;
    char *text;       /* standard:provider:type */
    struct stat file; /* of the agent when it was asked */
    GBytes *xml;      /* NULL: being asked */
    GArray *tickets;  /* cox_ticket of those that wait */
    struct cox_agent_job *job;
};

struct execd_metadata {
    struct execd *execd;
    GHashTable *entries; /* text -> struct entry */
    GQueue waiting;      /* struct entry that are not asked yet */
    guint n_asked;
};

static void
entry_free(gpointer data)
{
    struct entry *entry = data;

    if (entry->job != NULL) {
        cox_agent_forget(entry->job);
    }
    cox_agent_name_free(entry->name);
    g_clear_pointer(&entry->xml, g_bytes_unref);
    g_array_unref(entry->tickets);
    g_free(entry->text);
    g_free(entry);
}

struct execd_metadata *
execd_metadata_new(struct execd *execd)
{
    struct execd_metadata *metadata = g_new0(struct execd_metadata, 1);

    metadata->execd = execd;
    metadata->entries = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, entry_free);
    return metadata;
}

void
execd_metadata_free(struct execd_metadata *metadata)
{
    g_queue_clear(&metadata->waiting);
    g_hash_table_unref(metadata->entries);
    g_free(metadata);
}

/* ---- agents without metadata of their own ---- */

static GBytes *
synthesise(const struct cox_agent_name *name)
{
    bool is_lsb = name->standard == COX_AGENT_LSB;
    const char *timeout = is_lsb ? "15s" : "100s";
    GString *xml = g_string_new(NULL);
    g_autofree char *type = g_markup_escape_text(name->type, -1);

    g_string_append_printf(xml,
                           "<?xml version=\"1.0\"?>\n<resource-agent name=\"%s\" version=\"1.0\">\n  <version>1.1</version>\n"
                           "  <longdesc lang=\"en\">%s %s</longdesc>\n  <shortdesc lang=\"en\">%s</shortdesc>\n  <parameters/>\n  <actions>\n",
                           type, is_lsb ? "init script" : "systemd unit", type, type);
    for (gsize i = 0; i < 2; i++) {
        g_string_append_printf(xml, "    <action name=\"%s\" timeout=\"%s\"/>\n", i == 0 ? "start" : "stop", timeout);
    }
    g_string_append_printf(xml, "    <action name=\"status\" timeout=\"%s\"/>\n    <action name=\"monitor\" timeout=\"%s\" interval=\"%s\"/>\n",
                           timeout, timeout, is_lsb ? "15s" : "60s");
    if (is_lsb) {
        g_string_append_printf(xml, "    <action name=\"restart\" timeout=\"%s\"/>\n    <action name=\"force-reload\" timeout=\"%s\"/>\n",
                               timeout, timeout);
    }
    g_string_append_printf(xml, "    <action name=\"meta-data\" timeout=\"5s\"/>\n  </actions>\n  <special tag=\"%s\"/>\n</resource-agent>\n",
                           is_lsb ? "LSB" : "systemd");
    return g_string_free_to_bytes(xml);
}

/* ---- asking ---- */

static void
answer(struct execd *execd, cox_ticket ticket, GBytes *xml, bool was_cached)
{
    const struct cox_msg_exec_metadata body = { .was_cached = was_cached };
    struct cox_source source = cox_source_of_bytes(xml);

    cox_ticket_answer(execd->ctx, ticket, COX_MSG_EXEC_METADATA, &body, &source);
}

static void ask_next(struct execd_metadata *metadata);

static void
on_end(void *context, const struct cox_agent_result *result, const struct cox_child_result *child, const GPtrArray *refused)
{
    struct entry *entry = context;
    struct execd_metadata *metadata = entry->owner;
    struct execd *execd = metadata->execd;
    g_autoptr(GArray) tickets = g_steal_pointer(&entry->tickets);
    bool is_good = result->status == COX_OP_STATUS_DONE && result->code == COX_AGENT_CODE_OK && child->out_size > 0 && !child->out_is_cut;

    (void) refused;
    entry->job = NULL;
    entry->tickets = g_array_new(FALSE, FALSE, sizeof(cox_ticket));
    metadata->n_asked--;
    if (is_good) {
        entry->xml = g_bytes_new(child->out, child->out_size);
        for (guint i = 0; i < tickets->len; i++) {
            answer(execd, g_array_index(tickets, cox_ticket, i), entry->xml, false);
        }
    } else {
        bool is_missing = result->status == COX_OP_STATUS_NOT_INSTALLED;
        g_autoptr(GError) error = g_error_new(
            COX_ERROR, is_missing ? COX_ERROR_NOT_INSTALLED : result->status == COX_OP_STATUS_TIMEOUT ? COX_ERROR_TIMEOUT : COX_ERROR_GENERIC,
            "agent '%s': no metadata: %s (code %d)", entry->text,
            result->exit_reason != NULL ? result->exit_reason : "it gave none, or more than 10 MiB", result->code);

        for (guint i = 0; i < tickets->len; i++) {
            cox_ticket_fail(execd->ctx, g_array_index(tickets, cox_ticket, i), error);
        }
        g_hash_table_remove(metadata->entries, entry->text);
    }
    ask_next(metadata);
}

static void
ask_next(struct execd_metadata *metadata)
{
    while (metadata->n_asked < AT_ONCE && !g_queue_is_empty(&metadata->waiting)) {
        static const struct cox_agent_pair input[] = { { "action", "metadata" } };
        struct entry *entry = g_queue_pop_head(&metadata->waiting);
        struct execd *execd = metadata->execd;
        bool is_fence = entry->name->standard == COX_AGENT_STONITH;
        const struct cox_agent_action action = {
            .paths = &execd->paths,
            .env = { .agent = entry->name, .rsc_id = entry->name->type, .service = "pacemaker-execd", .ocf_root = execd->ocf_root,
                     .params = is_fence ? input : NULL, .n_params = is_fence ? G_N_ELEMENTS(input) : 0 },
            .action = "meta-data",
            .timeout_ms = TIMEOUT_MS,
        };

        metadata->n_asked++;
        entry->job = cox_agent_run(execd->runtime, &action, on_end, entry);
    }
}

/* Is what we know of the agent's file still so?  A changed one is forgotten, unless it is being asked just now. */
static struct entry *
find_entry(struct execd_metadata *metadata, const char *text, const struct stat *file)
{
    struct entry *entry = g_hash_table_lookup(metadata->entries, text);

    if (entry != NULL && entry->xml != NULL
        && (entry->file.st_ino != file->st_ino || entry->file.st_size != file->st_size
            || entry->file.st_mtim.tv_sec != file->st_mtim.tv_sec || entry->file.st_mtim.tv_nsec != file->st_mtim.tv_nsec)) {
        g_hash_table_remove(metadata->entries, text);
        entry = NULL;
    }
    return entry;
}

static gboolean
is_settled(gpointer key, gpointer value, gpointer unused)
{
    (void) key;
    (void) unused;
    return ((const struct entry *) value)->xml != NULL;
}

static struct entry *
new_entry(struct execd_metadata *metadata, struct cox_agent_name *name, const struct stat *file)
{
    struct entry *entry = g_new0(struct entry, 1);

    if (g_hash_table_size(metadata->entries) >= REMEMBERED_MAX) {
        (void) g_hash_table_foreach_remove(metadata->entries, is_settled, NULL);
    }
    entry->owner = metadata;
    entry->name = name;
    entry->text = cox_agent_name_text(name);
    entry->file = *file;
    entry->tickets = g_array_new(FALSE, FALSE, sizeof(cox_ticket));
    g_hash_table_insert(metadata->entries, entry->text, entry);
    g_queue_push_tail(&metadata->waiting, entry);
    return entry;
}

bool
execd_on_metadata_query(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    struct execd *execd = cox_service_data(ctx);
    struct execd_metadata *metadata = execd->metadata;
    const struct cox_msg_exec_metadata_query *body = request->body;
    g_autoptr(cox_agent_name) name = cox_agent_name_new(body->standard, body->provider, body->type, error);
    g_autofree char *path = NULL;
    g_autofree char *text = NULL;
    struct entry *entry = NULL;
    struct stat file;
    cox_ticket ticket;

    if (name == NULL) {
        return false;
    }
    if (name->standard != COX_AGENT_OCF && name->standard != COX_AGENT_STONITH) {
        g_autoptr(GBytes) xml = synthesise(name);

        answer(execd, cox_reply_defer(reply), xml, false);
        return true;
    }
    path = cox_agent_find(&execd->paths, name, error);
    if (path == NULL) {
        return false;
    }
    memset(&file, 0, sizeof file);
    (void) stat(path, &file);
    text = cox_agent_name_text(name);
    entry = find_entry(metadata, text, &file);
    ticket = cox_reply_defer(reply);
    if (entry != NULL && entry->xml != NULL) {
        answer(execd, ticket, entry->xml, true);
        return true;
    }
    if (entry == NULL) {
        entry = new_entry(metadata, g_steal_pointer(&name), &file);
    }
    g_array_append_val(entry->tickets, ticket);
    ask_next(metadata);
    return true;
}
