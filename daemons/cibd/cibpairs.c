/* daemons/cibd/cibpairs.c - one attribute of the document: what it is, and another value for it.  Layer 6. */
#include "daemons/cibd/cibpairs.h"

#include <string.h>

#include "admin/step.h"
#include "base/error.h"
#include "cib/amend.h"
#include "xml/xmlwrite.h"

/* ---- what is asked ---- */

static struct cibd_choice *
choice_new(const struct cox_msg_cib_choice *given, gsize n, GError **error)
{
    struct cibd_choice *choice = NULL;

    if (n != 1 || given->scope > COX_ATTRPATH_OP_DEFAULTS) {
        g_set_error_literal(error, COX_ERROR, COX_ERROR_PROTOCOL, "attribute: the message says of none what it belongs to");
        return NULL;
    }
    choice = g_new0(struct cibd_choice, 1);
    choice->node = g_strdup(given->node);
    choice->set_id = g_strdup(given->set_id);
    choice->id = g_strdup(given->id);
    choice->name = g_strdup(given->name);
    choice->request = (struct cox_attrpath_request) {
        .scope = (enum cox_attrpath_scope) given->scope, .is_utilization = given->is_utilization != 0, .node = choice->node,
        .set_id = choice->set_id, .id = choice->id, .name = choice->name,
    };
    return choice;
}

struct cibd_choice *
cibd_choice_query(const struct cox_msg_cib_pairs_query *message, GError **error)
{
    return choice_new(message->choice, message->n_choice, error);
}

struct cibd_choice *
cibd_choice_set(const struct cox_msg_cib_set *message, GError **error)
{
    struct cibd_choice *choice = choice_new(message->choice, message->n_choice, error);

    if (choice != NULL) {
        choice->sets = true;
        choice->value = g_strdup(message->value);
    }
    return choice;
}

void
cibd_choice_free(struct cibd_choice *choice)
{
    if (choice != NULL) {
        g_free(choice->node);
        g_free(choice->set_id);
        g_free(choice->id);
        g_free(choice->name);
        g_free(choice->value);
        g_free(choice);
    }
}

/* ---- what is told ---- */

static struct cibd_pairs *
pairs_new(const struct cox_attrpath_match *match)
{
    struct cibd_pairs *pairs = g_new0(struct cibd_pairs, 1);
    guint n = match->pairs->len;
    struct cox_msg_cib_pair *list;

    pairs->arena = cox_arena_new();
    list = cox_arena_new_array(pairs->arena, struct cox_msg_cib_pair, n);
    for (guint i = 0; i < n; i++) {
        const struct cox_xml *pair = match->pairs->pdata[i];

        list[i].id = cox_arena_strdup(pairs->arena, cox_xml_id(pair));
        list[i].name = cox_arena_strdup(pairs->arena, cox_xml_get(pair, "name"));
        list[i].value = cox_arena_strdup(pairs->arena, cox_xml_get(pair, "value"));
    }
    pairs->message.n_pairs = n;
    pairs->message.pairs = list;
    return pairs;
}

void
cibd_pairs_free(struct cibd_pairs *pairs)
{
    if (pairs != NULL) {
        cox_arena_free(pairs->arena);
        g_free(pairs);
    }
}

/* ---- answer ---- */

/* The one step that changes what was found; NULL without an error: nothing is to be done, or it is not clear with what. */
static struct cox_step *
find_step(const struct cibd_choice *choice, const struct cox_attrpath_match *match, GError **error)
{
    g_autoptr(GPtrArray) steps = g_ptr_array_new_with_free_func((GDestroyNotify) cox_step_free);

    if (!choice->sets || match->pairs->len > 1) {
        return NULL;
    }
    (void) (choice->value == NULL ? cox_attrpath_delete(&choice->request, match, steps, error)
                                  : cox_attrpath_update(&choice->request, match, choice->value, steps, error));
    return steps->len == 0 ? NULL : g_ptr_array_steal_index(steps, 0);
}

static void
submit(struct cibd *cibd, struct cibd_pending *pending, const struct cox_step *step, struct cox_ciborder *order)
{
    const struct cox_edit edit = cox_step_edit(step);
    g_autofree char *text = cox_xmlwrite_text(edit.input, COX_XMLWRITE_PLAIN);

    order->command = cox_amend_command(edit.kind);
    order->section = edit.section;
    order->allows_creation = edit.allows_creation;
    order->counts = edit.counts;
    order->xml = text;
    order->xml_size = strlen(text);
    cibd_submit(cibd, order, pending);
}

void
cibd_pairs_answer(struct cibd *cibd, cox_ticket ticket, const struct cibd_choice *choice, const struct cibd_query *query, const char *client)
{
    struct cox_ciborder order = { .user = query->user, .groups = query->groups, .client = client };
    struct cox_attrpath_request request = choice->request;
    struct cox_attrpath_match match = { 0 };
    g_autoptr(cox_xmldoc) visible = NULL;
    g_autoptr(cox_step) step = NULL;
    g_autoptr(GError) error = NULL;
    const struct cox_xml *root = cibd_query_root(cibd, query, &visible, &error);
    struct cibd_pairs *pairs = NULL;

    cibd->n_queries++;
    if (request.node == NULL) {
        const char *self = cox_service_node_name(cibd->ctx, cox_service_self(cibd->ctx));

        request.node = self == NULL ? "" : self;
    }
    if (root != NULL && cox_attrpath_find(root, &request, &match, &error)) {
        pairs = pairs_new(&match);
        step = find_step(choice, &match, &error);
    }
    if (error != NULL) {
        cox_ticket_fail(cibd->ctx, ticket, error);
        cibd_pairs_free(pairs);
    } else if (step == NULL) {
        cox_ticket_answer(cibd->ctx, ticket, COX_MSG_CIB_PAIRS, &pairs->message, NULL);
        cibd_pairs_free(pairs);
    } else {
        struct cibd_pending *pending = g_new0(struct cibd_pending, 1);

        pending->ticket = ticket;
        pending->pairs = pairs;
        submit(cibd, pending, step, &order);
    }
    cox_attrpath_match_clear(&match);
}
