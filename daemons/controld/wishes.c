/* daemons/controld/wishes.c - what the controller wants of attributes, until cox-attrd has it.  Layer 6. */
#include "daemons/controld/wishes.h"

#include "attr/attr.h"
#include "base/error.h"

enum { AGAIN_MS = 500, ANSWER_MS = 60000 };

struct wish {
    struct controld *controld;
    char *node, *name, *value; /* name NULL: everything about the node is to be forgotten; node NULL, too: all is to be written again */
    bool is_pattern, may_wait;
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

    (void) controld_neighbours_ask(&wish->controld->neighbours, COX_DAEMON_ATTR, &call);
}

static void
on_timer(void *context)
{
    struct controld *controld = context;

    controld->wish_timer = 0;
    for (guint i = 0; i < controld->wishes->len; i++) {
        ask(controld->wishes->pdata[i]);
    }
    g_ptr_array_set_free_func(controld->wishes, NULL);
    g_ptr_array_set_size(controld->wishes, 0);
    g_ptr_array_set_free_func(controld->wishes, free_wish);
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
        free_wish(wish);
        return;
    }
    cox_log_line(controld->log, COX_LOG_INFO, "asking for an attribute again name=%s node=%s reason=\"%s\"",
                 wish->name == NULL ? "(all)" : wish->name, wish->node == NULL ? "(all)" : wish->node,
                          reply->error->message);
    g_ptr_array_add(controld->wishes, wish);
    if (controld->wish_timer == 0) {
        controld->wish_timer = cox_runtime_timer(controld->runtime, cox_usec_after_ms(cox_runtime_now(controld->runtime), AGAIN_MS),
                                                 on_timer, controld);
    }
}

void
controld_wish_attribute(struct controld *controld, const char *node, const struct cox_reign_attribute *attribute)
{
    struct wish *wish = g_new(struct wish, 1);

    *wish = (struct wish) { controld, g_strdup(node), g_strdup(attribute->attribute), g_strdup(attribute->value),
                            attribute->is_pattern, attribute->may_wait };
    ask(wish);
}

void
controld_wish_forgotten(struct controld *controld, const char *node)
{
    struct wish *wish = g_new(struct wish, 1);

    *wish = (struct wish) { controld, g_strdup(node), NULL, NULL, false, false };
    ask(wish);
}

void
controld_wish_written(struct controld *controld)
{
    struct wish *wish = g_new(struct wish, 1);

    *wish = (struct wish) { controld, NULL, NULL, NULL, false, false };
    ask(wish);
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
