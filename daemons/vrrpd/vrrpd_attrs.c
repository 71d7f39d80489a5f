/* daemons/vrrpd/vrrpd_attrs.c - what routers are, as attributes of this node, for rules and for the choice of who is promoted.  Layer 6.
 *
 * Nothing waits for cox-attrd: what it has not heard it is told when it is there again.
 */
#include "daemons/vrrpd/vrrpd_resource.h"

#include <string.h>

#include "client/client.h"

enum { STAYS = 1000 }; /* beyond every priority: who is master stays it */

struct cox_vrrpd_attrs {
    struct cox_client *client;
    GHashTable *values; /* name -> value; NULL: none */
};

static void
send(const struct cox_vrrpd_attrs *attrs, const char *name, const char *value)
{
    const struct cox_msg_attr_update update = { .name = name, .value = value, .at_once = 1 };
    struct cox_client_call call = { .message = COX_MSG_ATTR_UPDATE, .body = &update };

    if (cox_client_is_up(attrs->client)) {
        (void) cox_client_send(attrs->client, &call);
    }
}

static void
on_changed(void *context, bool is_up, const GError *problem)
{
    const struct cox_vrrpd_attrs *attrs = context;
    GHashTableIter iter;
    gpointer name, value;

    (void) problem;
    g_hash_table_iter_init(&iter, attrs->values);
    while (is_up && g_hash_table_iter_next(&iter, &name, &value)) {
        send(attrs, name, value);
    }
}

static struct cox_vrrpd_attrs *
attrs_of(struct cox_vrrpd *vrrpd)
{
    const struct cox_client_settings settings = { .daemon = COX_DAEMON_ATTR, .program = "cox-vrrpd", .reconnects = true, .changed = on_changed,
                                                  .run_directory = cox_service_run_directory(vrrpd->ctx) };

    if (vrrpd->attrs == NULL) {
        struct cox_client_settings own = settings;

        vrrpd->attrs = g_new0(struct cox_vrrpd_attrs, 1);
        vrrpd->attrs->values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        own.context = vrrpd->attrs;
        vrrpd->attrs->client = cox_client_new(vrrpd->runtime, &own);
    }
    return vrrpd->attrs;
}

static void
set(struct cox_vrrpd *vrrpd, const char *prefix, const char *router, const char *value)
{
    struct cox_vrrpd_attrs *attrs = attrs_of(vrrpd);
    g_autofree char *name = g_strconcat(prefix, router, NULL);
    gpointer known = NULL;

    if (g_hash_table_lookup_extended(attrs->values, name, NULL, &known) && g_strcmp0(known, value) == 0) {
        return;
    }
    send(attrs, name, value);
    g_hash_table_insert(attrs->values, g_steal_pointer(&name), g_strdup(value));
}

static bool
is_known(const struct cox_vrrpd_attrs *attrs, const char *prefix, const char *router)
{
    g_autofree char *name = g_strconcat(prefix, router, NULL);

    return attrs != NULL && g_hash_table_contains(attrs->values, name);
}

void
cox_vrrpd_attrs_tell(struct cox_vrrpd *vrrpd, const char *router)
{
    static const char *const words[] = { NULL, "backup", "master", "fault" };
    const struct cox_vrrpd_resource *resource = cox_vrrpd_resource_find(vrrpd, router);
    struct cox_vrrp_status status = { .state = COX_VRRP_INIT };
    g_autofree char *base = g_strndup(router, strcspn(router, ":")), *score = NULL;

    if (resource != NULL) {
        (void) cox_vrrp_status_of(vrrpd->engine, router, &status);
    }
    if (resource != NULL && resource->is_promotable && (status.state == COX_VRRP_BACKUP || status.state == COX_VRRP_MASTER)) {
        guint more = status.state == COX_VRRP_MASTER && !status.instance->is_preempting ? STAYS : 0;

        score = g_strdup_printf("%u", status.priority + more);
    }
    set(vrrpd, "vrrp-", router, words[status.state]);
    if (resource != NULL ? resource->is_promotable : is_known(vrrpd->attrs, "master-", base)) {
        set(vrrpd, "master-", base, score);
    }
}

void
cox_vrrpd_attrs_free(struct cox_vrrpd_attrs *attrs)
{
    if (attrs != NULL) {
        cox_client_free(attrs->client);
        g_hash_table_unref(attrs->values);
        g_free(attrs);
    }
}
