/*
 * cts/scheduler/test_incremental.c - what the planner makes after a change is what a full plan makes, byte by byte: for random
 * clusters to which random things happen, and for clusters of many small parts, where most plans are incremental.
 *
 * Environment: COX_RANDOM_MODELS: how many clusters of each kind (default 6); COX_RANDOM_SEED: of the first (default 1);
 * COX_RANDOM_CASES: how many of the small cases in the tree things happen to (default 40); COX_SHARED: the folder of reference cases.
 */
#include "base/testkit.h"

#include <stdio.h>
#include <string.h>

#include "cib/schemas.h"
#include "codec/load.h"
#include "codec/status_write.h"
#include "randommodel.h"
#include "sched/planner.h"
#include "transition/pretend.h"
#include "transition/rehearsal.h"
#include "xml/xmlwrite.h"

enum { SETTLE_ROUNDS = 6, ROUNDS = 14, FAILURES = 2, BEGIN_S = 1769601600 };

static struct cox_schemas *schemas;

static int
below(GRand *rand, int n)
{
    return g_rand_int_range(rand, 0, n);
}

static bool
one_in(GRand *rand, int n)
{
    return below(rand, n) == 0;
}

/* ---- clusters of many parts ---- */

static void
add_meta(GString *xml, GRand *rand, const char *id)
{
    static const char *const metas[][2] = {
        { "resource-stickiness", "0" }, { "resource-stickiness", "100" }, { "migration-threshold", "2" }, { "failure-timeout", "120s" },
        { "target-role", "Stopped" }, { "priority", "5" }, { "is-managed", "false" }, { "allow-migrate", "true" }, { "priority", "-3" },
        { "multiple-active", "block" }, { "requires", "nothing" }, { "critical", "false" },
    };
    int n = below(rand, 4) - 1;

    if (n > 0) {
        g_string_append_printf(xml, "<meta_attributes id='%s-m'>", id);
        for (int i = 0; i < n; i++) {
            int which = below(rand, (int) G_N_ELEMENTS(metas));

            g_string_append_printf(xml, "<nvpair id='%s-m%d' name='%s' value='%s'/>", id, i, metas[which][0], metas[which][1]);
        }
        g_string_append(xml, "</meta_attributes>");
    }
}

static void
add_primitive(GString *xml, GRand *rand, const char *id)
{
    static const char *const on_fail[] = { "restart", "restart", "restart", "block", "ignore", "stop", "standby", "fence" };

    g_string_append_printf(xml, "<primitive id='%s' class='ocf' provider='pacemaker' type='Stateful'>", id);
    add_meta(xml, rand, id);
    g_string_append_printf(xml, "<operations><op id='%s-mon' name='monitor' interval='10s' on-fail='%s'/>", id, on_fail[below(rand, 8)]);
    if (one_in(rand, 3)) {
        g_string_append_printf(xml, "<op id='%s-mon9' name='monitor' interval='9s' role='Promoted'/>", id);
    }
    g_string_append_printf(xml, "</operations></primitive>");
}

static void
add_part(GString *xml, GRand *rand, int i)
{
    int kind = below(rand, 8), n = 1 + below(rand, 3);
    g_autofree char *inner = g_strdup_printf("r%d-0", i);

    if (kind < 3) {
        g_autofree char *id = g_strdup_printf("r%d", i);

        add_primitive(xml, rand, id);
    } else if (kind < 5) {
        g_string_append_printf(xml, "<group id='r%d'>", i);
        for (int k = 0; k < n; k++) {
            g_autofree char *id = g_strdup_printf("r%d-%d", i, k);

            add_primitive(xml, rand, id);
        }
        g_string_append(xml, "</group>");
    } else {
        g_string_append_printf(xml, "<clone id='r%d'><meta_attributes id='r%d-cm'><nvpair id='r%d-cm1' name='promotable' value='%s'/>"
                               "<nvpair id='r%d-cm2' name='interleave' value='%s'/><nvpair id='r%d-cm3' name='globally-unique' value='%s'/>"
                               "<nvpair id='r%d-cm5' name='notify' value='%s'/><nvpair id='r%d-cm4' name='clone-max' value='%d'/></meta_attributes>",
                               i, i, i, kind == 7 ? "true" : "false", i, one_in(rand, 2) ? "true" : "false", i,
                               one_in(rand, 5) ? "true" : "false", i, one_in(rand, 3) ? "true" : "false", i, 1 + below(rand, 4));
        add_primitive(xml, rand, inner);
        g_string_append(xml, "</clone>");
    }
}

static void
add_constraint(GString *xml, GRand *rand, int i, int n)
{
    static const char *const scores[] = { "INFINITY", "-INFINITY", "100", "-50" };
    int a = below(rand, n), b = below(rand, n);

    switch (below(rand, 7)) {
    case 0:
        g_string_append_printf(xml, "<rsc_order id='k%d' first='r%d' then='r%d' kind='%s'/>", i, MIN(a, b), MAX(a, b) + (a == b),
                               one_in(rand, 3) ? "Optional" : one_in(rand, 4) ? "Serialize" : "Mandatory");
        break;
    case 1:
        g_string_append_printf(xml, "<rsc_colocation id='k%d' rsc='r%d' with-rsc='r%d' score='%s'/>", i, MAX(a, b) + (a == b), MIN(a, b),
                               scores[below(rand, 4)]);
        break;
    case 2:
        g_string_append_printf(xml, "<rsc_location id='k%d' rsc-pattern='^r%d' node='n%d' score='%s'/>", i, a % 4, below(rand, 4), scores[below(rand, 4)]);
        break;
    case 3:
        g_string_append_printf(xml, "<rsc_location id='k%d'><resource_set id='k%d-s'><resource_ref id='r%d'/>%s</resource_set>"
                               "<rule id='k%d-r' score='%s'><expression id='k%d-e' attribute='%s' operation='eq' value='1'/></rule></rsc_location>", i, i, a,
                               "", i, scores[below(rand, 4)], i, one_in(rand, 2) ? "site" : "master-r1-0");
        break;
    case 4:
        g_string_append_printf(xml, "<rsc_ticket id='k%d' rsc='r%d' ticket='T' loss-policy='%s'/>", i, a, one_in(rand, 2) ? "stop" : "freeze");
        break;
    default:
        g_string_append_printf(xml, "<rsc_location id='k%d' rsc='r%d' node='n%d' score='%s'/>", i, a, below(rand, 4), scores[below(rand, 4)]);
    }
}

static char *
parts_model(GRand *rand)
{
    GString *xml = g_string_new("<cib validate-with='pacemaker-4.0' admin_epoch='0' epoch='1' num_updates='0' have-quorum='1'><configuration><crm_config>"
                                "<cluster_property_set id='o'>");
    int n = 12 + below(rand, 20), n_constraints = below(rand, 10);

    g_string_append_printf(xml, "<nvpair id='o1' name='fencing-enabled' value='%s'/><nvpair id='o2' name='symmetric-cluster' value='%s'/>"
                           "</cluster_property_set></crm_config><nodes>", one_in(rand, 2) ? "true" : "false", one_in(rand, 5) ? "false" : "true");
    for (int i = 0; i < 4; i++) {
        g_string_append_printf(xml, "<node id='%d' uname='n%d'/>", i + 1, i);
    }
    g_string_append(xml, "</nodes><resources><primitive id='fence' class='stonith' type='fence_x'/>");
    for (int i = 0; i <= n; i++) {
        add_part(xml, rand, i);
    }
    g_string_append(xml, "</resources><constraints>");
    for (int i = 0; i < n_constraints; i++) {
        add_constraint(xml, rand, i, n);
    }
    g_string_append(xml, "</constraints>");
    if (one_in(rand, 2)) {
        g_string_append(xml, "<rsc_defaults><meta_attributes id='d'><nvpair id='d1' name='resource-stickiness' value='10'/></meta_attributes></rsc_defaults>");
    }
    g_string_append(xml, "</configuration><status/></cib>");
    return g_string_free(xml, FALSE);
}

/* Something small, of one resource. */
static void
small_event(GRand *rand, struct cox_status *status, cox_wall now)
{
    struct cox_node_status *node = g_ptr_array_index(status->nodes, (guint) below(rand, (int) status->nodes->len));
    static const int codes[] = { 7, 1, 5, 6, 0, 193, 8 };
    struct cox_pretend_result result = { .task = one_in(rand, 5) ? "start" : one_in(rand, 6) ? "stop" : "monitor", .now = now };
    const struct cox_rsc_history *history = NULL;
    g_autofree char *name = NULL, *value = NULL;

    if (node->resources->len == 0) {
        return;
    }
    history = g_ptr_array_index(node->resources, (guint) below(rand, (int) node->resources->len));
    switch (below(rand, 6)) {
    case 0:
        name = g_strdup_printf("master-%s", history->id);
        value = g_strdup_printf("%d", below(rand, 4) * 5);
        cox_status_attr_set(status, node, name, one_in(rand, 4) ? NULL : value);
        break;
    case 1:
        cox_status_rsc_remove(node, history->id);
        break;
    default:
        result.interval_ms = g_str_equal(result.task, "monitor") && !one_in(rand, 3) ? 10000 : 0;
        result.rc = codes[below(rand, (int) G_N_ELEMENTS(codes))];
        result.status = result.rc == 193 ? COX_OP_STATUS_PENDING : COX_OP_STATUS_DONE;
        (void) cox_pretend_result(status, node, &(struct cox_pretend_rsc) { .id = history->id }, &result);
        if (result.rc != 0 && result.rc != 193 && !one_in(rand, 3)) {
            cox_pretend_failure(status, node, history->id, &result);
        }
    }
}

/* ---- what has changed ---- */

static char *
attrs_of(const struct cox_xml *xml)
{
    GString *text = g_string_new(NULL);

    for (struct cox_xml_attr *attr = cox_xml_first_attr(xml); attr != NULL; attr = cox_xml_next_attr(attr)) {
        g_string_append_printf(text, " %s=%s", cox_xml_attr_name(attr), cox_xml_attr_value(attr));
    }
    return g_string_free(text, FALSE);
}

static void
note_state(GHashTable *facts, const struct cox_xml *state)
{
    const struct cox_xml *rscs = cox_xml_child(cox_xml_child(state, "lrm"), "lrm_resources");
    const struct cox_xml *set = cox_xml_child(cox_xml_child(state, "transient_attributes"), "instance_attributes");
    const char *id = cox_xml_id(state);

    g_hash_table_insert(facts, g_strdup_printf("n\t%s", id), attrs_of(state));
    for (const struct cox_xml *rsc = cox_xml_child(rscs, "lrm_resource"); rsc != NULL; rsc = cox_xml_next_named(rsc, "lrm_resource")) {
        g_hash_table_insert(facts, g_strdup_printf("h\t%s\t%s", id, cox_xml_id(rsc)), cox_xmlwrite_text(rsc, COX_XMLWRITE_PLAIN));
    }
    for (; set != NULL; set = cox_xml_next_named(set, "instance_attributes")) {
        for (const struct cox_xml *pair = cox_xml_child(set, "nvpair"); pair != NULL; pair = cox_xml_next_named(pair, "nvpair")) {
            g_hash_table_insert(facts, g_strdup_printf("a\t%s\t%s", id, cox_xml_get(pair, "name")), g_strdup(cox_xml_get(pair, "value")));
        }
    }
}

static GHashTable *
facts_of(const struct cox_status *status)
{
    GHashTable *facts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(cox_xmldoc) doc = cox_xmldoc_new("status");
    const struct cox_xml *root = cox_xmldoc_root(doc);

    cox_codec_status_write(status, cox_xmldoc_root(doc));
    for (const struct cox_xml *at = cox_xml_first(root); at != NULL; at = cox_xml_next(at)) {
        if (cox_xml_is(at, "node_state")) {
            note_state(facts, at);
        } else {
            g_hash_table_insert(facts, g_strdup_printf("o\t%s", cox_xml_name(at)), cox_xmlwrite_text(at, COX_XMLWRITE_PLAIN));
        }
    }
    return facts;
}

static void
tell_of(GHashTable *facts, GHashTable *others, struct cox_planner *planner)
{
    GHashTableIter iter;
    gpointer key, value;

    g_hash_table_iter_init(&iter, facts);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        const char *name = strrchr(key, '\t') + 1;

        if (g_strcmp0(value, g_hash_table_lookup(others, key)) == 0) {
            continue;
        }
        switch (*(const char *) key) {
        case 'h':
            cox_planner_touch_history(planner, name);
            break;
        case 'a':
            cox_planner_touch_attribute(planner, name);
            break;
        default:
            cox_planner_touch_all(planner);
        }
    }
}

/* ---- the life of a cluster ---- */

struct life {
    GRand *rand;
    struct cox_codec_result read;
    struct cox_status *status;
    struct cox_planner *planner;
    bool is_small; /* only small things happen, mostly */
};

static void
check(const struct life *life, const struct cox_sched_input *input, const char *where, GString *problems)
{
    struct cox_sched_input numbered = *input;
    g_autoptr(cox_diags) diags = cox_diags_new(), full_diags = cox_diags_new();
    g_autoptr(cox_plan) plan = cox_planner_run(life->planner, input, diags);
    g_autoptr(cox_plan) full = NULL;
    g_autofree char *text = NULL, *full_text = NULL;

    numbered.is_numbered_by_list = true;
    full = cox_sched_run(&numbered, full_diags);
    text = cox_planner_text(plan, diags);
    full_text = cox_planner_text(full, full_diags);
    if (!g_str_equal(text, full_text)) {
        g_string_append_printf(problems, "%s (%s): planned\n%s\ninstead of\n%s\n", where,
                               cox_planner_stats(life->planner)->obstacle == NULL ? "incremental" : cox_planner_stats(life->planner)->obstacle,
                               text, full_text);
    }
}

/* Carries out what is planned, perhaps with failures, and lets things happen. */
static void
live(const struct life *life, const struct cox_sched_input *input, bool is_calm)
{
    g_autoptr(cox_plan) plan = cox_sched_run(input, NULL);
    struct cox_opspec failures[FAILURES];
    struct cox_rehearsal_input rehearsal = { &plan->graph, life->status, failures, 0, input->now };

    if (!is_calm && !one_in(life->rand, 3)) {
        rehearsal.n_failures = random_failures(life->rand, &plan->graph, failures, FAILURES);
    }
    if (is_calm || !one_in(life->rand, 3)) {
        cox_rehearsal_free(cox_rehearsal_run(&rehearsal));
    }
    for (size_t i = 0; i < rehearsal.n_failures; i++) {
        cox_opspec_clear(&failures[i]);
    }
    if (is_calm) {
        return;
    }
    if (life->is_small && !one_in(life->rand, 8)) {
        small_event(life->rand, life->status, input->now);
    } else {
        random_events(life->rand, input->config, life->status, input->now);
    }
}

static void
read_model(struct life *life, guint32 seed)
{
    struct cox_codec_options options = { .prepare = cox_schemas_prepare, .prepare_data = schemas };
    g_autofree char *text = life->is_small ? parts_model(life->rand) : random_model(life->rand, life->rand);
    struct cox_stream_input input = { .text = text, .length = strlen(text), .name = "random" };
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(GError) error = NULL;

    if (!cox_codec_load(&input, &options, &life->read, diags, &error)) {
        fail_msg("seed %u: %s %s\n%s", seed, error->message, cox_diags_count(diags) > 0 ? cox_diags_get(diags, 0)->text : "", text);
    }
}

/* From round @first (below 0: nothing but what is planned happens) up to @rounds; ends the life.  @return incremental plans */
static guint64
check_life(struct life *life, gint64 begin_s, int first, const char *name, GString *problems)
{
    guint64 n_incremental;

    life->planner = cox_planner_new();
    cox_planner_limit(life->planner, 100);
    for (int round = first; round < ROUNDS; round++) {
        const struct cox_sched_input input = { .config = life->read.config, .status = life->status,
                                               .now = cox_wall_from_seconds(begin_s + 25 * round) };
        g_autofree char *where = g_strdup_printf("%s, round %d", name, round);
        GHashTable *before = facts_of(life->status), *after = NULL;

        live(life, &input, round < 0);
        after = facts_of(life->status);
        tell_of(before, after, life->planner);
        tell_of(after, before, life->planner);
        g_hash_table_destroy(before);
        g_hash_table_destroy(after);
        check(life, &input, where, problems);
    }
    n_incremental = cox_planner_stats(life->planner)->n_incremental;
    if (g_getenv("COX_RANDOM_VERBOSE") != NULL) {
        print_message("# %s: %u full, %u incremental, last obstacle %s\n", name, (unsigned) cox_planner_stats(life->planner)->n_full,
                      (unsigned) n_incremental, cox_planner_stats(life->planner)->obstacle);
    }
    cox_planner_free(life->planner);
    if (life->status != life->read.status) {
        cox_status_free(life->status);
    }
    cox_codec_result_clear(&life->read);
    g_rand_free(life->rand);
    return n_incremental;
}

static guint64
check_random_life(guint32 seed, bool is_small, GString *problems)
{
    struct life life = { .rand = g_rand_new_with_seed(seed), .is_small = is_small, .status = cox_status_new() };
    g_autofree char *name = g_strdup_printf("COX_RANDOM_SEED=%u, %s", seed, is_small ? "parts" : "random");

    read_model(&life, seed);
    random_status_begin(life.read.config, life.status);
    return check_life(&life, BEGIN_S, -SETTLE_ROUNDS, name, problems);
}

static void
check_lives(bool is_small, guint32 at_least)
{
    guint32 seed = random_setting("COX_RANDOM_SEED", 1), n = random_setting("COX_RANDOM_MODELS", 6);
    g_autoptr(GString) problems = g_string_new(NULL);
    guint64 n_incremental = 0;

    for (guint32 i = 0; i < n && problems->len < 20000; i++) {
        n_incremental += check_random_life(seed + i, is_small, problems);
    }
    print_message("# %u clusters of %d plans: %u of the plans were incremental\n", n, SETTLE_ROUNDS + ROUNDS, (unsigned) n_incremental);
    if (problems->len > 0) {
        fprintf(stderr, "%s", problems->str);
        fail_msg("plans differ, see above");
    }
    if (n_incremental < at_least * n) {
        fail_msg("only %u of the plans were incremental: this has proved little", (unsigned) n_incremental);
    }
}

static void
random_clusters_are_planned_as_if_anew(void **state)
{
    (void) state;
    check_lives(false, 0);
}

static void
clusters_of_many_parts_are_planned_as_if_anew(void **state)
{
    (void) state;
    check_lives(true, 3);
}

/* ---- documents that are there ---- */

static guint
check_documents(const char *folder, const char *file, guint limit, GString *problems)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    guint n = 0;
    guint64 n_incremental = 0;

    for (const char *name = dir == NULL ? NULL : g_dir_read_name(dir); name != NULL && n < limit; name = g_dir_read_name(dir)) {
        struct cox_codec_options options = { .prepare = cox_schemas_prepare, .prepare_data = schemas };
        struct life life = { .rand = g_rand_new_with_seed(g_str_hash(name)), .is_small = true };
        g_autofree char *path = g_build_filename(folder, name, file, NULL);
        struct cox_stream_input input = { .path = path };

        if (!g_str_has_suffix(path, ".xml") || !cox_codec_load(&input, &options, &life.read, NULL, NULL)) {
            g_rand_free(life.rand);
            continue;
        }
        life.status = life.read.status;
        if (life.status->nodes->len == 0 || life.read.config->n_nodes == 0 || life.read.config->n_resources == 0) { /* what should happen there? */
            cox_codec_result_clear(&life.read);
            g_rand_free(life.rand);
            continue;
        }
        n_incremental += check_life(&life, BEGIN_S, 0, name, problems);
        n++;
    }
    print_message("# %u documents of %s: %u of the plans were incremental\n", n, folder, (unsigned) n_incremental);
    g_clear_pointer(&dir, g_dir_close);
    return n;
}

static void
what_begins_as_a_case_is_planned_as_if_anew(void **state)
{
    g_autofree char *cases = g_build_filename(g_getenv("top_srcdir"), "cts", "scheduler", "cases", NULL);
    g_autofree char *shared = g_build_filename(g_getenv("COX_SHARED") != NULL ? g_getenv("COX_SHARED") : "", "scheduler-corpus", "xml", NULL);
    g_autoptr(GString) problems = g_string_new(NULL);

    (void) state;
    assert_true(check_documents(cases, "input.xml", random_setting("COX_RANDOM_CASES", 40), problems) > 30);
    if (g_getenv("COX_SHARED") != NULL) { /* reference cases lie outside the tree */
        (void) check_documents(shared, NULL, G_MAXUINT, problems);
    }
    if (problems->len > 0) {
        fprintf(stderr, "%.20000s", problems->str);
        fail_msg("plans differ, see above");
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_clusters_are_planned_as_if_anew),
        cmocka_unit_test(clusters_of_many_parts_are_planned_as_if_anew),
        cmocka_unit_test(what_begins_as_a_case_is_planned_as_if_anew),
    };
    int status = 0;

    schemas = cox_schemas_new(g_getenv("COX_SCHEMA_DIRECTORY"));
    status = cmocka_run_group_tests(tests, NULL, NULL);
    cox_schemas_free(schemas);
    return status;
}
