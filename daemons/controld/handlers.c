/* daemons/controld/handlers.c - requests of clients.  Layer 6. */
#include "daemons/controld/controld.h"

#include <string.h>

#include "base/error.h"
#include "daemons/controld/mark.h"
#include "daemons/controld/wishes.h"
#include "proto/marshal.h"

/* A refresh that waits for the nodes that have something to forget. */
struct controld_refresh {
    char *key;
    GArray *nodes; /* guint32: have not answered */
    cox_ticket ticket;
};

static void
free_refresh(gpointer data)
{
    struct controld_refresh *refresh = data;

    g_free(refresh->key);
    g_array_unref(refresh->nodes);
    g_free(refresh);
}

/* ---- query ---- */

static const char *
phase_text(const struct controld *controld)
{
    struct cox_term term = controld->election == NULL ? (struct cox_term) { 0, 0 } : cox_election_term(controld->election);

    if (controld->election == NULL) {
        return "S_STARTING";
    }
    if (term.coordinator == 0) {
        return "S_ELECTION";
    }
    if (term.coordinator != controld->self) {
        return "S_NOT_DC";
    }
    switch (cox_reign_phase(controld->reign)) {
        case COX_REIGN_SUBJECT:
        case COX_REIGN_GATHERING:
            return "S_INTEGRATION";
        case COX_REIGN_PLANNING:
            return "S_POLICY_ENGINE";
        case COX_REIGN_WORKING:
            return "S_TRANSITION_ENGINE";
        case COX_REIGN_IDLE:
            return "S_IDLE";
    }
    return "S_IDLE";
}

static bool
has(const GArray *nodes, guint32 node)
{
    for (guint i = 0; i < nodes->len; i++) {
        if (g_array_index(nodes, guint32, i) == node) {
            return true;
        }
    }
    return false;
}

static void
list_nodes(const struct controld *controld, GArray *list)
{
    for (guint i = 0; i < controld->members->len; i++) {
        guint32 id = g_array_index(controld->members, guint32, i);
        const struct cox_msg_control_node node = { .id = id, .name = cox_service_node_name(controld->ctx, id),
                                                   .state = has(controld->view, id) ? "member" : "lost" };

        g_array_append_val(list, node);
    }
}

bool
controld_on_query(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    struct controld *controld = cox_service_data(ctx);
    struct cox_term term = controld->election == NULL ? (struct cox_term) { 0, 0 } : cox_election_term(controld->election);
    g_autoptr(GArray) nodes = g_array_new(FALSE, FALSE, sizeof(struct cox_msg_control_node));
    g_autoptr(GArray) inflight = g_array_new(FALSE, FALSE, sizeof(struct cox_inflight));
    struct cox_msg_control_state state = { .phase = phase_text(controld), .id = controld->self, .generation = term.generation };

    (void) request;
    (void) error;
    list_nodes(controld, nodes);
    if (controld->reign != NULL) {
        cox_reign_inflight(controld->reign, inflight);
        state.waiting_for = cox_reign_waits_for(controld->reign);
    }
    state.node = cox_service_node_name(ctx, controld->self);
    state.coordinator = term.coordinator == 0 ? NULL : cox_service_node_name(ctx, term.coordinator);
    state.has_quorum = cox_follow_has_quorum(controld->follow);
    state.n_nodes = nodes->len;
    state.nodes = (const struct cox_msg_control_node *) (const void *) nodes->data;
    state.n_inflight = inflight->len;
    cox_reply_set(reply, COX_MSG_CONTROL_STATE, &state);
    return true;
}

/* ---- refresh ---- */

/* A client's question goes to all nodes. */
static void
begin_refresh(struct controld *controld, const struct cox_msg_control_refresh *wanted, cox_ticket ticket)
{
    struct cox_msg_control_refresh body = *wanted;
    struct controld_refresh *wait = g_new0(struct controld_refresh, 1);
    g_autofree char *key = g_strdup_printf("refresh:%u:%" G_GUINT64_FORMAT, (unsigned int) controld->self, ++controld->n_refreshes);

    wait->nodes = g_array_new(FALSE, FALSE, sizeof(guint32));
    for (guint i = 0; i < controld->view->len; i++) {
        guint32 id = g_array_index(controld->view, guint32, i);

        if (body.node == NULL || g_strcmp0(body.node, cox_service_node_name(controld->ctx, id)) == 0) {
            g_array_append_val(wait->nodes, id);
        }
    }
    wait->key = g_strdup(key);
    wait->ticket = ticket;
    g_ptr_array_add(controld->refreshes, wait);
    body.key = key;
    (void) cox_service_send(controld->ctx, COX_MSG_CONTROL_REFRESH, &body);
    if (wait->nodes->len == 0) { /* nobody has anything to forget */
        controld_refreshed(controld, 0, key);
    }
}

/* A refresh that waits for the document's access rules. */
struct plea {
    struct controld *controld;
    cox_ticket ticket;
    struct cox_arena *arena;
    const struct cox_msg_control_refresh *wanted; /* in the arena */
};

static void
free_plea(gpointer data)
{
    struct plea *plea = data;

    cox_arena_free(plea->arena);
    g_free(plea);
}

static void
on_verdict(void *context, const GError *refusal)
{
    struct plea *plea = context;
    struct controld *controld = plea->controld;

    if (refusal != NULL) {
        cox_ticket_fail(controld->ctx, plea->ticket, refusal);
    } else {
        begin_refresh(controld, plea->wanted, plea->ticket);
    }
    g_hash_table_remove(controld->pleas, plea);
}

/* Who wants a history forgotten must be allowed to write there. */
static bool
plead(struct controld *controld, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    const struct cox_msg_control_refresh *body = request->body;
    const struct cox_schema *schema = cox_messages_schema(COX_MSG_CONTROL_REFRESH);
    g_autofree char *node = body->node == NULL ? g_strdup("/cib/status/node_state")
                                               : g_strdup_printf("/cib/status/node_state[@uname='%s']", body->node);
    g_autofree char *history = g_strdup_printf("%s//lrm_resource[@id='%s']", node, body->rsc_id == NULL ? "" : body->rsc_id);
    const char *const places[] = { body->rsc_id == NULL ? node : history, node, "/cib/status", NULL };
    g_autoptr(GByteArray) packed = g_byte_array_new();
    struct plea *plea;

    if (strpbrk(history, "\"") != NULL || (body->node != NULL && strchr(body->node, '\'') != NULL)
        || (body->rsc_id != NULL && strchr(body->rsc_id, '\'') != NULL)) {
        g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM, "resource '%s': a name with a quote cannot be held against access rules",
                    body->rsc_id == NULL ? "" : body->rsc_id);
        return false;
    }
    plea = g_new0(struct plea, 1);
    cox_marshal(schema, body, packed);
    *plea = (struct plea) { .controld = controld, .ticket = cox_reply_defer(reply), .arena = cox_arena_new() };
    plea->wanted = cox_unmarshal(schema, packed->data, packed->len, plea->arena, NULL);
    g_hash_table_add(controld->pleas, plea);
    cox_permit_ask(controld->permit, request->uid, places, on_verdict, plea);
    return true;
}

/* What comes from the group is done here, if this node is meant. */
bool
controld_on_refresh(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    struct controld *controld = cox_service_data(ctx);
    const struct cox_msg_control_refresh *body = request->body;

    if (request->origin == COX_FROM_PEER) {
        if (body->node == NULL || g_strcmp0(body->node, cox_service_node_name(ctx, controld->self)) == 0) {
            controld_duty_refresh(controld, body, body->key);
        }
        return true;
    }
    if (controld->view->len == 0) {
        g_set_error_literal(error, COX_ERROR, COX_ERROR_TRY_AGAIN, "this node is not a member of the cluster yet; ask again");
        return false;
    }
    if (request->role < COX_ROLE_ADMIN && cox_permit_has_rules(controld->permit)) {
        return plead(controld, request, reply, error);
    }
    begin_refresh(controld, body, cox_reply_defer(reply));
    return true;
}

void
controld_refreshed(struct controld *controld, guint32 node, const char *key)
{
    const struct cox_msg_done done = { 0 };

    for (guint i = controld->refreshes->len; key != NULL && i > 0; i--) {
        struct controld_refresh *refresh = controld->refreshes->pdata[i - 1];

        if (!g_str_equal(refresh->key, key)) {
            continue;
        }
        for (guint k = refresh->nodes->len; k > 0; k--) {
            if (g_array_index(refresh->nodes, guint32, k - 1) == node) {
                g_array_remove_index(refresh->nodes, k - 1);
            }
        }
        if (refresh->nodes->len == 0) {
            cox_ticket_answer(controld->ctx, refresh->ticket, COX_MSG_DONE, &done, NULL);
            g_ptr_array_remove_index(controld->refreshes, i - 1);
        }
    }
}

/* ---- leaving ---- */

void
controld_leave_if_asked(struct controld *controld)
{
    const char *own = cox_service_node_name(controld->ctx, controld->self);
    g_autofree char *now = g_strdup_printf("%" G_GINT64_FORMAT, cox_wall_seconds(cox_runtime_wall(controld->runtime)));

    if (controld->leavers->len == 0 || controld->is_leaving || controld->election == NULL || own == NULL || controld->oplog == NULL) {
        return; /* oplog: what was wanted of this node in its life before is forgotten first */
    }
    cox_log_line(controld->log, COX_LOG_NOTICE, "leaving: resources of this node are moved away or stopped first");
    controld_wish_attribute(controld, own, &(struct cox_reign_attribute) { "shutdown", now });
    controld_crew_leave(controld);
}

/* A controller that has just been started again does not know yet what runs here: it asks when it is part of the cluster. */
bool
controld_on_leave(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    struct controld *controld = cox_service_data(ctx);
    cox_ticket ticket = cox_reply_defer(reply);

    (void) request;
    (void) error;
    g_array_append_val(controld->leavers, ticket);
    if ((controld->election == NULL && !controld_mark_exists(controld)) || controld->is_released) {
        controld_may_leave(controld); /* it never was part of it, or is not any more */
        return true;
    }
    controld_leave_if_asked(controld);
    return true;
}

void
controld_may_leave(struct controld *controld)
{
    const struct cox_msg_done done = { 0 };

    cox_log_line(controld->log, COX_LOG_NOTICE, "this node may leave");
    controld_mark_remove(controld); /* what happens here from now on is not in the history */
    controld->is_released = true;
    for (guint i = 0; i < controld->leavers->len; i++) {
        cox_ticket_answer(controld->ctx, g_array_index(controld->leavers, cox_ticket, i), COX_MSG_DONE, &done, NULL);
    }
    g_array_set_size(controld->leavers, 0);
}

/* ---- removal of a node ---- */

struct removal {
    struct controld *controld;
    cox_ticket ticket;
};

static void
on_removed(void *context, const struct cox_follow_answer *answer)
{
    struct removal *removal = context;
    const struct cox_msg_done done = { 0 };

    if (answer->error != NULL) {
        cox_ticket_fail(removal->controld->ctx, removal->ticket, answer->error);
    } else {
        cox_ticket_answer(removal->controld->ctx, removal->ticket, COX_MSG_DONE, &done, NULL);
    }
    g_free(removal);
}

bool
controld_on_remove_node(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    struct controld *controld = cox_service_data(ctx);
    const struct cox_msg_control_remove_node *body = request->body;
    g_autofree char *path = NULL;
    struct cox_follow_change change = { .kind = COX_EDIT_DELETE_ALL, .fn = on_removed };
    struct removal *removal = NULL;

    for (guint i = 0; i < controld->members->len; i++) {
        guint32 id = g_array_index(controld->members, guint32, i);

        if (id == body->id || (body->name != NULL && g_strcmp0(body->name, cox_service_node_name(ctx, id)) == 0)) {
            g_set_error(error, COX_ERROR, COX_ERROR_PRIVILEGE, "node '%s' is a member: stop it first",
                        body->name == NULL ? "" : body->name);
            return false;
        }
    }
    if (body->name == NULL || strpbrk(body->name, "'\"") != NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "name of a node: '%s' cannot be one", body->name == NULL ? "" : body->name);
        return false;
    }
    path = g_strdup_printf("/cib/configuration/nodes/node[@uname='%s']|/cib/status/node_state[@uname='%s']", body->name, body->name);
    removal = g_new(struct removal, 1);
    *removal = (struct removal) { controld, cox_reply_defer(reply) };
    change.xpath = path;
    change.context = removal;
    cox_follow_change(controld->follow, &change);
    return true;
}

void
controld_handlers_start(struct controld *controld)
{
    controld->permit = cox_permit_new(controld->runtime, &controld->follow, NULL);
    controld->pleas = g_hash_table_new_full(NULL, NULL, free_plea, NULL);
    controld->leavers = g_array_new(FALSE, FALSE, sizeof(cox_ticket));
    controld->refreshes = g_ptr_array_new_with_free_func(free_refresh);
}

void
controld_handlers_stop(struct controld *controld)
{
    cox_permit_free(controld->permit);
    g_hash_table_unref(controld->pleas);
    g_array_unref(controld->leavers);
    g_ptr_array_unref(controld->refreshes);
}
