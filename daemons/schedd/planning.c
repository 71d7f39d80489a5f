/* daemons/schedd/planning.c - from the document, as a tree that changes, to a plan; what did not change is not read again.  Layer 6. */
#include "daemons/schedd/planning.h"

#include <string.h>

#include "codec/load_config.h"
#include "codec/load_status.h"
#include "model/duel.h"
#include "sched/sched.h"
#include "transition/pending.h"
#include "xml/xmldoc.h"
#include "xml/xmlwrite.h"

struct cox_planning {
    struct cox_schemas *schemas;
    GTimeZone *zone;
    struct cox_config *config;  /* NULL: to be read */
    struct cox_diags *problems; /* found while it was read */
    struct cox_status *status;  /* of the last plan, which borrows from it */
};

struct cox_planning *
cox_planning_new(struct cox_schemas *schemas)
{
    struct cox_planning *planning = g_new0(struct cox_planning, 1);

    planning->schemas = schemas;
    planning->zone = g_time_zone_new_local();
    return planning;
}

void
cox_planning_forget(struct cox_planning *planning)
{
    g_clear_pointer(&planning->config, cox_config_free);
    g_clear_pointer(&planning->problems, cox_diags_free);
}

void
cox_planning_free(struct cox_planning *planning)
{
    if (planning == NULL) {
        return;
    }
    cox_planning_forget(planning);
    cox_status_free(planning->status);
    g_time_zone_unref(planning->zone);
    g_free(planning);
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

bool
cox_planning_run(struct cox_planning *planning, const struct cox_planning_input *input,
                 struct cox_planning_result *result, GError **error)
{
    struct cox_sched_input sched = { .now = input->now };

    if (planning->config == NULL && !read_config(planning, input->cib, input->now, error)) {
        return false;
    }
    cox_status_free(planning->status);
    planning->status = cox_status_new();
    cox_codec_status(cox_xml_child(input->cib, "status"), planning->status);
    (void) cox_pending_note(planning->status, input->inflight, input->n_inflight, input->now);
    sched.config = planning->config;
    sched.status = planning->status;
    result->diags = cox_diags_new();
    for (size_t i = 0; i < cox_diags_count(planning->problems); i++) {
        cox_diags_add_at(result->diags, cox_diags_get(planning->problems, i));
    }
    result->plan = cox_sched_run(&sched, result->diags);
    result->config = planning->config;
    result->status = planning->status;
    return true;
}
