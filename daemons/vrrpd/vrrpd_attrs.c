/* daemons/vrrpd/vrrpd_attrs.c - what routers are, as attributes of this node, for rules and for the choice of who is promoted.  Layer 6. */
#include "daemons/vrrpd/vrrpd_resource.h"

#include <string.h>

enum { STAYS = 1000 }; /* beyond every priority: who is master stays it */

/* May the cluster say who is master?  Of a resource that is no clone it may once one is made of it: the master that it has is told in advance, so that it
 * stays it, and no second one is promoted beside it. */
static bool
has_score(const struct cox_vrrpd_resource *resource)
{
    return resource->type == COX_VRRPD_ROUTER && resource->authority == COX_VRRP_AUTHORITY_CLUSTER;
}

void
cox_vrrpd_attrs_tell(struct cox_vrrpd *vrrpd, const char *router)
{
    static const char *const words[] = { NULL, "backup", "master", "fault" };
    const struct cox_vrrpd_resource *resource = cox_vrrpd_resource_find(vrrpd, router);
    struct cox_vrrp_status status = { .state = COX_VRRP_INIT };
    g_autofree char *state = g_strconcat("vrrp-", router, NULL), *master = g_strdup_printf("master-%.*s", (int) strcspn(router, ":"), router), *score = NULL;

    if (resource != NULL) {
        (void) cox_vrrp_status_of(vrrpd->engine, router, &status);
    }
    if (resource != NULL && has_score(resource) && (status.state == COX_VRRP_BACKUP || status.state == COX_VRRP_MASTER)) {
        bool stays = !status.instance->is_preempting || !resource->is_promotable;
        guint more = status.state == COX_VRRP_MASTER && stays ? STAYS : 0;

        score = g_strdup_printf("%u", status.priority + more);
    }
    cox_nodeattrs_set(vrrpd->attrs, state, words[status.state]);
    if (resource != NULL ? has_score(resource) : cox_nodeattrs_has_said(vrrpd->attrs, master)) {
        cox_nodeattrs_set(vrrpd->attrs, master, score);
    }
}
