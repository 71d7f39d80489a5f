/* daemons/lvsd/lvsd_orders.c - what people have ordered at run time, kept in a file for the next life.  Layer 6. */
#include "daemons/lvsd/lvsd_orders.h"

#include <string.h>
#include <unistd.h>

enum { N_WORDS = 5 /* of a line; the last one is the rest */ };

struct cox_lvsd_orders {
    char *path;
    char *written;  /* what stands in the file; NULL: there is none */
    GStrv lines;    /* of the life before; NULL: told */
};

static const struct {
    const char *word;
    enum cox_lvs_order order;
    gint64 least, most;
} kinds[] = { { "weight", COX_LVS_ORDER_WEIGHT, 0, COX_LVS_WEIGHT_MAX }, { "disable", COX_LVS_ORDER_QUIESCE, 0, 0 },
              { "drain", COX_LVS_ORDER_DRAIN, -1, G_MAXINT64 } };

struct cox_lvsd_orders *
cox_lvsd_orders_new(const char *directory)
{
    struct cox_lvsd_orders *orders = g_new0(struct cox_lvsd_orders, 1);

    orders->path = g_build_filename(directory, "lvs.orders", NULL);
    (void) g_file_get_contents(orders->path, &orders->written, NULL, NULL);
    orders->lines = g_strsplit(orders->written == NULL ? "" : orders->written, "\n", 0);
    return orders;
}

void
cox_lvsd_orders_free(struct cox_lvsd_orders *orders)
{
    if (orders != NULL) {
        g_strfreev(orders->lines);
        g_free(orders->written);
        g_free(orders->path);
        g_free(orders);
    }
}

/* ---- lines ---- */

/* How long a drain goes on that ends at @until. */
static gint64
left_ms(gint64 until, gint64 wall_s)
{
    return until < 0 ? -1 : until <= wall_s ? 0 : MIN(until - wall_s, G_MAXINT32) * 1000;
}

/* The name is in the line itself. */
static bool
read_line(const char *line, gint64 wall_s, struct cox_lvs_event *event)
{
    g_auto(GStrv) words = g_strsplit(line, " ", N_WORDS);
    gint64 number = 0;
    guint64 port = 0;

    if (g_strv_length(words) != N_WORDS || !cox_ip_parse(words[2], &event->address) || !g_ascii_string_to_unsigned(words[3], 10, 0, G_MAXUINT16, &port, NULL)) {
        return false;
    }
    event->kind = COX_LVS_ON_ORDER;
    event->port = (guint16) port;
    event->name = line + strlen(line) - strlen(words[N_WORDS - 1]);
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (strcmp(words[0], kinds[i].word) == 0 && g_ascii_string_to_signed(words[1], 10, kinds[i].least, kinds[i].most, &number, NULL)) {
            event->order = kinds[i].order;
            event->weight = event->order == COX_LVS_ORDER_WEIGHT ? (gint) number : 0;
            event->drain_ms = left_ms(number, wall_s);
            return true;
        }
    }
    return false;
}

bool
cox_lvsd_orders_next(struct cox_lvsd_orders *orders, guint *i, gint64 wall_s, struct cox_lvs_event *event)
{
    while (orders->lines != NULL && orders->lines[*i] != NULL) {
        *event = (struct cox_lvs_event) { .kind = COX_LVS_ON_ORDER };
        if (read_line(orders->lines[(*i)++], wall_s, event)) {
            return true;
        }
    }
    g_clear_pointer(&orders->lines, g_strfreev);
    return false;
}

static gint64
number_of(const struct cox_lvs_backend *backend, cox_usec now, gint64 wall_s)
{
    if (backend->order == COX_LVS_ORDER_WEIGHT) {
        return backend->ordered_weight;
    }
    if (backend->order != COX_LVS_ORDER_DRAIN || backend->is_drained) {
        return 0;
    }
    return cox_usec_is_set(backend->drain_until) ? wall_s + (cox_usec_ms_until(backend->drain_until, now) + 999) / 1000 : -1;
}

static void
put_pool(GString *text, const struct cox_lvs_pool *pool, cox_usec now, gint64 wall_s)
{
    char address[COX_IP_TEXT_SIZE];

    for (size_t i = 0; i < pool->conf->n_servers; i++) {
        const struct cox_lvs_backend *backend = &pool->backends[i];

        for (gsize k = 0; k < G_N_ELEMENTS(kinds); k++) {
            if (backend->order == kinds[k].order) {
                g_string_append_printf(text, "%s %" G_GINT64_FORMAT " %s %u %s\n", kinds[k].word, number_of(backend, now, wall_s),
                                       cox_ip_format(&backend->conf->address, address), backend->conf->port, pool->conf->name);
            }
        }
    }
}

/* ---- the whole ---- */

bool
cox_lvsd_orders_write(struct cox_lvsd_orders *orders, const struct cox_lvs *lvs, cox_usec now, gint64 wall_s, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    const struct cox_lvs_pool *pool;

    if (orders->lines != NULL) {
        return true;
    }
    for (guint i = 0; (pool = cox_lvs_pool_at(lvs, i)) != NULL; i++) {
        put_pool(text, pool, now, wall_s);
    }
    if (g_strcmp0(text->str, orders->written == NULL ? "" : orders->written) == 0) {
        return true;
    }
    if (!g_file_set_contents_full(orders->path, text->str, (gssize) text->len, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error)) {
        return false;
    }
    g_free(orders->written);
    orders->written = g_strdup(text->str);
    return true;
}

void
cox_lvsd_orders_remove(struct cox_lvsd_orders *orders)
{
    (void) unlink(orders->path);
    g_clear_pointer(&orders->written, g_free);
}
