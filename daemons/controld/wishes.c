/* daemons/controld/wishes.c - what the controller wants of attributes, until cox-attrd has it.  Layer 6. */
#include "daemons/controld/wishes.h"

#include "attr/attr.h"
#include "base/error.h"
#include "election/feature_set.h"
#include "model/option.h"

enum { AGAIN_MS = 500, ANSWER_MS = 60000 };

/* In the list until it is done, in the order in which they came. */
struct wish {
    struct controld *controld;
    char *node, *name, *value; /* name NULL: everything about the node is to be forgotten; node NULL, too: all is to be written again */
    bool is_pattern, may_wait;
    bool is_asked;             /* and not answered */
    cox_usec not_before;       /* after an answer that asks for another try */
};

static void
free_wish(gpointer data)
{
    struct wish *wish = data;

    g_free(wish->node);
    g_free(wish->name);
    g_free(wish->value);
    g_free(wish);
}

static void on_answer(void *context, const struct cox_client_reply *reply);
static void go_on(struct controld *controld);

static void
ask(struct wish *wish)
{
    const struct cox_msg_attr_update update = { .change = wish->node == NULL   ? COX_ATTR_REFRESH
                                                          : wish->name == NULL ? COX_ATTR_REMOVE
                                                                               : COX_ATTR_SET,
                                                .name = wish->is_pattern ? NULL : wish->name,
                                                .pattern = wish->is_pattern ? wish->name : NULL,
                                                .node = wish->node,
                                                .value = wish->value,
                                                .may_wait = wish->may_wait,
                                                .kind = COX_ATTR_TRANSIENT };
    struct cox_client_call call = { .message = COX_MSG_ATTR_UPDATE, .body = &update, .timeout_ms = ANSWER_MS, .fn = on_answer,
                                    .context = wish };

    wish->is_asked = true;
    (void) controld_neighbours_ask(&wish->controld->neighbours, COX_DAEMON_ATTR, &call);
}

/* Does it matter which of the two is done first? */
static bool
meet(const struct wish *a, const struct wish *b)
{
    if (a->node == NULL || b->node == NULL) {
        return true;
    }
    return g_str_equal(a->node, b->node)
           && (a->name == NULL || b->name == NULL || a->is_pattern || b->is_pattern || g_str_equal(a->name, b->name));
}

/* One that failed may be asked for again after those that came later have got through: none of those that meet it must. */
static bool
is_first(const struct controld *controld, guint at)
{
    for (guint i = 0; i < at; i++) {
        if (meet(controld->wishes->pdata[i], controld->wishes->pdata[at])) {
            return false;
        }
    }
    return true;
}

static void
on_timer(void *context)
{
    struct controld *controld = context;

    controld->wish_timer = 0;
    go_on(controld);
}

static void
go_on(struct controld *controld)
{
    cox_usec now = cox_runtime_now(controld->runtime), next = COX_USEC_NEVER;

    for (guint i = 0; i < controld->wishes->len; i++) {
        struct wish *wish = controld->wishes->pdata[i];

        if (wish->is_asked || !is_first(controld, i)) {
            continue;
        }
        if (wish->not_before <= now) {
            ask(wish);
        } else {
            next = cox_usec_min(next, wish->not_before);
        }
    }
    cox_runtime_cancel(controld->runtime, controld->wish_timer);
    controld->wish_timer = cox_usec_is_set(next) ? cox_runtime_timer(controld->runtime, next, on_timer, controld) : 0;
}

/* Would the same be answered in the same way again? */
static bool
is_final(const GError *error)
{
    return g_error_matches(error, COX_ERROR, COX_ERROR_INVALID_PARAM) || g_error_matches(error, COX_ERROR, COX_ERROR_UNIMPLEMENTED)
           || g_error_matches(error, COX_ERROR, COX_ERROR_PRIVILEGE);
}

/* A failure that is counted twice because nobody knows whether the first time got through is better than one that is not counted. */
static void
on_answer(void *context, const struct cox_client_reply *reply)
{
    struct wish *wish = context;
    struct controld *controld = wish->controld;

    if (reply->error == NULL || is_final(reply->error)) {
        if (reply->error != NULL) {
            cox_log_event(controld->log, COX_EVENT_DOCUMENT_REFUSED, "what=\"attribute %s of %s\" reason=\"%s\"",
                          wish->name == NULL ? "(all)" : wish->name, wish->node == NULL ? "(all)" : wish->node,
                          reply->error->message);
        }
        (void) g_ptr_array_remove(controld->wishes, wish); /* frees it */
    } else {
        cox_log_line(controld->log, COX_LOG_INFO, "asking for an attribute again name=%s node=%s reason=\"%s\"",
                     wish->name == NULL ? "(all)" : wish->name, wish->node == NULL ? "(all)" : wish->node, reply->error->message);
        wish->is_asked = false;
        wish->not_before = cox_usec_after_ms(cox_runtime_now(controld->runtime), AGAIN_MS);
    }
    go_on(controld);
}

static void
add(const struct wish *wish)
{
    g_ptr_array_add(wish->controld->wishes, g_memdup2(wish, sizeof(*wish)));
    go_on(wish->controld);
}

void
controld_wish_attribute(struct controld *controld, const char *node, const struct cox_reign_attribute *attribute)
{
    add(&(const struct wish) { .controld = controld, .node = g_strdup(node), .name = g_strdup(attribute->attribute),
                               .value = g_strdup(attribute->value), .is_pattern = attribute->is_pattern, .may_wait = attribute->may_wait });
}

void
controld_wish_introduction(struct controld *controld)
{
    const char *own = cox_service_node_name(controld->ctx, controld->self);
    const struct cox_reign_attribute features = { .attribute = cox_option(COX_OPT_NODE_FEATURE_SET)->name, .value = COX_FEATURE_SET_OURS };

    if (controld->is_admitted && controld->oplog != NULL && own != NULL) {
        controld_wish_attribute(controld, own, &features);
    }
}

void
controld_wish_forgotten(struct controld *controld, const char *node)
{
    add(&(const struct wish) { .controld = controld, .node = g_strdup(node) });
}

void
controld_wish_written(struct controld *controld)
{
    add(&(const struct wish) { .controld = controld });
}

void
controld_wishes_start(struct controld *controld)
{
    controld->wishes = g_ptr_array_new_with_free_func(free_wish);
}

void
controld_wishes_stop(struct controld *controld)
{
    cox_runtime_cancel(controld->runtime, controld->wish_timer);
    g_ptr_array_unref(controld->wishes);
}
