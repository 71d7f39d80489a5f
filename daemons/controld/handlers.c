/* daemons/controld/handlers.c - requests of clients.  Layer 6. */
#include "daemons/controld/controld.h"

#include <string.h>

#include "base/error.h"
#include "cib/section.h"
#include "daemons/controld/mark.h"
#include "daemons/controld/wishes.h"
#include "proto/marshal.h"

/* What a client wants of the history of nodes, and which of them have not done it. */
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

/* Nodes that the document knows and that are not there. */
static void
list_lost(const struct controld *controld, GArray *list)
{
    const struct cox_cib *cib = cox_follow_cib(controld->follow);
    const struct cox_xml *nodes = cib == NULL ? NULL : cox_section_find(cox_cib_root(cib), "nodes");

    for (const struct cox_xml *node = cox_xml_child(nodes, "node"); node != NULL; node = cox_xml_next_named(node, "node")) {
        guint32 id = (guint32) g_ascii_strtoull(cox_xml_id(node) == NULL ? "" : cox_xml_id(node), NULL, 10);
        const struct cox_msg_control_node lost = { .id = id, .name = cox_xml_get(node, "uname"), .state = "lost" };

        if (id != 0 && cox_section_is_member(node) && !has(controld->members, id)) {
            g_array_append_val(list, lost);
        }
    }
}

static gint
by_id(gconstpointer a, gconstpointer b)
{
    guint64 one = ((const struct cox_msg_control_node *) a)->id, other = ((const struct cox_msg_control_node *) b)->id;

    return (one > other) - (one < other);
}

static void
list_nodes(const struct controld *controld, GArray *list)
{
    for (guint i = 0; i < controld->members->len; i++) {
        guint32 id = g_array_index(controld->members, guint32, i);
        const struct cox_msg_control_node node = { .id = id, .name = cox_service_node_name(controld->ctx, id),
                                                   .state = has(controld->view, id) ? "member" : "lost", .is_there = 1 };

        g_array_append_val(list, node);
    }
    list_lost(controld, list);
    g_array_sort(list, by_id);
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

/* ---- what is to be forgotten, or to have failed ---- */

/* A client's wish. */
struct wish {
    enum cox_message message;  /* CONTROL_REFRESH or CONTROL_FAIL */
    const void *body;          /* of that message */
    const char *rsc_id, *node; /* that it is about; NULL: all */
};

static struct wish
wish_of(enum cox_message message, const void *body)
{
    const struct cox_msg_control_refresh *refresh = body;
    const struct cox_msg_control_fail *fail = body;

    if (message == COX_MSG_CONTROL_FAIL) {
        return (struct wish) { message, body, fail->rsc_id, fail->node };
    }
    return (struct wish) { message, body, refresh->rsc_id, refresh->node };
}

static void
send_wish(struct controld *controld, const struct wish *wish, const char *key)
{
    if (wish->message == COX_MSG_CONTROL_FAIL) {
        const struct cox_msg_control_fail fail = { .rsc_id = wish->rsc_id, .node = wish->node, .key = key };

        (void) cox_service_send(controld->ctx, wish->message, &fail);
    } else {
        struct cox_msg_control_refresh refresh = *(const struct cox_msg_control_refresh *) wish->body;

        refresh.key = key;
        (void) cox_service_send(controld->ctx, wish->message, &refresh);
    }
}

/* It goes to all nodes; the key is that of a transition, because a failure is in the history with it: it should have been 0. */
static void
begin_wish(struct controld *controld, const struct wish *wish, cox_ticket ticket)
{
    struct controld_refresh *wait = g_new0(struct controld_refresh, 1);
    g_autofree char *key = g_strdup_printf("0:-1:0:wish-%u-%" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT, (unsigned int) controld->self,
                                           controld->incarnation, ++controld->n_refreshes);

    wait->nodes = g_array_new(FALSE, FALSE, sizeof(guint32));
    for (guint i = 0; i < controld->view->len; i++) {
        guint32 id = g_array_index(controld->view, guint32, i);

        if (wish->node == NULL || g_strcmp0(wish->node, cox_service_node_name(controld->ctx, id)) == 0) {
            g_array_append_val(wait->nodes, id);
        }
    }
    wait->key = g_strdup(key);
    wait->ticket = ticket;
    g_ptr_array_add(controld->refreshes, wait);
    send_wish(controld, wish, key);
    if (wait->nodes->len == 0) { /* nobody has anything to forget */
        controld_refreshed(controld, 0, &(struct cox_msg_control_result) { .key = key });
    }
}

/* A wish that waits for the document's access rules. */
struct plea {
    struct controld *controld;
    cox_ticket ticket;
    struct cox_arena *arena;
    enum cox_message message;
    const void *body; /* in the arena */
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
        const struct wish wish = wish_of(plea->message, plea->body);

        begin_wish(controld, &wish, plea->ticket);
    }
    g_hash_table_remove(controld->pleas, plea);
}

/* Who wants something of a history must be allowed to write there. */
static bool
plead(struct controld *controld, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    const struct wish wish = wish_of(request->message, request->body);
    const struct cox_schema *schema = cox_messages_schema(request->message);
    g_autofree char *node = wish.node == NULL ? g_strdup("/cib/status/node_state")
                                              : g_strdup_printf("/cib/status/node_state[@uname='%s']", wish.node);
    g_autofree char *history = g_strdup_printf("%s//lrm_resource[@id='%s']", node, wish.rsc_id == NULL ? "" : wish.rsc_id);
    const char *const places[] = { wish.rsc_id == NULL ? node : history, node, "/cib/status", NULL };
    g_autoptr(GByteArray) packed = g_byte_array_new();
    struct plea *plea;

    if (strpbrk(history, "\"") != NULL || (wish.node != NULL && strchr(wish.node, '\'') != NULL)
        || (wish.rsc_id != NULL && strchr(wish.rsc_id, '\'') != NULL)) {
        g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM, "resource '%s': a name with a quote cannot be held against access rules",
                    wish.rsc_id == NULL ? "" : wish.rsc_id);
        return false;
    }
    plea = g_new0(struct plea, 1);
    cox_marshal(schema, request->body, packed);
    *plea = (struct plea) {
        .controld = controld, .ticket = cox_reply_defer(reply), .arena = cox_arena_new(), .message = request->message
    };
    plea->body = cox_unmarshal(schema, packed->data, packed->len, plea->arena, NULL);
    g_hash_table_add(controld->pleas, plea);
    cox_permit_ask(controld->permit, request->uid, places, on_verdict, plea);
    return true;
}

static bool
on_local_wish(struct controld *controld, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    const struct wish wish = wish_of(request->message, request->body);

    if (controld->view->len == 0) {
        g_set_error_literal(error, COX_ERROR, COX_ERROR_TRY_AGAIN, "this node is not a member of the cluster yet; ask again");
        return false;
    }
    if (request->role < COX_ROLE_ADMIN && cox_permit_has_rules(controld->permit)) {
        return plead(controld, request, reply, error);
    }
    begin_wish(controld, &wish, cox_reply_defer(reply));
    return true;
}

/* What comes from the group is done here, if this node is meant. */
bool
controld_on_refresh(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    struct controld *controld = cox_service_data(ctx);
    const struct cox_msg_control_refresh *body = request->body;

    if (request->origin != COX_FROM_PEER) {
        return on_local_wish(controld, request, reply, error);
    }
    if (body->node == NULL || g_strcmp0(body->node, cox_service_node_name(ctx, controld->self)) == 0) {
        controld_duty_refresh(controld, body, body->key);
    }
    return true;
}

static bool
is_member(const struct controld *controld, const char *name)
{
    for (guint i = 0; i < controld->view->len; i++) {
        if (g_strcmp0(name, cox_service_node_name(controld->ctx, g_array_index(controld->view, guint32, i))) == 0) {
            return true;
        }
    }
    return false;
}

bool
controld_on_fail(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    struct controld *controld = cox_service_data(ctx);
    const struct cox_msg_control_fail *body = request->body;

    if (request->origin == COX_FROM_PEER) {
        if (g_strcmp0(body->node, cox_service_node_name(ctx, controld->self)) == 0) {
            controld_duty_fail(controld, body);
        }
        return true;
    }
    if (body->rsc_id == NULL || body->node == NULL) {
        g_set_error_literal(error, COX_ERROR, COX_ERROR_USAGE, "a failure is that of one resource on one node: name both");
        return false;
    }
    if (controld->view->len > 0 && !is_member(controld, body->node)) {
        g_set_error(error, COX_ERROR, COX_ERROR_NO_HOST, "node '%s' is not a member of the cluster now: nothing can fail there", body->node);
        return false;
    }
    return on_local_wish(controld, request, reply, error);
}

static guint32
who_is_gone(const struct controld *controld, const struct controld_refresh *refresh)
{
    for (guint i = 0; i < refresh->nodes->len; i++) {
        bool is_here = false;

        for (guint k = 0; k < controld->view->len; k++) {
            is_here = is_here || g_array_index(controld->view, guint32, k) == g_array_index(refresh->nodes, guint32, i);
        }
        if (!is_here) {
            return g_array_index(refresh->nodes, guint32, i);
        }
    }
    return 0;
}

/* Members have changed: who is gone answers no more. */
static void
give_up_on_gone(struct controld *controld)
{
    for (guint i = controld->refreshes->len; i > 0; i--) {
        struct controld_refresh *refresh = controld->refreshes->pdata[i - 1];
        guint32 gone = who_is_gone(controld, refresh);

        if (gone != 0) {
            const char *name = cox_service_node_name(controld->ctx, gone);
            g_autoptr(GError) error = g_error_new(COX_ERROR, COX_ERROR_NO_HOST, "node '%s' has left before it has answered: ask again if the "
                                                  "others matter", name == NULL ? "?" : name);

            cox_ticket_fail(controld->ctx, refresh->ticket, error);
            g_ptr_array_remove_index(controld->refreshes, i - 1);
        }
    }
}

void
controld_refreshed(struct controld *controld, guint32 node, const struct cox_msg_control_result *result)
{
    const struct cox_msg_done done = { 0 };

    if (result == NULL) {
        give_up_on_gone(controld);
        return;
    }
    for (guint i = controld->refreshes->len; result->key != NULL && i > 0; i--) {
        struct controld_refresh *refresh = controld->refreshes->pdata[i - 1];

        if (!g_str_equal(refresh->key, result->key)) {
            continue;
        }
        if (result->kind == COX_REIGN_FORGET && result->rc != 0 && result->reason != NULL) {
            g_autoptr(GError) error = g_error_new_literal(COX_ERROR, COX_ERROR_NOT_FOUND, result->reason);

            cox_ticket_fail(controld->ctx, refresh->ticket, error);
            g_ptr_array_remove_index(controld->refreshes, i - 1);
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

    if (controld->leavers->len == 0 || controld->is_leaving || controld->election == NULL || own == NULL || controld->oplog == NULL) {
        return; /* oplog: what was wanted of this node in its life before is forgotten first */
    }
    cox_log_line(controld->log, COX_LOG_NOTICE, "leaving: resources of this node are moved away or stopped first");
    controld_crew_leave(controld);
}

/*
 * The attribute that says so is lost when the daemon that has it dies while the other side of a split gets the document that counts, or
 * takes this node for lost: whoever leads now hears it again.
 */
void
controld_leave_still(struct controld *controld)
{
    const char *own = cox_service_node_name(controld->ctx, controld->self);
    g_autofree char *since = g_strdup_printf("%" G_GINT64_FORMAT, controld->leaving_since_s);

    if (controld->is_leaving && !controld->is_dismissed && own != NULL) {
        controld_wish_attribute(controld, own, &(struct cox_reign_attribute) { "shutdown", since });
    }
}

/* It is lost as well when all daemons that have it die together before the document has it. */
void
controld_leave_on_attr(void *context, bool is_up, const GError *problem)
{
    (void) problem;
    if (is_up) {
        controld_leave_still(context);
    }
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
    char *node; /* its name */
};

static void
on_removed(void *context, const struct cox_follow_answer *answer)
{
    struct removal *removal = context;
    const struct cox_msg_done done = { 0 };

    if (answer->error != NULL) {
        cox_ticket_fail(removal->controld->ctx, removal->ticket, answer->error);
    } else {
        controld_wish_forgotten(removal->controld, removal->node);
        cox_ticket_answer(removal->controld->ctx, removal->ticket, COX_MSG_DONE, &done, NULL);
    }
    g_free(removal->node);
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
    *removal = (struct removal) { controld, cox_reply_defer(reply), g_strdup(body->name) };
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
