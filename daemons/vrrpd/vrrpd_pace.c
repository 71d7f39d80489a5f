/* daemons/vrrpd/vrrpd_pace.c - announcements with a space between them (vrrp_garp_interval, vrrp_gna_interval, garp_group).  Layer 6. */
#include "daemons/vrrpd/vrrpd_pace.h"

#include <string.h>
#include <linux/if_ether.h>

enum { ETHERTYPE_AT = 12 };

struct waiting {
    struct cox_net_frame frame;
    cox_usec due;
    char *router;
};

struct cox_vrrpd_pacing {
    struct cox_vrrpd *vrrpd;
    GQueue waiting;    /* struct waiting, by the time */
    GHashTable *next;  /* what is spaced together, as text -> struct cox_usec: when the next one may go */
    cox_source_id timer;
};

static void
free_waiting(gpointer data)
{
    struct waiting *waiting = data;

    g_free(waiting->router);
    g_free(waiting);
}

struct cox_vrrpd_pacing *
cox_vrrpd_pacing_new(struct cox_vrrpd *vrrpd)
{
    struct cox_vrrpd_pacing *pacing = g_new0(struct cox_vrrpd_pacing, 1);

    pacing->vrrpd = vrrpd;
    pacing->next = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_queue_init(&pacing->waiting);
    return pacing;
}

void
cox_vrrpd_pacing_free(struct cox_vrrpd_pacing *pacing)
{
    if (pacing != NULL) {
        cox_runtime_cancel(pacing->vrrpd->runtime, pacing->timer);
        g_queue_clear_full(&pacing->waiting, free_waiting);
        g_hash_table_unref(pacing->next);
        g_free(pacing);
    }
}

static void on_due(void *context);

static void
arm(struct cox_vrrpd_pacing *pacing)
{
    const struct waiting *first = g_queue_peek_head(&pacing->waiting);

    cox_runtime_cancel(pacing->vrrpd->runtime, pacing->timer);
    pacing->timer = first == NULL ? 0 : cox_runtime_timer(pacing->vrrpd->runtime, first->due, on_due, pacing);
}

static void
on_due(void *context)
{
    struct cox_vrrpd_pacing *pacing = context;
    cox_usec now = cox_runtime_now(pacing->vrrpd->runtime);
    struct waiting *first;

    pacing->timer = 0;
    while ((first = g_queue_peek_head(&pacing->waiting)) != NULL && first->due <= now) {
        (void) cox_net_send(pacing->vrrpd->net, &first->frame, 1);
        free_waiting(g_queue_pop_head(&pacing->waiting));
    }
    arm(pacing);
}

/* Behind those that are due at the same time. */
static void
wait_for(struct cox_vrrpd_pacing *pacing, const struct cox_net_frame *frame, cox_usec due, const char *router)
{
    struct waiting *waiting = g_new0(struct waiting, 1);
    GList *before = pacing->waiting.tail;

    *waiting = (struct waiting) { *frame, due, g_strdup(router) };
    while (before != NULL && ((const struct waiting *) before->data)->due > due) {
        before = before->prev;
    }
    g_queue_insert_after(&pacing->waiting, before, waiting);
}

/* When a packet of this kind may go out of @interface, and none sooner after it; now when nothing is to be spaced. */
static cox_usec
due_of(struct cox_vrrpd_pacing *pacing, const char *interface, bool is_arp, cox_usec now)
{
    const struct cox_vrrp_set *set = cox_vrrp_set_of(pacing->vrrpd->engine);
    const struct cox_vrrp_pace *pace = set == NULL ? NULL : cox_vrrp_set_pace(set, interface);
    cox_usec space = pace == NULL ? 0 : is_arp ? pace->arp : pace->na, *next;
    g_autofree char *key = NULL;

    if (space <= 0) {
        return now;
    }
    key = g_strdup_printf("%s %s", is_arp ? "arp" : "na", pace->n_interfaces > 0 ? pace->interfaces[0] : interface);
    next = g_hash_table_lookup(pacing->next, key);
    if (next == NULL) {
        next = g_new0(cox_usec, 1);
        g_hash_table_insert(pacing->next, g_steal_pointer(&key), next);
    }
    now = MAX(now, *next);
    *next = now + space;
    return now;
}

/* The interface itself, or that below a virtual one. */
static const char *
base_of(const struct cox_vrrpd *vrrpd, gint32 ifindex)
{
    const struct cox_net_link *link = cox_net_link(vrrpd->net, ifindex);
    const struct cox_net_link *below = link != NULL && link->is_macvlan ? cox_net_link(vrrpd->net, link->parent) : NULL;

    return below != NULL ? below->name : link != NULL ? link->name : "";
}

void
cox_vrrpd_pacing_send(struct cox_vrrpd_pacing *pacing, const char *router, struct cox_net_frame *frames, gsize n)
{
    cox_usec now = cox_runtime_now(pacing->vrrpd->runtime);
    gsize n_now = 0;

    for (gsize i = 0; i < n; i++) {
        bool is_arp = (frames[i].bytes[ETHERTYPE_AT] << 8 | frames[i].bytes[ETHERTYPE_AT + 1]) == ETH_P_ARP;
        cox_usec due = due_of(pacing, base_of(pacing->vrrpd, frames[i].ifindex), is_arp, now);

        if (due <= now) {
            frames[n_now++] = frames[i];
        } else {
            wait_for(pacing, &frames[i], due, router);
        }
    }
    (void) cox_net_send(pacing->vrrpd->net, frames, n_now);
    arm(pacing);
}

void
cox_vrrpd_pacing_drop(struct cox_vrrpd_pacing *pacing, const char *router)
{
    for (GList *each = pacing->waiting.head, *next; each != NULL; each = next) {
        struct waiting *waiting = each->data;

        next = each->next;
        if (strcmp(waiting->router, router) == 0) {
            free_waiting(waiting);
            g_queue_delete_link(&pacing->waiting, each);
        }
    }
    arm(pacing);
}
