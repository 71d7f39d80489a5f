/* daemons/schedd/planning.c - from the document, as a tree that changes, to a plan; what did not change is not read again.  Layer 6. */
#include "config.h"

#include "daemons/schedd/planning.h"

#include <string.h>

#include "base/error.h"
#include "codec/load_config.h"
#include "codec/load_status.h"
#include "codec/status_refresh.h"
#include "model/duel.h"
#include "transition/pending.h"
#include "xml/xmldoc.h"
#include "xml/xmlwrite.h"

struct cox_planning {
    struct cox_schemas *schemas;
    GTimeZone *zone;
    struct cox_config *config;  /* NULL: to be read */
    struct cox_diags *problems; /* found while it was read */
    struct cox_status *status;  /* of the last plan, which borrows from it */
    bool is_current;            /* status is that of the document that is followed */
    size_t read_bytes;          /* that it took when it was read as a whole */
    GArray *lent;               /* struct cox_status_part: what is not what the document says, for this plan */
    struct cox_planner *planner;
    bool is_full_only;          /* nothing of the last plan is used again but the configuration */
    struct cox_planner_stats full_only; /* then the planner counts nothing */
    bool is_compared;           /* each incremental plan with a full one */
};

struct cox_planning *
cox_planning_new(struct cox_schemas *schemas)
{
    struct cox_planning *planning = g_new0(struct cox_planning, 1);

    planning->schemas = schemas;
    planning->zone = g_time_zone_new_local();
    planning->lent = cox_status_parts_new();
    planning->planner = cox_planner_new();
    planning->is_compared = COX_DEBUG;
    return planning;
}

void
cox_planning_forget(struct cox_planning *planning)
{
    g_clear_pointer(&planning->config, cox_config_free);
    g_clear_pointer(&planning->problems, cox_diags_free);
    cox_planner_forget(planning->planner);
    planning->is_current = false;
}

void
cox_planning_free(struct cox_planning *planning)
{
    if (planning == NULL) {
        return;
    }
    cox_planning_forget(planning);
    cox_planner_free(planning->planner);
    g_array_unref(planning->lent);
    cox_status_free(planning->status);
    g_time_zone_unref(planning->zone);
    g_free(planning);
}

void
cox_planning_full_only(struct cox_planning *planning)
{
    planning->is_full_only = true;
}

void
cox_planning_compare(struct cox_planning *planning)
{
    planning->is_compared = true;
}

const struct cox_planner_stats *
cox_planning_stats(const struct cox_planning *planning)
{
    return planning->is_full_only ? &planning->full_only : cox_planner_stats(planning->planner);
}

/* ---- the status, kept up to date ---- */

/* What was read again stays in memory until all is: not more than was there at first. */
static bool
is_too_large(const struct cox_planning *planning)
{
    return cox_arena_used_bytes(planning->status->arena) > 2 * planning->read_bytes + 1024 * 1024;
}

static void
refresh(struct cox_planning *planning, struct cox_cib *cib, const GArray *parts)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    for (guint i = 0; planning->is_current && i < parts->len; i++) {
        const struct cox_status_part *part = &g_array_index(parts, struct cox_status_part, i);

        planning->is_current = cox_status_refresh(planning->status, cib, part, names);
        if (part->kind == COX_STATUS_PART_HISTORY) {
            cox_planner_touch_history(planning->planner, part->rsc);
        }
    }
    for (guint i = 0; i < names->len; i++) {
        cox_planner_touch_attribute(planning->planner, g_ptr_array_index(names, i));
    }
    planning->is_current = planning->is_current && !is_too_large(planning);
}

void
cox_planning_patched(struct cox_planning *planning, struct cox_cib *cib, const struct cox_xml *patch)
{
    g_autoptr(GArray) parts = cox_status_parts_new();

    if (planning->is_current) {
        planning->is_current = patch != NULL && cox_status_parts_of_patch(parts, patch);
        refresh(planning, cib, parts);
    }
}

static void
add_overlay(const struct cox_status *status, const struct cox_overlay *overlay, GArray *parts)
{
    for (size_t i = 0; i < overlay->n_histories; i++) {
        g_autoptr(cox_xmldoc) doc = cox_xmldoc_parse_text(overlay->histories[i], strlen(overlay->histories[i]), NULL, NULL);

        if (doc != NULL) {
            cox_status_parts_of_histories(parts, cox_xmldoc_root(doc));
        }
    }
    for (size_t i = 0; i < overlay->n_values; i++) {
        const struct cox_node_status *node = cox_status_node(status, NULL, overlay->values[i].node);

        if (node != NULL) {
            cox_status_parts_add(parts, COX_STATUS_PART_ATTRIBUTES, node->id, NULL);
        }
    }
}

void
cox_planning_overlaid(struct cox_planning *planning, struct cox_cib *cib, const struct cox_overlay *overlay)
{
    if (planning->is_current) {
        add_overlay(planning->status, overlay, planning->lent);
        refresh(planning, cib, planning->lent);
    }
}

void
cox_planning_restored(struct cox_planning *planning, struct cox_cib *cib)
{
    if (planning->is_current) {
        refresh(planning, cib, planning->lent);
    }
    g_array_set_size(planning->lent, 0);
}

/* What is in flight is noted in the status, which is not what the document says until it is restored. */
static void
note_inflight(struct cox_planning *planning, const struct cox_planning_input *input)
{
    (void) cox_pending_note(planning->status, input->inflight, input->n_inflight, input->now);
    for (size_t i = 0; i < input->n_inflight; i++) {
        const struct cox_inflight *inflight = &input->inflight[i];
        const struct cox_node_status *node =
            inflight->node == NULL || inflight->rsc_id == NULL ? NULL : cox_status_node(planning->status, NULL, inflight->node);

        if (node != NULL) {
            cox_planner_touch_history(planning->planner, inflight->rsc_id);
            cox_status_parts_add(planning->lent, COX_STATUS_PART_HISTORY, node->id, inflight->rsc_id);
        }
    }
}

/* @return false: it is there, kept up to date */
static bool
read_status(struct cox_planning *planning, const struct cox_planning_input *input)
{
    if (planning->is_current && input->is_followed) {
        return false;
    }
    cox_status_free(planning->status);
    planning->status = cox_status_new();
    cox_codec_status(cox_xml_child(input->cib, "status"), planning->status);
    planning->read_bytes = cox_arena_used_bytes(planning->status->arena);
    planning->is_current = input->is_followed && !planning->is_full_only; /* else nothing that comes is worth following */
    cox_planner_touch_all(planning->planner);
    return true;
}

/* A copy with an empty status. */
static struct cox_xmldoc *
copy_without_status(const struct cox_xml *cib)
{
    struct cox_xmldoc *doc = cox_xmldoc_new(cox_xml_name(cib));
    struct cox_xml *root = cox_xmldoc_root(doc);

    for (struct cox_xml_attr *attr = cox_xml_first_attr(cib); attr != NULL; attr = cox_xml_next_attr(attr)) {
        cox_xml_set(root, cox_xml_attr_name(attr), cox_xml_attr_value(attr));
    }
    for (const struct cox_xml *child = cox_xml_first(cib); child != NULL; child = cox_xml_next(child)) {
        if (cox_xml_is(child, "status")) {
            (void) cox_xml_new_child(root, "status");
        } else {
            (void) cox_xml_add_copy(root, child);
        }
    }
    return doc;
}

char *
cox_planning_preserve(const struct cox_xml *cib)
{
    struct cox_xmldoc *doc = copy_without_status(cib);
    char *text = cox_xmlwrite_text(cox_xmldoc_root(doc), COX_XMLWRITE_PLAIN);

    cox_xmldoc_free(doc);
    return text;
}

struct cox_xmldoc *
cox_planning_revive(const char *path, const struct cox_xml *cib, GError **error)
{
    struct cox_xmldoc *doc = cox_xmldoc_parse_file(path, NULL, error);
    const struct cox_xml *status = cox_xml_child(cib, "status");
    const char *quorum = cox_xml_get(cib, "have-quorum");

    if (doc == NULL) {
        return NULL;
    }
    cox_xml_free(cox_xml_child(cox_xmldoc_root(doc), "status"));
    if (status != NULL) {
        (void) cox_xml_add_copy(cox_xmldoc_root(doc), status);
    }
    cox_xml_set(cox_xmldoc_root(doc), "have-quorum", quorum);
    return doc;
}

/* The configuration alone, brought to the newest version when it is not. */
static bool
read_old_config(struct cox_planning *planning, const struct cox_xml *cib, struct cox_diags *diags, GError **error)
{
    struct cox_xmldoc *doc = copy_without_status(cib);
    bool is_ready = cox_schemas_prepare(&doc, planning->schemas, diags, error);

    if (is_ready) {
        planning->config = cox_codec_config(cox_xmldoc_root(doc), planning->zone, diags);
    }
    cox_xmldoc_free(doc);
    return is_ready;
}

static bool
read_config(struct cox_planning *planning, const struct cox_xml *cib, cox_wall now, GError **error)
{
    g_autoptr(cox_diags) diags = cox_diags_new();
    struct cox_duel duel;

    if (g_strcmp0(cox_xml_get(cib, "validate-with"), cox_schemas_newest()) == 0) { /* cibd has validated it */
        planning->config = cox_codec_config(cib, planning->zone, diags);
    } else if (!read_old_config(planning, cib, diags, error)) {
        return false;
    }
    if (cox_duel_is_possible(planning->config, now, &duel)) {
        cox_diags_add(diags, COX_SEVERITY_WARNING, duel.devices[0], COX_DUEL_REMEDY,
                      "nodes %s and %s have a fencing device each (%s, %s) and neither waits: when they do not see each other, both may go down",
                      duel.nodes[0], duel.nodes[1], duel.devices[0], duel.devices[1]);
    }
    planning->problems = g_steal_pointer(&diags);
    return true;
}

/* The end of the process when the plan is not that of the whole document, read anew. */
static void
compare(const struct cox_planning *planning, const struct cox_planning_input *input, const struct cox_planning_result *result)
{
    struct cox_planning *other = cox_planning_new(planning->schemas);
    const struct cox_planning_input anew = { input->cib, input->inflight, input->n_inflight, input->now, false };
    struct cox_planning_result wanted = { NULL, NULL, NULL, NULL };
    g_autofree char *text = cox_planner_text(result->plan, result->diags), *wanted_text = NULL;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1), wanted_lines = NULL;

    other->is_compared = false;
    if (!cox_planning_run(other, &anew, &wanted, NULL)) { /* it has been planned from: it can be */
        cox_error_bug("the document cannot be read again", __FILE__, __LINE__);
    }
    wanted_text = cox_planner_text(wanted.plan, wanted.diags);
    wanted_lines = g_strsplit(wanted_text, "\n", -1);
    for (guint i = 0; !g_str_equal(text, wanted_text); i++) {
        if (g_strcmp0(lines[i], wanted_lines[i]) != 0) {
            g_autofree char *problem = g_strdup_printf("the plan is another one than that of the whole document:\n%s\ninstead of\n%s\n",
                                                       lines[i] == NULL ? "(nothing)" : lines[i],
                                                       wanted_lines[i] == NULL ? "(nothing)" : wanted_lines[i]);

            cox_error_bug(problem, __FILE__, __LINE__);
        }
    }
    cox_plan_free(wanted.plan);
    cox_diags_free(wanted.diags);
    cox_planning_free(other);
}

bool
cox_planning_run(struct cox_planning *planning, const struct cox_planning_input *input,
                 struct cox_planning_result *result, GError **error)
{
    struct cox_sched_input sched = { .now = input->now };
    bool is_read;

    if (planning->config == NULL && !read_config(planning, input->cib, input->now, error)) {
        return false;
    }
    is_read = read_status(planning, input);
    note_inflight(planning, input);
    sched.config = planning->config;
    sched.status = planning->status;
    result->diags = cox_diags_new();
    for (size_t i = 0; i < cox_diags_count(planning->problems); i++) {
        cox_diags_add_at(result->diags, cox_diags_get(planning->problems, i));
    }
    if (planning->is_full_only) {
        result->plan = cox_sched_run(&sched, result->diags);
        planning->full_only.n_full++;
    } else {
        result->plan = cox_planner_run(planning->planner, &sched, result->diags);
    }
    result->config = planning->config;
    result->status = planning->status;
    if (planning->is_compared && !planning->is_full_only && !is_read) {
        compare(planning, input, result);
    }
    return true;
}
