/* lib/model/status.c - what is known of the nodes: look-ups, changes, copies.  Layer 1, pure. */
#include "model/status.h"

#include <stdint.h>
#include <string.h>

static void
node_free(gpointer data)
{
    struct cox_node_status *node = data;

    g_array_free(node->attr_sets, TRUE);
    g_array_free(node->utilization_sets, TRUE);
    g_ptr_array_free(node->resources, TRUE);
}

static void
ticket_free(gpointer data)
{
    struct cox_ticket_state *ticket = data;

    g_array_free(ticket->attrs, TRUE);
}

struct cox_status *
cox_status_new(void)
{
    struct cox_arena *arena = cox_arena_new();
    struct cox_status *status = cox_arena_new_array(arena, struct cox_status, 1);

    status->arena = arena;
    status->nodes = g_ptr_array_new_with_free_func(node_free);
    status->tickets = g_ptr_array_new_with_free_func(ticket_free);
    status->history_id_index = g_hash_table_new(g_str_hash, g_str_equal);
    return status;
}

void
cox_status_free(struct cox_status *status)
{
    if (status == NULL) {
        return;
    }
    g_ptr_array_free(status->nodes, TRUE);
    g_ptr_array_free(status->tickets, TRUE);
    g_hash_table_destroy(status->history_id_index);
    cox_arena_free(status->arena); /* the status itself lies in its arena */
}

/* ---- nodes ---- */

struct cox_node_status *
cox_status_node(const struct cox_status *status, const char *id, const char *uname)
{
    for (guint i = 0; i < status->nodes->len; i++) {
        struct cox_node_status *node = g_ptr_array_index(status->nodes, i);

        if (uname == NULL ? g_strcmp0(node->id, id) == 0
                          : node->uname != NULL && g_ascii_strcasecmp(node->uname, uname) == 0) {
            return node;
        }
    }
    return NULL;
}

struct cox_node_status *
cox_status_node_add(struct cox_status *status, const char *id, const char *uname)
{
    struct cox_node_status *node = cox_arena_new_array(status->arena, struct cox_node_status, 1);

    node->id = cox_arena_intern(status->arena, id);
    node->uname = cox_arena_intern(status->arena, uname);
    node->attr_sets = g_array_new(FALSE, FALSE, sizeof(struct cox_nvset));
    node->utilization_sets = g_array_new(FALSE, FALSE, sizeof(struct cox_nvset));
    node->resources = g_ptr_array_new();
    g_ptr_array_add(status->nodes, node);
    return node;
}

struct cox_node_status *
cox_status_node_ensure(struct cox_status *status, const char *id, const char *uname)
{
    struct cox_node_status *node = cox_status_node(status, id, uname);

    return node != NULL ? node : cox_status_node_add(status, id, uname);
}

void
cox_status_node_remove(struct cox_status *status, struct cox_node_status *node)
{
    g_ptr_array_remove(status->nodes, node);
}

/* ---- history ---- */

struct cox_rsc_history *
cox_status_rsc(const struct cox_node_status *node, const char *id)
{
    for (guint i = 0; i < node->resources->len; i++) {
        struct cox_rsc_history *rsc = g_ptr_array_index(node->resources, i);

        if (strcmp(rsc->id, id) == 0) {
            return rsc;
        }
    }
    return NULL;
}

/* The one copy of @id in the arena, and its number. */
static const char *
history_id(struct cox_status *status, const char *id, guint32 *index)
{
    gpointer known = NULL, number = NULL;

    if (!g_hash_table_lookup_extended(status->history_id_index, id, &known, &number)) {
        known = (gpointer) (uintptr_t) cox_arena_intern(status->arena, id);
        number = GUINT_TO_POINTER(++status->n_history_ids);
        g_hash_table_insert(status->history_id_index, known, number);
    }
    *index = GPOINTER_TO_UINT(number) - 1;
    return known;
}

bool
cox_status_rsc_was_known(const struct cox_status *status, const char *id)
{
    return g_hash_table_contains(status->history_id_index, id);
}

struct cox_rsc_history *
cox_status_rsc_add(struct cox_status *status, struct cox_node_status *node, const char *id)
{
    struct cox_rsc_history *rsc = cox_arena_new_array(status->arena, struct cox_rsc_history, 1);

    rsc->id = history_id(status, id, &rsc->id_index);
    g_ptr_array_add(node->resources, rsc);
    node->n_moves++;
    return rsc;
}

struct cox_rsc_history *
cox_status_rsc_ensure(struct cox_status *status, struct cox_node_status *node, const char *id)
{
    struct cox_rsc_history *rsc = cox_status_rsc(node, id);

    return rsc != NULL ? rsc : cox_status_rsc_add(status, node, id);
}

void
cox_status_rsc_remove(struct cox_node_status *node, const char *id)
{
    struct cox_rsc_history *rsc = cox_status_rsc(node, id);

    if (rsc != NULL) {
        g_ptr_array_remove(node->resources, rsc);
        node->n_moves++;
    }
}

/* The text members of an entry, so that copying them cannot forget one. */
static const size_t op_texts[] = {
    offsetof(struct cox_op_history, id),
    offsetof(struct cox_op_history, operation),
    offsetof(struct cox_op_history, operation_key),
    offsetof(struct cox_op_history, transition_key),
    offsetof(struct cox_op_history, transition_magic),
    offsetof(struct cox_op_history, on_node),
    offsetof(struct cox_op_history, exit_reason),
    offsetof(struct cox_op_history, op_digest),
    offsetof(struct cox_op_history, op_force_restart),
    offsetof(struct cox_op_history, op_restart_digest),
    offsetof(struct cox_op_history, op_secure_params),
    offsetof(struct cox_op_history, op_secure_digest),
    offsetof(struct cox_op_history, migrate_source),
    offsetof(struct cox_op_history, migrate_target),
    offsetof(struct cox_op_history, crm_feature_set),
    offsetof(struct cox_op_history, crm_debug_origin),
};

static void
op_intern(struct cox_arena *arena, struct cox_op_history *op)
{
    for (size_t i = 0; i < G_N_ELEMENTS(op_texts); i++) {
        const char **text = (const char **) (void *) ((char *) op + op_texts[i]);

        *text = cox_arena_intern(arena, *text);
    }
}

void
cox_status_rsc_agent_set(struct cox_status *status, struct cox_rsc_history *rsc, const char *standard,
                         const char *provider, const char *type)
{
    rsc->standard = cox_arena_intern(status->arena, standard);
    rsc->provider = cox_arena_intern(status->arena, provider);
    rsc->type = cox_arena_intern(status->arena, type);
    if (g_strcmp0(type, "remote") == 0 && g_strcmp0(provider, "pacemaker") == 0) {
        status->has_remote = true;
    }
}

void
cox_status_ops_set(struct cox_status *status, struct cox_rsc_history *rsc, const struct cox_op_history *ops,
                   guint32 n_ops)
{
    rsc->ops = cox_arena_memdup(status->arena, ops, n_ops, sizeof(*ops));
    rsc->n_ops = n_ops;
    for (guint32 i = 0; i < n_ops; i++) {
        struct cox_op_history *op = &rsc->ops[i];

        op->is_last_failure = op->id != NULL && g_str_has_suffix(op->id, "_last_failure_0");
    }
}

/* Where the entry with this id is; n_ops when there is none. */
static guint32
op_find(const struct cox_rsc_history *rsc, const char *id)
{
    guint32 at = 0;

    while (at < rsc->n_ops && g_strcmp0(rsc->ops[at].id, id) != 0) {
        at++;
    }
    return at;
}

const char *
cox_status_op_recorded(const char *task, bool is_done)
{
    if (strcmp(task, "reload") == 0 || strcmp(task, "reload-agent") == 0) {
        return is_done ? "start" : "monitor";
    }
    return task;
}

void
cox_status_op_put(struct cox_status *status, struct cox_rsc_history *rsc, const struct cox_op_history *op)
{
    guint32 at = op_find(rsc, op->id);
    guint32 n = MAX(rsc->n_ops, at + 1);
    g_autofree struct cox_op_history *ops = g_new(struct cox_op_history, n);

    if (rsc->n_ops > 0) {
        memcpy(ops, rsc->ops, rsc->n_ops * sizeof(*ops));
    }
    ops[at] = *op;
    op_intern(status->arena, &ops[at]);
    cox_status_ops_set(status, rsc, ops, n);
}

bool
cox_status_op_remove(struct cox_status *status, struct cox_rsc_history *rsc, const char *op_id)
{
    guint32 at = op_find(rsc, op_id);
    g_autofree struct cox_op_history *ops = NULL;

    if (at == rsc->n_ops) {
        return false;
    }
    ops = g_memdup2(rsc->ops, rsc->n_ops * sizeof(*ops));
    memmove(ops + at, ops + at + 1, (rsc->n_ops - at - 1) * sizeof(*ops));
    cox_status_ops_set(status, rsc, ops, rsc->n_ops - 1);
    return true;
}

/* ---- transient attributes ---- */

/* Put pair @at of @set out (@value NULL) or give it another value; sets are frozen, so the pairs are copied. */
static void
set_edit(struct cox_arena *arena, struct cox_nvset *set, size_t at, const char *value)
{
    struct cox_nvpair *pairs = cox_arena_memdup(arena, set->pairs, set->n_pairs, sizeof(*pairs));

    if (value != NULL) {
        pairs[at].value = cox_arena_intern(arena, value);
    } else {
        memmove(pairs + at, pairs + at + 1, (set->n_pairs - at - 1) * sizeof(*pairs));
        set->n_pairs--;
    }
    set->pairs = pairs;
}

static void
set_append(struct cox_arena *arena, struct cox_nvset *set, const char *name, const char *value)
{
    struct cox_nvpair *pairs = cox_arena_new_array(arena, struct cox_nvpair, set->n_pairs + 1);

    if (set->n_pairs > 0) {
        memcpy(pairs, set->pairs, set->n_pairs * sizeof(*pairs));
    }
    pairs[set->n_pairs++] = (struct cox_nvpair) {
        .id = cox_arena_printf(arena, "%s-%s", set->id, name),
        .name = cox_arena_intern(arena, name),
        .value = cox_arena_intern(arena, value),
    };
    set->pairs = pairs;
}

void
cox_status_attr_set(struct cox_status *status, struct cox_node_status *node, const char *name, const char *value)
{
    for (guint i = 0; i < node->attr_sets->len; i++) {
        struct cox_nvset *set = &g_array_index(node->attr_sets, struct cox_nvset, i);

        for (size_t j = 0; j < set->n_pairs; j++) {
            if (strcmp(set->pairs[j].name, name) == 0) {
                set_edit(status->arena, set, j, value);
                return;
            }
        }
    }
    if (value == NULL) {
        return;
    }
    if (node->attr_sets->len == 0) {
        struct cox_nvset set = { .id = cox_arena_printf(status->arena, "status-%s", node->id) };

        g_array_append_val(node->attr_sets, set);
    }
    set_append(status->arena, &g_array_index(node->attr_sets, struct cox_nvset, 0), name, value);
}

bool
cox_status_is_failure(const char *name, const char *rsc_id)
{
    static const char *const prefixes[] = { "fail-count-", "last-failure-" };

    for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++) {
        const size_t prefix = strlen(prefixes[i]), length = strlen(rsc_id);

        if (strncmp(name, prefixes[i], prefix) == 0 && strncmp(name + prefix, rsc_id, length) == 0) {
            const char *rest = name + prefix + length;

            rest += *rest == ':' ? 1 + strspn(rest + 1, "0123456789") : 0;
            return *rest == '\0' || *rest == '#';
        }
    }
    return false;
}

/* ---- tickets ---- */

struct cox_ticket_state *
cox_status_ticket(const struct cox_status *status, const char *id)
{
    for (guint i = 0; i < status->tickets->len; i++) {
        struct cox_ticket_state *ticket = g_ptr_array_index(status->tickets, i);

        if (strcmp(ticket->id, id) == 0) {
            return ticket;
        }
    }
    return NULL;
}

struct cox_ticket_state *
cox_status_ticket_ensure(struct cox_status *status, const char *id)
{
    struct cox_ticket_state *ticket = cox_status_ticket(status, id);

    if (ticket == NULL) {
        ticket = cox_arena_new_array(status->arena, struct cox_ticket_state, 1);
        ticket->id = cox_arena_intern(status->arena, id);
        ticket->attrs = g_array_new(FALSE, FALSE, sizeof(struct cox_nvpair));
        g_ptr_array_add(status->tickets, ticket);
    }
    return ticket;
}

static bool
is_true(const char *text)
{
    static const char *const words[] = { "true", "on", "yes", "y", "1" };

    for (size_t i = 0; text != NULL && i < G_N_ELEMENTS(words); i++) {
        if (g_ascii_strcasecmp(text, words[i]) == 0) {
            return true;
        }
    }
    return false;
}

static void
ticket_take(struct cox_ticket_state *ticket, const char *name, const char *value)
{
    gint64 seconds = 0;

    if (strcmp(name, "granted") == 0) {
        ticket->is_granted = is_true(value);
    } else if (strcmp(name, "standby") == 0) {
        ticket->is_standby = is_true(value);
    } else if (strcmp(name, "last-granted") == 0) {
        ticket->has_last_granted = value != NULL
                                   && g_ascii_string_to_signed(value, 10, G_MININT64, G_MAXINT64, &seconds, NULL);
        ticket->last_granted_s = ticket->has_last_granted ? seconds : 0;
    }
}

void
cox_status_ticket_set(struct cox_status *status, struct cox_ticket_state *ticket, const char *name, const char *value)
{
    struct cox_nvpair pair = {
        .name = cox_arena_intern(status->arena, name),
        .value = cox_arena_intern(status->arena, value),
    };

    ticket_take(ticket, name, value);
    for (guint i = 0; i < ticket->attrs->len; i++) {
        struct cox_nvpair *have = &g_array_index(ticket->attrs, struct cox_nvpair, i);

        if (strcmp(have->name, name) != 0) {
            continue;
        }
        if (value == NULL) {
            g_array_remove_index(ticket->attrs, i);
        } else {
            have->value = pair.value;
        }
        return;
    }
    if (value != NULL) {
        g_array_append_val(ticket->attrs, pair);
    }
}

/* ---- copy ---- */

/* Rules of transient sets are not copied: nothing that edits a status can make one. */
static void
sets_copy(struct cox_arena *arena, GArray *to, const GArray *from)
{
    for (guint i = 0; i < from->len; i++) {
        struct cox_nvset set = g_array_index(from, struct cox_nvset, i);
        struct cox_nvpair *pairs = cox_arena_memdup(arena, set.pairs, set.n_pairs, sizeof(*pairs));

        for (size_t j = 0; j < set.n_pairs; j++) {
            pairs[j].id = cox_arena_intern(arena, pairs[j].id);
            pairs[j].name = cox_arena_intern(arena, pairs[j].name);
            pairs[j].value = cox_arena_intern(arena, pairs[j].value);
        }
        set.id = cox_arena_intern(arena, set.id);
        set.rule = NULL;
        set.pairs = pairs;
        g_array_append_val(to, set);
    }
}

static void
rsc_copy(struct cox_status *to, struct cox_node_status *node, const struct cox_rsc_history *from)
{
    struct cox_rsc_history *rsc = cox_status_rsc_add(to, node, from->id);

    cox_status_rsc_agent_set(to, rsc, from->standard, from->provider, from->type);
    rsc->container = cox_arena_intern(to->arena, from->container);
    rsc->shutdown_lock_s = from->shutdown_lock_s;
    cox_status_ops_set(to, rsc, from->ops, from->n_ops);
    for (guint32 i = 0; i < rsc->n_ops; i++) {
        op_intern(to->arena, &rsc->ops[i]);
    }
}

static void
node_copy(struct cox_status *to, const struct cox_node_status *from)
{
    struct cox_node_status *node = cox_status_node_add(to, from->id, from->uname);

    node->in_ccm = cox_arena_intern(to->arena, from->in_ccm);
    node->crmd = cox_arena_intern(to->arena, from->crmd);
    node->join = cox_arena_intern(to->arena, from->join);
    node->expected = cox_arena_intern(to->arena, from->expected);
    node->crm_debug_origin = cox_arena_intern(to->arena, from->crm_debug_origin);
    node->is_remote = from->is_remote;
    node->node_fenced = cox_arena_intern(to->arena, from->node_fenced);
    node->node_in_maintenance = cox_arena_intern(to->arena, from->node_in_maintenance);
    node->has_lrm = from->has_lrm;
    sets_copy(to->arena, node->attr_sets, from->attr_sets);
    sets_copy(to->arena, node->utilization_sets, from->utilization_sets);
    for (guint i = 0; i < from->resources->len; i++) {
        rsc_copy(to, node, g_ptr_array_index(from->resources, i));
    }
}

struct cox_status *
cox_status_copy(const struct cox_status *status)
{
    struct cox_status *copy = cox_status_new();

    for (guint i = 0; i < status->nodes->len; i++) {
        node_copy(copy, g_ptr_array_index(status->nodes, i));
    }
    for (guint i = 0; i < status->tickets->len; i++) {
        const struct cox_ticket_state *from = g_ptr_array_index(status->tickets, i);
        struct cox_ticket_state *ticket = cox_status_ticket_ensure(copy, from->id);

        for (guint j = 0; j < from->attrs->len; j++) {
            const struct cox_nvpair *pair = &g_array_index(from->attrs, struct cox_nvpair, j);

            cox_status_ticket_set(copy, ticket, pair->name, pair->value);
        }
    }
    return copy;
}
