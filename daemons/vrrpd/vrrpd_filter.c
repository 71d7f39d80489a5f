/* daemons/vrrpd/vrrpd_filter.c - no_accept: packets to the addresses are dropped (RFC 9568 6.4.3), by nftables.  Layer 6. */
#include "daemons/vrrpd/vrrpd.h"

#include <string.h>
#include <glib/gstdio.h>

#include "netlink/netfilter.h"

enum { OWNER = 255 };

static void
add(const struct cox_vrrp_address *addresses, gsize n, GArray *all)
{
    for (gsize i = 0; i < n; i++) {
        g_array_append_val(all, addresses[i].ip);
    }
}

static GArray *
dropped_by(const struct cox_vrrp_set *set)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(struct cox_ip));

    for (gsize i = 0; set != NULL && i < set->n_instances; i++) {
        const struct cox_vrrp_instance *instance = &set->instances[i];

        if (!instance->is_accepting && instance->priority != OWNER) {
            add(instance->items.addresses, instance->items.n_addresses, all);
            add(instance->excluded, instance->n_excluded, all);
        }
    }
    return all;
}

static bool
is_same(const GArray *a, const GArray *b)
{
    return a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, a->len * sizeof(struct cox_ip)) == 0);
}

static char *
note_of(const struct cox_vrrpd *vrrpd)
{
    return g_build_filename(cox_service_run_directory(vrrpd->ctx), "vrrp-filter", NULL);
}

void
cox_vrrpd_recall_filter(struct cox_vrrpd *vrrpd)
{
    g_autofree char *path = note_of(vrrpd);

    if (g_file_get_contents(path, &vrrpd->filter_table, NULL, NULL)) {
        const struct cox_ip unknown = { 0 };

        g_array_append_val(vrrpd->dropped, unknown); /* nobody knows what it drops */
    }
}

/* For the next life. */
static void
take_note(const struct cox_vrrpd *vrrpd)
{
    g_autofree char *path = note_of(vrrpd);

    if (vrrpd->filter_table == NULL) {
        (void) g_unlink(path);
    } else {
        (void) cox_netkeep_write(path, vrrpd->filter_table, strlen(vrrpd->filter_table), NULL);
    }
}

void
cox_vrrpd_filter(struct cox_vrrpd *vrrpd, const struct cox_vrrp_set *set)
{
    g_autoptr(GArray) all = dropped_by(set);
    const char *table = set != NULL ? set->global.nft_table : vrrpd->filter_table;
    g_autoptr(GError) error = NULL;
    bool is_moved = vrrpd->filter_table != NULL && g_strcmp0(table, vrrpd->filter_table) != 0;

    if (is_moved) {
        (void) cox_netfilter_drop(vrrpd->filter_table, 0, NULL, 0, NULL);
        g_array_set_size(vrrpd->dropped, 0);
    }
    if (is_same(all, vrrpd->dropped)) {
        return;
    }
    if (!cox_netfilter_drop(table, set != NULL ? set->global.nft_priority : 0, (const struct cox_ip *) (const void *) all->data, all->len, &error)) {
        cox_log_event(vrrpd->log, COX_EVENT_VRRP_FILTER, "error=\"%s\"", error->message);
        return;
    }
    g_free(vrrpd->filter_table);
    vrrpd->filter_table = all->len > 0 ? g_strdup(table) : NULL;
    g_array_set_size(vrrpd->dropped, 0);
    g_array_append_vals(vrrpd->dropped, all->data, all->len);
    take_note(vrrpd);
}
