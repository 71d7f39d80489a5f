/* daemons/lvsd/lvsd_resource.c - resources of a cluster that are started here: VirtualServer and IPVSsync.  Layer 6. */
#include "daemons/lvsd/lvsd.h"

#include <string.h>

#include "base/error.h"
#include "conf/block.h"
#include "lvs/lvskeepalived.h"
#include "lvs/lvsresource.h"
#include "service/netkeep.h"

enum { SHOWN = 10 };

/* OCF 1.1 section 5.3 */
enum {
    OCF_GENERIC = 1,
    OCF_UNIMPLEMENTED = 3,
    OCF_NOT_CONFIGURED = 6,
    OCF_NOT_RUNNING = 7,
    OCF_PROMOTED = 8,
    OCF_FAILED_PROMOTED = 9,
};

struct resource {
    char *id;
    struct cox_lvs_config *config;
    bool is_promoted, has_role;     /* has_role: synchronization in the role that the cluster gives */
};

struct cox_lvsd_resources {
    struct cox_lvsd *lvsd;
    struct cox_netkeep *keep;       /* their orders; the action is promote for those that are promoted */
    GPtrArray *all;                 /* struct resource, in the order in which they were started */
    GPtrArray *waiting;             /* struct waiter */
};

/* Who is answered when the kernel's table has been read, and is as wanted. */
struct waiter {
    cox_ticket ticket;
    char *id;
    int code;
};

/* ---- one ---- */

static void
resource_free(gpointer data)
{
    struct resource *resource = data;

    if (resource != NULL) {
        g_free(resource->id);
        cox_lvs_config_free(resource->config);
        g_free(resource);
    }
}

static void
waiter_free(gpointer data)
{
    struct waiter *waiter = data;

    g_free(waiter->id);
    g_free(waiter);
}

/* @list: their memory. */
static struct cox_params
params_of(const struct cox_msg_net_act *act, struct cox_param **list)
{
    struct cox_params params = { .list = *list = g_new0(struct cox_param, act->n_params + 1) };

    for (gsize i = 0; i < act->n_params; i++) {
        if (act->params[i].name != NULL) {
            (*list)[params.n++] = (struct cox_param) { act->params[i].name, act->params[i].value };
        }
    }
    return params;
}

static char *
text_of(const struct cox_msg_net_act *act, GError **error)
{
    g_autofree struct cox_param *list = NULL;
    const struct cox_lvs_resource resource = { act->rsc_id, act->type == NULL ? "" : act->type, params_of(act, &list) };
    g_autoptr(GString) text = g_string_new(NULL);

    return cox_lvs_resource_write(&resource, text, error) ? g_string_free(g_steal_pointer(&text), FALSE) : NULL;
}

/* The configuration that the parameters say; warnings go into the log. */
static struct cox_lvs_config *
config_of(struct cox_lvsd *lvsd, const struct cox_msg_net_act *act, GError **error)
{
    static const struct cox_block_source source = { .config_id = "" };
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autofree char *text = text_of(act, error);
    g_autoptr(cox_block_tree) tree = text == NULL ? NULL : cox_block_read_text(act->rsc_id, text, &source, diags);
    g_autoptr(cox_lvs_config) config = tree == NULL ? NULL : cox_lvs_config_from_block(&tree->root, diags);

    if (config == NULL) {
        return NULL;
    }
    cox_lvsd_check_limits(config, diags);
    if (cox_diags_has(diags, COX_SEVERITY_ERROR)) {
        g_autofree char *errors = cox_diags_errors(diags, SHOWN);

        g_set_error(error, COX_ERROR, COX_ERROR_NOT_CONFIGURED, "%s", errors);
        return NULL;
    }
    for (size_t i = 0; i < cox_diags_count(diags); i++) {
        g_autofree char *line = cox_diag_line(cox_diags_get(diags, i));

        cox_log_event(lvsd->log, COX_EVENT_LVS_CONFIG, "resource=%s %s", act->rsc_id, line);
    }
    return g_steal_pointer(&config);
}

static bool
is_promotable(const struct cox_msg_net_act *act)
{
    g_autofree struct cox_param *list = NULL;
    const struct cox_params params = params_of(act, &list);

    return cox_params_is_promotable(&params);
}

/* NULL with an error: its parameters are not good. */
static struct resource *
resource_new(struct cox_lvsd *lvsd, const struct cox_msg_net_act *act, bool is_promoted, GError **error)
{
    struct cox_lvs_config *config = config_of(lvsd, act, error);
    struct resource *resource;

    if (config == NULL) {
        return NULL;
    }
    resource = g_new0(struct resource, 1);
    resource->id = g_strdup(act->rsc_id);
    resource->config = config;
    resource->is_promoted = is_promoted;
    if (config->sync.device != NULL && config->sync.router == NULL && is_promotable(act)) {
        resource->has_role = true;
        config->sync.router = cox_arena_printf(config->arena, "resource %s", act->rsc_id);
    }
    return resource;
}

static struct resource *
find(const struct cox_lvsd_resources *resources, const char *id, guint *at)
{
    for (guint i = 0; i < resources->all->len; i++) {
        struct resource *resource = g_ptr_array_index(resources->all, i);

        if (strcmp(resource->id, id) == 0) {
            *at = i;
            return resource;
        }
    }
    return NULL;
}

/* ---- all ---- */

struct cox_lvsd_resources *
cox_lvsd_resources_new(struct cox_lvsd *lvsd)
{
    struct cox_lvsd_resources *resources = g_new0(struct cox_lvsd_resources, 1);
    g_autoptr(GError) problem = NULL;

    resources->lvsd = lvsd;
    resources->keep = cox_netkeep_new(cox_service_run_directory(lvsd->ctx), "lvs-resources", &problem);
    resources->all = g_ptr_array_new_with_free_func(resource_free);
    resources->waiting = g_ptr_array_new_with_free_func(waiter_free);
    for (guint i = 0; i < cox_netkeep_count(resources->keep); i++) {
        const struct cox_msg_net_act *act = cox_netkeep_at(resources->keep, i);
        g_autoptr(GError) error = NULL;
        struct resource *resource = resource_new(lvsd, act, strcmp(act->action, "promote") == 0, &error);

        if (resource != NULL) {
            g_ptr_array_add(resources->all, resource);
        } else {
            cox_log_event(lvsd->log, COX_EVENT_LVS_RESOURCE, "resource=%s error=\"%s\"", act->rsc_id, error->message);
        }
    }
    if (problem != NULL) {
        cox_log_event(lvsd->log, COX_EVENT_LVS_RESOURCE, "error=\"%s\"", problem->message);
    }
    return resources;
}

void
cox_lvsd_resources_free(struct cox_lvsd_resources *resources)
{
    if (resources != NULL) {
        g_ptr_array_unref(resources->all);
        g_ptr_array_unref(resources->waiting);
        cox_netkeep_free(resources->keep);
        g_free(resources);
    }
}

void
cox_lvsd_resources_forget(struct cox_lvsd_resources *resources)
{
    g_ptr_array_set_size(resources->all, 0);
    cox_netkeep_erase(resources->keep);
}

guint
cox_lvsd_resources_count(const struct cox_lvsd_resources *resources)
{
    return resources->all->len;
}

bool
cox_lvsd_resources_has(const struct cox_lvsd_resources *resources, const char *name)
{
    guint at;

    return find(resources, name, &at) != NULL;
}

struct cox_lvs_config *
cox_lvsd_resources_join(const struct cox_lvsd_resources *resources, struct cox_lvs_config *file, GError **error)
{
    g_autofree struct cox_lvs_part *parts = g_new0(struct cox_lvs_part, resources->all->len + 1);
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(cox_lvs_config) config = NULL;
    const char *sync = NULL;
    size_t n = 0;

    if (file != NULL) {
        parts[n++].config = file;
        sync = file->sync.device == NULL ? NULL : "the file";
    }
    for (guint i = 0; i < resources->all->len; i++) {
        const struct resource *resource = g_ptr_array_index(resources->all, i);

        parts[n++] = (struct cox_lvs_part) { resource->config, resource->id };
        if (resource->config->sync.device != NULL && sync != NULL) {
            cox_diags_add(diags, COX_SEVERITY_ERROR, resource->id, "leave one of them out", "the kernel has one synchronization of connections, and %s has it already", sync);
        }
        sync = resource->config->sync.device != NULL ? resource->id : sync;
    }
    config = cox_lvs_config_join(parts, n);
    if (resources->all->len > 0) { /* the file alone was checked when it was read */
        cox_lvs_check_config(config, diags);
    }
    if (cox_diags_has(diags, COX_SEVERITY_ERROR)) {
        g_autofree char *errors = cox_diags_errors(diags, SHOWN);

        g_set_error(error, COX_ERROR, COX_ERROR_CONFIG, "%s", errors);
        return NULL;
    }
    return g_steal_pointer(&config);
}

bool
cox_lvsd_resources_have_role(const struct cox_lvsd_resources *resources, const char *name)
{
    for (guint i = 0; i < resources->all->len; i++) {
        const struct resource *resource = g_ptr_array_index(resources->all, i);

        if (resource->has_role && strcmp(resource->config->sync.router, name) == 0) {
            return true;
        }
    }
    return false;
}

static void
tell_role(const struct cox_lvsd_resources *resources, const struct resource *resource, enum cox_lvs_role role)
{
    const struct cox_lvs_event event = { .kind = COX_LVS_ON_ROUTER, .name = resource->config->sync.router, .role = role };

    if (resource->has_role) {
        cox_lvsd_step(resources->lvsd, &event);
    }
}

void
cox_lvsd_resources_tell_roles(const struct cox_lvsd_resources *resources)
{
    for (guint i = 0; i < resources->all->len; i++) {
        const struct resource *resource = g_ptr_array_index(resources->all, i);

        tell_role(resources, resource, resource->is_promoted ? COX_LVS_ROLE_MASTER : COX_LVS_ROLE_BACKUP);
    }
}

/* An error's code is OCF's where it has one. */
static int
code_of(const GError *error)
{
    const int status = cox_error_status_of(error);

    return g_error_matches(error, COX_ERROR, COX_ERROR_CONFIG) ? OCF_NOT_CONFIGURED : status > OCF_FAILED_PROMOTED ? OCF_GENERIC : status;
}

/* ---- actions; each returns an OCF code, with a reason in @error when that is none of 0, 7 and 8 ---- */

/* Put @with in the place of the resource @id, or that away (NULL); returns what was there. */
static struct resource *
exchange(struct cox_lvsd_resources *resources, const char *id, struct resource *with)
{
    guint at = resources->all->len;
    struct resource *was = find(resources, id, &at);

    if (was != NULL) {
        (void) g_ptr_array_steal_index(resources->all, at);
    }
    if (with != NULL) {
        g_ptr_array_insert(resources->all, (gint) at, with);
    }
    return was;
}

/* Remember the order before the kernel is told. */
static bool
keep(struct cox_lvsd_resources *resources, const struct cox_msg_net_act *act, bool is_promoted, GError **error)
{
    struct cox_msg_net_act kept = *act;

    kept.action = is_promoted ? "promote" : "start";
    return cox_netkeep_put(resources->keep, &kept, error);
}

static int
start(struct cox_lvsd_resources *resources, const struct cox_msg_net_act *act, bool is_promoted, GError **error)
{
    struct cox_lvsd *lvsd = resources->lvsd;
    struct resource *resource = resource_new(lvsd, act, is_promoted, error), *was;
    const guint64 n_failed = lvsd->n_failed;
    struct cox_lvs_config *config;

    if (resource == NULL) {
        return code_of(*error);
    }
    was = exchange(resources, act->rsc_id, resource);
    config = cox_lvsd_resources_join(resources, lvsd->file, error);
    if (config == NULL || !keep(resources, act, is_promoted, error)) {
        (void) exchange(resources, act->rsc_id, was);
        resource_free(resource);
        cox_lvs_config_free(config);
        return code_of(*error);
    }
    tell_role(resources, resource, is_promoted ? COX_LVS_ROLE_MASTER : COX_LVS_ROLE_BACKUP);
    cox_lvsd_use(lvsd, config);
    resource_free(was);
    if (lvsd->n_failed > n_failed) {
        g_set_error(error, COX_ERROR, COX_ERROR_GENERIC, "resource '%s': %s", act->rsc_id, lvsd->refusal);
        return OCF_GENERIC;
    }
    return 0;
}

static int
stop(struct cox_lvsd_resources *resources, const struct cox_msg_net_act *act, GError **error)
{
    struct cox_lvsd *lvsd = resources->lvsd;
    const guint64 n_failed = lvsd->n_failed;
    struct resource *was = exchange(resources, act->rsc_id, NULL);
    struct cox_lvs_config *config = was == NULL ? NULL : cox_lvsd_resources_join(resources, lvsd->file, error);

    if (config != NULL) {
        cox_lvsd_use(lvsd, config);
    }
    resource_free(was);
    if (was != NULL && config == NULL) {
        return OCF_GENERIC;
    }
    if (lvsd->n_failed > n_failed) {
        g_set_error(error, COX_ERROR, COX_ERROR_GENERIC, "resource '%s': %s", act->rsc_id, lvsd->refusal);
        return OCF_GENERIC;
    }
    return cox_netkeep_drop(resources->keep, act->rsc_id, error) ? 0 : OCF_GENERIC; /* a next life would start it again */
}

static int
set_role(struct cox_lvsd_resources *resources, const struct cox_msg_net_act *act, bool is_promoted, GError **error)
{
    guint at;
    const struct resource *resource = find(resources, act->rsc_id, &at);

    if (resource == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_RUNNING, "resource '%s' is not started here", act->rsc_id);
        return OCF_NOT_RUNNING;
    }
    return start(resources, act, is_promoted, error);
}

static int
monitor(const struct cox_lvsd_resources *resources, const struct cox_msg_net_act *act)
{
    guint at;
    const struct resource *resource = find(resources, act->rsc_id, &at);

    return resource == NULL ? OCF_NOT_RUNNING : resource->is_promoted ? OCF_PROMOTED : 0;
}

/* Is it in the kernel as it is wanted, if it is one that is? */
static bool
is_there(const struct cox_lvsd_resources *resources, const char *id, GError **error)
{
    const struct cox_lvs_pool *pool;

    for (guint i = 0; (pool = cox_lvs_pool_at(resources->lvsd->engine, i)) != NULL; i++) {
        if (strcmp(pool->conf->name, id) == 0) {
            return cox_lvsd_is_in_kernel(resources->lvsd, pool, error);
        }
    }
    return true;
}

static int
validate(struct cox_lvsd_resources *resources, const struct cox_msg_net_act *act, GError **error)
{
    struct resource *resource = resource_new(resources->lvsd, act, false, error);

    if (resource == NULL) {
        return code_of(*error);
    }
    resource_free(resource);
    return 0;
}

static int
act_on(struct cox_lvsd_resources *resources, const struct cox_msg_net_act *act, GError **error)
{
    guint at;
    const struct resource *resource = find(resources, act->rsc_id, &at);

    if (strcmp(act->action, "start") == 0) {
        return start(resources, act, false, error);
    }
    if (strcmp(act->action, "reload-agent") == 0 || strcmp(act->action, "reload") == 0) {
        return start(resources, act, resource != NULL && resource->is_promoted, error);
    }
    if (strcmp(act->action, "promote") == 0 || strcmp(act->action, "demote") == 0) {
        return set_role(resources, act, strcmp(act->action, "promote") == 0, error);
    }
    if (strcmp(act->action, "stop") == 0) {
        return stop(resources, act, error);
    }
    if (strcmp(act->action, "monitor") == 0) {
        return monitor(resources, act);
    }
    if (strcmp(act->action, "validate-all") == 0) {
        return validate(resources, act, error);
    }
    g_set_error(error, COX_ERROR, COX_ERROR_UNIMPLEMENTED, "action '%s' of %s is not known", act->action, act->type);
    return OCF_UNIMPLEMENTED;
}

/* Must the table be read before it can be said that all is well? */
static bool
must_wait(struct cox_lvsd_resources *resources, const struct cox_msg_net_act *act, int code)
{
    static const struct cox_lvs_event doubt = { .kind = COX_LVS_ON_DOUBT };
    struct cox_lvsd *lvsd = resources->lvsd;
    g_autoptr(GError) problem = NULL;

    if ((code != 0 && code != OCF_PROMOTED) || strcmp(act->action, "validate-all") == 0) {
        return false;
    }
    if (!cox_lvs_is_synced(lvsd->engine)) {
        return strcmp(act->action, "monitor") != 0;
    }
    if (is_there(resources, act->rsc_id, &problem)) {
        return false;
    }
    cox_log_line(lvsd->log, COX_LOG_NOTICE, "the table is read, and mended reason=\"%s\"", problem->message);
    cox_lvsd_step(lvsd, &doubt);
    return true;
}

bool
cox_lvsd_on_act(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    const struct cox_msg_net_act *act = request->body;
    struct cox_lvsd *lvsd = cox_service_data(ctx);
    struct cox_msg_net_acted acted = { 0 };
    g_autoptr(GError) problem = NULL;

    if (act->rsc_id == NULL || act->type == NULL || act->action == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_PROTOCOL, "an action needs a resource, a type and a name");
        return false;
    }
    acted.code = act_on(lvsd->resources, act, &problem);
    acted.reason = problem == NULL ? NULL : problem->message;
    if (problem == NULL && must_wait(lvsd->resources, act, (int) acted.code)) {
        struct waiter *waiter = g_new0(struct waiter, 1);

        *waiter = (struct waiter) { cox_reply_defer(reply), g_strdup(act->rsc_id), (int) acted.code };
        g_ptr_array_add(lvsd->resources->waiting, waiter);
    } else {
        cox_reply_set(reply, COX_MSG_NET_ACTED, &acted);
    }
    return true;
}

void
cox_lvsd_resources_settled(struct cox_lvsd_resources *resources)
{
    if (!cox_lvs_is_synced(resources->lvsd->engine)) {
        return;
    }
    for (guint i = 0; i < resources->waiting->len; i++) {
        const struct waiter *waiter = g_ptr_array_index(resources->waiting, i);
        g_autoptr(GError) problem = NULL;
        struct cox_msg_net_acted acted = { .code = waiter->code };

        if (!is_there(resources, waiter->id, &problem)) {
            acted.code = OCF_GENERIC;
            acted.reason = problem->message;
        }
        cox_ticket_answer(resources->lvsd->ctx, waiter->ticket, COX_MSG_NET_ACTED, &acted, NULL);
    }
    g_ptr_array_set_size(resources->waiting, 0);
}
