/* cts/sim/simplan.c - a plan with what it borrows: stands for schedd.  For tests only. */
#include "cts/sim/simplan.h"

#include "sched/sched.h"
#include "transition/pending.h"
#include "xml/xmldoc.h"

static struct cox_xmldoc *
copy_of(const struct cox_xml *cib)
{
    struct cox_xmldoc *doc = cox_xmldoc_new(cox_xml_name(cib));
    struct cox_xml *root = cox_xmldoc_root(doc);

    for (struct cox_xml_attr *attr = cox_xml_first_attr(cib); attr != NULL; attr = cox_xml_next_attr(attr)) {
        cox_xml_set(root, cox_xml_attr_name(attr), cox_xml_attr_value(attr));
    }
    for (const struct cox_xml *child = cox_xml_first(cib); child != NULL; child = cox_xml_next(child)) {
        (void) cox_xml_add_copy(root, child);
    }
    return doc;
}

struct sim_plan *
sim_plan_new(const struct cox_xml *cib, const struct sim_plan_input *more, cox_wall now)
{
    struct sim_plan *plan = g_new0(struct sim_plan, 1);
    struct cox_sched_input input = { .now = now };
    g_autoptr(cox_cib) copy = NULL;

    if (more->overlay.n_histories + more->overlay.n_values > 0) { /* the document is everybody's */
        copy = cox_cib_new(copy_of(cib));
        cox_cib_begin(copy);
        if (!cox_overlay_put(copy, &more->overlay, NULL)) {
            g_assert_not_reached();
        }
        cox_cib_keep(copy);
        cib = cox_cib_root(copy);
    }
    if (!cox_codec_load_tree(cib, NULL, &plan->input, NULL, NULL)) {
        g_assert_not_reached();
    }
    (void) cox_pending_note(plan->input.status, more->inflight, more->n_inflight, now);
    input.config = plan->input.config;
    input.status = plan->input.status;
    plan->plan = cox_sched_run(&input, NULL);
    return plan;
}

void
sim_plan_free(struct sim_plan *plan)
{
    if (plan != NULL) {
        cox_plan_free(plan->plan);
        cox_codec_result_clear(&plan->input);
        g_free(plan);
    }
}
