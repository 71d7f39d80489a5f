/* daemons/lvsd/lvsd_attr.c - virtual servers of resources as attributes of this node, which rules can use.  Layer 6. */
#include "daemons/lvsd/lvsd.h"

#include "attr/attrmsg.h"
#include "client/client.h"

enum { TOGETHER_MS = 50 };

struct cox_lvsd_attrs {
    struct cox_lvsd *lvsd;
    struct cox_client *client; /* NULL until there is something to tell */
    GHashTable *told;          /* name to value, as text */
    cox_source_id timer;
};

static char *
name_of(const char *service, const struct cox_lvs_server *server)
{
    g_autofree char *where = cox_lvsd_endpoint(&server->address, server->port);

    return g_strdup_printf("lvs-%s-%s", service, where);
}

/* All attributes as they are to be. */
static GHashTable *
wanted(const struct cox_lvsd *lvsd)
{
    GHashTable *all = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    const struct cox_lvs_pool *pool;

    for (guint i = 0; (pool = cox_lvs_pool_at(lvsd->engine, i)) != NULL; i++) {
        const char *service = pool->conf->name;
        guint n_good = 0;

        if (!cox_lvsd_resources_has(lvsd->resources, service)) {
            continue;
        }
        for (size_t k = 0; k < pool->conf->n_servers; k++) {
            const struct cox_lvs_server *server = pool->backends[k].conf;

            n_good += pool->backends[k].is_up;
            g_hash_table_insert(all, name_of(service, server),
                                g_strdup_printf("%d", MAX(0, cox_lvs_pool_placed_weight(pool, &server->address, server->port))));
        }
        g_hash_table_insert(all, g_strdup_printf("lvs-%s", service), g_strdup_printf("%u", n_good));
    }
    return all;
}

static void
tell(struct cox_lvsd_attrs *attrs, const char *name, const char *value)
{
    const struct cox_msg_attr_update update = { .change = COX_ATTR_SET, .name = name, .value = value, .kind = COX_ATTR_TRANSIENT, .may_wait = 1 };
    struct cox_client_call call = { .message = COX_MSG_ATTR_UPDATE, .body = &update };

    (void) cox_client_send(attrs->client, &call);
}

static void
tell_all(struct cox_lvsd_attrs *attrs)
{
    GHashTable *all = wanted(attrs->lvsd);
    GHashTableIter iter;
    gpointer name, value;

    g_hash_table_iter_init(&iter, all);
    while (g_hash_table_iter_next(&iter, &name, &value)) {
        if (g_strcmp0(g_hash_table_lookup(attrs->told, name), value) != 0) {
            tell(attrs, name, value);
        }
    }
    g_hash_table_iter_init(&iter, attrs->told);
    while (g_hash_table_iter_next(&iter, &name, NULL)) {
        if (!g_hash_table_contains(all, name)) {
            tell(attrs, name, NULL);
        }
    }
    g_hash_table_unref(attrs->told);
    attrs->told = all;
}

/* Another attrd may know nothing. */
static void
on_changed(void *context, bool is_up, const GError *problem)
{
    struct cox_lvsd_attrs *attrs = context;

    (void) problem;
    if (is_up) {
        g_hash_table_remove_all(attrs->told);
        cox_lvsd_attrs_update(attrs);
    }
}

static void
on_timer(void *context)
{
    struct cox_lvsd_attrs *attrs = context;

    attrs->timer = 0;
    if (attrs->client == NULL) {
        const struct cox_client_settings settings = { .daemon = COX_DAEMON_ATTR, .program = "cox-lvsd", .reconnects = true, .changed = on_changed,
                                                      .run_directory = cox_service_run_directory(attrs->lvsd->ctx), .context = attrs };

        attrs->client = cox_client_new(attrs->lvsd->runtime, &settings);
    } else if (cox_client_is_up(attrs->client)) {
        tell_all(attrs);
    }
}

struct cox_lvsd_attrs *
cox_lvsd_attrs_new(struct cox_lvsd *lvsd)
{
    struct cox_lvsd_attrs *attrs = g_new0(struct cox_lvsd_attrs, 1);

    attrs->lvsd = lvsd;
    attrs->told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return attrs;
}

void
cox_lvsd_attrs_free(struct cox_lvsd_attrs *attrs)
{
    if (attrs != NULL) {
        cox_runtime_cancel(attrs->lvsd->runtime, attrs->timer);
        cox_client_free(attrs->client);
        g_hash_table_unref(attrs->told);
        g_free(attrs);
    }
}

void
cox_lvsd_attrs_update(struct cox_lvsd_attrs *attrs)
{
    struct cox_lvsd *lvsd = attrs->lvsd;

    if (attrs->timer == 0 && (cox_lvsd_resources_count(lvsd->resources) > 0 || g_hash_table_size(attrs->told) > 0)) {
        attrs->timer = cox_runtime_timer(lvsd->runtime, cox_usec_after_ms(cox_runtime_now(lvsd->runtime), TOGETHER_MS), on_timer, attrs);
    }
}
