/* daemons/attrd/attrd_handlers.c - requests, messages and changes of membership become events of the engine.  Layer 6. */
#include "daemons/attrd/attrd.h"

#include "base/error.h"

enum { SYNC_MS = 2000, RETRY_MS = 500, RETRY_MAX_MS = 8000, VALUES_AT_A_TIME = 400 };

static struct cox_attrd *
of_ctx(const struct cox_ctx *ctx)
{
    return cox_service_data(ctx);
}

/* ---- updates ---- */

/* Whoever may ask: the document's access rules come on top. */
static bool
may_update(const struct cox_request *request, const struct cox_msg_attr_update *update, GError **error)
{
    if (request->role >= COX_ROLE_ADMIN) {
        return true;
    }
    if (update->kind == COX_ATTR_PRIVATE || update->change == COX_ATTR_REMOVE) {
        g_set_error(error, COX_ERROR, COX_ERROR_PRIVILEGE, "attribute '%s': private values and all values of a node are root's business",
                    update->name == NULL ? "(all)" : update->name);
        return false;
    }
    return true;
}

/* As long as there is no document it is not known who is not known. */
static bool
is_node_known(const struct cox_attrd *attrd, const struct cox_msg_attr_update *update, GError **error)
{
    const struct cox_attrdoc doc = cox_attrd_document(attrd);
    g_autofree char *id = update->needs_node == 0 || update->node == NULL || doc.root == NULL
                              ? g_strdup("")
                              : cox_attrdoc_node_id(&doc, update->node, NULL);

    if (id == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "Could not map name=%s to a UUID: no node of the cluster is called so", update->node);
    }
    return id != NULL;
}

static bool
check_update(const struct cox_msg_attr_update *update, GError **error)
{
    if (update->change > COX_ATTR_REFRESH || update->kind > COX_ATTR_PERMANENT) {
        g_set_error(error, COX_ERROR, COX_ERROR_UNIMPLEMENTED, "attribute '%s': change %" G_GUINT64_FORMAT " of kind %" G_GUINT64_FORMAT
                    " is not known here; update this node", update->name == NULL ? "" : update->name, update->change, update->kind);
        return false;
    }
    if (update->change == COX_ATTR_REMOVE && update->node == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM, "no node named whose values are to be removed");
        return false;
    }
    if ((update->change == COX_ATTR_SET || update->change == COX_ATTR_DAMPEN) && update->pattern == NULL
        && (update->name == NULL || update->name[0] == '\0')) {
        g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM, "no attribute named; give a name or a pattern");
        return false;
    }
    if (update->change == COX_ATTR_DAMPEN && update->has_dampening == 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM, "attribute '%s': no dampening given", update->name == NULL ? update->pattern : update->name);
        return false;
    }
    return true;
}

/* Names that the pattern matches, or the one given.  NULL: the pattern is none. */
static GPtrArray *
names_of(const struct cox_attrd *attrd, const struct cox_msg_attr_update *update, GError **error)
{
    g_autoptr(GRegex) regex = NULL;
    GPtrArray *names = NULL;
    const struct cox_attrtable *table = cox_attr_table(attrd->engine);
    g_autoptr(GError) problem = NULL;

    if (update->pattern != NULL) {
        regex = g_regex_new(update->pattern, 0, 0, &problem);
        if (regex == NULL) {
            g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM, "pattern '%s': %s", update->pattern, problem->message);
            return NULL;
        }
    }
    names = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; regex != NULL && i < table->attributes->len; i++) {
        const struct cox_attribute *attribute = table->attributes->pdata[i];

        if (g_regex_match(regex, attribute->name, 0, NULL)) {
            g_ptr_array_add(names, g_strdup(attribute->name));
        }
    }
    if (regex == NULL) {
        g_ptr_array_add(names, g_strdup(update->name)); /* NULL for what has none */
    }
    return names;
}

/* Kind of an attribute that is there: a pattern changes values, not what they are. */
static enum cox_attr_kind
kind_for(const struct cox_attrd *attrd, const struct cox_msg_attr_update *update, const char *name)
{
    const struct cox_attribute *attribute = name == NULL ? NULL : cox_attrtable_find(cox_attr_table(attrd->engine), name);

    return update->pattern != NULL && attribute != NULL ? attribute->kind : (enum cox_attr_kind) update->kind;
}

/* One of the names that an update is about. */
struct part {
    const char *name;
    bool may_wait;
};

static void
ask_engine(struct cox_attrd *attrd, const struct cox_msg_attr_update *update, const struct part *part, struct cox_attrd_wait *wait)
{
    const char *name = part->name;
    const struct cox_attrdoc doc = cox_attrd_document(attrd);
    struct cox_attr_change change = {
        .kind = (enum cox_attr_change_kind) update->change, .name = name, .node = update->node, .value = update->value,
        .value_kind = kind_for(attrd, update, name), .dampening_ms = update->has_dampening != 0 ? MAX(update->dampening_ms, 0) : -1,
        .wants_all = wait != NULL && wait->wants_all, .set_name = update->set_name, .is_utilization = update->is_utilization != 0,
        .may_wait = part->may_wait,
    };
    const struct cox_attr_event event = { .kind = COX_ATTR_ON_REQUEST, .request = &change };

    if (change.node == NULL && change.kind != COX_ATTR_REFRESH && change.kind != COX_ATTR_DAMPEN) {
        change.node = cox_service_node_name(attrd->ctx, cox_service_self(attrd->ctx));
    }
    if (change.kind == COX_ATTR_SET && change.value_kind == COX_ATTR_PERMANENT && doc.root != NULL && change.node != NULL) {
        const struct cox_attr_entry entry = { .name = name, .node = change.node, .kind = COX_ATTR_PERMANENT };

        change.current = cox_attrdoc_get(&doc, &entry);
    }
    if (wait != NULL) {
        guint64 *key = g_memdup2(&attrd->requests, sizeof(attrd->requests));

        *key = change.request = ++attrd->requests;
        g_hash_table_insert(attrd->waits, key, wait);
    }
    cox_attrd_step(attrd, &event);
}

bool
cox_attrd_carry_out(struct cox_attrd *attrd, const struct cox_msg_attr_update *update, struct cox_reply *reply, cox_ticket ticket,
                    GError **error)
{
    const struct cox_msg_done done = { 0 };
    struct cox_attrd_wait *wait = NULL;
    g_autoptr(GPtrArray) names = NULL;

    if (attrd->engine == NULL || !attrd->is_connected) {
        g_set_error(error, COX_ERROR, COX_ERROR_TRY_AGAIN, "attribute: this node is not part of a cluster yet; try again");
        return false;
    }
    names = names_of(attrd, update, error);
    if (names == NULL) {
        return false;
    }
    if (update->at_once == 0 && names->len > 0) {
        wait = g_new0(struct cox_attrd_wait, 1);
        wait->ticket = ticket != 0 ? ticket : cox_reply_defer(reply);
        wait->n_left = names->len;
        wait->wants_all = update->wants_all != 0 && (update->change != COX_ATTR_SET || update->kind != COX_ATTR_PERMANENT);
    } else if (ticket != 0) {
        cox_ticket_answer(attrd->ctx, ticket, COX_MSG_DONE, &done, NULL);
    }
    for (guint i = 0; i < names->len; i++) {
        const struct part part = { names->pdata[i], i + 1 < names->len || update->may_wait != 0 };

        ask_engine(attrd, update, &part, wait);
    }
    return true;
}

bool
cox_attrd_on_update(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    struct cox_attrd *attrd = of_ctx(ctx);
    const struct cox_msg_attr_update *update = request->body;

    if (!check_update(update, error) || !may_update(request, update, error) || !is_node_known(attrd, update, error)) {
        return false;
    }
    return request->role < COX_ROLE_ADMIN && cox_permit_has_rules(attrd->permit) ? cox_attrd_plead(attrd, request, reply, error)
                                                                                 : cox_attrd_carry_out(attrd, update, reply, 0, error);
}

/* ---- queries ---- */

static bool
is_asked_for(const struct cox_msg_attr_query *query, const char *self, const struct cox_attribute *attribute,
             const struct cox_attr_value *value)
{
    const char *node = query->node == NULL ? self : query->node;

    return value->value != NULL && (query->name == NULL || g_str_equal(query->name, attribute->name))
           && (g_strcmp0(node, "*") == 0 || g_strcmp0(node, value->node) == 0);
}

/* Who is bound by rules sees what the document shows him: what is not there, as private values are not, no rule can grant. */
static bool
is_visible(const struct cox_attrd *attrd, const struct cox_permit_sight *sight, const struct cox_attribute *attribute,
           const struct cox_attr_value *value)
{
    const struct cox_attrdoc doc = cox_attrd_document(attrd);
    const struct cox_attr_entry entry = { .name = attribute->name, .node = value->node, .is_utilization = attribute->is_utilization };

    return sight == NULL || cox_permit_may_see(sight, doc.root == NULL || attribute->kind == COX_ATTR_PRIVATE ? NULL : cox_attrdoc_find(&doc, &entry));
}

/* All that are asked for, from the first that was not told yet; how many there are. */
static guint64
collect(const struct cox_attrd *attrd, const struct cox_attrd_question *question, GArray *values)
{
    const struct cox_attrtable *table = cox_attr_table(attrd->engine);
    const char *self = cox_service_node_name(attrd->ctx, cox_service_self(attrd->ctx));
    guint64 n = 0;

    for (guint a = 0; a < table->attributes->len; a++) {
        const struct cox_attribute *attribute = table->attributes->pdata[a];

        for (guint v = 0; v < attribute->values->len; v++) {
            const struct cox_attr_value *value = attribute->values->pdata[v];
            const struct cox_msg_attr_value told = { .name = attribute->name, .node = value->node, .value = value->value,
                                                     .kind = attribute->kind, .dampening_ms = attribute->dampening_ms };

            if (is_asked_for(question->query, self, attribute, value) && is_visible(attrd, question->sight, attribute, value)
                && n++ >= question->query->skip && values->len < VALUES_AT_A_TIME) {
                g_array_append_val(values, told);
            }
        }
    }
    return n;
}

bool
cox_attrd_collect(const struct cox_attrd *attrd, const struct cox_attrd_question *question, GArray *values, struct cox_msg_attr_values *answer,
                  GError **error)
{
    const struct cox_msg_attr_query *query = question->query;
    guint64 n = 0;

    if (attrd->engine == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_TRY_AGAIN, "attributes: this node is not part of a cluster yet; try again");
        return false;
    }
    n = collect(attrd, question, values);
    if (n == 0 && query->name != NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "attribute '%s' has no value on %s", query->name,
                    query->node == NULL ? "this node" : g_str_equal(query->node, "*") ? "any node" : query->node);
        return false;
    }
    answer->values = (const struct cox_msg_attr_value *) values->data;
    answer->n_values = values->len;
    answer->writer = cox_service_node_name(attrd->ctx, cox_attr_writer(attrd->engine));
    answer->more = query->skip + values->len < n;
    return true;
}

bool
cox_attrd_on_query(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    struct cox_attrd *attrd = of_ctx(ctx);
    const struct cox_attrd_question question = { request->body, NULL };
    g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(struct cox_msg_attr_value));
    struct cox_msg_attr_values answer = { 0 };

    if (request->role < COX_ROLE_ADMIN && cox_permit_has_rules(attrd->permit)) {
        cox_attrd_look(attrd, request, reply);
        return true;
    }
    if (!cox_attrd_collect(attrd, &question, values, &answer, error)) {
        return false;
    }
    cox_reply_set(reply, COX_MSG_ATTR_VALUES, &answer);
    return true;
}

/* ---- the other nodes ---- */

bool
cox_attrd_on_peer(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    struct cox_attrd *attrd = of_ctx(ctx);
    g_autoptr(cox_arena) arena = cox_arena_new();
    struct cox_attr_message message;
    struct cox_attr_event event = { .kind = COX_ATTR_ON_MESSAGE };

    (void) reply;
    (void) error;
    if (attrd->engine != NULL && cox_attrwire_read(attrd->wire, request->node, request->body, arena, &message)) {
        event.message.sender = request->node;
        event.message.message = &message;
        cox_attrd_step(attrd, &event);
    }
    return true;
}

static void
set_members(struct cox_attrd *attrd, const guint32 *nodes, gsize n_nodes)
{
    g_array_set_size(attrd->members, 0);
    for (gsize i = 0; i < n_nodes; i++) {
        const char *name = cox_service_node_name(attrd->ctx, nodes[i]);
        struct cox_attr_member member = { nodes[i], name != NULL ? name : "" };

        g_array_append_val(attrd->members, member);
    }
}

/* @lost may be NULL. */
static void
step_view(struct cox_attrd *attrd, const GPtrArray *lost)
{
    struct cox_attr_event event = { .kind = COX_ATTR_ON_VIEW };

    event.view.members = (const struct cox_attr_member *) attrd->members->data;
    event.view.n_members = attrd->members->len;
    event.view.lost = lost == NULL ? NULL : (const char *const *) lost->pdata;
    event.view.n_lost = lost == NULL ? 0 : lost->len;
    cox_attrd_step(attrd, &event);
}

void
cox_attrd_view(struct cox_ctx *ctx, const guint32 *nodes, gsize n_nodes)
{
    static const struct cox_attr_config config = { .sync_ms = SYNC_MS, .retry_ms = RETRY_MS, .retry_max_ms = RETRY_MAX_MS };
    struct cox_attrd *attrd = of_ctx(ctx);
    guint32 self = cox_service_self(ctx);

    attrd->is_connected = n_nodes > 0;
    cox_attrwire_reset(attrd->wire);
    if (attrd->engine == NULL) {
        if (n_nodes == 0) {
            return;
        }
        attrd->engine = cox_attr_new(&config, self, (guint64) cox_runtime_wall(cox_service_runtime(ctx)).usec);
    }
    if (n_nodes == 0) { /* as far as we can tell we are alone; the others will compare with us when we are back */
        cox_attrd_fail_waits(attrd, "the connection to the cluster is gone");
        set_members(attrd, &self, 1);
    } else {
        set_members(attrd, nodes, n_nodes);
    }
    step_view(attrd, NULL);
}

void
cox_attrd_nodes_lost(struct cox_ctx *ctx, const guint32 *nodes, gsize n_nodes)
{
    struct cox_attrd *attrd = of_ctx(ctx);
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    for (gsize i = 0; i < n_nodes; i++) {
        const char *name = cox_service_node_name(ctx, nodes[i]);

        if (name != NULL) {
            g_ptr_array_add(names, (gpointer) (guintptr) name);
        }
    }
    if (attrd->engine != NULL && names->len > 0) {
        step_view(attrd, names);
    }
}
