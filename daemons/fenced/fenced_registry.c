/* daemons/fenced/fenced_registry.c - devices and levels that are added and taken away at run time (stonith_admin --register).  Layer 6.
 *
 * All fencers of the cluster have the same: what a client asks for goes to all in order, this one included, and who joins is told by the lowest member that
 * was there.  It lives as long as one of them, and is no part of the document: where the document has a device of the same id, or a level of
 * the same target and number, that one counts.
 */
#include "daemons/fenced/fenced.h"

#include <string.h>

#include "agents/agent_name.h"
#include "base/error.h"
#include "proto/registration.h"

enum { LEVEL_MAX = 9 };

/* What was added. */
struct entry {
    struct cox_msg_fence_register body; /* ADD_DEVICE or ADD_LEVEL; texts owned */
};

/* A client that waits: for the agent's meta-data (serial 0), or for its own message. */
struct waiting {
    cox_ticket ticket;
    guint64 serial;
    struct entry *entry;
};

struct cox_fenced_registry {
    GPtrArray *entries, *waiting;
    guint64 serials;
};

static char **
copy_texts(const char *const *texts, gsize n)
{
    char **copy = g_new0(char *, n + 1);

    for (gsize i = 0; i < n; i++) {
        copy[i] = g_strdup(texts[i]);
    }
    return copy;
}

static struct entry *
new_entry(const struct cox_msg_fence_register *body)
{
    struct entry *entry = g_new0(struct entry, 1);

    entry->body = *body;
    entry->body.name = g_strdup(body->name);
    entry->body.agent = g_strdup(body->agent);
    entry->body.params = (const char *const *) copy_texts(body->params, body->n_params);
    entry->body.devices = (const char *const *) copy_texts(body->devices, body->n_devices);
    return entry;
}

static void
free_entry(gpointer data)
{
    struct entry *entry = data;

    g_free((char *) (guintptr) entry->body.name);
    g_free((char *) (guintptr) entry->body.agent);
    g_strfreev((char **) (guintptr) entry->body.params);
    g_strfreev((char **) (guintptr) entry->body.devices);
    g_free(entry);
}

static void
free_waiting(gpointer data)
{
    struct waiting *waiting = data;

    if (waiting->entry != NULL) {
        free_entry(waiting->entry);
    }
    g_free(waiting);
}

struct cox_fenced_registry *
cox_fenced_registry_new(void)
{
    struct cox_fenced_registry *registry = g_new0(struct cox_fenced_registry, 1);

    registry->entries = g_ptr_array_new_with_free_func(free_entry);
    registry->waiting = g_ptr_array_new_with_free_func(free_waiting);
    return registry;
}

void
cox_fenced_registry_free(struct cox_fenced_registry *registry)
{
    if (registry != NULL) {
        g_ptr_array_unref(registry->entries);
        g_ptr_array_unref(registry->waiting);
        g_free(registry);
    }
}

/* ---- what there is ---- */

static bool
is_level(guint64 what)
{
    return what == COX_REGISTRATION_ADD_LEVEL || what == COX_REGISTRATION_REMOVE_LEVEL;
}

/* The entry that @body would add again or remove; @from: where to look on. */
static bool
find(const struct cox_fenced_registry *registry, const struct cox_msg_fence_register *body, guint *from)
{
    for (; *from < registry->entries->len; (*from)++) {
        const struct entry *entry = registry->entries->pdata[*from];
        bool is_any = body->what == COX_REGISTRATION_REMOVE_LEVEL && body->level == 0;

        if (is_level(entry->body.what) == is_level(body->what) && strcmp(entry->body.name, body->name) == 0
            && (is_any || entry->body.level == body->level)) {
            return true;
        }
    }
    return false;
}

static void
apply(struct cox_fenced *fenced, const struct cox_msg_fence_register *body)
{
    struct cox_fenced_registry *registry = fenced->registry;
    guint at = 0;

    while (find(registry, body, &at)) {
        g_ptr_array_remove_index(registry->entries, at);
    }
    if (body->what == COX_REGISTRATION_ADD_DEVICE || body->what == COX_REGISTRATION_ADD_LEVEL) {
        g_ptr_array_add(registry->entries, new_entry(body));
    }
    fenced->is_dirty = true;
    cox_fenced_refresh(fenced);
}

/* NAME, @PATTERN, ATTRIBUTE=VALUE. */
static struct cox_fencelevel
level_of(const struct cox_msg_fence_register *body, struct cox_arena *arena)
{
    struct cox_fencelevel level = { .kind = COX_FENCE_TARGET_NAME, .target = body->name, .index = (guint) body->level, .devices = body->devices,
                                    .n_devices = body->n_devices };
    const char *equals = strchr(body->name, '=');

    if (body->name[0] == '@') {
        level.kind = COX_FENCE_TARGET_PATTERN;
        level.target = body->name + 1;
    } else if (equals != NULL) {
        level.kind = COX_FENCE_TARGET_ATTRIBUTE;
        level.target = cox_arena_printf(arena, "%.*s", (int) (equals - body->name), body->name);
        level.value = equals + 1;
    }
    return level;
}

void
cox_fenced_registry_add_to(const struct cox_fenced_registry *registry, struct cox_fencebuild_input *input, struct cox_arena *arena)
{
    struct cox_fencebuild_added *devices = cox_arena_new_array(arena, struct cox_fencebuild_added, registry->entries->len);
    struct cox_fencelevel *levels = cox_arena_new_array(arena, struct cox_fencelevel, registry->entries->len);

    for (guint i = 0; i < registry->entries->len; i++) {
        const struct cox_msg_fence_register *body = &((const struct entry *) registry->entries->pdata[i])->body;

        if (is_level(body->what)) {
            levels[input->n_added_levels++] = level_of(body, arena);
        } else {
            devices[input->n_added++] = (struct cox_fencebuild_added) { body->name, body->agent, body->params, body->n_params };
        }
    }
    input->added = devices;
    input->added_levels = levels;
}

/* ---- may it be done? ---- */

static bool
is_configured(const struct cox_fenced *fenced, const struct cox_msg_fence_register *body)
{
    guint at = 0;

    return !is_level(body->what) && fenced->build != NULL && cox_fencebuild_find(fenced->build, body->name) != NULL
           && !find(fenced->registry, body, &at);
}

static bool
are_params(const struct cox_msg_fence_register *body, GError **error)
{
    for (gsize i = 0; i < body->n_params; i++) {
        const char *equals = strchr(body->params[i], '=');

        if (equals == NULL || equals == body->params[i] || strchr(body->params[i], '\n') != NULL) {
            g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM, "fence device '%s': parameter %" G_GSIZE_FORMAT " is not NAME=VALUE in one line", body->name,
                        i + 1);
            return false;
        }
    }
    return true;
}

static bool
is_sane(const struct cox_msg_fence_register *body, GError **error)
{
    g_autoptr(cox_agent_name) name = NULL;

    if (body->what > COX_REGISTRATION_REMOVE_LEVEL || body->name == NULL || body->name[0] == '\0') {
        g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM, "registration: name a fence device, or the target of a level");
        return false;
    }
    if (body->what == COX_REGISTRATION_ADD_LEVEL && (body->level < 1 || body->level > LEVEL_MAX || body->n_devices == 0)) {
        g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM, "fencing level of '%s': give a number from 1 to %d, and one device or more", body->name, LEVEL_MAX);
        return false;
    }
    if (body->what != COX_REGISTRATION_ADD_DEVICE) {
        return true;
    }
    if (body->agent == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM, "fence device '%s': name an agent", body->name);
        return false;
    }
    name = cox_agent_name_new("stonith", NULL, body->agent, error);
    return name != NULL && are_params(body, error);
}

static bool
may_be_done(const struct cox_fenced *fenced, const struct cox_msg_fence_register *body, GError **error)
{
    bool is_removal = body->what == COX_REGISTRATION_REMOVE_DEVICE || body->what == COX_REGISTRATION_REMOVE_LEVEL;
    guint at = 0;

    if (fenced->engine == NULL || !fenced->is_connected || fenced->build == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_TRY_AGAIN, "registration: this node is not part of a cluster yet, or does not know its configuration; try again");
        return false;
    }
    if (is_configured(fenced, body)) {
        g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM, "fence device '%s' is a resource of the configuration: change it there (cibadmin, or the tools "
                    "that are made for it)", body->name);
        return false;
    }
    if (is_removal && !find(fenced->registry, body, &at)) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "%s '%s' is not registered; what the configuration has is changed there",
                    is_level(body->what) ? "fencing level of" : "fence device", body->name);
        return false;
    }
    return true;
}

/* ---- doing it ---- */

static void
spread(struct cox_fenced *fenced, const struct cox_msg_fence_register *body, cox_ticket ticket)
{
    struct cox_msg_fence_register message = *body;
    struct waiting *waiting = g_new0(struct waiting, 1);

    message.serial = waiting->serial = ++fenced->registry->serials;
    waiting->ticket = ticket;
    g_ptr_array_add(fenced->registry->waiting, waiting);
    (void) cox_service_send(fenced->ctx, COX_MSG_FENCE_REGISTER, &message);
}

static void
on_peer(struct cox_fenced *fenced, guint32 node, const struct cox_msg_fence_register *body)
{
    const struct cox_msg_done done = { 0 };

    if (!is_sane(body, NULL)) {
        return;
    }
    apply(fenced, body);
    for (guint i = 0; node == cox_service_self(fenced->ctx) && body->serial != 0 && i < fenced->registry->waiting->len; i++) {
        const struct waiting *waiting = fenced->registry->waiting->pdata[i];

        if (waiting->serial == body->serial) {
            cox_ticket_answer(fenced->ctx, waiting->ticket, COX_MSG_DONE, &done, NULL);
            g_ptr_array_remove_index(fenced->registry->waiting, i);
            return;
        }
    }
}

bool
cox_fenced_on_register(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    struct cox_fenced *fenced = cox_service_data(ctx);
    const struct cox_msg_fence_register *body = request->body;
    struct waiting *waiting = NULL;

    if (request->origin == COX_FROM_PEER) {
        on_peer(fenced, request->node, body);
        return true;
    }
    cox_fenced_refresh(fenced);
    if (!is_sane(body, error) || !may_be_done(fenced, body, error)) {
        return false;
    }
    cox_log_line(cox_service_log(ctx), COX_LOG_NOTICE, "asked to %s %s name=%s client=%s uid=%u",
                 body->what == COX_REGISTRATION_ADD_DEVICE || body->what == COX_REGISTRATION_ADD_LEVEL ? "register" : "deregister",
                 is_level(body->what) ? "a fencing level" : "a fence device", body->name, request->program == NULL ? "?" : request->program,
                 (unsigned int) request->uid);
    if (body->what != COX_REGISTRATION_ADD_DEVICE || cox_fenced_knows_agent(fenced, body->agent)) {
        spread(fenced, body, cox_reply_defer(reply));
        return true;
    }
    waiting = g_new0(struct waiting, 1);
    waiting->ticket = cox_reply_defer(reply);
    waiting->entry = new_entry(body);
    g_ptr_array_add(fenced->registry->waiting, waiting);
    cox_fenced_ask_agent(fenced, body->agent, true);
    return true;
}

void
cox_fenced_registry_on_agent(struct cox_fenced *fenced, const char *agent, const char *failure)
{
    GPtrArray *all = fenced->registry->waiting;

    for (guint i = all->len; i > 0; i--) {
        struct waiting *waiting = all->pdata[i - 1];
        g_autoptr(GError) error = NULL;

        if (waiting->entry == NULL || strcmp(waiting->entry->body.agent, agent) != 0) {
            continue;
        }
        waiting = g_ptr_array_steal_index(all, i - 1);
        if (failure == NULL) {
            spread(fenced, &waiting->entry->body, waiting->ticket);
        } else {
            error = g_error_new(COX_ERROR, COX_ERROR_NOT_INSTALLED, "fence device '%s': agent %s does not tell what it can do: %s; is it installed?",
                                waiting->entry->body.name, agent, failure);
            cox_ticket_fail(fenced->ctx, waiting->ticket, error);
        }
        free_waiting(waiting);
    }
}

void
cox_fenced_registry_tell(struct cox_fenced *fenced)
{
    for (guint i = 0; i < fenced->registry->entries->len; i++) {
        struct cox_msg_fence_register message = ((const struct entry *) fenced->registry->entries->pdata[i])->body;

        message.serial = 0;
        (void) cox_service_send(fenced->ctx, COX_MSG_FENCE_REGISTER, &message);
    }
}

void
cox_fenced_registry_fail(struct cox_fenced *fenced, const char *why)
{
    g_autoptr(GError) error = g_error_new(COX_ERROR, COX_ERROR_DISCONNECTED, "registration: %s; look at the list of devices for what has become of it", why);

    for (guint i = 0; i < fenced->registry->waiting->len; i++) {
        cox_ticket_fail(fenced->ctx, ((const struct waiting *) fenced->registry->waiting->pdata[i])->ticket, error);
    }
    g_ptr_array_set_size(fenced->registry->waiting, 0);
}
