/* cts/scheduler/doclaws.c - the laws of a whole document: configuration and status in one.  For tests. */
#include "doclaws.h"

#include <string.h>

#include "explainlaws.h"
#include "laws.h"
#include "ordercircles.h"
#include "outcomelaws.h"

enum { SHUFFLES = 3 };

/*
 * Lists that mean the same in any order.  Not among them: resources, whose order decides between equals, and the states
 * of nodes, whose order says where a resource that is active twice is looked for first.
 */
static bool
may_be_shuffled(const struct cox_xml *xml)
{
    static const char *const names[] = { "nodes", "lrm_resources", "lrm_resource", "transient_attributes", "tickets" };

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (cox_xml_is(xml, names[i])) {
            return true;
        }
    }
    return false;
}

static void
shuffle_children(struct cox_xml *parent, GRand *rand)
{
    size_t n = cox_xml_n_children(parent);

    for (size_t i = 0; i < n; i++) {
        struct cox_xml *xml = cox_xml_first(parent);

        cox_xml_unlink(xml);
        cox_xml_insert(parent, xml, (size_t) g_rand_int_range(rand, (gint32) 0, (gint32) n));
    }
}

static void
shuffle(struct cox_xml *cib, GRand *rand)
{
    for (struct cox_xml *xml = cib; xml != NULL; xml = cox_xml_walk(xml, cib)) {
        if (may_be_shuffled(xml)) {
            shuffle_children(xml, rand);
        }
    }
}

static struct cox_plan *
plan_of(const struct cox_codec_result *read, cox_wall now, GString *problems)
{
    struct cox_sched_input input = { .config = read->config, .status = read->status, .now = now, .with_scores = true,
                                     .with_utilization = true };
    g_autoptr(cox_diags) diags = cox_diags_new();
    struct cox_plan *plan = cox_sched_run(&input, diags);

    for (size_t i = 0; i < cox_diags_count(diags); i++) {
        const struct cox_diag *diag = cox_diags_get(diags, i);

        if (diag->remedy != NULL && strstr(diag->remedy, "as a bug") != NULL) {
            /* the worklist has a bound that must not be reached */
            g_string_append_printf(problems, "bound: %s\n", diag->text);
        }
    }
    return plan;
}

static bool
load(const struct cox_xmldoc *doc, struct cox_codec_result *read, GError **error)
{
    *read = (struct cox_codec_result) { NULL, NULL, NULL };
    return cox_codec_load_tree(cox_xmldoc_root(doc), NULL, read, NULL, error);
}

static void
check_shuffled(const struct cox_xmldoc *doc, cox_wall now, const char *expected, GString *problems)
{
    GRand *rand = g_rand_new_with_seed(1);

    for (int i = 0; i < SHUFFLES; i++) {
        g_autoptr(cox_xmldoc) copy = cox_xmldoc_new_copy(cox_xmldoc_root(doc));
        struct cox_codec_result read = { NULL, NULL, NULL };
        g_autoptr(cox_plan) plan = NULL;
        g_autofree char *text = NULL;

        shuffle(cox_xmldoc_root(copy), rand);
        if (!load(copy, &read, NULL)) {
            g_string_append(problems, "order: written down in another order it cannot be read\n");
            break;
        }
        plan = plan_of(&read, now, problems);
        text = laws_plan_text(plan);
        if (!g_str_equal(text, expected)) {
            g_string_append_printf(problems, "order: written down in another order it is planned so:\n%sinstead of\n%s", text, expected);
            i = SHUFFLES;
        }
        g_clear_pointer(&plan, cox_plan_free);
        cox_codec_result_clear(&read);
    }
    g_rand_free(rand);
}

bool
doclaws_check(const struct cox_xmldoc *doc, const struct doclaws_how *how, GString *problems, GError **error)
{
    struct cox_codec_result read = { NULL, NULL, NULL };
    struct cox_sched_input input = { .now = how->now };
    struct laws_outcome outcome = { .max_rounds = how->max_rounds };
    struct cox_plan *plan = NULL;
    g_autofree char *text = NULL;

    if (!load(doc, &read, error)) {
        return false;
    }
    input.config = read.config;
    input.status = read.status;
    outcome.plan = plan = plan_of(&read, how->now, problems);
    outcome.status = cox_status_copy(read.status);
    text = laws_plan_text(plan);
    laws_of_plan(read.config, plan, problems);
    laws_of_explanation(&input, plan, NULL, problems);
    laws_of_outcome(&input, &outcome, problems);
    if (!ordercircles_are_there(read.config)) {
        check_shuffled(doc, how->now, text, problems);
    }
    cox_plan_free(plan);
    cox_status_free(outcome.status);
    cox_codec_result_clear(&read);
    return true;
}
