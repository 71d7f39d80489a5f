/* daemons/lvsd/lvsd_report.c - what all virtual servers are now, as text for people.  Layer 6. */
#include "daemons/lvsd/lvsd.h"

static void
put_server(GString *text, const struct cox_lvs_pool *pool, const struct cox_lvs_backend *backend)
{
    g_autofree char *where = cox_lvsd_endpoint(&backend->conf->address, backend->conf->port);
    gint weight = cox_lvs_pool_placed_weight(pool, &backend->conf->address, backend->conf->port);

    g_string_append_printf(text, "  %s: %s", where, backend->is_up ? "up" : "down");
    if (weight < 0) {
        g_string_append(text, ", out");
    } else {
        g_string_append_printf(text, ", weight %d (configured %d)", weight, backend->conf->weight);
    }
    for (size_t i = 0; i < backend->conf->n_checks; i++) {
        const struct cox_lvs_checker *checker = backend->checkers[i];
        const char *words = cox_lvs_check_words(checker);

        g_string_append_printf(text, ", %s %s", cox_lvs_check_name(checker->check->kind),
                               !checker->is_answered ? "not answered yet" : checker->is_good ? "good" : "bad");
        if (!checker->is_good && words != NULL) {
            g_string_append_printf(text, " (%s)", words);
        }
    }
    g_string_append_c(text, '\n');
}

char *
cox_lvsd_report(const struct cox_lvsd *lvsd)
{
    GString *text = g_string_new(NULL);
    const struct cox_lvs_pool *pool;

    for (guint i = 0; (pool = cox_lvs_pool_at(lvsd->engine, i)) != NULL; i++) {
        g_string_append_printf(text, "%s: %s, weight %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " is good, quorum %" G_GINT64_FORMAT "%s%s\n",
                               pool->conf->name, pool->has_quorum ? "has quorum" : "no quorum", pool->good_weight, pool->whole_weight,
                               pool->conf->quorum, pool->is_panic ? ", panic" : "", cox_lvs_pool_is_suspended(lvsd->engine, i) ? ", suspended" : "");
        for (size_t k = 0; k < pool->conf->n_servers; k++) {
            put_server(text, pool, &pool->backends[k]);
        }
    }
    return g_string_free(text, FALSE);
}
