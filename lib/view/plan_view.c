/* lib/view/plan_view.c - a plan as printed: what changes, placement scores, utilization.  Layer 4. */
#include "view/plan_view.h"

#include <string.h>

/* ---- changes ---------------------------------------------------------------------------------------------- */

/* Columns of the summary: wide enough for all lines, never narrower than these. */
struct columns {
    int name;
    int details;
};

enum { COLUMN_MIN = 5, NAME_GAP = 2 };

static struct columns
measure(const struct cox_plan *plan)
{
    struct columns columns = { COLUMN_MIN, COLUMN_MIN };

    for (size_t i = 0; i < plan->n_changes; i++) {
        const struct cox_change *change = &plan->changes[i];

        if (change->is_node) {
            continue;
        }
        if ((int) strlen(change->name) > columns.name) {
            columns.name = (int) strlen(change->name) + NAME_GAP;
        }
        if (change->details != NULL && (int) strlen(change->details) > columns.details) {
            columns.details = (int) strlen(change->details);
        }
    }
    return columns;
}

/* The reason without the words before it. */
static const char *
bare_reason(const struct cox_change *change)
{
    static const char lead[] = "due to ";

    if (change->reason != NULL && g_str_has_prefix(change->reason, lead)) {
        return change->reason + sizeof(lead) - 1;
    }
    return change->reason;
}

static void
node_change(struct cox_out *out, const struct cox_change *change)
{
    const char *reason = bare_reason(change);

    cox_out_leaf(out, "node_action", "task", change->verb, "node", change->name, "reason", reason, NULL);
    if (reason != NULL) {
        cox_out_line(out, "%s %s '%s'", change->verb, change->name, reason);
    } else {
        cox_out_line(out, "%s %s", change->verb, change->name);
    }
}

static void
rsc_element(struct cox_out *out, const struct cox_change *change)
{
    g_autofree char *action = g_ascii_strdown(change->verb, -1);
    bool moves = change->from != NULL && change->to != NULL && strcmp(change->from, change->to) != 0;
    const char *node = (change->to != NULL) ? change->to : change->from;

    cox_out_begin(out, "rsc_action", "action", action, "resource", change->name, NULL);
    if (change->role != NULL && change->next_role != NULL) {
        cox_out_attr(out, "role", change->role);
        cox_out_attr(out, "next-role", change->next_role);
        cox_out_attr(out, "source", moves ? change->from : node);
        cox_out_attr(out, "dest", moves ? change->to : NULL);
    } else if (moves) {
        cox_out_attr(out, "role", change->role);
        cox_out_attr(out, "source", change->from);
        cox_out_attr(out, "dest", change->to);
    } else {
        cox_out_attr(out, "role", change->role);
        cox_out_attr(out, "node", node);
    }
    cox_out_attr(out, "reason", bare_reason(change));
    if (change->is_blocked) {
        cox_out_attr(out, "blocked", "true");
    }
    cox_out_end(out);
}

static void
rsc_change(struct cox_out *out, const struct cox_change *change, const struct columns *columns)
{
    const char *reason = bare_reason(change);
    g_autoptr(GString) tail = g_string_new(NULL);

    rsc_element(out, change);
    if (reason != NULL) {
        g_string_append_printf(tail, "  due to %s", reason);
        if (change->is_blocked) {
            g_string_append(tail, " (blocked)");
        }
    } else if (change->is_blocked) {
        g_string_append(tail, "  blocked");
    }
    cox_out_line(out, "%-8s   %-*s   ( %*s )%s", change->verb, columns->name, change->name, columns->details,
                 (change->details != NULL) ? change->details : "", tail->str);
}

void
cox_plan_view_changes(struct cox_out *out, const struct cox_plan *plan)
{
    struct columns columns = measure(plan);

    cox_out_begin(out, "actions", NULL);
    cox_out_list_begin(out, "Transition Summary");
    for (size_t i = 0; i < plan->n_changes; i++) {
        if (plan->changes[i].is_node) {
            node_change(out, &plan->changes[i]);
        } else {
            rsc_change(out, &plan->changes[i], &columns);
        }
    }
    cox_out_list_end(out);
    cox_out_end(out);
}

/* ---- scores ----------------------------------------------------------------------------------------------- */

static void
print_score(struct cox_out *out, const struct cox_score_entry *entry)
{
    char buffer[COX_SCORE_TEXT_BYTES];
    const char *score = cox_score_format(entry->score, buffer);
    const char *node = (entry->node != NULL) ? entry->node : "none";

    if (entry->is_promotion) {
        cox_out_leaf(out, "promotion_score", "id", entry->rsc_id, "score", score, "node", entry->node, NULL);
        if (entry->node == NULL) {
            cox_out_line(out, "%s promotion score (inactive): %s", entry->rsc_id, score);
        } else {
            cox_out_line(out, "%s promotion score on %s: %s", entry->rsc_id, entry->node, score);
        }
    } else {
        cox_out_leaf(out, "node_weight", "function", entry->where, "node", entry->node, "score", score, "id",
                     entry->rsc_id, NULL);
        cox_out_line(out, "%s: %s allocation score on %s: %s", entry->where, entry->rsc_id, node, score);
    }
}

/* "Original: NODE capacity: a=1 b=2" and "WHERE: RSC utilization on NODE: a=1 b=2" are the two forms. */
static void
utilization_element(struct cox_out *out, const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    guint n = g_strv_length(words);
    bool is_capacity = n >= 3 && g_str_equal(words[2], "capacity:");
    guint first = is_capacity ? 3 : 5;

    if (n < first) {
        return;
    }
    for (guint i = 0; i < first; i++) {
        g_strdelimit(words[i], ":", '\0');
    }
    if (is_capacity) {
        cox_out_begin(out, "capacity", "node", words[1], "comment", words[0], NULL);
    } else {
        cox_out_begin(out, "utilization", "resource", words[1], "node", words[4], "function", words[0], NULL);
    }
    for (guint i = first; i < n; i++) {
        char *equals = strchr(words[i], '=');

        if (equals != NULL) {
            *equals = '\0';
            cox_out_attr(out, words[i], equals + 1);
        }
    }
    cox_out_end(out);
}

void
cox_plan_view_scores(struct cox_out *out, const struct cox_plan *plan, bool with_scores, bool with_utilization,
                     bool with_heading)
{
    static const struct {
        const char *element, *heading;
    } kinds[] = {
        { "allocations", "Assignment Scores" },
        { "utilizations", "Utilization Information" },
        { "allocations_utilizations", "Assignment Scores and Utilization Information" },
    };
    int kind = (with_scores ? 1 : 0) + (with_utilization ? 2 : 0) - 1;

    if (kind < 0) {
        return;
    }
    cox_out_begin(out, kinds[kind].element, NULL);
    if (with_heading) {
        cox_out_list_begin(out, "%s", kinds[kind].heading);
    }
    /* As the heading, they are left out with --quiet. */
    for (size_t i = 0; with_heading && i < plan->n_notes; i++) {
        cox_out_rawf(out, "%s\n", plan->notes[i]);
    }
    for (size_t i = 0; with_utilization && i < plan->n_utilization; i++) {
        if (g_str_has_prefix(plan->utilization[i].text, "Original:")) {
            utilization_element(out, plan->utilization[i].text);
            cox_out_line(out, "%s", plan->utilization[i].text);
        }
    }
    for (size_t i = 0; with_scores && i < plan->n_scores; i++) {
        print_score(out, &plan->scores[i]);
    }
    for (size_t i = 0; with_utilization && i < plan->n_utilization; i++) {
        if (!g_str_has_prefix(plan->utilization[i].text, "Original:")) {
            utilization_element(out, plan->utilization[i].text);
            cox_out_line(out, "%s", plan->utilization[i].text);
        }
    }
    if (with_heading) {
        cox_out_list_end(out);
    }
    cox_out_end(out);
}
