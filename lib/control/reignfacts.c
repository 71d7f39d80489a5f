/* lib/control/reignfacts.c - what is known and not in the document yet: a plan is made with it.  Layer 4, pure.
 *
 * Histories come with the results (each is all that its node knows of one resource), counts of failures are worked out here as the owner
 * of attributes will.  Both are dropped when the document has them.  What is not known that well is waited for.
 */
#include "control/reign_priv.h"

#include <string.h>

#include "model/score.h"
#include "model/status.h"

/* More than this is not laid over the document: a plan waits until it is in there. */
enum { MAX_BYTES = 48 * 1024 };

struct reign_history {
    char *rsc_id, *text;
    gint64 call_id;
};

struct reign_value {
    char *node, *name, *value;
};

void
cox_reign_history_free(gpointer data)
{
    struct reign_history *history = data;

    g_free(history->rsc_id);
    g_free(history->text);
    g_free(history);
}

void
cox_reign_value_free(gpointer data)
{
    struct reign_value *value = data;

    g_free(value->node);
    g_free(value->name);
    g_free(value->value);
    g_free(value);
}

/* ---- histories ---- */

static void
drop_history(struct reign_node *node, const char *rsc_id)
{
    for (guint i = node->histories->len; i > 0; i--) {
        if (g_str_equal(((const struct reign_history *) node->histories->pdata[i - 1])->rsc_id, rsc_id)) {
            g_ptr_array_remove_index(node->histories, i - 1);
        }
    }
}

void
cox_reign_facts_note(struct reign_node *node, const struct cox_reign_event *event)
{
    struct reign_history *history = NULL;

    if (event->result.call_id <= node->recorded) {
        return;
    }
    if (event->result.history == NULL) {
        node->blind = MAX(node->blind, event->result.call_id);
        return;
    }
    drop_history(node, event->result.rsc_id);
    history = g_new(struct reign_history, 1);
    *history = (struct reign_history) { g_strdup(event->result.rsc_id), g_strdup(event->result.history), event->result.call_id };
    g_ptr_array_add(node->histories, history);
}

void
cox_reign_facts_recorded(struct reign_node *node, gint64 call_id)
{
    for (guint i = node->histories->len; i > 0; i--) {
        if (((const struct reign_history *) node->histories->pdata[i - 1])->call_id <= call_id) {
            g_ptr_array_remove_index(node->histories, i - 1);
        }
    }
}

/* What was dropped because it had been seen is not there any more. */
void
cox_reign_facts_unseen(struct reign_node *node)
{
    gint64 dropped = MIN(node->recorded, node->heard); /* what was seen before this reign is told by the node's report */

    if (dropped > node->said) {
        node->blind = MAX(node->blind, dropped);
    }
    node->recorded = node->said;
}

bool
cox_reign_facts_suffice(const struct cox_reign *reign)
{
    size_t bytes = 0;

    for (guint i = 0; i < reign->nodes->len; i++) {
        const struct reign_node *node = reign->nodes->pdata[i];

        if (node->is_mute) {
            continue;
        }
        if (node->blind > node->recorded) {
            return false;
        }
        for (guint k = 0; k < node->histories->len; k++) {
            bytes += strlen(((const struct reign_history *) node->histories->pdata[k])->text);
        }
    }
    return bytes <= MAX_BYTES;
}

/* ---- counts of failures ---- */

static const char *
value_of(const struct cox_reign *reign, const char *node, const char *name)
{
    for (guint i = reign->values->len; i > 0; i--) {
        const struct reign_value *value = reign->values->pdata[i - 1];

        if (g_str_equal(value->node, node) && g_str_equal(value->name, name)) {
            return value->value;
        }
    }
    return NULL;
}

/* The document has @now; it will have @next. */
static void
add_value(struct cox_reign *reign, const char *node, const char *name, const char *now, const char *next)
{
    struct reign_value *value = NULL;

    if (value_of(reign, node, name) == NULL && g_strcmp0(now, next) == 0) {
        return;
    }
    value = g_new(struct reign_value, 1);
    *value = (struct reign_value) { g_strdup(node), g_strdup(name), g_strdup(next) };
    g_ptr_array_add(reign->values, value);
}

bool
cox_reign_facts_count(struct cox_reign *reign, const char *node, const struct cox_failure_count *count, const struct cox_reign_event *event,
                      cox_usec now)
{
    const char *before = value_of(reign, node, count->count_name);
    char next[COX_SCORE_TEXT_BYTES];
    cox_score score = 0;

    if (!event->result.has_counts) {
        return false;
    }
    before = before == NULL ? event->result.count_now : before;
    if (before == NULL || !cox_score_parse(before, &score, NULL)) {
        score = 0;
    }
    add_value(reign, node, count->count_name, event->result.count_now,
              g_str_equal(count->count, "value++") ? cox_score_format(cox_score_add(score, 1), next) : count->count);
    add_value(reign, node, count->time_name, event->result.time_now, count->time);
    reign->values_until = reign->values->len == 0 ? COX_USEC_NEVER : cox_usec_after_ms(now, reign->config.settle_ms);
    return true;
}

/* Is it one that we wait for?  Then it and the ones before it are there. */
static bool
confirm(struct cox_reign *reign, const struct cox_reign_value *told)
{
    bool is_ours = false;

    for (guint i = reign->values->len; i > 0; i--) {
        const struct reign_value *value = reign->values->pdata[i - 1];

        if (g_strcmp0(value->node, told->node) == 0 && g_strcmp0(value->name, told->name) == 0) {
            is_ours = is_ours || g_strcmp0(value->value, told->value) == 0;
            if (is_ours) {
                g_ptr_array_remove_index(reign->values, i - 1);
            }
        }
    }
    return is_ours;
}

bool
cox_reign_facts_confirm(struct cox_reign *reign, const struct cox_reign_event *event)
{
    bool are_all_ours = event->document.n_values > 0 && event->document.are_all_values;

    for (size_t i = 0; i < event->document.n_values; i++) {
        are_all_ours = confirm(reign, &event->document.values[i]) && are_all_ours;
    }
    if (reign->values->len == 0) {
        reign->values_until = COX_USEC_NEVER;
    }
    return are_all_ours;
}

void
cox_reign_facts_forget_values(struct cox_reign *reign)
{
    g_ptr_array_set_size(reign->values, 0);
    reign->values_until = COX_USEC_NEVER;
}

/* ---- both ---- */

void
cox_reign_facts_forget_rsc(struct cox_reign *reign, struct reign_node *node, const char *name, const char *rsc_id)
{
    drop_history(node, rsc_id);
    for (guint i = reign->values->len; i > 0; i--) {
        const struct reign_value *value = reign->values->pdata[i - 1];

        if (g_strcmp0(value->node, name) == 0 && cox_status_is_failure(value->name, rsc_id)) {
            g_ptr_array_remove_index(reign->values, i - 1);
        }
    }
}

void
cox_reign_facts(const struct cox_reign *reign, GPtrArray *histories, GArray *values)
{
    for (guint i = 0; i < reign->nodes->len; i++) {
        const struct reign_node *node = reign->nodes->pdata[i];

        for (guint k = 0; k < node->histories->len && !node->is_mute; k++) {
            g_ptr_array_add(histories, ((const struct reign_history *) node->histories->pdata[k])->text);
        }
    }
    for (guint i = 0; i < reign->values->len; i++) {
        const struct reign_value *value = reign->values->pdata[i];
        const struct cox_reign_value told = { value->node, value->name, value->value };

        g_array_append_val(values, told);
    }
}
