/* lib/view/history_view.c - what was done on the nodes: operations, fail counts, failures, bans.  Layer 4. */
#include "view/history_view.h"

#include <stdint.h>
#include <string.h>

#include "model/option.h"
#include "view/names.h"
#include "view/node_view.h"

static const char *
or_empty(const char *text)
{
    return (text != NULL) ? text : "";
}

static guint32
find_node(const struct cox_cluster *cluster, const char *name)
{
    for (guint32 i = 0; i < cluster->n_nodes; i++) {
        if (g_strcmp0(cluster->nodes[i].name, name) == 0) {
            return i;
        }
    }
    return COX_NODE_NONE;
}

/* ---- which entries ---------------------------------------------------------------------------------------- */

static bool
is_of(const struct cox_rsc_state *rsc, const char *id)
{
    return rsc->variant == COX_PRIMITIVE && (g_strcmp0(rsc->id, id) == 0 || g_strcmp0(rsc->short_id, id) == 0);
}

/* Instances of clones and bundles have histories under one name, so all of them are looked at. */
static const struct cox_rsc_state *
find_rsc(const struct cox_cluster *cluster, const char *id)
{
    for (guint32 i = 0; i < cluster->n_rscs; i++) {
        if (is_of(&cluster->rscs[i], id)) {
            return &cluster->rscs[i];
        }
    }
    return NULL;
}

/* What belongs to a bundle of which a part is asked for is shown whole. */
static bool
is_wanted(const struct cox_monitor_view *view, const char *id)
{
    const struct cox_cluster *cluster = view->cluster;

    for (guint32 i = 0; i < cluster->n_rscs && view->how->rscs != NULL; i++) {
        guint32 top = i;

        if (!is_of(&cluster->rscs[i], id)) {
            continue;
        }
        while (cluster->rscs[top].parent != COX_RSC_NONE) {
            top = cluster->rscs[top].parent;
        }
        if (view->how->rscs[i] || (cluster->rscs[top].variant == COX_BUNDLE && view->how->rscs[top])) {
            return true;
        }
    }
    return view->how->rscs == NULL;
}

static bool
is_probe(const struct cox_op_history *op)
{
    return g_strcmp0(op->operation, "monitor") == 0 && op->interval_ms == 0;
}

/* A probe that found nothing, and telling others, are no news. */
static bool
is_news(const struct cox_op_history *op)
{
    return op->operation != NULL && op->status != COX_OP_STATUS_PENDING && strcmp(op->operation, "notify") != 0
           && !(is_probe(op) && op->rc == 7);
}

static gint
compare_calls(gconstpointer a, gconstpointer b)
{
    const struct cox_op_history *first = *(const struct cox_op_history *const *) a;
    const struct cox_op_history *second = *(const struct cox_op_history *const *) b;

    return (first->call_id > second->call_id) - (first->call_id < second->call_id);
}

/* What is shown of one resource's history, in the order in which it was done; the caller frees the array. */
static GPtrArray *
shown_operations(const struct cox_rsc_history *history)
{
    GPtrArray *shown = g_ptr_array_new();

    for (guint32 i = 0; i < history->n_ops; i++) {
        const struct cox_op_history *op = &history->ops[i];

        if (is_news(op)) {
            g_ptr_array_add(shown, (gpointer) (uintptr_t) op);
        }
    }
    g_ptr_array_sort(shown, compare_calls);
    return shown;
}

/* ---- fail counts ------------------------------------------------------------------------------------------ */

gint64
cox_history_fail_count(const struct cox_node_state *node, const char *rsc)
{
    size_t length = strlen(rsc);
    gint64 sum = 0;

    for (size_t i = 0; node->attributes != NULL && i < node->attributes->n_pairs; i++) {
        const char *name = node->attributes->pairs[i].name;
        const char *value = node->attributes->pairs[i].value;
        cox_score count = 0;

        if (value == NULL || !g_str_has_prefix(name, "fail-count-")) {
            continue;
        }
        name += strlen("fail-count-");
        if (strncmp(name, rsc, length) == 0 && (name[length] == '#' || name[length] == '\0')
            && cox_score_parse(value, &count, NULL)) {
            sum += count;
        }
    }
    return MIN(sum, COX_SCORE_INFINITY);
}

/* Epoch seconds of the latest failure of @rsc, 0: none. */
static gint64
last_failure(const struct cox_node_state *node, const char *rsc)
{
    size_t length = strlen(rsc);
    gint64 latest = 0;

    for (size_t i = 0; node->attributes != NULL && i < node->attributes->n_pairs; i++) {
        const char *name = node->attributes->pairs[i].name;

        if (!g_str_has_prefix(name, "last-failure-") || node->attributes->pairs[i].value == NULL) {
            continue;
        }
        name += strlen("last-failure-");
        if (strncmp(name, rsc, length) == 0 && (name[length] == '#' || name[length] == '\0')) {
            latest = MAX(latest, g_ascii_strtoll(node->attributes->pairs[i].value, NULL, 10));
        }
    }
    return latest;
}

static gint64
migration_threshold(const struct cox_rsc_state *rsc)
{
    const char *text = (rsc != NULL && rsc->meta != NULL) ? cox_nvlist_get(rsc->meta, "migration-threshold") : NULL;

    return cox_option_number(COX_OPT_META_MIGRATION_THRESHOLD, text);
}

/* ---- operations ------------------------------------------------------------------------------------------- */

static void
operation_element(struct cox_out *out, const struct cox_op_history *op, const struct cox_view_how *how)
{
    g_autofree char *changed = cox_names_clock(op->last_rc_change_s, how->zone);

    cox_out_begin(out, "operation_history", NULL);
    cox_out_attrf(out, "call", "%d", op->call_id);
    cox_out_attr(out, "task", is_probe(op) ? "probe" : op->operation);
    cox_out_attrf(out, "rc", "%d", op->rc);
    cox_out_attr(out, "rc_text", cox_names_result(op->rc));
    if (op->interval_ms > 0) {
        cox_out_attrf(out, "interval", "%" G_GINT64_FORMAT "ms", op->interval_ms);
    }
    if (op->has_last_rc_change && op->last_rc_change_s > 0) {
        cox_out_attr(out, "last-rc-change", changed);
    }
    if (op->has_exec_time) {
        cox_out_attrf(out, "exec-time", "%" G_GINT64_FORMAT "ms", op->exec_time_ms);
    }
    if (op->has_queue_time) {
        cox_out_attrf(out, "queue-time", "%" G_GINT64_FORMAT "ms", op->queue_time_ms);
    }
    cox_out_end(out);
}

static void
operation_line(struct cox_out *out, const struct cox_op_history *op, const struct cox_monitor_view *view)
{
    g_autoptr(GString) line = g_string_new(NULL);

    g_string_append_printf(line, "(%d) %s", op->call_id, is_probe(op) ? "probe" : op->operation);
    if (op->interval_ms > 0 || view->with_timing) {
        g_string_append_c(line, ':');
    }
    if (op->interval_ms > 0) {
        g_string_append_printf(line, " interval=\"%" G_GINT64_FORMAT "ms\"", op->interval_ms);
    }
    if (view->with_timing) {
        g_autofree char *changed = cox_names_clock(op->last_rc_change_s, view->how->zone);

        if (op->has_last_rc_change && op->last_rc_change_s > 0) {
            g_string_append_printf(line, " last-rc-change=\"%s\"", changed);
        }
        if (op->has_exec_time) {
            g_string_append_printf(line, " exec-time=\"%" G_GINT64_FORMAT "ms\"", op->exec_time_ms);
        }
        if (op->has_queue_time) {
            g_string_append_printf(line, " queue-time=\"%" G_GINT64_FORMAT "ms\"", op->queue_time_ms);
        }
        g_string_append_printf(line, " rc=%d (%s)", op->rc, cox_names_result(op->rc));
    }
    cox_out_line(out, "%s", line->str);
}

/* Begin what is said of one resource on one node. */
static void
begin_resource(struct cox_out *out, const struct cox_monitor_view *view, const char *id, guint32 node)
{
    const struct cox_rsc_state *rsc = find_rsc(view->cluster, id);
    const struct cox_node_state *state = &view->cluster->nodes[node];
    gint64 threshold = migration_threshold(rsc);
    gint64 count = cox_history_fail_count(state, id);
    gint64 when = last_failure(state, id);
    bool is_orphan = rsc == NULL || rsc->is_orphan;
    g_autofree char *last = (when > 0) ? cox_names_clock(when, view->how->zone) : NULL;
    g_autoptr(GString) line = g_string_new(id);

    cox_out_begin(out, "resource_history", "id", id, NULL);
    cox_out_attr_bool(out, "orphan", is_orphan);
    cox_out_attr_bool(out, "removed", is_orphan);
    g_string_append(line, is_orphan ? ": orphan" : ":");
    if (!is_orphan) {
        cox_out_attrf(out, "migration-threshold", "%" G_GINT64_FORMAT, threshold);
        g_string_append_printf(line, " migration-threshold=%" G_GINT64_FORMAT, threshold);
    }
    if (!is_orphan && count > 0) {
        cox_out_attrf(out, "fail-count", "%" G_GINT64_FORMAT, count);
        if (count >= COX_SCORE_INFINITY) {
            g_string_append(line, " fail-count=INFINITY");
        } else {
            g_string_append_printf(line, " fail-count=%" G_GINT64_FORMAT, count);
        }
    }
    if (!is_orphan && last != NULL) {
        cox_out_attr(out, "last-failure", last);
        g_string_append_printf(line, " last-failure='%s'", last);
    }
    if ((view->sections & COX_MONITOR_OPERATIONS) != 0) {
        cox_out_list_begin(out, "%s", line->str);
    } else {
        cox_out_line(out, "%s", line->str); /* nothing follows, so no colon */
        cox_out_list_begin(out, NULL);
    }
}

/* Is there something to say of this history?  Alone, fail counts are what is asked for. */
static bool
has_something(const struct cox_monitor_view *view, const struct cox_rsc_history *history, guint32 node,
              const GPtrArray *operations)
{
    if (!is_wanted(view, history->id)) {
        return false;
    }
    if ((view->sections & COX_MONITOR_OPERATIONS) != 0) {
        return operations->len > 0;
    }
    return cox_history_fail_count(&view->cluster->nodes[node], history->id) > 0;
}

static void
print_node(struct cox_out *out, const struct cox_monitor_view *view, const struct cox_node_status *status, guint32 node)
{
    g_autofree char *name = cox_node_view_name(view->cluster, node, view->how);
    bool is_open = false;

    for (guint i = 0; i < status->resources->len; i++) {
        const struct cox_rsc_history *history = status->resources->pdata[i];
        g_autoptr(GPtrArray) operations = shown_operations(history);

        if (!has_something(view, history, node, operations)) {
            continue;
        }
        if (!is_open) {
            cox_out_begin(out, "node", "name", view->cluster->nodes[node].name, NULL);
            cox_out_list_begin(out, "Node: %s", name);
            is_open = true;
        }
        begin_resource(out, view, history->id, node);
        for (guint k = 0; (view->sections & COX_MONITOR_OPERATIONS) != 0 && k < operations->len; k++) {
            operation_element(out, operations->pdata[k], view->how);
            operation_line(out, operations->pdata[k], view);
        }
        cox_out_list_end(out);
        cox_out_end(out);
    }
    if (is_open) {
        cox_out_list_end(out);
        cox_out_end(out);
    }
}

/* Would the section have anything in it? */
static bool
is_empty(const struct cox_monitor_view *view)
{
    for (guint i = 0; i < view->status->nodes->len; i++) {
        const struct cox_node_status *status = view->status->nodes->pdata[i];
        guint32 node = find_node(view->cluster, status->uname);

        for (guint k = 0; node != COX_NODE_NONE && cox_view_how_has_node(view->how, node) && k < status->resources->len; k++) {
            g_autoptr(GPtrArray) operations = shown_operations(status->resources->pdata[k]);

            if (view->cluster->nodes[node].is_online && has_something(view, status->resources->pdata[k], node, operations)) {
                return false;
            }
        }
    }
    return true;
}

bool
cox_history_view(struct cox_out *out, const struct cox_monitor_view *view)
{
    if (is_empty(view)) {
        cox_out_leaf(out, "node_history", NULL);
        return false;
    }
    cox_out_spacer(out);
    cox_out_begin(out, "node_history", NULL);
    cox_out_list_begin(out, (view->sections & COX_MONITOR_OPERATIONS) != 0 ? "Operations" : "Migration Summary");
    for (guint i = 0; i < view->status->nodes->len; i++) {
        const struct cox_node_status *status = view->status->nodes->pdata[i];
        guint32 node = find_node(view->cluster, status->uname);

        if (node != COX_NODE_NONE && cox_view_how_has_node(view->how, node) && view->cluster->nodes[node].is_online) {
            print_node(out, view, status, node);
        }
    }
    cox_out_list_end(out);
    cox_out_end(out);
    return true;
}

/* ---- failures --------------------------------------------------------------------------------------------- */

static void
failure_element(struct cox_out *out, const struct cox_failure *failure, const char *node)
{
    const struct cox_op_history *op = failure->op;
    g_autofree char *changed = cox_names_time(op->last_rc_change_s, true);

    cox_out_begin(out, "failure", (op->operation_key != NULL) ? "op_key" : "id",
                  (op->operation_key != NULL) ? op->operation_key : op->id, "node", node, "exitstatus", cox_names_result(op->rc),
                  "exitreason", or_empty(op->exit_reason), NULL);
    cox_out_attrf(out, "exitcode", "%d", op->rc);
    cox_out_attrf(out, "call", "%d", op->call_id);
    cox_out_attr(out, "status", cox_names_status(op->status));
    if (op->has_last_rc_change && op->last_rc_change_s > 0) {
        cox_out_attr(out, "last-rc-change", changed);
        cox_out_attrf(out, "queued", "%" G_GINT64_FORMAT, op->queue_time_ms);
        cox_out_attrf(out, "exec", "%" G_GINT64_FORMAT, op->exec_time_ms);
        cox_out_attrf(out, "interval", "%" G_GINT64_FORMAT, op->interval_ms);
        cox_out_attr(out, "task", op->operation);
    }
    cox_out_end(out);
}

/* With every detail, for those who know the words. */
static char *
technical_line(const struct cox_failure *failure, const char *node, GTimeZone *zone)
{
    const struct cox_op_history *op = failure->op;
    GString *line = g_string_new(NULL);

    g_string_append_printf(line, "%s on %s '%s' (%d): call=%d, status='%s'",
                           (op->operation_key != NULL) ? op->operation_key : op->id, node, cox_names_result(op->rc), op->rc,
                           op->call_id, cox_names_status(op->status));
    if (op->exit_reason != NULL && *op->exit_reason != '\0') {
        g_string_append_printf(line, ", exitreason='%s'", op->exit_reason);
    }
    if (op->has_last_rc_change && op->last_rc_change_s > 0) {
        g_autofree char *changed = cox_names_clock(op->last_rc_change_s, zone);

        g_string_append_printf(line, ", last-rc-change='%s', queued=%" G_GINT64_FORMAT "ms, exec=%" G_GINT64_FORMAT "ms",
                               changed, op->queue_time_ms, op->exec_time_ms);
    }
    return g_string_free(line, FALSE);
}

static void
append_task(GString *line, const struct cox_op_history *op)
{
    if (op->interval_ms == 0) {
        g_string_append(line, is_probe(op) ? "probe" : or_empty(op->operation));
    } else if (op->interval_ms % 1000 == 0) {
        g_string_append_printf(line, "%" G_GINT64_FORMAT "s-interval %s", op->interval_ms / 1000, or_empty(op->operation));
    } else {
        g_string_append_printf(line, "%" G_GINT64_FORMAT "ms-interval %s", op->interval_ms, or_empty(op->operation));
    }
}

static char *
friendly_line(const struct cox_failure *failure, const char *node, GTimeZone *zone)
{
    const struct cox_op_history *op = failure->op;
    GString *line = g_string_new(NULL);

    g_string_append_printf(line, "%s ", failure->rsc_id);
    append_task(line, op);
    g_string_append_printf(line, " on %s", node);
    if (op->status == COX_OP_STATUS_DONE) {
        g_string_append_printf(line, " returned '%s'", cox_names_result(op->rc));
        if (op->exit_reason != NULL && *op->exit_reason != '\0') {
            g_string_append_printf(line, " (%s)", op->exit_reason);
        }
    } else {
        g_string_append_printf(line, " could not be executed (%s", cox_names_status(op->status));
        if (op->exit_reason != NULL && *op->exit_reason != '\0') {
            g_string_append_printf(line, ": %s", op->exit_reason);
        }
        g_string_append_c(line, ')');
    }
    if (op->has_last_rc_change && op->last_rc_change_s > 0) {
        g_autofree char *changed = cox_names_clock(op->last_rc_change_s, zone);

        g_string_append_printf(line, " at %s", changed);
        if (op->exec_time_ms >= 1000) {
            g_string_append_printf(line, " after %" G_GINT64_FORMAT ".%03ds", op->exec_time_ms / 1000,
                                   (int) (op->exec_time_ms % 1000));
        } else if (op->exec_time_ms > 0) {
            g_string_append_printf(line, " after %" G_GINT64_FORMAT "ms", op->exec_time_ms);
        }
    }
    return g_string_free(line, FALSE);
}

/* Failures are asked for by the name of what failed, not by that of a group around it. */
static bool
is_shown_failure(const struct cox_monitor_view *view, const struct cox_failure *failure)
{
    const struct cox_cluster *cluster = view->cluster;

    if (!cox_view_how_has_node(view->how, failure->node)) {
        return false;
    }
    if (is_probe(failure->op) && (failure->op->rc == 5 || cluster->nodes[failure->node].is_bundle_node)) {
        return false; /* an agent that is missing where nothing shall run, or what a replica looked like before it ran */
    }
    for (guint32 i = 0; i < cluster->n_rscs && view->how->named != NULL; i++) {
        if (view->how->named[i] && is_of(&cluster->rscs[i], failure->rsc_id)) {
            return true;
        }
    }
    return view->how->named == NULL && is_wanted(view, failure->rsc_id);
}

bool
cox_history_view_failures(struct cox_out *out, const struct cox_monitor_view *view)
{
    bool is_open = false;

    for (size_t i = 0; i < view->cluster->n_failures; i++) {
        const struct cox_failure *failure = &view->cluster->failures[i];
        const char *node = view->cluster->nodes[failure->node].name;
        g_autofree char *line = NULL;

        if (!is_shown_failure(view, failure)) {
            continue;
        }
        if (!is_open) {
            cox_out_spacer(out);
            cox_out_begin(out, "failures", NULL);
            cox_out_list_begin(out, "Failed Resource Actions");
            is_open = true;
        }
        line = view->how->with_details ? technical_line(failure, node, view->how->zone)
                                       : friendly_line(failure, node, view->how->zone);
        failure_element(out, failure, node);
        cox_out_line(out, "%s", line);
    }
    if (is_open) {
        cox_out_list_end(out);
        cox_out_end(out);
    }
    return is_open;
}

/* ---- bans ------------------------------------------------------------------------------------------------- */

static const char *
rsc_id_of(const struct cox_config *config, const struct cox_location *location)
{
    return (location->n_rscs > 0) ? config->resources[location->rscs[0]].id : NULL;
}

static bool
is_ban(const struct cox_monitor_view *view, const struct cox_location *location)
{
    const char *rsc = rsc_id_of(view->config, location);

    if (location->node == NULL || !location->has_score || location->score >= 0 || rsc == NULL
        || (view->ban_prefix != NULL && !g_str_has_prefix(location->id, view->ban_prefix))) {
        return false;
    }
    for (guint32 i = 0; i < view->cluster->n_rscs && view->how->rscs != NULL; i++) {
        if (view->how->rscs[i] && g_strcmp0(view->cluster->rscs[i].id, rsc) == 0) {
            return true;
        }
    }
    return view->how->rscs == NULL;
}

static void
print_ban(struct cox_out *out, const struct cox_monitor_view *view, const struct cox_location *location)
{
    const char *rsc = rsc_id_of(view->config, location);
    bool is_promoted = location->role == COX_ROLE_PROMOTED;
    guint32 node = find_node(view->cluster, location->node);
    g_autofree char *name = (node == COX_NODE_NONE) ? g_strdup(location->node)
                                                    : cox_node_view_name(view->cluster, node, view->how);

    cox_out_begin(out, "ban", "id", location->id, "resource", rsc, "node", location->node, NULL);
    cox_out_attrf(out, "weight", "%d", (int) location->score);
    cox_out_attr_bool(out, "promoted-only", is_promoted);
    cox_out_attr_bool(out, "master_only", is_promoted);
    cox_out_end(out);
    cox_out_line(out, "%s\tprevents %s from running %son %s", location->id, rsc, is_promoted ? "as Promoted " : "", name);
}

bool
cox_history_view_bans(struct cox_out *out, const struct cox_monitor_view *view)
{
    bool is_open = false;

    for (size_t i = 0; i < view->config->n_locations; i++) {
        const struct cox_location *location = &view->config->locations[i];

        if (!is_ban(view, location)) {
            continue;
        }
        if (!is_open) {
            cox_out_spacer(out);
            cox_out_begin(out, "bans", NULL);
            cox_out_list_begin(out, "Negative Location Constraints");
            is_open = true;
        }
        print_ban(out, view, location);
    }
    if (is_open) {
        cox_out_list_end(out);
        cox_out_end(out);
    }
    return is_open;
}
