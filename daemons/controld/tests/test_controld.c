/* Tests of cox-controld as a whole. */
#include "daemons/controld/tests/life.h"

#include <glib/gstdio.h>

#include "proto/marshal.h"

/* ---- stories ---- */

static void
a_resource_is_probed_started_watched_and_its_history_written(void **state)
{
    struct world *w = *state;

    life_create(w, "", DUMMY, "");
    life_expect(w, "r_monitor_0 r_start_0 r_monitor_10000 ");
    assert_string_equal(life_query(w)->phase, "S_IDLE");
    assert_string_equal(life_query(w)->coordinator, "n1");
    assert_true(life_has(w, "id=\"r_last_0\""));
    assert_true(life_has(w, "id=\"r_monitor_10000\""));
    assert_true(life_has(w, "crmd=\"online\""));
    assert_true(life_has(w, "name=\"dc-version\""));
    assert_true(life_has(w, "name=\"cluster-name\" value=\"fake\""));
    assert_true(cox_service_fake_n_events(w->fake) >= 2);
    life_pass(w, 30000);
    life_expect(w, "");
}

static void
a_failed_monitor_is_counted_and_the_resource_recovered(void **state)
{
    struct world *w = *state;

    life_create(w, "", DUMMY, "");
    g_string_truncate(w->log, 0);
    life_fail_recurring(w);
    life_pass(w, 1000);
    life_expect(w, "fail-count-r#monitor_10000=value++ last-failure-r#monitor_10000=1700000000 r_stop_0 r_start_0 r_monitor_10000 ");
    assert_true(life_has(w, "id=\"r_last_failure_0\""));
}

static void
a_controller_that_was_killed_goes_on_without_probes(void **state)
{
    struct world *w = *state;
    g_autofree char *document = NULL, *mark = g_build_filename(w->directory, "control.history", NULL);

    life_create(w, "", DUMMY, "");
    document = life_text(w);
    life_stop(w);
    g_string_truncate(w->log, 0);
    life_start(w, document);
    life_expect(w, "");
    assert_string_equal(life_query(w)->phase, "S_IDLE");
    life_stop(w);
    g_unlink(mark); /* a boot */
    life_start(w, document);
    life_expect(w, "r_monitor_0 r_start_0 r_monitor_10000 ");
}

/* The node went on without the others, and its controller died before the document of the others won. */
static void
a_history_of_another_side_is_not_taken_for_that_of_this_node(void **state)
{
    struct world *w = *state;
    g_autofree char *document = NULL, *later = NULL;

    life_create(w, "", DUMMY, "");
    document = life_text(w);
    life_fail_recurring(w);
    life_pass(w, 1000);
    later = life_text(w);
    life_stop(w);
    g_string_truncate(w->log, 0);
    life_start(w, document);
    assert_true(g_str_has_prefix(w->log->str, "r_monitor_0 "));
    life_stop(w);
    g_string_truncate(w->log, 0);
    life_start(w, later);
    assert_true(g_str_has_prefix(w->log->str, "r_monitor_0 ")); /* now this is the one that is not ours */
}

static void
what_is_running_when_something_changes_is_waited_for(void **state)
{
    struct world *w = *state;

    w->is_holding = true;
    life_create(w, "", DUMMY, "");
    life_expect(w, "r_monitor_0 ");
    cox_follow_fake_edit(w->controld->follow, COX_EDIT_CREATE, "resources",
                         "<primitive id='s' class='ocf' provider='coxswain' type='Dummy'/>");
    life_pass(w, 500);
    life_expect(w, "s_monitor_0 "); /* and the other probe is not made twice */
    assert_int_equal(life_query(w)->n_inflight, 2);
    w->is_holding = false;
    life_release(w);
    life_pass(w, 1000);
    assert_non_null(strstr(w->log->str, "r_start_0 "));
    assert_non_null(strstr(w->log->str, "s_start_0 "));
    assert_string_equal(life_query(w)->phase, "S_IDLE");
}

static void
a_lost_node_is_fenced_until_that_succeeds(void **state)
{
    struct world *w = *state;

    w->fence_fails = true;
    life_create(w, "<node id='2' uname='n2'/>",
           "<primitive id='f' class='stonith' type='fence_x'/>",
           "<node_state id='2' uname='n2' in_ccm='true' crmd='online' join='member' expected='member'><lrm id='2'><lrm_resources/>"
           "</lrm></node_state>");
    life_pass(w, 25000); /* dc-deadtime: somebody is missing */
    assert_non_null(strstr(w->log->str, "fence_n2 fence_n2 "));
    assert_true(life_has(w, "uname=\"n2\" in_ccm=\"false\""));
    assert_false(life_has(w, "expected=\"down\""));
    assert_int_equal(life_query(w)->n_nodes, 2);
    assert_string_equal(life_query(w)->nodes[1].name, "n2");
    assert_string_equal(life_query(w)->nodes[1].state, "lost");
    assert_int_equal(life_query(w)->nodes[1].is_there, 0);
    w->fence_fails = false;
    life_pass(w, 70000);
    assert_true(life_has(w, "expected=\"down\""));
    g_string_truncate(w->log, 0);
    life_pass(w, 70000);
    life_expect(w, "");
}

static void
a_refresh_forgets_and_probes(void **state)
{
    struct world *w = *state;
    const struct cox_msg_control_refresh body = { .rsc_id = "r" }, failed = { .rsc_id = "r", .only_failed = 1 };
    struct cox_service_fake_call call = { .message = COX_MSG_CONTROL_REFRESH, .body = &failed };
    guint32 id;

    life_create(w, "", DUMMY, "");
    g_string_truncate(w->log, 0);
    id = cox_service_fake_ask(w->fake, &call); /* nothing has failed */
    life_pass(w, 500);
    assert_int_equal(cox_service_fake_answer(w->fake, id)->message, COX_MSG_DONE);
    life_expect(w, "");
    call.body = &body;
    id = cox_service_fake_ask(w->fake, &call);
    life_pass(w, 1000);
    assert_int_equal(cox_service_fake_answer(w->fake, id)->message, COX_MSG_DONE);
    life_expect(w, "^(fail-count|last-failure)-r(:[0-9]+)?(#.+)?$=(none) forget_r r_monitor_0 r_start_0 r_monitor_10000 ");
}

static void
what_a_client_says_has_failed_is_counted_and_recovered(void **state)
{
    struct world *w = *state;
    struct cox_msg_control_fail body = { .rsc_id = "r", .node = "n1" };
    const struct cox_service_fake_call call = { .message = COX_MSG_CONTROL_FAIL, .body = &body };
    guint32 id;

    life_create(w, "", DUMMY, "");
    g_string_truncate(w->log, 0);
    w->refused = COX_MSG_EXEC_ORDER; /* the executor obeys a younger reign than ours: it is told again under the next */
    w->n_refused = 1;
    w->refusal = COX_ERROR_OLD;
    id = cox_service_fake_ask(w->fake, &call);
    life_pass(w, 1000);
    assert_int_equal(cox_service_fake_answer(w->fake, id)->message, COX_MSG_DONE);
    life_expect(w, "r_asyncmon_0 r_asyncmon_0 fail-count-r#asyncmon_0=value++ last-failure-r#asyncmon_0=1700000000 "
                   "r_stop_0 r_start_0 r_monitor_10000 ");
    assert_true(life_has(w, "operation=\"asyncmon\"") && life_has(w, "id=\"r_last_failure_0\""));
    assert_string_equal(life_query(w)->phase, "S_IDLE");
}

static void
nothing_fails_where_it_never_was_or_where_nobody_is(void **state)
{
    struct world *w = *state;
    struct cox_msg_control_fail body = { .rsc_id = "nothing", .node = "n1" };
    const struct cox_service_fake_call call = { .message = COX_MSG_CONTROL_FAIL, .body = &body };
    guint32 id;

    life_create(w, "", DUMMY, "");
    g_string_truncate(w->log, 0);
    id = cox_service_fake_ask(w->fake, &call);
    life_pass(w, 500);
    assert_string_equal(cox_service_fake_answer(w->fake, id)->error->message, "resource 'nothing' has no history on node 'n1'");
    body = (struct cox_msg_control_fail) { .rsc_id = "r", .node = "n7" };
    id = cox_service_fake_ask(w->fake, &call);
    life_pass(w, 500);
    assert_non_null(strstr(cox_service_fake_answer(w->fake, id)->error->message, "node 'n7' is not a member"));
    body.node = NULL;
    id = cox_service_fake_ask(w->fake, &call);
    life_pass(w, 500);
    assert_non_null(strstr(cox_service_fake_answer(w->fake, id)->error->message, "name both"));
    life_expect(w, "");
}

static void
a_configuration_over_which_the_scheduler_dies_is_set_aside(void **state)
{
    struct world *w = *state;

    life_create(w, "", DUMMY, "");
    w->plan_crashes = 3;
    cox_follow_fake_edit(w->controld->follow, COX_EDIT_CREATE, "resources",
                         "<primitive id='culprit' class='ocf' provider='coxswain' type='Dummy'/>");
    life_pass(w, 1000);
    assert_non_null(strstr(cox_service_fake_log(w->fake), "object=culprit"));
}

static void
an_order_of_another_reign_is_not_carried_out(void **state)
{
    struct world *w = *state;
    struct cox_msg_control_order order = { .target = 1, .kind = COX_REIGN_RUN, .generation = 99, .rsc_id = "r", .task = "stop",
                                           .key = "k", .standard = "ocf", .provider = "coxswain", .type = "Dummy" };

    life_create(w, "", DUMMY, "");
    g_string_truncate(w->log, 0);
    assert_true(cox_service_send(cox_service_fake_ctx(w->fake), COX_MSG_CONTROL_ORDER, &order));
    life_pass(w, 500);
    life_expect(w, "");
    order.generation = life_query(w)->generation;
    assert_true(cox_service_send(cox_service_fake_ctx(w->fake), COX_MSG_CONTROL_ORDER, &order));
    life_pass(w, 500);
    assert_non_null(strstr(w->log->str, "r_stop_0 "));
}

/* The source of a migration may be lost with its history: then only that of its target tells where the resource may be. */
static void
what_another_node_is_to_send_here_is_expected_in_the_document(void **state)
{
    struct world *w = *state;
    struct cox_msg_pair params[] = { { .name = "CRM_meta_migrate_source", .value = "n2" },
                                     { .name = "CRM_meta_migrate_target", .value = "n3" } };
    struct cox_msg_control_order order = { .target = 2, .kind = COX_REIGN_RUN, .rsc_id = "s", .task = "migrate_to", .key = "4:5:0:k",
                                           .standard = "ocf", .provider = "coxswain", .type = "Dummy", .params = params,
                                           .n_params = G_N_ELEMENTS(params) };

    life_create(w, "", DUMMY, "");
    order.generation = life_query(w)->generation;
    assert_true(cox_service_send(cox_service_fake_ctx(w->fake), COX_MSG_CONTROL_ORDER, &order));
    params[1].value = "n1";
    order.generation = 99;
    assert_true(cox_service_send(cox_service_fake_ctx(w->fake), COX_MSG_CONTROL_ORDER, &order));
    life_pass(w, 500);
    assert_false(life_has(w, "migrate_from")); /* it goes elsewhere, or is of another reign */
    order.generation = life_query(w)->generation;
    assert_true(cox_service_send(cox_service_fake_ctx(w->fake), COX_MSG_CONTROL_ORDER, &order));
    life_pass(w, 500);
    assert_true(life_has(w, "id=\"s_migrate_from_0\""));
    assert_true(life_has(w, "transition-magic=\"-1:193;4:5:0:k\""));
    assert_true(life_has(w, "migrate_source=\"n2\""));
}

static void
a_reign_grows_above_every_one_that_was_obeyed_before(void **state)
{
    struct world *w = *state;
    g_autofree char *document = NULL;
    guint64 generation;

    w->term_refusals = 2; /* an executor that has seen more than this controller */
    life_create(w, "", DUMMY, "");
    life_expect(w, "r_monitor_0 r_start_0 r_monitor_10000 ");
    generation = life_query(w)->generation;
    assert_true(generation > 3);
    document = life_text(w);
    life_stop(w);
    life_start(w, document);
    assert_true(life_query(w)->generation > generation);
}

static void
an_order_that_the_executor_refuses_has_not_failed_and_the_reign_grows(void **state)
{
    struct world *w = *state;

    w->refused = COX_MSG_EXEC_ORDER;
    w->n_refused = 1;
    w->refusal = COX_ERROR_OLD;
    life_create(w, "", DUMMY, "");
    life_expect(w, "r_monitor_0 r_monitor_0 r_start_0 r_monitor_10000 ");
    assert_int_equal(w->n_refused, 0);
    assert_true(life_query(w)->generation > 1);
    assert_false(life_has(w, "fail-count"));
    assert_string_equal(life_query(w)->phase, "S_IDLE");
}

static void
what_a_client_wants_forgotten_is_forgotten_under_the_next_reign(void **state)
{
    struct world *w = *state;
    const struct cox_msg_control_refresh body = { .rsc_id = "r" };
    const struct cox_service_fake_call call = { .message = COX_MSG_CONTROL_REFRESH, .body = &body };
    guint64 generation;
    guint32 id;

    life_create(w, "", DUMMY, "");
    generation = life_query(w)->generation;
    g_string_truncate(w->log, 0);
    w->refused = COX_MSG_EXEC_FORGET;
    w->n_refused = 1;
    w->refusal = COX_ERROR_OLD;
    id = cox_service_fake_ask(w->fake, &call);
    life_settle(w);
    assert_null(cox_service_fake_answer(w->fake, id)); /* nothing is forgotten yet */
    assert_true(life_has(w, "id=\"r_last_0\""));
    life_pass(w, 1000);
    assert_int_equal(cox_service_fake_answer(w->fake, id)->message, COX_MSG_DONE);
    life_expect(w, "^(fail-count|last-failure)-r(:[0-9]+)?(#.+)?$=(none) forget_r forget_r r_monitor_0 r_start_0 r_monitor_10000 ");
    assert_true(life_query(w)->generation > generation);
}

static void
a_fencing_that_is_refused_makes_the_reign_grow(void **state)
{
    struct world *w = *state;

    w->fence_refusals = 1;
    life_create(w, "<node id='2' uname='n2'/>", "<primitive id='f' class='stonith' type='fence_x'/>",
           "<node_state id='2' uname='n2' in_ccm='true' crmd='online' join='member' expected='member'><lrm id='2'><lrm_resources/>"
           "</lrm></node_state>");
    life_pass(w, 50000); /* dc-deadtime, then the fencing */
    assert_int_equal(w->fence_refusals, 0);
    assert_true(life_query(w)->generation > 1);
    assert_true(life_has(w, "expected=\"down\""));
}

static void
fencers_are_told_of_each_reign_of_this_node(void **state)
{
    struct world *w = *state;

    w->term_refusals = 1; /* so that there are two */
    life_create(w, "", DUMMY, "");
    assert_int_equal(w->fence_term.coordinator, 1);
    assert_int_equal(w->fence_term.generation, life_query(w)->generation);
}

static void
an_executor_that_is_stopping_is_asked_again(void **state)
{
    struct world *w = *state;

    w->refused = COX_MSG_EXEC_ORDER;
    w->n_refused = 3;
    w->refusal = COX_ERROR_UNAVAILABLE;
    life_create(w, "", DUMMY, "");
    life_pass(w, 1000);
    life_expect(w, "r_monitor_0 r_monitor_0 r_monitor_0 r_monitor_0 r_start_0 r_monitor_10000 ");
    assert_false(life_has(w, "fail-count"));
    assert_int_equal(life_query(w)->generation, 1);
    w->n_refused = G_MAXINT; /* and when the controller ends meanwhile, nothing is left of the order */
    life_fail_recurring(w);
    life_pass(w, 500);
    assert_non_null(strstr(w->log->str, "r_stop_0 r_stop_0 "));
}

/* The document of a side on which this node stopped the resource long ago; nobody is elected, so nobody joins. */
static void
another_document_is_corrected_without_a_join(void **state)
{
    struct world *w = *state;
    g_autofree char *before = NULL;
    guint64 generation;

    life_create(w, "", DUMMY, "");
    before = life_text(w);
    generation = life_query(w)->generation;
    life_fail_recurring(w);
    life_pass(w, 1000);
    assert_true(life_has(w, "id=\"r_last_failure_0\""));
    cox_follow_fake_replace(w->controld->follow, before);
    assert_false(life_has(w, "id=\"r_last_failure_0\""));
    life_pass(w, 1000);
    assert_true(life_has(w, "id=\"r_last_failure_0\""));
    assert_int_equal(life_query(w)->generation, generation);
    assert_string_equal(life_query(w)->phase, "S_IDLE");
}

/* The coordinator may wait for the document of before, which never comes. */
static void
what_is_in_another_document_as_well_is_said_to_be_there(void **state)
{
    struct world *w = *state;
    g_autofree char *same = NULL;
    guint n_recorded;

    life_create(w, "", DUMMY, "");
    same = life_text(w);
    n_recorded = w->n_recorded;
    cox_follow_fake_replace(w->controld->follow, same);
    life_pass(w, 1000);
    assert_int_equal(w->n_recorded, n_recorded + 1);
    assert_string_equal(life_query(w)->phase, "S_IDLE");
}

/* A cibd that has just begun tells what it had before when the one that counts does not come. */
static void
a_document_that_does_not_count_is_not_corrected_until_it_does(void **state)
{
    struct world *w = *state;
    g_autofree char *before = NULL;

    life_create(w, "", DUMMY, "");
    before = life_text(w);
    life_fail_recurring(w);
    life_pass(w, 1000);
    cox_follow_fake_counts(w->controld->follow, false);
    cox_follow_fake_replace(w->controld->follow, before);
    life_pass(w, 5000);
    assert_false(life_has(w, "id=\"r_last_failure_0\""));
    cox_follow_fake_counts(w->controld->follow, true);
    life_pass(w, 1000);
    assert_true(life_has(w, "id=\"r_last_failure_0\""));
}

/* Three nodes begin alone and then meet: the document of one of them wins, and knows no other. */
static void
a_node_that_another_document_does_not_know_is_written_into_it(void **state)
{
    struct world *w = *state;

    life_create(w, "", "", "");
    assert_true(life_has(w, "crmd=\"online\""));
    cox_follow_fake_replace(w->controld->follow, "<cib validate-with='none' admin_epoch='0' epoch='9' num_updates='0'><configuration><crm_config/><nodes/>"
                                                 "<resources/><constraints/></configuration><status/></cib>");
    assert_false(life_has(w, "crmd=\"online\""));
    life_pass(w, 1000);
    assert_true(life_has(w, "crmd=\"online\""));
    assert_true(life_has(w, "<node id=\"1\" uname=\"n1\"/>"));
    assert_true(life_has(w, "name=\"dc-version\""));
}

/* The next plan must not be one without members: what they run would be started elsewhere. */
static void
a_member_that_somebody_takes_out_of_the_list_is_put_back_before_the_next_plan(void **state)
{
    struct world *w = *state;
    guint64 plans = 0;

    life_create(w, "", DUMMY, "");
    g_string_truncate(w->log, 0);
    plans = w->n_plans;
    cox_follow_fake_edit(w->controld->follow, COX_EDIT_REPLACE, "nodes", "<nodes/>");
    assert_false(life_has(w, "<node id=\"1\""));
    life_pass(w, 1000);
    assert_true(life_has(w, "<node id=\"1\" uname=\"n1\"/>"));
    assert_int_equal(w->n_plans, plans + 1);
    assert_int_equal(w->n_plans_alone, 0);
    life_expect(w, "");
    assert_string_equal(life_query(w)->phase, "S_IDLE");
}

/* Whoever is coordinator sees to that as soon as the document counts, also when the first attempt was refused. */
static void
a_node_that_is_missing_is_written_when_the_document_counts(void **state)
{
    struct world *w = *state;
    static const char *const other = "<cib validate-with='none' admin_epoch='0' epoch='%d' num_updates='0'><configuration><crm_config/><nodes/>"
                                     "<resources/><constraints/></configuration><status/></cib>";
    g_autofree char *first = g_strdup_printf(other, 9), *second = g_strdup_printf(other, 20);

    life_create(w, "", "", "");
    cox_follow_fake_counts(w->controld->follow, false);
    cox_follow_fake_replace(w->controld->follow, first);
    life_pass(w, 5000);
    assert_false(life_has(w, "<node id=\"1\" uname=\"n1\"/>"));
    cox_follow_fake_counts(w->controld->follow, true);
    life_pass(w, 1000);
    assert_true(life_has(w, "<node id=\"1\" uname=\"n1\"/>"));
    cox_follow_fake_fail_next(w->controld->follow, COX_ERROR_TRY_AGAIN);
    cox_follow_fake_replace(w->controld->follow, second);
    life_pass(w, 15000);
    assert_true(life_has(w, "<node id=\"1\" uname=\"n1\"/>"));
}

static guint
n_bootstraps(const struct world *w)
{
    guint n = 0;

    for (const char *at = cox_follow_fake_asked(w->controld->follow); (at = strstr(at, "modify configuration ")) != NULL; at++) {
        n++;
    }
    return n;
}

/* The document is replaced by one that is the same, but does not list this node. */
static void
forget_node(struct world *w)
{
    g_autofree char *text = life_text(w);
    char *node = strstr(text, "<node id=\"1\" uname=\"n1\"/>");

    assert_non_null(node);
    memset(node, ' ', strlen("<node id=\"1\" uname=\"n1\"/>"));
    cox_follow_fake_replace(w->controld->follow, text);
    assert_false(life_has(w, "<node id=\"1\" uname=\"n1\"/>"));
}

static void
refuse_bootstrap(struct world *w, int code)
{
    life_create(w, "", "", "");
    cox_follow_fake_fail_next(w->controld->follow, code);
    forget_node(w);
    life_pass(w, 300);
    assert_non_null(strstr(cox_service_fake_log(w->fake), "what=\"properties of the cluster\" reason=\"the test wants this to fail\""));
}

static void
what_was_refused_is_written_later_but_not_with_each_change(void **state)
{
    struct world *w = *state;
    guint n;

    refuse_bootstrap(w, COX_ERROR_CONFIG);
    n = n_bootstraps(w);
    for (int i = 0; i < 5; i++) {
        g_autofree char *more = g_strdup_printf("<primitive id='more%d' class='ocf' provider='coxswain' type='Dummy'/>", i);

        cox_follow_fake_edit(w->controld->follow, COX_EDIT_CREATE, "resources", more);
        life_pass(w, 500);
    }
    assert_int_equal(n_bootstraps(w), n);
    assert_false(life_has(w, "<node id=\"1\" uname=\"n1\"/>"));
    life_pass(w, 15000);
    assert_int_equal(n_bootstraps(w), n + 1);
    assert_true(life_has(w, "<node id=\"1\" uname=\"n1\"/>"));
    life_pass(w, 30000);
    assert_int_equal(n_bootstraps(w), n + 1);
}

static void
what_a_younger_reign_has_refused_is_written_under_the_next(void **state)
{
    struct world *w = *state;

    refuse_bootstrap(w, COX_ERROR_OLD);
    life_pass(w, 5000);
    assert_non_null(strstr(cox_service_fake_log(w->fake), "a younger reign was obeyed here"));
    assert_true(life_has(w, "<node id=\"1\" uname=\"n1\"/>"));
}

static void
what_may_not_have_been_written_is_looked_at_again(void **state)
{
    struct world *w = *state;

    life_create(w, "", "", "");
    cox_follow_fake_outcome(w->controld->follow, COX_CIB_UNCERTAIN, true);
    forget_node(w);
    life_pass(w, 1000);
    assert_true(life_has(w, "<node id=\"1\" uname=\"n1\"/>"));
    cox_follow_fake_outcome(w->controld->follow, COX_CIB_KEPT, true);
    cox_follow_fake_edit(w->controld->follow, COX_EDIT_DELETE, "nodes", "<node id='1'/>"); /* it was lost */
    life_pass(w, 15000);
    assert_true(life_has(w, "<node id=\"1\" uname=\"n1\"/>"));
}

static void
results_are_told_as_recorded_only_when_that_is_certain(void **state)
{
    struct world *w = *state;
    gint64 recorded;

    life_create(w, "", DUMMY, "");
    recorded = w->controld->recorded;
    cox_follow_fake_outcome(w->controld->follow, COX_CIB_UNCERTAIN, true);
    life_fail_recurring(w);
    life_pass(w, 500);
    assert_int_equal(w->controld->recorded, recorded);
    cox_follow_fake_outcome(w->controld->follow, COX_CIB_KEPT, true);
    life_pass(w, 2000);
    assert_true(w->controld->recorded > recorded);
    assert_string_equal(life_query(w)->phase, "S_IDLE");
}

/* What has come and what has gone are two changes of the document. */
static void
results_are_recorded_only_when_both_halves_of_a_write_are_done(void **state)
{
    struct world *w = *state;
    gint64 recorded;

    life_create(w, "", DUMMY, "");
    recorded = w->controld->recorded;
    cox_oplog_cancelled(w->controld->oplog, "r", "monitor", 10000);
    cox_follow_fake_fail_next(w->controld->follow, COX_ERROR_TRY_AGAIN);
    life_fail_recurring(w);
    for (int i = 0; i < 30; i++) {
        assert_true(w->controld->recorded == recorded || life_has(w, "r_last_failure_0"));
        life_pass(w, 100);
    }
    assert_true(w->controld->recorded > recorded);
    assert_non_null(strstr(cox_service_fake_log(w->fake), "what=\"results of operations\" reason=\"the test wants this to fail\""));
}

static void
a_node_that_is_no_member_can_be_removed(void **state)
{
    struct world *w = *state;
    const struct cox_msg_control_remove_node own = { .name = "n1" }, other = { .name = "n2" }, bad = { .name = "a'b" };
    struct cox_service_fake_call call = { .message = COX_MSG_CONTROL_REMOVE_NODE, .body = &own };
    guint32 id;

    life_create(w, "<node id='2' uname='n2'/>", "", "");
    id = cox_service_fake_ask(w->fake, &call);
    assert_non_null(cox_service_fake_answer(w->fake, id)->error);
    call.body = &bad;
    id = cox_service_fake_ask(w->fake, &call);
    assert_non_null(cox_service_fake_answer(w->fake, id)->error);
    call.body = &other;
    id = cox_service_fake_ask(w->fake, &call);
    life_pass(w, 500);
    assert_int_equal(cox_service_fake_answer(w->fake, id)->message, COX_MSG_DONE);
    assert_false(life_has(w, "uname=\"n2\""));
    assert_int_equal(w->n_forgotten, 2); /* its own of the life before, and those of n2 */
}

static const struct cox_peers_handler deaf = { 0 };

static void
nodes_are_known_whose_controllers_were_away_when_this_one_began(void **state)
{
    struct world *w = *state;
    const struct cox_msg_control_state *told = NULL;

    cox_peers_bus_free(w->bus);
    w->bus = cox_peers_bus_new(2);
    cox_peers_free(cox_peers_fake_new(w->bus, 2, &deaf)); /* its controller was there, and is not any more */
    life_create(w, "<node id='2' uname='n2'/>", "", "");
    told = life_query(w);
    assert_int_equal(told->n_nodes, 2);
    assert_string_equal(told->nodes[1].name, "n2");
    assert_string_equal(told->nodes[1].state, "lost");
    assert_int_equal(told->nodes[1].is_there, 1);
}

/* Its controller is there and says nothing, and then goes. */
static void
who_waits_for_a_node_that_leaves_is_told_so_at_once(void **state)
{
    struct world *w = *state;
    const struct cox_msg_control_refresh body = { .node = "n2" };
    const struct cox_service_fake_call call = { .message = COX_MSG_CONTROL_REFRESH, .body = &body };
    struct cox_peers *other = NULL;
    guint32 id;

    cox_peers_bus_free(w->bus);
    w->bus = cox_peers_bus_new(2);
    other = cox_peers_fake_new(w->bus, 2, &deaf);
    life_create(w, "<node id='2' uname='n2'/>", "", "");
    id = cox_service_fake_ask(w->fake, &call);
    life_pass(w, 500);
    assert_null(cox_service_fake_answer(w->fake, id));
    cox_peers_free(other);
    life_pass(w, 100);
    assert_non_null(cox_service_fake_answer(w->fake, id));
    assert_non_null(strstr(cox_service_fake_answer(w->fake, id)->error->message, "has left before it has answered"));
}

static const char reloads[] = "<resource-agent name='x'><version>1.1</version><parameters><parameter name='a' reloadable='1'>"
                              "<content type='string'/></parameter><parameter name='b'><content type='string'/></parameter>"
                              "<parameter name='password'><content type='string'/></parameter></parameters>"
                              "<actions><action name='reload-agent' timeout='20s'/></actions></resource-agent>";

/* Else a later change of a parameter that can be reloaded would be a restart. */
static void
a_start_waits_for_the_meta_data_of_its_agent(void **state)
{
    struct world *w = *state;

    w->metadata = reloads;
    w->is_metadata_late = true;
    life_create(w, "", DUMMY, "");
    life_expect(w, "r_monitor_0 r_start_0 ");
    assert_false(life_has(w, "operation=\"start\""));
    life_answer_metadata(w);
    life_pass(w, 500);
    life_expect(w, "r_monitor_10000 ");
    assert_true(life_has(w, "op-restart-digest="));
}

static void
a_start_does_not_wait_for_ever(void **state)
{
    struct world *w = *state;

    w->metadata = reloads;
    w->is_metadata_late = true;
    life_create(w, "", DUMMY, "");
    life_expect(w, "r_monitor_0 r_start_0 ");
    life_pass(w, 5500);
    life_expect(w, "r_monitor_10000 ");
    assert_true(life_has(w, "operation=\"start\""));
    assert_false(life_has(w, "op-restart-digest="));
    life_answer_metadata(w);
    life_pass(w, 500);
    life_expect(w, "");
}

static void
traits_of_an_agent_come_from_its_meta_data(void **state)
{
    static const char plain[] = "<resource-agent name='x'><version>1.0</version><parameters/><actions/></resource-agent>";
    g_autofree char *restart = NULL, *secure = NULL;

    (void) state;
    assert_true(controld_traits_read(reloads, sizeof(reloads) - 1, &restart, &secure));
    assert_string_equal(restart, " b password ");
    assert_string_equal(secure, " password ");
    g_clear_pointer(&restart, g_free);
    g_clear_pointer(&secure, g_free);
    assert_true(controld_traits_read(plain, sizeof(plain) - 1, &restart, &secure));
    assert_null(restart);
    assert_null(secure);
    assert_false(controld_traits_read("nonsense", 8, &restart, &secure));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_resource_is_probed_started_watched_and_its_history_written),
        STORY(a_failed_monitor_is_counted_and_the_resource_recovered),
        STORY(a_start_waits_for_the_meta_data_of_its_agent),
        STORY(a_start_does_not_wait_for_ever),
        STORY(a_controller_that_was_killed_goes_on_without_probes),
        STORY(a_history_of_another_side_is_not_taken_for_that_of_this_node),
        STORY(what_is_running_when_something_changes_is_waited_for),
        STORY(a_lost_node_is_fenced_until_that_succeeds),
        STORY(a_refresh_forgets_and_probes),
        STORY(what_a_client_says_has_failed_is_counted_and_recovered),
        STORY(nothing_fails_where_it_never_was_or_where_nobody_is),
        STORY(a_configuration_over_which_the_scheduler_dies_is_set_aside),
        STORY(an_order_of_another_reign_is_not_carried_out),
        STORY(what_another_node_is_to_send_here_is_expected_in_the_document),
        STORY(a_reign_grows_above_every_one_that_was_obeyed_before),
        STORY(an_order_that_the_executor_refuses_has_not_failed_and_the_reign_grows),
        STORY(what_a_client_wants_forgotten_is_forgotten_under_the_next_reign),
        STORY(a_fencing_that_is_refused_makes_the_reign_grow),
        STORY(fencers_are_told_of_each_reign_of_this_node),
        STORY(an_executor_that_is_stopping_is_asked_again),
        STORY(another_document_is_corrected_without_a_join),
        STORY(what_is_in_another_document_as_well_is_said_to_be_there),
        STORY(a_document_that_does_not_count_is_not_corrected_until_it_does),
        STORY(a_node_that_another_document_does_not_know_is_written_into_it),
        STORY(a_member_that_somebody_takes_out_of_the_list_is_put_back_before_the_next_plan),
        STORY(a_node_that_is_missing_is_written_when_the_document_counts),
        STORY(what_was_refused_is_written_later_but_not_with_each_change),
        STORY(what_a_younger_reign_has_refused_is_written_under_the_next),
        STORY(what_may_not_have_been_written_is_looked_at_again),
        STORY(results_are_told_as_recorded_only_when_that_is_certain),
        STORY(results_are_recorded_only_when_both_halves_of_a_write_are_done),
        STORY(a_node_that_is_no_member_can_be_removed),
        STORY(nodes_are_known_whose_controllers_were_away_when_this_one_began),
        STORY(who_waits_for_a_node_that_leaves_is_told_so_at_once),
        cmocka_unit_test(traits_of_an_agent_come_from_its_meta_data),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
