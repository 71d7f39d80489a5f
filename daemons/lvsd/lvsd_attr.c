/* daemons/lvsd/lvsd_attr.c - virtual servers of resources as attributes of this node, which rules can use.  Layer 6. */
#include "daemons/lvsd/lvsd.h"

#include "client/nodeattrs.h"

enum { TOGETHER_MS = 50 };

struct cox_lvsd_attrs {
    struct cox_lvsd *lvsd;
    struct cox_nodeattrs *said;
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
on_timer(void *context)
{
    struct cox_lvsd_attrs *attrs = context;
    g_autoptr(GHashTable) all = wanted(attrs->lvsd);

    attrs->timer = 0;
    cox_nodeattrs_set_all(attrs->said, all);
}

struct cox_lvsd_attrs *
cox_lvsd_attrs_new(struct cox_lvsd *lvsd)
{
    const struct cox_nodeattrs_settings settings = { "cox-lvsd", cox_service_run_directory(lvsd->ctx), true };
    struct cox_lvsd_attrs *attrs = g_new0(struct cox_lvsd_attrs, 1);

    attrs->lvsd = lvsd;
    attrs->said = cox_nodeattrs_new(lvsd->runtime, &settings);
    return attrs;
}

void
cox_lvsd_attrs_free(struct cox_lvsd_attrs *attrs)
{
    if (attrs != NULL) {
        cox_runtime_cancel(attrs->lvsd->runtime, attrs->timer);
        cox_nodeattrs_free(attrs->said);
        g_free(attrs);
    }
}

void
cox_lvsd_attrs_update(struct cox_lvsd_attrs *attrs)
{
    struct cox_lvsd *lvsd = attrs->lvsd;

    if (attrs->timer == 0 && (cox_lvsd_resources_count(lvsd->resources) > 0 || cox_nodeattrs_count(attrs->said) > 0)) {
        attrs->timer = cox_runtime_timer(lvsd->runtime, cox_usec_after_ms(cox_runtime_now(lvsd->runtime), TOGETHER_MS), on_timer, attrs);
    }
}
