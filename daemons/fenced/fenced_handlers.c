/* daemons/fenced/fenced_handlers.c - requests, messages and changes of membership become events of the engine.  Layer 6. */
#include "daemons/fenced/fenced.h"

#include <string.h>

#include "base/error.h"
#include "daemons/fenced/fencewire.h"

enum {
    GRACE_MS = 500,        /* for slow answers, when the fast ones suffice */
    ASKING_MS = 20000,
    SLACK_MS = 5000,
    QUORUM_MS = 2000,      /* corosync tells members and quorum one after the other; on a busy machine not at once */
    GREET_MS = 3000,       /* who is there answers at once, if it is not stopped */
    DOUBT_MS = 400,        /* for devices that cut the power a moment after they say so */
    REFENCE_MS = 5000,
    REFENCE_MAX_MS = 300000,
    FENCING_TIMEOUT_MS = 60000,
    HISTORY_BYTES = 90 * 1024,
};

static struct cox_fenced *
of_ctx(const struct cox_ctx *ctx)
{
    return cox_service_data(ctx);
}

/* ---- whose orders ---- */

static bool
is_younger(const struct cox_fenced *fenced, guint64 generation, guint32 coordinator)
{
    return generation > fenced->generation || (generation == fenced->generation && coordinator > fenced->coordinator);
}

static void
take_term(struct cox_fenced *fenced, guint64 generation, guint32 coordinator)
{
    if (is_younger(fenced, generation, coordinator)) {
        fenced->generation = generation;
        fenced->coordinator = coordinator;
    }
}

static bool
obeys(const struct cox_fenced *fenced, const struct cox_msg_fence_ask *ask, GError **error)
{
    if (ask->generation == 0 || is_younger(fenced, ask->generation, (guint32) ask->coordinator)
        || (ask->generation == fenced->generation && ask->coordinator == fenced->coordinator)) {
        return true;
    }
    g_set_error(error, COX_ERROR, COX_ERROR_OLD,
                "fencing of '%s': order of coordinator %" G_GUINT64_FORMAT " with generation %" G_GUINT64_FORMAT ", but %u with generation %"
                G_GUINT64_FORMAT " has taken over", ask->target, ask->coordinator, ask->generation, fenced->coordinator, fenced->generation);
    return false;
}

/* All fencers have to know, since a coordinator that was stopped asks the one beside it. */
static void
spread_term(struct cox_fenced *fenced, guint64 generation, guint64 coordinator)
{
    const struct cox_msg_fence_term term = { .generation = generation, .coordinator = coordinator };

    if (is_younger(fenced, generation, (guint32) coordinator)) {
        take_term(fenced, generation, (guint32) coordinator);
        (void) cox_service_send(fenced->ctx, COX_MSG_FENCE_TERM, &term);
    }
}

bool
cox_fenced_on_term(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    struct cox_fenced *fenced = of_ctx(ctx);
    const struct cox_msg_fence_term *term = request->body;

    (void) reply;
    (void) error;
    if (request->origin == COX_FROM_PEER) {
        take_term(fenced, term->generation, (guint32) term->coordinator);
    } else {
        spread_term(fenced, term->generation, term->coordinator);
    }
    return true;
}

/* ---- requests ---- */

static bool
is_ready(const struct cox_fenced *fenced, GError **error)
{
    if (fenced->engine == NULL || !fenced->is_connected) {
        g_set_error(error, COX_ERROR, COX_ERROR_TRY_AGAIN, "fencing: this node is not part of a cluster yet; try again");
        return false;
    }
    return true;
}

/* A number is the id of a node, if no node is called so. */
static const char *
name_of(const struct cox_fenced *fenced, const char *target)
{
    guint64 id = 0;
    const char *name = NULL;

    for (guint i = 0; i < fenced->members->len; i++) {
        if (strcmp(g_array_index(fenced->members, struct cox_fence_member, i).name, target) == 0) {
            return target;
        }
    }
    if (g_ascii_string_to_unsigned(target, 10, 1, G_MAXUINT32, &id, NULL)) {
        name = cox_service_node_name(fenced->ctx, (guint32) id);
    }
    return name == NULL ? target : name;
}

static struct cox_fenced_wait *
new_wait(struct cox_reply *reply, const char *target)
{
    struct cox_fenced_wait *wait = g_new0(struct cox_fenced_wait, 1);

    wait->ticket = cox_reply_defer(reply);
    wait->target = g_strdup(target);
    return wait;
}

static char *
client_of(const struct cox_request *request, const char *client)
{
    return client != NULL ? g_strdup(client) : g_strdup_printf("%s.%d", request->program == NULL ? "client" : request->program, (int) request->pid);
}

bool
cox_fenced_on_ask(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    struct cox_fenced *fenced = of_ctx(ctx);
    const struct cox_msg_fence_ask *ask = request->body;
    g_autofree char *client = client_of(request, ask->client);
    struct cox_fence_request wanted;
    struct cox_fence_event event = { .kind = COX_FENCE_ON_ASKED, .request = &wanted };

    if (ask->target == NULL || ask->target[0] == '\0' || ask->action > COX_FENCE_ON) {
        g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM, "fencing: name a node, and one of reboot, off, on");
        return false;
    }
    if (!is_ready(fenced, error) || !obeys(fenced, ask, error)) {
        return false;
    }
    if (ask->generation != 0) {
        spread_term(fenced, ask->generation, ask->coordinator);
    }
    cox_fenced_refresh(fenced);
    wanted = (struct cox_fence_request) {
        .target = name_of(fenced, ask->target), .action = (enum cox_fence_action) ask->action, .client = client, .delay_ms = ask->delay_ms,
        .tolerance_ms = ask->tolerance_ms, .is_unfencing = ask->is_unfencing != 0, .life = ask->life,
    };
    cox_log_line(cox_service_log(ctx), COX_LOG_INFO, "asked to fence target=%s action=%s client=%s", wanted.target,
                 cox_fence_action_text(wanted.action), client);
    fenced->accepting = new_wait(reply, wanted.target);
    cox_fenced_step(fenced, &event);
    return true;
}

bool
cox_fenced_on_confirm(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    struct cox_fenced *fenced = of_ctx(ctx);
    const struct cox_msg_fence_confirm *confirm = request->body;
    g_autofree char *client = client_of(request, NULL);
    struct cox_fence_request said = { .action = COX_FENCE_OFF, .client = client };
    struct cox_fence_event event = { .kind = COX_FENCE_ON_CONFIRMED, .request = &said };

    if (confirm->target == NULL || confirm->target[0] == '\0') {
        g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM, "confirmation: no node named");
        return false;
    }
    if (!is_ready(fenced, error)) {
        return false;
    }
    said.target = name_of(fenced, confirm->target);
    g_ptr_array_add(fenced->waits, new_wait(reply, said.target));
    cox_fenced_step(fenced, &event);
    return true;
}

bool
cox_fenced_on_withdraw(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    struct cox_fenced *fenced = of_ctx(ctx);
    const struct cox_msg_fence_withdraw *withdraw = request->body;
    struct cox_fence_request unwanted = { .target = withdraw->target, .client = withdraw->client };
    struct cox_fence_event event = { .kind = COX_FENCE_ON_WITHDRAWN, .request = &unwanted };

    (void) reply;
    if (withdraw->target == NULL || withdraw->client == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM, "withdrawal: name a node, and who has asked for its fencing");
        return false;
    }
    if (!is_ready(fenced, error)) {
        return false;
    }
    cox_log_line(cox_service_log(ctx), COX_LOG_INFO, "fencing is not wanted any more target=%s client=%s", unwanted.target, unwanted.client);
    cox_fenced_step(fenced, &event);
    return true;
}

/* ---- history ---- */

static gsize
bytes_of(const struct cox_msg_fence_event *event)
{
    const char *const texts[] = { event->target, event->client, event->origin, event->delegate, event->reason, event->id };
    gsize bytes = 40;

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        bytes += texts[i] == NULL ? 0 : strlen(texts[i]) + 4;
    }
    return bytes;
}

static void
collect_pending(const struct cox_fenced *fenced, const char *target, GArray *events, struct cox_arena *arena)
{
    const struct cox_fenceop *op = NULL;

    for (guint i = 0; (op = cox_fence_op(fenced->engine, i)) != NULL; i++) {
        const struct cox_msg_fence_event event = {
            .target = op->target, .action = op->action, .client = op->client, .origin = cox_service_node_name(fenced->ctx, op->id.origin),
            .reason = op->reason, .state = 2, .id = cox_arena_printf(arena, "%u.%" G_GUINT64_FORMAT, op->id.origin, op->id.serial),
        };

        if (target == NULL || strcmp(target, op->target) == 0) {
            g_array_append_val(events, event);
        }
    }
}

static void
collect_history(const struct cox_fenced *fenced, const char *target, GArray *events, struct cox_arena *arena)
{
    guint n = 0;
    gsize bytes = 0;

    while (cox_fence_history(fenced->engine, n) != NULL) {
        n++;
    }
    for (guint i = n; i > 0 && bytes < HISTORY_BYTES; i--) {
        const struct cox_msg_fence_event event = cox_fenced_event(fenced, cox_fence_history(fenced->engine, i - 1), arena);

        if (target == NULL || strcmp(target, event.target) == 0) {
            g_array_append_val(events, event);
            bytes += bytes_of(&event);
        }
    }
}

/* Does something in the history, or under way, name it so? */
static bool
is_known_target(const struct cox_fenced *fenced, const char *target)
{
    const struct cox_fence_record *record = NULL;
    const struct cox_fenceop *op = NULL;

    for (guint i = 0; (record = cox_fence_history(fenced->engine, i)) != NULL; i++) {
        if (strcmp(record->target, target) == 0) {
            return true;
        }
    }
    for (guint i = 0; (op = cox_fence_op(fenced->engine, i)) != NULL; i++) {
        if (strcmp(op->target, target) == 0) {
            return true;
        }
    }
    return false;
}

/* Whose history is meant.  What is to be forgotten has to be named as it stands there: a number may be meant as a name. */
static const char *
target_of(const struct cox_fenced *fenced, const struct cox_msg_fence_history_query *query)
{
    if (query->target == NULL || query->clean != 0 || is_known_target(fenced, query->target)) {
        return query->target;
    }
    return name_of(fenced, query->target);
}

bool
cox_fenced_on_history(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    const struct cox_fenced *fenced = of_ctx(ctx);
    const struct cox_msg_fence_history_query *query = request->body;
    g_autoptr(cox_arena) arena = cox_arena_new();
    g_autoptr(GArray) events = g_array_new(FALSE, TRUE, sizeof(struct cox_msg_fence_event));
    struct cox_msg_fence_history answer = { 0 };
    struct cox_msg_fence_forget forget = { 0 };
    const char *target = NULL;

    if (fenced->engine == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_TRY_AGAIN, "fencing history: this node is not part of a cluster yet; try again");
        return false;
    }
    if (query->clean != 0 && request->role < COX_ROLE_ADMIN) {
        g_set_error(error, COX_ERROR, COX_ERROR_PRIVILEGE, "fencing history: only root and the cluster's user may clean it");
        return false;
    }
    target = target_of(fenced, query);
    collect_pending(fenced, target, events, arena);
    collect_history(fenced, target, events, arena);
    answer.events = (const struct cox_msg_fence_event *) events->data;
    answer.n_events = events->len;
    if (query->clean != 0) {
        forget.target = target;
        (void) cox_service_send(ctx, COX_MSG_FENCE_FORGET, &forget);
    }
    cox_reply_set(reply, COX_MSG_FENCE_HISTORY, &answer);
    return true;
}

bool
cox_fenced_on_forget(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    const struct cox_fenced *fenced = of_ctx(ctx);
    const struct cox_msg_fence_forget *forget = request->body;

    (void) reply;
    (void) error;
    if (fenced->engine != NULL) {
        cox_fence_forget(fenced->engine, forget->target);
    }
    return true;
}

/* ---- the other nodes ---- */

bool
cox_fenced_on_peer(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    struct cox_fenced *fenced = of_ctx(ctx);
    g_autoptr(cox_arena) arena = cox_arena_new();
    struct cox_fence_message message;
    struct cox_fence_event event = { .kind = COX_FENCE_ON_MESSAGE };

    (void) reply;
    (void) error;
    if (fenced->engine != NULL && cox_fencewire_read(request->body, arena, &message)) {
        if (message.kind == COX_FENCE_REQUEST) {
            cox_fenced_refresh(fenced);
        }
        event.message.sender = request->node;
        event.message.message = &message;
        cox_fenced_step(fenced, &event);
    }
    return true;
}

/* Is somebody new among @nodes, and this node the lowest of those that are not? */
static bool
has_to_tell(const struct cox_fenced *fenced, const guint32 *nodes, gsize n_nodes)
{
    guint32 lowest = 0;
    gsize n_old = 0;

    for (gsize i = 0; i < n_nodes; i++) {
        for (guint m = 0; m < fenced->members->len; m++) {
            if (g_array_index(fenced->members, struct cox_fence_member, m).id == nodes[i]) {
                lowest = n_old++ == 0 ? nodes[i] : MIN(lowest, nodes[i]);
            }
        }
    }
    return n_old < n_nodes && lowest == cox_service_self(fenced->ctx);
}

static void
set_members(struct cox_fenced *fenced, const guint32 *nodes, gsize n_nodes)
{
    g_array_set_size(fenced->members, 0);
    for (gsize i = 0; i < n_nodes; i++) {
        const char *name = cox_service_node_name(fenced->ctx, nodes[i]);
        const struct cox_fence_member member = { nodes[i], name != NULL ? name : "" };

        g_array_append_val(fenced->members, member);
    }
}

static void
new_engine(struct cox_fenced *fenced)
{
    struct cox_runtime *runtime = cox_service_runtime(fenced->ctx);
    guint32 self = cox_service_self(fenced->ctx);
    const char *name = cox_service_node_name(fenced->ctx, self);
    const struct cox_fence_config config = {
        .name = name != NULL ? name : "", .incarnation = fenced->incarnation, .first_serial = (guint64) cox_runtime_wall(runtime).usec,
        .seed = fenced->incarnation ^ self, .fencing_timeout_ms = FENCING_TIMEOUT_MS, .grace_ms = GRACE_MS, .asking_ms = ASKING_MS,
        .slack_ms = SLACK_MS, .greet_ms = GREET_MS, .quorum_ms = QUORUM_MS, .lie_ms = fenced->patience_ms, .doubt_ms = DOUBT_MS, .refence_ms = REFENCE_MS, .refence_max_ms = REFENCE_MAX_MS,
    };

    fenced->engine = cox_fence_new(&config, self);
}

static void
step_quorum(struct cox_fenced *fenced)
{
    struct cox_fence_event event = { .kind = COX_FENCE_ON_QUORUM };

    event.has_quorum = fenced->has_quorum && fenced->is_connected;
    if (fenced->engine != NULL) {
        cox_fenced_step(fenced, &event);
    }
}

void
cox_fenced_view(struct cox_ctx *ctx, const guint32 *nodes, gsize n_nodes)
{
    struct cox_fenced *fenced = of_ctx(ctx);
    guint32 self = cox_service_self(ctx);
    struct cox_fence_event event = { .kind = COX_FENCE_ON_VIEW };

    if (fenced->engine == NULL && n_nodes == 0) {
        return;
    }
    if (fenced->engine == NULL) {
        new_engine(fenced);
    }
    fenced->is_connected = n_nodes > 0;
    if (n_nodes == 0) { /* alone as far as we can tell, and then without quorum */
        fenced->has_quorum = false;
        cox_fenced_fail_waits(fenced, "the connection to the cluster is gone");
    }
    step_quorum(fenced);
    if (has_to_tell(fenced, nodes, n_nodes)) {
        cox_fenced_registry_tell(fenced);
    }
    set_members(fenced, n_nodes == 0 ? &self : nodes, n_nodes == 0 ? 1 : n_nodes);
    event.view.members = (const struct cox_fence_member *) fenced->members->data;
    event.view.n = fenced->members->len;
    cox_fenced_step(fenced, &event);
    if (fenced->build == NULL) {
        fenced->is_dirty = true;
        cox_fenced_refresh(fenced);
    }
}

static void
on_tell_barred(void *context)
{
    struct cox_fenced *fenced = context;

    fenced->telling = 0;
    cox_fenced_tell_barred(fenced);
}

/* A controller that begins now would admit a node that it has not heard of. */
bool
cox_fenced_subscribed(struct cox_ctx *ctx, const struct cox_request *request, const char *topic, GError **error)
{
    struct cox_fenced *fenced = of_ctx(ctx);

    (void) request;
    (void) topic;
    (void) error;
    cox_runtime_cancel(cox_service_runtime(ctx), fenced->telling); /* the answer goes first */
    fenced->telling = cox_runtime_defer(cox_service_runtime(ctx), on_tell_barred, fenced);
    return true;
}

void
cox_fenced_nodes_lost(struct cox_ctx *ctx, const guint32 *nodes, gsize n_nodes)
{
    struct cox_fenced *fenced = of_ctx(ctx);
    struct cox_fence_event event = { .kind = COX_FENCE_ON_LOST };

    event.lost.nodes = nodes;
    event.lost.n = n_nodes;
    if (fenced->engine != NULL) {
        cox_fenced_step(fenced, &event);
    }
}

void
cox_fenced_quorum(struct cox_ctx *ctx, const struct cox_peers_quorum *quorum)
{
    struct cox_fenced *fenced = of_ctx(ctx);

    if (fenced->has_quorum != quorum->is_quorate) {
        fenced->has_quorum = quorum->is_quorate;
        step_quorum(fenced);
    }
    if (fenced->is_two_node != quorum->is_two_node) { /* watchdogs prove something or not */
        fenced->is_two_node = quorum->is_two_node;
        fenced->is_dirty = true;
        cox_fenced_refresh(fenced);
    }
}
