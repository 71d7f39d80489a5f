/* daemons/vrrpd/vrrpd_act.c - actions of a cluster on its resources (NET_ACT), with the exit codes of OCF.  Layer 6. */
#include "daemons/vrrpd/vrrpd_resource.h"

#include <string.h>

#include "base/error.h"
#include "service/netkeep.h"

/* OCF 1.1 section 5.3 */
enum {
    OCF_GENERIC = 1,
    OCF_UNIMPLEMENTED = 3,
    OCF_NOT_INSTALLED = 5,
    OCF_NOT_CONFIGURED = 6,
    OCF_NOT_RUNNING = 7,
    OCF_PROMOTED = 8,
    OCF_FAILED_PROMOTED = 9,
};

/* The answer. */
struct acted {
    int code;
    char *reason;
};

static void say(struct acted *acted, int code, const char *format, ...) G_GNUC_PRINTF(3, 4);

static void
say(struct acted *acted, int code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_free(acted->reason);
    acted->reason = g_strdup_vprintf(format, args);
    va_end(args);
    acted->code = code;
}

/* An error's code is the exit code where there is one. */
static void
fail(struct acted *acted, const GError *error)
{
    int status = cox_error_status_of(error);

    say(acted, status > OCF_FAILED_PROMOTED ? OCF_GENERIC : status, "%s", error->message);
}

typedef void act_fn(struct cox_vrrpd *vrrpd, const struct cox_msg_net_act *act, struct acted *acted);

/* ---- addresses and routes --------------------------------------------------------------------------------- */

/* Set what an order describes, instead of what was there. */
static void
hold(struct cox_vrrpd *vrrpd, const struct cox_msg_net_act *act, struct acted *acted)
{
    struct cox_vrrpd_resource *before = cox_vrrpd_resource_find(vrrpd, act->rsc_id);
    g_autoptr(GError) error = NULL;
    struct cox_vrrpd_resource *resource = cox_vrrpd_resource_new(vrrpd, act, false, &error);

    if (resource == NULL) {
        fail(acted, error);
        return;
    }
    if (!cox_vrrpd_resource_keep(vrrpd, resource, act, &error)) { /* first: what is set is never unknown */
        fail(acted, error);
        cox_vrrpd_resource_free(resource);
        return;
    }
    cox_vrrpd_resource_hold(vrrpd, resource, before);
    cox_vrrpd_resource_put(vrrpd, resource, before);
    if (resource->broken != NULL) {
        say(acted, OCF_GENERIC, "resource %s: %s", act->rsc_id, resource->broken);
        g_free(cox_vrrpd_resource_release(vrrpd, resource));
        cox_vrrpd_resource_drop(vrrpd, resource);
        (void) cox_netkeep_drop(vrrpd->keep, act->rsc_id, NULL);
    }
}

static void
reload_items(struct cox_vrrpd *vrrpd, const struct cox_msg_net_act *act, struct acted *acted)
{
    if (cox_vrrpd_resource_find(vrrpd, act->rsc_id) == NULL) {
        say(acted, OCF_NOT_RUNNING, "resource %s is not started", act->rsc_id);
        return;
    }
    hold(vrrpd, act, acted);
}

/* The addresses that an order names, wherever they are; with COX_VRRPRES_NO_PREFIX and without interfaces where it does not say them. */
static bool
addresses_of(const struct cox_msg_net_act *act, struct cox_arena *arena, struct cox_vrrpres_ipaddr *out, GError **error)
{
    static const struct cox_vrrpres_finder nobody = { .find = NULL };
    struct cox_params params = cox_vrrpd_params(act);
    bool is_good = cox_vrrpres_ipaddr(&params, &nobody, arena, out, error);

    g_free((gpointer) (guintptr) params.list);
    return is_good;
}

/* Of a resource that is not started here: addresses may be left by somebody else, as by the agent of another cluster manager. */
static void
probe_addresses(struct cox_vrrpd *vrrpd, const struct cox_msg_net_act *act, struct acted *acted)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    struct cox_vrrpres_ipaddr all;
    g_autoptr(GError) error = NULL;
    gsize n_there = 0;

    if (!addresses_of(act, arena, &all, &error)) {
        fail(acted, error);
        return;
    }
    for (gsize i = 0; i < all.n; i++) {
        n_there += cox_vrrpd_find_address(vrrpd, &all.addresses[i].ip, all.addresses[i].interface) != NULL;
    }
    if (n_there == 0) {
        acted->code = OCF_NOT_RUNNING;
    } else if (n_there < all.n) {
        say(acted, OCF_GENERIC, "resource %s is not started, and %zu of its %zu addresses are on this node", act->rsc_id, n_there, all.n);
    }
}

/* The same of routes and rules. */
static void
probe_routes(struct cox_vrrpd *vrrpd, const struct cox_msg_net_act *act, struct acted *acted)
{
    g_autoptr(GError) error = NULL;
    struct cox_vrrpd_resource *resource = cox_vrrpd_resource_new(vrrpd, act, false, &error);
    const gsize n_all = resource == NULL ? 0 : resource->items.n_routes + resource->items.n_rules;
    const gssize n_there = resource == NULL ? 0 : cox_vrrpd_count_items(vrrpd, &resource->items);

    cox_vrrpd_resource_free(resource);
    if (resource == NULL) {
        fail(acted, error);
    } else if (n_there < 0) {
        say(acted, OCF_GENERIC, "resource %s is not started, and the kernel does not tell its routes", act->rsc_id);
    } else if (n_there == 0) {
        acted->code = OCF_NOT_RUNNING;
    } else if ((gsize) n_there < n_all) {
        say(acted, OCF_GENERIC, "resource %s is not started, and %zd of its %zu routes and rules are on this node", act->rsc_id, n_there, n_all);
    }
}

static void
monitor_items(struct cox_vrrpd *vrrpd, const struct cox_msg_net_act *act, struct acted *acted)
{
    struct cox_vrrpd_resource *resource = cox_vrrpd_resource_find(vrrpd, act->rsc_id);
    g_autofree char *missing = NULL;

    if (resource == NULL && strcmp(act->type, "IPaddr") == 0) {
        probe_addresses(vrrpd, act, acted);
        return;
    }
    if (resource == NULL) {
        probe_routes(vrrpd, act, acted);
        return;
    }
    missing = cox_vrrpd_missing(vrrpd, NULL, &resource->items);
    if (missing == NULL && resource->broken == NULL) {
        return;
    }
    g_free(missing);
    cox_vrrpd_resource_hold(vrrpd, resource, NULL); /* what was told just now is set again here, and not by its event */
    (void) cox_net_dispatch(vrrpd->net, NULL);
    missing = cox_vrrpd_missing(vrrpd, NULL, &resource->items);
    if (missing != NULL) {
        say(acted, OCF_GENERIC, "resource %s: %s is not there, and cannot be set again%s%s", act->rsc_id, missing, resource->broken != NULL ? ": " : "",
            resource->broken != NULL ? resource->broken : "");
    } else if (resource->broken != NULL) {
        say(acted, OCF_GENERIC, "resource %s: %s", act->rsc_id, resource->broken);
    } else {
        cox_log_event(vrrpd->log, COX_EVENT_VRRP_LOST, "resource=%s", act->rsc_id);
    }
}

static void
sweep_routes(struct cox_vrrpd *vrrpd, const struct cox_msg_net_act *act, struct acted *acted)
{
    struct cox_vrrpd_resource *resource = cox_vrrpd_resource_new(vrrpd, act, false, NULL);
    g_autofree char *refused = resource == NULL ? NULL : cox_vrrpd_sweep_items(vrrpd, &resource->items);

    cox_vrrpd_resource_free(resource);
    if (refused != NULL) {
        say(acted, OCF_GENERIC, "resource %s: %s", act->rsc_id, refused);
    }
}

/* What is left of a resource that is not started. */
static void
sweep(struct cox_vrrpd *vrrpd, const struct cox_msg_net_act *act, struct acted *acted)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    struct cox_vrrpres_ipaddr all;

    if (strcmp(act->type, "IPaddr") != 0) {
        sweep_routes(vrrpd, act, acted);
        return;
    }
    if (!addresses_of(act, arena, &all, NULL)) {
        return; /* it cannot have been started so */
    }
    for (gsize i = 0; i < all.n; i++) {
        const struct cox_net_address *found;

        while ((found = cox_vrrpd_find_address(vrrpd, &all.addresses[i].ip, all.addresses[i].interface)) != NULL) {
            const struct cox_net_address address = *found;
            struct cox_net_change change = { .kind = COX_NET_ADDRESS, .removes = true, .address = &address };

            if (cox_net_apply(vrrpd->net, &change, 1) != 0) {
                g_autofree char *text = cox_net_change_text(vrrpd->net, &change);

                say(acted, OCF_GENERIC, "resource %s: %s", act->rsc_id, text);
                return;
            }
            if (!cox_net_dispatch(vrrpd->net, NULL)) {
                return;
            }
        }
    }
}

static void
stop_items(struct cox_vrrpd *vrrpd, const struct cox_msg_net_act *act, struct acted *acted)
{
    struct cox_vrrpd_resource *resource = cox_vrrpd_resource_find(vrrpd, act->rsc_id);
    g_autofree char *refused = NULL;
    g_autoptr(GError) error = NULL;

    if (resource == NULL) {
        sweep(vrrpd, act, acted);
        return;
    }
    refused = cox_vrrpd_resource_release(vrrpd, resource);
    if (refused != NULL) {
        say(acted, OCF_GENERIC, "resource %s: %s", act->rsc_id, refused);
        return;
    }
    cox_vrrpd_resource_drop(vrrpd, resource);
    if (!cox_netkeep_drop(vrrpd->keep, act->rsc_id, &error)) { /* a next life would set it again */
        fail(acted, error);
    }
}

static void
validate_items(struct cox_vrrpd *vrrpd, const struct cox_msg_net_act *act, struct acted *acted)
{
    g_autoptr(GError) error = NULL;
    struct cox_vrrpd_resource *resource = cox_vrrpd_resource_new(vrrpd, act, false, &error);

    if (resource == NULL) {
        fail(acted, error);
    }
    cox_vrrpd_resource_free(resource);
}

/* ---- routers ---------------------------------------------------------------------------------------------- */

/* The router of a resource that is started; false: it is not in force. */
static bool
status_of(const struct cox_vrrpd *vrrpd, const char *id, struct cox_vrrp_status *status)
{
    return vrrpd->engine != NULL && cox_vrrp_status_of(vrrpd->engine, id, status);
}

/* Why a router that should be master is not, or lacks an address; NULL: all is well. */
static char *
complaint_of(struct cox_vrrpd *vrrpd, const char *id)
{
    struct cox_vrrp_status status;
    struct cox_vrrp_items all;
    char *missing;

    if (!status_of(vrrpd, id, &status)) {
        return g_strdup_printf("router %s is not in force", id);
    }
    if (status.state != COX_VRRP_MASTER) {
        return g_strdup_printf("router %s is %s and not MASTER%s%s", id, cox_vrrp_state_name(status.state), status.fault != NULL ? ": " : "",
                               status.fault != NULL ? status.fault : "");
    }
    all = (struct cox_vrrp_items) { .addresses = status.instance->items.addresses, .n_addresses = status.instance->items.n_addresses };
    missing = cox_vrrpd_missing(vrrpd, id, &all);
    if (missing == NULL) {
        all = (struct cox_vrrp_items) { .addresses = status.instance->excluded, .n_addresses = status.instance->n_excluded };
        missing = cox_vrrpd_missing(vrrpd, id, &all);
    }
    return missing;
}

static void
forget_router(struct cox_vrrpd *vrrpd, struct cox_vrrpd_resource *resource)
{
    g_autofree char *id = g_strdup(resource->id);
    struct cox_vrrp_set *set;

    cox_vrrpd_resource_drop(vrrpd, resource);
    set = cox_vrrpd_combine(vrrpd, NULL, NULL); /* it was right with one more */
    if (set != NULL) {
        cox_vrrpd_use(vrrpd, set);
    }
    cox_vrrpd_attrs_tell(vrrpd, id);
}

static bool
has_interface(const struct cox_vrrpd *vrrpd, const struct cox_vrrp_instance *router, struct acted *acted)
{
    if (router->interface == NULL || cox_net_link_named(vrrpd->net, router->interface) != NULL) {
        return true;
    }
    say(acted, OCF_NOT_INSTALLED, "router %s: interface %s is not there on this node; correct the parameter interface, or make it", router->name,
        router->interface);
    return false;
}

/* What a router that was started just now lacks. */
static void
judge_start(struct cox_vrrpd *vrrpd, const struct cox_vrrpd_resource *resource, const GString *why, struct acted *acted)
{
    struct cox_vrrp_status status;
    g_autofree char *complaint = NULL;

    if (!status_of(vrrpd, resource->id, &status)) {
        say(acted, OCF_GENERIC, "router %s is not in force", resource->id);
    } else if (has_interface(vrrpd, status.instance, acted) && cox_vrrpd_is_master(resource)) {
        (void) cox_net_dispatch(vrrpd->net, NULL);
        complaint = complaint_of(vrrpd, resource->id);
        if (complaint != NULL || why->len > 0) {
            say(acted, OCF_GENERIC, "%s%s%s", complaint != NULL ? complaint : "", complaint != NULL && why->len > 0 ? ": " : "", why->str);
        }
    }
}

static void
run_router(struct cox_vrrpd *vrrpd, const struct cox_msg_net_act *act, struct acted *acted)
{
    struct cox_vrrpd_resource *before = cox_vrrpd_resource_find(vrrpd, act->rsc_id);
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) why = g_string_new(NULL);
    struct cox_vrrpd_resource *resource = cox_vrrpd_resource_new(vrrpd, act, false, &error);
    struct cox_vrrp_set *set = NULL;

    if (resource != NULL) {
        resource->is_promoted = before != NULL && before->is_promoted;
        set = cox_vrrpd_combine(vrrpd, resource, &error);
    }
    if (set == NULL) {
        cox_vrrpd_resource_free(resource);
        fail(acted, error);
        return;
    }
    if (!cox_vrrpd_resource_keep(vrrpd, resource, act, &error)) {
        fail(acted, error);
        cox_vrrp_set_free(set);
        cox_vrrpd_resource_free(resource);
        return;
    }
    cox_vrrpd_resource_put(vrrpd, resource, before);
    vrrpd->failures = why;
    cox_vrrpd_use(vrrpd, set);
    vrrpd->failures = NULL;
    judge_start(vrrpd, resource, why, acted);
    if (acted->code != 0) {
        (void) cox_netkeep_drop(vrrpd->keep, act->rsc_id, NULL);
        forget_router(vrrpd, resource);
        return;
    }
    cox_vrrpd_attrs_tell(vrrpd, act->rsc_id);
}

static void
reload_router(struct cox_vrrpd *vrrpd, const struct cox_msg_net_act *act, struct acted *acted)
{
    if (cox_vrrpd_resource_find(vrrpd, act->rsc_id) == NULL) {
        say(acted, OCF_NOT_RUNNING, "resource %s is not started", act->rsc_id);
        return;
    }
    run_router(vrrpd, act, acted);
}

static void
stop_router(struct cox_vrrpd *vrrpd, const struct cox_msg_net_act *act, struct acted *acted)
{
    struct cox_vrrpd_resource *resource = cox_vrrpd_resource_find(vrrpd, act->rsc_id);
    g_autoptr(GString) why = g_string_new(NULL);
    g_autoptr(GError) error = NULL;

    if (resource == NULL) {
        return;
    }
    vrrpd->failures = why;
    forget_router(vrrpd, resource);
    vrrpd->failures = NULL;
    if (!cox_netkeep_drop(vrrpd->keep, act->rsc_id, &error)) {
        fail(acted, error);
    } else if (why->len > 0) {
        say(acted, OCF_GENERIC, "resource %s: %s", act->rsc_id, why->str);
    }
}

static void
order(struct cox_vrrpd *vrrpd, struct cox_vrrpd_resource *resource, bool is_promoted, GString *why)
{
    const struct cox_vrrp_event event = {
        .kind = COX_VRRP_ON_ORDER, .order = { resource->id, is_promoted ? COX_VRRP_ORDER_PROMOTE : COX_VRRP_ORDER_DEMOTE },
    };

    resource->is_promoted = is_promoted;
    vrrpd->failures = why;
    cox_vrrpd_step(vrrpd, &event);
    vrrpd->failures = NULL;
    (void) cox_net_dispatch(vrrpd->net, NULL);
}

/* In the file for the next life. */
static bool
keep_role(struct cox_vrrpd *vrrpd, const char *id, bool is_promoted, GError **error)
{
    struct cox_msg_net_act kept = *cox_netkeep_find(vrrpd->keep, id);

    kept.action = is_promoted ? "promote" : "start";
    return cox_netkeep_put(vrrpd->keep, &kept, error);
}

static void
promote(struct cox_vrrpd *vrrpd, struct cox_vrrpd_resource *resource, struct acted *acted)
{
    g_autoptr(GString) why = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    g_autofree char *complaint = NULL;

    order(vrrpd, resource, true, why);
    complaint = complaint_of(vrrpd, resource->id);
    if (complaint != NULL || why->len > 0) {
        say(acted, OCF_GENERIC, "%s%s%s", complaint != NULL ? complaint : "", complaint != NULL && why->len > 0 ? ": " : "", why->str);
    } else if (!keep_role(vrrpd, resource->id, true, &error)) {
        fail(acted, error);
    }
    if (acted->code != 0) {
        order(vrrpd, resource, false, NULL);
    }
}

/* First in the file: a next life does not take the role that is being given up. */
static void
demote(struct cox_vrrpd *vrrpd, struct cox_vrrpd_resource *resource, struct acted *acted)
{
    g_autoptr(GString) why = g_string_new(NULL);
    g_autoptr(GError) error = NULL;

    if (!keep_role(vrrpd, resource->id, false, &error)) {
        fail(acted, error);
    }
    order(vrrpd, resource, false, why);
    if (why->len > 0) {
        say(acted, OCF_GENERIC, "resource %s: %s", resource->id, why->str);
    }
}

/* It was started as a resource by itself, and therefore as master; the cluster has made a promotable clone of it since. */
static bool
has_become_instance(const struct cox_vrrpd_resource *resource, const struct cox_msg_net_act *act)
{
    const struct cox_params params = cox_vrrpd_params(act);
    bool is_instance = cox_params_is_promotable(&params);

    g_free((gpointer) (guintptr) params.list);
    return is_instance && !resource->is_promotable && resource->authority == COX_VRRP_AUTHORITY_CLUSTER;
}

/* It stays master for this moment. */
static void
become_instance(struct cox_vrrpd *vrrpd, const struct cox_msg_net_act *act, struct acted *acted)
{
    cox_log_line(vrrpd->log, COX_LOG_NOTICE, "is an instance of a promotable clone now router=%s", act->rsc_id);
    run_router(vrrpd, act, acted);
}

static void
monitor_router(struct cox_vrrpd *vrrpd, const struct cox_msg_net_act *act, struct acted *acted)
{
    const struct cox_vrrpd_resource *resource = cox_vrrpd_resource_find(vrrpd, act->rsc_id);
    const struct cox_vrrp_event lost = { .kind = COX_VRRP_ON_LOST, .lost = act->rsc_id };
    struct cox_vrrp_status status;
    g_autofree char *complaint = NULL;

    if (resource == NULL || !status_of(vrrpd, act->rsc_id, &status)) {
        acted->code = OCF_NOT_RUNNING;
        return;
    }
    if (has_become_instance(resource, act)) { /* nobody has promoted it: the cluster takes it for a backup */
        become_instance(vrrpd, act, acted);
        if (acted->code == 0) {
            demote(vrrpd, cox_vrrpd_resource_find(vrrpd, act->rsc_id), acted);
        }
        return;
    }
    if (!cox_vrrpd_is_master(resource)) {
        return; /* a backup; or adverts decide */
    }
    complaint = complaint_of(vrrpd, act->rsc_id);
    if (complaint != NULL && status.state == COX_VRRP_MASTER) {
        g_free(complaint);
        cox_vrrpd_step(vrrpd, &lost);
        (void) cox_net_dispatch(vrrpd->net, NULL);
        complaint = complaint_of(vrrpd, act->rsc_id);
    }
    if (complaint != NULL) {
        say(acted, resource->is_promotable ? OCF_FAILED_PROMOTED : OCF_GENERIC, "%s", complaint);
    } else if (resource->is_promotable) {
        acted->code = OCF_PROMOTED;
    }
}

static void
change_role(struct cox_vrrpd *vrrpd, const struct cox_msg_net_act *act, struct acted *acted)
{
    struct cox_vrrpd_resource *resource = cox_vrrpd_resource_find(vrrpd, act->rsc_id);

    if (resource != NULL && has_become_instance(resource, act)) {
        become_instance(vrrpd, act, acted);
        resource = cox_vrrpd_resource_find(vrrpd, act->rsc_id);
    }
    if (acted->code != 0) {
        return;
    }
    if (resource == NULL) {
        say(acted, OCF_NOT_RUNNING, "resource %s is not started", act->rsc_id);
    } else if (!resource->is_promotable) {
        say(acted, OCF_NOT_CONFIGURED, "resource %s is no instance of a promotable clone; make its clone promotable", act->rsc_id);
    } else if (strcmp(act->action, "promote") == 0) {
        promote(vrrpd, resource, acted);
    } else {
        demote(vrrpd, resource, acted);
    }
}

static void
validate_router(struct cox_vrrpd *vrrpd, const struct cox_msg_net_act *act, struct acted *acted)
{
    g_autoptr(GError) error = NULL;
    struct cox_vrrpd_resource *resource = cox_vrrpd_resource_new(vrrpd, act, false, &error);
    g_autoptr(cox_vrrp_set) set = resource == NULL ? NULL : cox_vrrpd_combine(vrrpd, resource, &error);

    if (set == NULL) {
        fail(acted, error);
    }
    for (gsize i = 0; set != NULL && i < set->n_instances; i++) {
        if (strcmp(set->instances[i].name, act->rsc_id) == 0) {
            (void) has_interface(vrrpd, &set->instances[i], acted);
        }
    }
    cox_vrrpd_resource_free(resource);
}

/* ---- the message ------------------------------------------------------------------------------------------ */

static const struct {
    const char *action;
    act_fn *items, *router;
} actions[] = {
    { "start", hold, run_router },
    { "stop", stop_items, stop_router },
    { "monitor", monitor_items, monitor_router },
    { "promote", NULL, change_role },
    { "demote", NULL, change_role },
    { "reload-agent", reload_items, reload_router },
    { "validate-all", validate_items, validate_router },
};

static void
act_on(struct cox_vrrpd *vrrpd, const struct cox_msg_net_act *act, struct acted *acted)
{
    bool is_router = strcmp(act->type, "VirtualRouter") == 0;

    if (!is_router && strcmp(act->type, "IPaddr") != 0 && strcmp(act->type, "IProute") != 0) {
        say(acted, OCF_NOT_INSTALLED, "resource %s: cox-vrrpd has no type '%s', but IPaddr, IProute and VirtualRouter", act->rsc_id, act->type);
        return;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(actions); i++) {
        act_fn *fn = is_router ? actions[i].router : actions[i].items;

        if (fn != NULL && strcmp(actions[i].action, act->action) == 0) {
            fn(vrrpd, act, acted);
            return;
        }
    }
    say(acted, OCF_UNIMPLEMENTED, "resource %s: %s has no action '%s'", act->rsc_id, act->type, act->action);
}

bool
cox_vrrpd_on_act(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    struct cox_vrrpd *vrrpd = cox_service_data(ctx);
    const struct cox_msg_net_act *act = request->body;
    struct acted acted = { 0 };
    struct cox_msg_net_acted answer;

    if (act->rsc_id == NULL || act->type == NULL || act->action == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM, "an action needs resource, type and action; give all three");
        return false;
    }
    (void) cox_net_dispatch(vrrpd->net, NULL); /* who asks may have changed something just before */
    act_on(vrrpd, act, &acted);
    answer = (struct cox_msg_net_acted) { .code = acted.code, .reason = acted.reason };
    cox_reply_set(reply, COX_MSG_NET_ACTED, &answer);
    cox_log_line(vrrpd->log, COX_LOG_INFO, "resource=%s action=%s code=%d%s%s", act->rsc_id, act->action, acted.code, acted.reason != NULL ? " reason=" : "",
                 acted.reason != NULL ? acted.reason : "");
    g_free(acted.reason);
    return true;
}
