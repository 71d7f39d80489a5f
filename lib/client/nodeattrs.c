/* lib/client/nodeattrs.c - what a program says of its node: attributes that cox-attrd is told whenever it is there.  Layer 5. */
#include "client/nodeattrs.h"

#include "client/client.h"

struct cox_nodeattrs {
    struct cox_runtime *runtime;
    struct cox_client *client; /* NULL: nothing was said yet */
    char *program, *run_directory;
    bool may_wait;
    GHashTable *values; /* name -> value; NULL: it has none any more */
};

struct cox_nodeattrs *
cox_nodeattrs_new(struct cox_runtime *runtime, const struct cox_nodeattrs_settings *settings)
{
    struct cox_nodeattrs *attrs = g_new0(struct cox_nodeattrs, 1);

    attrs->runtime = runtime;
    attrs->program = g_strdup(settings->program);
    attrs->run_directory = g_strdup(settings->run_directory);
    attrs->may_wait = settings->may_wait;
    attrs->values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return attrs;
}

void
cox_nodeattrs_free(struct cox_nodeattrs *attrs)
{
    if (attrs != NULL) {
        cox_client_free(attrs->client);
        g_hash_table_unref(attrs->values);
        g_free(attrs->program);
        g_free(attrs->run_directory);
        g_free(attrs);
    }
}

static void
tell(const struct cox_nodeattrs *attrs, const char *name, const char *value)
{
    const struct cox_msg_attr_update update = { .name = name, .value = value, .at_once = !attrs->may_wait, .may_wait = attrs->may_wait };
    struct cox_client_call call = { .message = COX_MSG_ATTR_UPDATE, .body = &update };

    (void) cox_client_send(attrs->client, &call);
}

static void
on_changed(void *context, bool is_up, const GError *problem)
{
    const struct cox_nodeattrs *attrs = context;
    GHashTableIter iter;
    gpointer name, value;

    (void) problem;
    g_hash_table_iter_init(&iter, attrs->values);
    while (is_up && g_hash_table_iter_next(&iter, &name, &value)) {
        tell(attrs, name, value);
    }
}

void
cox_nodeattrs_set(struct cox_nodeattrs *attrs, const char *name, const char *value)
{
    gpointer known = NULL;

    if (g_hash_table_lookup_extended(attrs->values, name, NULL, &known) && g_strcmp0(known, value) == 0) {
        return;
    }
    if (attrs->client == NULL) {
        const struct cox_client_settings settings = { .daemon = COX_DAEMON_ATTR, .program = attrs->program, .run_directory = attrs->run_directory,
                                                      .reconnects = true, .changed = on_changed, .context = attrs };

        attrs->client = cox_client_new(attrs->runtime, &settings);
    }
    if (cox_client_is_up(attrs->client)) {
        tell(attrs, name, value);
    }
    g_hash_table_replace(attrs->values, g_strdup(name), g_strdup(value));
}

void
cox_nodeattrs_set_all(struct cox_nodeattrs *attrs, GHashTable *values)
{
    g_autoptr(GPtrArray) gone = g_ptr_array_new_with_free_func(g_free);
    GHashTableIter iter;
    gpointer name, value;

    g_hash_table_iter_init(&iter, attrs->values);
    while (g_hash_table_iter_next(&iter, &name, NULL)) {
        if (!g_hash_table_contains(values, name)) {
            g_ptr_array_add(gone, g_strdup(name));
        }
    }
    g_hash_table_iter_init(&iter, values);
    while (g_hash_table_iter_next(&iter, &name, &value)) {
        cox_nodeattrs_set(attrs, name, value);
    }
    for (guint i = 0; i < gone->len; i++) {
        cox_nodeattrs_set(attrs, g_ptr_array_index(gone, i), NULL);
    }
}

bool
cox_nodeattrs_has_said(const struct cox_nodeattrs *attrs, const char *name)
{
    return g_hash_table_contains(attrs->values, name);
}

guint
cox_nodeattrs_count(const struct cox_nodeattrs *attrs)
{
    GHashTableIter iter;
    gpointer value;
    guint n = 0;

    g_hash_table_iter_init(&iter, attrs->values);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        n += value != NULL;
    }
    return n;
}
