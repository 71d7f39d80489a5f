/* lib/admin/rscspec.c - a resource as the words of a command describe it, and the element that says the same.  Layer 4. */
#include "admin/rscspec.h"

#include <string.h>

#include "base/error.h"
#include "base/interval.h"
#include "base/nearest.h"

/* What an op element may say of itself; everything else is the agent's. */
static const char *const op_attributes[] = { "id", "interval", "timeout", "role", "on-fail", "enabled", "record-pending", "start-delay",
                                             "interval-origin", "description" };
#define CHECK_LEVEL "OCF_CHECK_LEVEL"

/* ---- words ------------------------------------------------------------------------------------------------ */

static void
op_free(gpointer data)
{
    struct cox_rscspec_op *op = data;

    g_free(op->action);
    g_array_unref(op->pairs);
    g_free(op);
}

static struct cox_rscspec *
spec_new(void)
{
    struct cox_rscspec *spec = g_new0(struct cox_rscspec, 1);

    spec->params = cox_nvedit_list_new();
    spec->metas = cox_nvedit_list_new();
    spec->utilization = cox_nvedit_list_new();
    spec->ops = g_ptr_array_new_with_free_func(op_free);
    return spec;
}

void
cox_rscspec_free(struct cox_rscspec *spec)
{
    if (spec != NULL) {
        g_array_unref(spec->params);
        g_array_unref(spec->metas);
        g_array_unref(spec->utilization);
        g_ptr_array_unref(spec->ops);
        g_free(spec);
    }
}

static GArray *
begin_op(struct cox_rscspec *spec, const char *action)
{
    struct cox_rscspec_op *op = g_new0(struct cox_rscspec_op, 1);

    op->action = g_strdup(action);
    op->pairs = cox_nvedit_list_new();
    g_ptr_array_add(spec->ops, op);
    return op->pairs;
}

struct cox_rscspec *
cox_rscspec_parse(char *const *words, GError **error)
{
    g_autoptr(cox_rscspec) spec = spec_new();
    GArray *pairs = spec->params; /* that the next word belongs to; NULL: an action must come first */
    bool is_op = false;

    for (; *words != NULL; words++) {
        struct cox_nvedit pair = { NULL, NULL };

        if (strcmp(*words, "op") == 0) {
            is_op = true;
            pairs = NULL;
        } else if (strcmp(*words, "meta") == 0 || strcmp(*words, "utilization") == 0) {
            is_op = false;
            pairs = (**words == 'm') ? spec->metas : spec->utilization;
        } else if (is_op && strchr(*words, '=') == NULL) {
            pairs = begin_op(spec, *words);
        } else if (pairs == NULL) {
            g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "'%s': name the operation first, as in: op monitor interval=10s", *words);
            return NULL;
        } else if (cox_nvedit_parse(*words, &pair, error)) {
            g_array_append_val(pairs, pair);
        } else {
            return NULL;
        }
    }
    return g_steal_pointer(&spec);
}

/* ---- operations ------------------------------------------------------------------------------------------- */

static const char *
value_of(const GArray *pairs, const char *name)
{
    for (guint i = 0; i < pairs->len; i++) {
        const struct cox_nvedit *pair = &g_array_index(pairs, struct cox_nvedit, i);

        if (strcmp(pair->name, name) == 0) {
            return pair->value;
        }
    }
    return NULL;
}

static bool
is_op_attribute(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(op_attributes); i++) {
        if (strcmp(op_attributes[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static bool
is_span(const char *name)
{
    return strcmp(name, "interval") == 0 || strcmp(name, "timeout") == 0 || strcmp(name, "start-delay") == 0;
}

static bool
check_op(const struct cox_rscspec_op *op, GError **error)
{
    for (guint i = 0; i < op->pairs->len; i++) {
        const struct cox_nvedit *pair = &g_array_index(op->pairs, struct cox_nvedit, i);
        g_autofree char *hint = NULL;
        gint64 span_ms = 0;

        if (!is_op_attribute(pair->name) && strcmp(pair->name, CHECK_LEVEL) != 0) {
            hint = cox_nearest_hint(pair->name, op_attributes, G_N_ELEMENTS(op_attributes));
            g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "operation '%s': '%s' is nothing that an operation has%s", op->action, pair->name,
                        hint);
            return false;
        }
        if (is_span(pair->name) && pair->value != NULL && !cox_interval_parse(pair->value, &span_ms, error)) {
            g_prefix_error(error, "operation '%s': %s: ", op->action, pair->name);
            return false;
        }
    }
    return true;
}

static gint64
interval_of(const struct cox_xml *op)
{
    const char *text = cox_xml_get(op, "interval");
    gint64 interval_ms = 0;

    return (text != NULL && cox_interval_parse(text, &interval_ms, NULL)) ? interval_ms : 0;
}

/* The operation with this action that repeats as often. */
static struct cox_xml *
find_op(const struct cox_xml *operations, const char *action, gint64 interval_ms)
{
    for (struct cox_xml *op = cox_xml_child(operations, "op"); op != NULL; op = cox_xml_next_named(op, "op")) {
        if (g_strcmp0(cox_xml_get(op, "name"), action) == 0 && interval_of(op) == interval_ms) {
            return op;
        }
    }
    return NULL;
}

static void
add_check_level(struct cox_xml *op, const char *level)
{
    struct cox_xml *set = cox_xml_new_child(op, "instance_attributes");
    struct cox_xml *pair = NULL;
    g_autofree char *set_id = g_strdup_printf("%s-instance_attributes", cox_xml_id(op));
    g_autofree char *id = g_strdup_printf("%s-" CHECK_LEVEL, set_id);

    cox_xml_set(set, "id", set_id);
    pair = cox_xml_new_child(set, "nvpair");
    cox_xml_set(pair, "id", id);
    cox_xml_set(pair, "name", CHECK_LEVEL);
    cox_xml_set(pair, "value", level);
}

static struct cox_xml *
op_new(struct cox_xml *operations, const char *rsc, const char *action, const char *interval)
{
    struct cox_xml *op = cox_xml_new_child(operations, "op");
    g_autofree char *id = g_strdup_printf("%s-%s-interval-%s", rsc, action, interval);

    cox_xml_set(op, "id", id);
    cox_xml_set(op, "name", action);
    cox_xml_set(op, "interval", interval);
    return op;
}

static void
add_given(struct cox_xml *operations, const char *rsc, const struct cox_rscspec_op *given)
{
    const char *interval = value_of(given->pairs, "interval");
    const char *level = value_of(given->pairs, CHECK_LEVEL);
    const char *usual = (strcmp(given->action, "monitor") == 0) ? "60s" : "0s";
    struct cox_xml *op = op_new(operations, rsc, given->action, (interval != NULL) ? interval : usual);

    for (guint i = 0; i < given->pairs->len; i++) {
        const struct cox_nvedit *pair = &g_array_index(given->pairs, struct cox_nvedit, i);

        if (pair->value != NULL && strcmp(pair->name, CHECK_LEVEL) != 0) {
            cox_xml_set(op, pair->name, pair->value);
        }
    }
    if (level != NULL) {
        add_check_level(op, level);
    }
}

/* Do the words say how often, or how long, this is done in this role? */
static bool
is_given(const struct cox_rscspec *spec, const struct cox_rscspec_advice *advice)
{
    for (guint i = 0; i < spec->ops->len; i++) {
        const struct cox_rscspec_op *op = spec->ops->pdata[i];
        const char *role = value_of(op->pairs, "role");

        if (strcmp(op->action, advice->action) == 0 && (role == NULL || advice->role == NULL || g_ascii_strcasecmp(role, advice->role) == 0)) {
            return true;
        }
    }
    return false;
}

/* Actions that the cluster carries out by itself. */
static bool
is_clusters(const char *action)
{
    static const char *const known[] = { "start", "stop", "monitor", "promote", "demote", "notify", "migrate_to", "migrate_from", "reload",
                                         "reload-agent", NULL };

    return g_strv_contains(known, action);
}

static char *
span(gint64 ms)
{
    return (ms % 1000 == 0) ? g_strdup_printf("%" G_GINT64_FORMAT "s", ms / 1000) : g_strdup_printf("%" G_GINT64_FORMAT "ms", ms);
}

/* Agents say it in old words and in any case. */
static const char *
role_word(const char *role)
{
    static const char *const words[][2] = { { "master", "Promoted" },   { "promoted", "Promoted" }, { "slave", "Unpromoted" },
                                            { "unpromoted", "Unpromoted" }, { "started", "Started" },   { "stopped", "Stopped" } };

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (g_ascii_strcasecmp(words[i][0], role) == 0) {
            return words[i][1];
        }
    }
    return NULL;
}

static void
add_advised(struct cox_xml *operations, const char *rsc, const struct cox_rscspec_advice *advice)
{
    gint64 interval_ms = (strcmp(advice->action, "monitor") == 0) ? advice->interval_ms : 0;
    g_autofree char *timeout = (advice->timeout_ms > 0) ? span(advice->timeout_ms) : NULL;
    g_autofree char *interval = NULL;
    struct cox_xml *op = NULL;

    if ((interval_ms == 0 && timeout == NULL) || (interval_ms == 0 && strcmp(advice->action, "monitor") == 0)) {
        return; /* says nothing */
    }
    while (interval_ms > 0 && find_op(operations, advice->action, interval_ms) != NULL) {
        interval_ms += 1000; /* an operation is known by action and interval */
    }
    if (find_op(operations, advice->action, interval_ms) != NULL) {
        return;
    }
    interval = span(interval_ms);
    op = op_new(operations, rsc, advice->action, interval);
    cox_xml_set(op, "timeout", timeout);
    if (advice->role != NULL) {
        cox_xml_set(op, "role", role_word(advice->role));
    }
    if (advice->depth != NULL && strcmp(advice->depth, "0") != 0) {
        add_check_level(op, advice->depth);
    }
}

static bool
has_monitor(const struct cox_xml *operations)
{
    for (const struct cox_xml *op = cox_xml_child(operations, "op"); op != NULL; op = cox_xml_next_named(op, "op")) {
        if (g_strcmp0(cox_xml_get(op, "name"), "monitor") == 0) {
            return true;
        }
    }
    return false;
}

/* ---- the element ------------------------------------------------------------------------------------------ */

static void
apply_pairs(struct cox_xml *rsc, const struct cox_rscspec *spec)
{
    const struct cox_nvedit_home params = { rsc, "instance_attributes", NULL }, metas = { rsc, "meta_attributes", NULL },
                                 utilization = { rsc, "utilization", NULL };

    cox_nvedit_apply(&params, spec->params);
    cox_nvedit_apply(&metas, spec->metas);
    cox_nvedit_apply(&utilization, spec->utilization);
}

static bool
check_ops(const struct cox_rscspec *spec, GError **error)
{
    for (guint i = 0; i < spec->ops->len; i++) {
        if (!check_op(spec->ops->pdata[i], error)) {
            return false;
        }
    }
    return true;
}

struct cox_xml *
cox_rscspec_add(struct cox_xml *parent, const struct cox_rscspec_agent *agent, const struct cox_rscspec *spec,
                const GArray *advice, GError **error)
{
    struct cox_xml *rsc = NULL, *operations = NULL;

    if (!check_ops(spec, error)) {
        return NULL;
    }
    rsc = cox_xml_new_child(parent, "primitive");
    cox_xml_set(rsc, "id", agent->id);
    cox_xml_set(rsc, "class", agent->standard);
    cox_xml_set(rsc, "provider", agent->provider);
    cox_xml_set(rsc, "type", agent->type);
    apply_pairs(rsc, spec);
    operations = cox_xml_new_child(rsc, "operations");
    for (guint i = 0; i < spec->ops->len; i++) {
        add_given(operations, agent->id, spec->ops->pdata[i]);
    }
    for (guint i = 0; advice != NULL && i < advice->len; i++) {
        const struct cox_rscspec_advice *row = &g_array_index(advice, struct cox_rscspec_advice, i);

        if (is_clusters(row->action) && !is_given(spec, row)) {
            add_advised(operations, agent->id, row);
        }
    }
    if (!has_monitor(operations)) {
        (void) op_new(operations, agent->id, "monitor", "60s");
    }
    return rsc;
}

bool
cox_rscspec_update(struct cox_xml *rsc, const struct cox_rscspec *spec, GError **error)
{
    struct cox_xml *operations = cox_xml_child(rsc, "operations");

    if (!check_ops(spec, error)) {
        return false;
    }
    apply_pairs(rsc, spec);
    if (spec->ops->len > 0 && operations == NULL) {
        operations = cox_xml_new_child(rsc, "operations");
    }
    for (guint i = 0; i < spec->ops->len; i++) {
        const struct cox_rscspec_op *op = spec->ops->pdata[i];
        const char *text = value_of(op->pairs, "interval");
        gint64 interval_ms = (strcmp(op->action, "monitor") == 0) ? 60000 : 0;

        if (text != NULL && !cox_interval_parse(text, &interval_ms, error)) {
            return false;
        }
        cox_xml_free(find_op(operations, op->action, interval_ms));
        add_given(operations, cox_xml_id(rsc), op);
    }
    return true;
}
