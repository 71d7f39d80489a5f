/* daemons/attrd/attrd_access.c - what somebody else than root wants, or wants to see, is held against the document's access rules.  Layer 6. */
#include "daemons/attrd/attrd.h"

#include <string.h>

#include "base/error.h"
#include "proto/marshal.h"

/* A change, or a question, that waits for the verdict. */
struct plea {
    struct cox_attrd *attrd;
    cox_ticket ticket;
    struct cox_arena *arena;
    const struct cox_msg_attr_update *update; /* one of both, in the arena */
    const struct cox_msg_attr_query *query;
};

static void
free_plea(gpointer data)
{
    struct plea *plea = data;

    cox_arena_free(plea->arena);
    g_free(plea);
}

void
cox_attrd_access_start(struct cox_attrd *attrd)
{
    attrd->permit = cox_permit_new(cox_service_runtime(attrd->ctx), &attrd->follow, NULL);
    attrd->pleas = g_hash_table_new_full(NULL, NULL, free_plea, NULL);
}

void
cox_attrd_access_stop(struct cox_attrd *attrd)
{
    cox_permit_free(attrd->permit);
    g_hash_table_unref(attrd->pleas);
}

static void
on_verdict(void *context, const GError *refusal)
{
    struct plea *plea = context;
    struct cox_attrd *attrd = plea->attrd;
    g_autoptr(GError) error = NULL;

    if (refusal != NULL) {
        cox_ticket_fail(attrd->ctx, plea->ticket, refusal);
    } else if (!cox_attrd_carry_out(attrd, plea->update, NULL, plea->ticket, &error)) {
        cox_ticket_fail(attrd->ctx, plea->ticket, error);
    }
    g_hash_table_remove(attrd->pleas, plea);
}

/* From the value upwards.  Many values at once need the right to change all values of the node. */
static GPtrArray *
places_of(const struct cox_msg_attr_update *update, const char *node)
{
    GPtrArray *places = g_ptr_array_new_with_free_func(g_free);
    bool is_permanent = update->kind == COX_ATTR_PERMANENT;
    g_autofree char *object = node == NULL       ? NULL
                              : is_permanent ? g_strdup_printf("/cib/configuration/nodes/node[@uname='%s']", node)
                                             : g_strdup_printf("/cib/status/node_state[@uname='%s']", node);

    if (object != NULL && update->name != NULL) {
        g_ptr_array_add(places, g_strdup_printf("%s//nvpair[@name='%s']", object, update->name));
    }
    if (object != NULL && !is_permanent) {
        g_ptr_array_add(places, g_strconcat(object, "/transient_attributes", NULL));
    }
    if (object != NULL) {
        g_ptr_array_add(places, g_steal_pointer(&object));
    }
    g_ptr_array_add(places, g_strdup(is_permanent ? "/cib/configuration/nodes" : "/cib/status"));
    g_ptr_array_add(places, NULL);
    return places;
}

static bool
is_quotable(const char *text)
{
    return text == NULL || strpbrk(text, "'\"") == NULL;
}

static struct plea *
new_plea(struct cox_attrd *attrd, struct cox_reply *reply)
{
    struct plea *plea = g_new0(struct plea, 1);

    *plea = (struct plea) { .attrd = attrd, .ticket = cox_reply_defer(reply), .arena = cox_arena_new() };
    g_hash_table_add(attrd->pleas, plea);
    return plea;
}

static const void *
copy_of(enum cox_message message, const void *body, struct cox_arena *arena)
{
    const struct cox_schema *schema = cox_messages_schema(message);
    g_autoptr(GByteArray) packed = g_byte_array_new();

    cox_marshal(schema, body, packed);
    return cox_unmarshal(schema, packed->data, packed->len, arena, NULL);
}

bool
cox_attrd_plead(struct cox_attrd *attrd, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    const struct cox_msg_attr_update *update = request->body;
    bool is_everywhere = update->node == NULL && (update->change == COX_ATTR_REFRESH || update->change == COX_ATTR_DAMPEN);
    const char *node = is_everywhere || update->node != NULL ? update->node : cox_service_node_name(attrd->ctx, cox_service_self(attrd->ctx));
    g_autoptr(GPtrArray) places = NULL;
    struct plea *plea;

    if (!is_quotable(update->name) || !is_quotable(node)) {
        g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM, "attribute '%s' of '%s': a name with a quote cannot be held against access rules",
                    update->name == NULL ? "" : update->name, node == NULL ? "" : node);
        return false;
    }
    places = places_of(update, node);
    plea = new_plea(attrd, reply);
    plea->update = copy_of(COX_MSG_ATTR_UPDATE, update, plea->arena);
    cox_permit_ask(attrd->permit, request->uid, (const char *const *) places->pdata, on_verdict, plea);
    return true;
}

/* ---- questions ---- */

static void
on_sight(void *context, const struct cox_permit_sight *sight, const GError *refusal)
{
    struct plea *plea = context;
    struct cox_attrd *attrd = plea->attrd;
    const struct cox_attrd_question question = { plea->query, sight };
    struct cox_msg_attr_values answer = { 0 };
    g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(struct cox_msg_attr_value));
    g_autoptr(GError) error = NULL;

    if (refusal != NULL) {
        cox_ticket_fail(attrd->ctx, plea->ticket, refusal);
    } else if (!cox_attrd_collect(attrd, &question, values, &answer, &error)) {
        cox_ticket_fail(attrd->ctx, plea->ticket, error);
    } else {
        cox_ticket_answer(attrd->ctx, plea->ticket, COX_MSG_ATTR_VALUES, &answer, NULL);
    }
    g_hash_table_remove(attrd->pleas, plea);
}

void
cox_attrd_look(struct cox_attrd *attrd, const struct cox_request *request, struct cox_reply *reply)
{
    struct plea *plea = new_plea(attrd, reply);

    plea->query = copy_of(COX_MSG_ATTR_QUERY, request->body, plea->arena);
    cox_permit_look(attrd->permit, request->uid, on_sight, plea);
}

bool
cox_attrd_subscribed(struct cox_ctx *ctx, const struct cox_request *request, const char *topic, GError **error)
{
    (void) ctx;
    if (request->role != COX_ROLE_ADMIN) { /* every value is told, private ones too */
        g_set_error(error, COX_ERROR, COX_ERROR_PRIVILEGE, "topic '%s': for root and " COX_DAEMON_CLUSTER_USER "; ask for values instead", topic);
        return false;
    }
    return true;
}
