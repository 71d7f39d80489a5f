/* daemons/attrd/attrd_alerts.c - changes of attributes are told to the alert agents of the node that writes them.  Layer 6. */
#include "daemons/attrd/attrd_alerts.h"

#include <string.h>

#include "cib/section.h"

enum { ALERT_LIMIT_MS = 60000, NEWS_MAX = 10000 /* that wait for a document which does not take them */ };

struct news {
    char *name, *node, *value; /* value "" for one that is gone */
    guint64 nodeid;
};

struct cox_attrd_alerts {
    struct cox_runtime *runtime;
    char *run_directory;
    struct cox_client *executor;
    cox_attrd_alerts_fn tell;
    void *context;
    GPtrArray *news;   /* struct news, in the order of their coming */
    GHashTable *known; /* key -> struct news, both of @news */
};

static void
free_news(gpointer data)
{
    struct news *news = data;

    g_free(news->name);
    g_free(news->node);
    g_free(news->value);
    g_free(news);
}

static guint
hash_news(gconstpointer data)
{
    const struct news *news = data;

    return g_str_hash(news->name) * 31 + g_str_hash(news->node);
}

static gboolean
is_same_place(gconstpointer a, gconstpointer b)
{
    const struct news *left = a, *right = b;

    return g_str_equal(left->name, right->name) && g_str_equal(left->node, right->node);
}

static void
tell_executor(void *context, const struct cox_msg_exec_alert *alert)
{
    struct cox_attrd_alerts *alerts = context;
    struct cox_client_call call = { .message = COX_MSG_EXEC_ALERT, .body = alert, .timeout_ms = ALERT_LIMIT_MS };

    if (alerts->executor == NULL) {
        const struct cox_client_settings settings = { .daemon = COX_DAEMON_EXEC, .program = "cox-attrd", .reconnects = true,
                                                      .run_directory = alerts->run_directory };

        alerts->executor = cox_client_new(alerts->runtime, &settings);
    }
    (void) cox_client_send(alerts->executor, &call);
}

struct cox_attrd_alerts *
cox_attrd_alerts_new(struct cox_runtime *runtime, const char *run_directory, cox_attrd_alerts_fn tell, void *context)
{
    struct cox_attrd_alerts *alerts = g_new0(struct cox_attrd_alerts, 1);

    alerts->runtime = runtime;
    alerts->run_directory = g_strdup(run_directory);
    alerts->tell = tell != NULL ? tell : tell_executor;
    alerts->context = tell != NULL ? context : alerts;
    alerts->news = g_ptr_array_new_with_free_func(free_news);
    alerts->known = g_hash_table_new(hash_news, is_same_place);
    return alerts;
}

void
cox_attrd_alerts_free(struct cox_attrd_alerts *alerts)
{
    if (alerts == NULL) {
        return;
    }
    cox_client_free(alerts->executor);
    g_hash_table_unref(alerts->known);
    g_ptr_array_unref(alerts->news);
    g_free(alerts->run_directory);
    g_free(alerts);
}

/* Which attributes is the executor's business, which knows the rules; this only saves it what nobody listens to. */
static bool
is_anybody_listening(const struct cox_xml *root)
{
    const struct cox_xml *section = root == NULL ? NULL : cox_section_find(root, "alerts");

    for (const struct cox_xml *xml = section; xml != NULL; xml = cox_xml_walk(xml, section)) {
        if (cox_xml_is(xml, "select_attributes")) {
            return true;
        }
    }
    return false;
}

static const char *
or_empty(const char *text)
{
    return text == NULL ? "" : text;
}

static bool
is_change(const struct cox_attrdoc *doc, const struct cox_attr_entry *entry, const struct cox_attr_value *value)
{
    const char *before = value != NULL && value->is_stored_known ? value->stored : cox_attrdoc_get(doc, entry);

    return g_strcmp0(before, entry->value) != 0;
}

/* Values go with their node, of which there are alerts of another kind. */
static bool
is_gone_with_its_node(const struct cox_attrdoc *doc, const struct cox_attr_entry *entry, bool is_remote)
{
    for (size_t i = 0; i < doc->n_members; i++) {
        if (g_str_equal(doc->members[i].name, entry->node)) {
            return false;
        }
    }
    return entry->value == NULL && !is_remote;
}

void
cox_attrd_alerts_note(struct cox_attrd_alerts *alerts, const struct cox_attrdoc *doc, const struct cox_attr_entry *entry,
                      const struct cox_attr_value *value)
{
    const struct news place = { .name = (char *) (gsize) entry->name, .node = (char *) (gsize) entry->node };
    struct news *news = g_hash_table_lookup(alerts->known, &place);
    bool is_remote = false;
    g_autofree char *id = NULL;

    if (entry->kind != COX_ATTR_TRANSIENT || !is_anybody_listening(doc->root)) {
        return;
    }
    if (news != NULL) { /* its last write has failed */
        g_free(news->value);
        news->value = g_strdup(or_empty(entry->value));
        return;
    }
    id = cox_attrdoc_node_id(doc, entry->node, &is_remote);
    if (id == NULL || !is_change(doc, entry, value) || is_gone_with_its_node(doc, entry, is_remote) || alerts->news->len >= NEWS_MAX) {
        return;
    }
    news = g_new0(struct news, 1);
    *news = (struct news) { g_strdup(entry->name), g_strdup(entry->node), g_strdup(or_empty(entry->value)),
                            is_remote ? 0 : g_ascii_strtoull(id, NULL, 10) };
    g_ptr_array_add(alerts->news, news);
    g_hash_table_add(alerts->known, news);
}

void
cox_attrd_alerts_tell(struct cox_attrd_alerts *alerts)
{
    for (guint i = 0; i < alerts->news->len; i++) {
        const struct news *news = alerts->news->pdata[i];
        const struct cox_msg_exec_alert alert = { .kind = "attribute", .node = news->node, .nodeid = news->nodeid, .attribute_name = news->name,
                                                  .attribute_value = news->value, .happened_us = cox_runtime_wall(alerts->runtime).usec };

        alerts->tell(alerts->context, &alert);
    }
    cox_attrd_alerts_drop(alerts);
}

void
cox_attrd_alerts_drop(struct cox_attrd_alerts *alerts)
{
    g_hash_table_remove_all(alerts->known);
    g_ptr_array_set_size(alerts->news, 0);
}
