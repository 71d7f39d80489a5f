/* lib/admin/tests/test_convert.c */
#include "admin/convert.h"

#include "admin/tests/treekit.h"

/* Nodes from letters: p Pacemaker, c Coxswain, - nothing, b both; with a note where the letter is followed by a digit. */
struct crew {
    struct cox_convert_node nodes[4];
    struct cox_convert convert;
};

static void
crew_of(struct crew *crew, const char *text, enum cox_stack to)
{
    static const char *const names[] = { "n1", "n2", "n3", "n4" };
    static const char *const notes[] = { "0", "1", "2" };

    *crew = (struct crew) { .convert = { crew->nodes, 0, to } };
    for (; *text != '\0'; text++) {
        struct cox_convert_node *node = &crew->nodes[crew->convert.n_nodes];

        if (g_ascii_isdigit(*text)) {
            node[-1].note = notes[*text - '0'];
            continue;
        }
        node->name = names[crew->convert.n_nodes++];
        node->runs = *text == 'p' ? COX_STACK_PACEMAKER : *text == 'c' ? COX_STACK_COXSWAIN : *text == 'b' ? COX_STACK_BOTH : COX_STACK_NONE;
        node->is_joined = true;
        node->corosync = "3.1.7";
        node->version[COX_STACK_PACEMAKER] = "2.1.5";
        node->version[COX_STACK_COXSWAIN] = "0.1.0";
    }
}

static void
next_is(const char *text, enum cox_stack to, enum cox_convert_phase wanted)
{
    enum cox_convert_phase phase = COX_CONVERT_BEGIN;
    GError *error = NULL;
    struct crew crew;

    crew_of(&crew, text, to);
    if (!cox_convert_next(&crew.convert, &phase, &error)) {
        fail_msg("%s: %s", text, error->message);
    }
    if (phase != wanted) {
        fail_msg("%s: %d, not %d", text, phase, wanted);
    }
}

static void
next_fails(const char *text, enum cox_stack to, int code, const char *part)
{
    enum cox_convert_phase phase = COX_CONVERT_BEGIN;
    GError *error = NULL;
    struct crew crew;

    crew_of(&crew, text, to);
    assert_false(cox_convert_next(&crew.convert, &phase, &error));
    treekit_failed(&error, code, part);
}

static void
each_phase_begins_when_the_one_before_has_ended_everywhere(void **state)
{
    (void) state;
    next_is("ppp", COX_STACK_COXSWAIN, COX_CONVERT_BEGIN);
    next_is("p1p1p1", COX_STACK_COXSWAIN, COX_CONVERT_STOP);
    next_is("p1-1-1", COX_STACK_COXSWAIN, COX_CONVERT_STOP);
    next_is("-1-1-1", COX_STACK_COXSWAIN, COX_CONVERT_START);
    next_is("c1-1-1", COX_STACK_COXSWAIN, COX_CONVERT_START);
    next_is("c1c1c1", COX_STACK_COXSWAIN, COX_CONVERT_VERIFY);
}

static void
coxswain_is_never_started_while_pacemaker_runs_somewhere(void **state)
{
    (void) state;
    next_is("c1p1-1", COX_STACK_COXSWAIN, COX_CONVERT_STOP);
    next_is("c1p1-1", COX_STACK_PACEMAKER, COX_CONVERT_STOP);
}

static void
the_way_back_is_open_until_the_note_goes(void **state)
{
    (void) state;
    next_is("p1p1p1", COX_STACK_PACEMAKER, COX_CONVERT_VERIFY);
    next_is("p1-1-1", COX_STACK_PACEMAKER, COX_CONVERT_START);
    next_is("c1-1-1", COX_STACK_PACEMAKER, COX_CONVERT_STOP);
    next_is("c1c1c1", COX_STACK_PACEMAKER, COX_CONVERT_STOP);
    next_fails("ccc", COX_STACK_PACEMAKER, COX_ERROR_NOT_FOUND, "no conversion to go back from");
    next_fails("ppp", COX_STACK_PACEMAKER, COX_ERROR_NOT_FOUND, "no conversion to go back from");
}

static void
a_note_that_did_not_reach_all_nodes_is_written_again_unless_something_was_stopped(void **state)
{
    (void) state;
    next_is("p1p1p", COX_STACK_COXSWAIN, COX_CONVERT_BEGIN);
    next_is("p1p2p", COX_STACK_COXSWAIN, COX_CONVERT_BEGIN);
    next_is("-1-1-", COX_STACK_COXSWAIN, COX_CONVERT_START); /* the disk of n3 was replaced */
}

static void
nothing_begins_where_it_is_not_clear_what_runs(void **state)
{
    (void) state;
    next_fails("pp-", COX_STACK_COXSWAIN, COX_ERROR_UNSAFE, "n3: runs nothing, and not Pacemaker");
    next_fails("pcp", COX_STACK_COXSWAIN, COX_ERROR_UNSAFE, "n2: runs Coxswain");
    next_fails("ccc", COX_STACK_COXSWAIN, COX_ERROR_EXISTS, "already");
    next_fails("p1b1p1", COX_STACK_COXSWAIN, COX_ERROR_UNSAFE, "n2: Pacemaker and Coxswain run both");
    next_fails("p1p1p2", COX_STACK_COXSWAIN, COX_ERROR_UNSAFE, "n3: the note");
}

static void
corosync_runs_and_is_the_same_everywhere(void **state)
{
    enum cox_convert_phase phase = COX_CONVERT_BEGIN;
    GError *error = NULL;
    struct crew crew;

    (void) state;
    crew_of(&crew, "pp", COX_STACK_COXSWAIN);
    crew.nodes[1].corosync = "2.4.0";
    assert_false(cox_convert_next(&crew.convert, &phase, &error));
    treekit_failed(&error, COX_ERROR_UNSAFE, "n2: corosync is 2.4.0, on n1 it is 3.1.7");
    crew.nodes[0].is_joined = false;
    assert_false(cox_convert_next(&crew.convert, &phase, &error));
    treekit_failed(&error, COX_ERROR_UNSAFE, "n1: corosync does not run");
}

static void
what_is_to_be_started_is_installed_everywhere_in_one_version(void **state)
{
    GError *error = NULL;
    struct crew crew;

    (void) state;
    crew_of(&crew, "-1-1-1", COX_STACK_COXSWAIN);
    assert_true(cox_convert_check_installed(&crew.convert, &error));
    crew.nodes[2].version[COX_STACK_COXSWAIN] = "0.2.0";
    assert_false(cox_convert_check_installed(&crew.convert, &error));
    treekit_failed(&error, COX_ERROR_NOT_INSTALLED, "Coxswain is 0.2.0 on n3 and 0.1.0 on n1");
    crew.nodes[1].version[COX_STACK_COXSWAIN] = crew.nodes[2].version[COX_STACK_COXSWAIN] = NULL;
    assert_false(cox_convert_check_installed(&crew.convert, &error));
    treekit_failed(&error, COX_ERROR_NOT_INSTALLED, "Coxswain is not installed on n2, n3");
}

static void
stacks_are_known_by_name(void **state)
{
    (void) state;
    assert_int_equal(cox_stack_parse(NULL), COX_STACK_NONE);
    assert_int_equal(cox_stack_parse(""), COX_STACK_NONE);
    assert_int_equal(cox_stack_parse("pacemaker"), COX_STACK_PACEMAKER);
    assert_int_equal(cox_stack_parse("coxswain"), COX_STACK_COXSWAIN);
    assert_int_equal(cox_stack_parse("coxswain pacemaker"), COX_STACK_BOTH);
    assert_string_equal(cox_stack_text(COX_STACK_NONE), "nothing");
}

/* ---- the note --------------------------------------------------------------------------------------------- */

static void
a_note_that_is_read_is_the_one_that_was_written(void **state)
{
    struct cox_convert_note note = { NULL, g_ptr_array_new() };
    g_autofree char *without = NULL;

    (void) state;
    without = cox_convert_note_text(&note);
    assert_string_equal(without, "end\n");
    note.maintenance = (char *) (guintptr) "false";
    g_ptr_array_add(note.places, (gpointer) (guintptr) "web n1 Started");
    for (int i = 0; i < 2; i++) {
        g_autofree char *text = cox_convert_note_text(&note);
        g_autoptr(cox_convert_note) read = cox_convert_note_parse(text, NULL);

        assert_string_equal(text, "maintenance=false\nplace=web n1 Started\nend\n");
        assert_non_null(read);
        assert_string_equal(read->maintenance, "false");
        assert_int_equal(read->places->len, 1);
        assert_string_equal(read->places->pdata[0], "web n1 Started");
    }
    g_ptr_array_unref(note.places);
}

static void
a_note_that_is_not_whole_is_none(void **state)
{
    GError *error = NULL;

    (void) state;
    assert_null(cox_convert_note_parse("place=web n1 Started", &error));
    treekit_failed(&error, COX_ERROR_SYNTAX, "not whole");
    assert_null(cox_convert_note_parse("", &error));
    treekit_failed(&error, COX_ERROR_SYNTAX, "not whole");
    assert_null(cox_convert_note_parse("place=web n1 Started\nx=1\nend\n", &error));
    treekit_failed(&error, COX_ERROR_SYNTAX, "line 2 is 'x=1'");
}

static void
maintenance_is_put_back_as_it_was(void **state)
{
    g_autoptr(cox_xmldoc) doc = treekit_doc("<crm_config><cluster_property_set id='o'><nvpair id='a' name='x' value='1'/></cluster_property_set></crm_config>");
    struct cox_xml *root = cox_xmldoc_root(doc);

    (void) state;
    assert_null(cox_convert_maintenance(root));
    cox_convert_set_maintenance(root, "true");
    assert_string_equal(cox_convert_maintenance(root), "true");
    cox_convert_set_maintenance(root, NULL);
    treekit_is(doc, "<crm_config><cluster_property_set id='o'><nvpair id='a' name='x' value='1'/></cluster_property_set></crm_config>");
}

/* ---- resources -------------------------------------------------------------------------------------------- */

static struct cox_node_state nodes[] = { { .name = "n1", .is_online = true }, { .name = "n2", .is_online = true } };
static const guint32 on_n1[] = { 0 }, on_both[] = { 1, 0 };

static struct cox_rsc_state rscs[] = {
    { .id = "web", .short_id = "web", .standard = "ocf", .role = COX_ROLE_STARTED, .running_on = on_n1, .n_running_on = 1 },
    { .id = "fence", .short_id = "fence", .standard = "stonith", .role = COX_ROLE_STARTED, .running_on = on_n1, .n_running_on = 1 },
    { .id = "db:1", .short_id = "db", .standard = "ocf", .role = COX_ROLE_PROMOTED, .running_on = on_both, .n_running_on = 1 },
    { .id = "db:0", .short_id = "db", .standard = "ocf", .role = COX_ROLE_UNPROMOTED, .running_on = on_n1, .n_running_on = 1 },
    { .id = "u:1", .short_id = "u", .is_unique = true, .standard = "ocf", .role = COX_ROLE_STARTED, .running_on = on_n1, .n_running_on = 1 },
    { .id = "off", .short_id = "off", .standard = "ocf", .role = COX_ROLE_STOPPED },
    { .id = "g", .short_id = "g", .variant = COX_GROUP, .running_on = on_n1, .n_running_on = 1 },
};

static struct cox_plan
plan_of(struct cox_action *actions, size_t n)
{
    return (struct cox_plan) { .cluster = { .nodes = nodes, .n_nodes = G_N_ELEMENTS(nodes), .rscs = rscs, .n_rscs = G_N_ELEMENTS(rscs), .has_quorum = true },
                               .graph = { .actions = actions, .n_actions = n } };
}

static void
places_name_primitives_without_numbers_that_may_change_and_no_fence_devices(void **state)
{
    const struct cox_plan plan = plan_of(NULL, 0);
    g_autoptr(GPtrArray) places = cox_convert_places(&plan.cluster);
    g_autofree char *text = NULL;

    (void) state;
    g_ptr_array_add(places, NULL);
    text = g_strjoinv(",", (char **) places->pdata);
    assert_string_equal(text, "db n1 Unpromoted,db n2 Promoted,u:1 n1 Started,web n1 Started");
}

static void
differences_say_which_side_has_what(void **state)
{
    g_autoptr(GPtrArray) before = g_ptr_array_new();
    g_autoptr(GPtrArray) after = g_ptr_array_new();
    g_autoptr(GPtrArray) none = NULL;
    g_autoptr(GPtrArray) found = NULL;

    (void) state;
    g_ptr_array_add(before, (gpointer) (guintptr) "a n1 Started");
    g_ptr_array_add(after, (gpointer) (guintptr) "a n1 Started");
    none = cox_convert_differences(before, after);
    assert_int_equal(none->len, 0);
    g_ptr_array_add(before, (gpointer) (guintptr) "b n1 Started");
    g_ptr_array_add(after, (gpointer) (guintptr) "b n2 Started");
    g_ptr_array_add(after, (gpointer) (guintptr) "b n2 Started"); /* one more often is a difference, too */
    found = cox_convert_differences(before, after);
    assert_int_equal(found->len, 3);
    assert_string_equal(found->pdata[0], "before, and not now: b is Started on n1");
    assert_string_equal(found->pdata[1], "now, and not before: b is Started on n2");
}

static void
says(const struct cox_plan *plan, size_t n, const char *part)
{
    static const char *const wanted[] = { "n1", "n2", NULL };
    g_autoptr(cox_diags) diags = cox_diags_new();

    cox_convert_check(plan, wanted, diags);
    assert_int_equal(cox_diags_count(diags), n);
    if (n > 0 && strstr(cox_diags_get(diags, 0)->text, part) == NULL) {
        fail_msg("'%s' is not in: %s", part, cox_diags_get(diags, 0)->text);
    }
}

static void
a_cluster_at_rest_has_nothing_open(void **state)
{
    struct cox_action monitor = { .kind = COX_ACTION_RSC, .task = "monitor", .key = "web_monitor_10000", .rsc_id = "web", .node_name = "n1", .interval_ms = 10000 };
    struct cox_plan plan = plan_of(&monitor, 1);

    (void) state;
    says(&plan, 0, "");
    monitor.interval_ms = 0;
    says(&plan, 1, "there is something to do: web_monitor_10000 on n1");
    plan.graph.n_actions = 0;
    plan.cluster.has_quorum = false;
    says(&plan, 1, "no quorum");
    plan.cluster.has_quorum = true;
    plan.cluster.dc = COX_NODE_NONE;
    says(&plan, 1, "no coordinator");
    plan.cluster.dc = 0;
    nodes[1].is_online = false;
    says(&plan, 1, "node 'n2' is not online");
    nodes[1].is_online = nodes[1].is_remote = true;
    says(&plan, 1, "node 'n2' is a remote node");
    nodes[1].is_remote = false;
    rscs[0].pending_task = "Monitoring";
    rscs[0].is_failed = true;
    says(&plan, 2, "resource 'web' is busy: Monitoring");
    rscs[0].pending_task = NULL;
    says(&plan, 1, "resource 'web' has failed");
    rscs[0].is_failed = false;
}

static void
what_stops_starts_or_fences_disturbs_and_probes_and_devices_do_not(void **state)
{
    struct cox_action actions[] = {
        { .kind = COX_ACTION_RSC, .task = "monitor", .rsc_id = "web", .rsc_standard = "ocf", .node_name = "n1" },
        { .kind = COX_ACTION_RSC, .task = "start", .rsc_id = "fence", .rsc_standard = "stonith", .node_name = "n1" },
        { .kind = COX_ACTION_PSEUDO, .task = "stop", .rsc_id = "g" },
        { .kind = COX_ACTION_CRM, .task = "clear_failcount", .rsc_id = "web", .node_name = "n1" },
        { .kind = COX_ACTION_RSC, .task = "stop", .rsc_id = "web", .rsc_standard = "ocf", .node_name = "n1" },
        { .kind = COX_ACTION_CRM, .task = "stonith", .node_name = "n2" },
    };
    const struct cox_plan plan = plan_of(actions, G_N_ELEMENTS(actions));
    g_autoptr(GPtrArray) found = cox_convert_disturbances(&plan);

    (void) state;
    assert_int_equal(found->len, 2);
    assert_string_equal(found->pdata[0], "stop web on n1");
    assert_string_equal(found->pdata[1], "fence n2");
}

static GPtrArray *
texts_of(const char *words)
{
    g_auto(GStrv) parts = g_strsplit(words, ", ", -1);
    GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; parts[i] != NULL && *parts[i] != '\0'; i++) {
        g_ptr_array_add(texts, g_strdup(parts[i]));
    }
    return texts;
}

static void
what_has_ended_with_its_node_is_told_from_all_else(void **state)
{
    static const struct {
        const char *before, *after, *disturbances;
        bool has_only_ended;
    } rows[] = {
        { "a n1 Started, b n2 Started", "a n1 Started", "start b on n1", true },
        { "a n1 Promoted, a n2 Started", "a n2 Started", "notify a on n2, promote a on n2", true },
        { "a n1 Started", "a n1 Started", "", true },
        { "a n1 Started, b n2 Started", "a n1 Started, b n3 Started", "", false },
        { "a n1 Started, b n2 Started", "a n1 Started", "stop a on n1, start a on n2, start b on n2", false },
        { "a n1 Started, b n2 Started", "a n1 Started", "fence n2, start b on n1", false },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GPtrArray) before = texts_of(rows[i].before), after = texts_of(rows[i].after), disturbances = texts_of(rows[i].disturbances);

        assert_int_equal(cox_convert_has_only_ended(before, after, disturbances), rows[i].has_only_ended);
    }
}

COX_TEST_MAIN(cmocka_unit_test(each_phase_begins_when_the_one_before_has_ended_everywhere), cmocka_unit_test(coxswain_is_never_started_while_pacemaker_runs_somewhere),
              cmocka_unit_test(the_way_back_is_open_until_the_note_goes),
              cmocka_unit_test(a_note_that_did_not_reach_all_nodes_is_written_again_unless_something_was_stopped),
              cmocka_unit_test(nothing_begins_where_it_is_not_clear_what_runs), cmocka_unit_test(corosync_runs_and_is_the_same_everywhere),
              cmocka_unit_test(what_is_to_be_started_is_installed_everywhere_in_one_version), cmocka_unit_test(stacks_are_known_by_name),
              cmocka_unit_test(a_note_that_is_read_is_the_one_that_was_written), cmocka_unit_test(a_note_that_is_not_whole_is_none),
              cmocka_unit_test(maintenance_is_put_back_as_it_was), cmocka_unit_test(places_name_primitives_without_numbers_that_may_change_and_no_fence_devices),
              cmocka_unit_test(differences_say_which_side_has_what), cmocka_unit_test(a_cluster_at_rest_has_nothing_open),
              cmocka_unit_test(what_stops_starts_or_fences_disturbs_and_probes_and_devices_do_not),
              cmocka_unit_test(what_has_ended_with_its_node_is_told_from_all_else))
