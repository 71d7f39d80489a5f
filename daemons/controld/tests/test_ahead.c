/* Tests of cox-controld as a whole: orders that are sent ahead, and results that wait for each other. */
#include "daemons/controld/tests/life.h"

static void
the_executor_is_told_how_many_operations_may_run_at_a_time(void **state)
{
    struct world *w = *state;

    life_create(w, "", DUMMY, "");
    cox_follow_fake_edit(w->controld->follow, COX_EDIT_MODIFY, "crm_config",
                         "<crm_config><cluster_property_set id='o'><nvpair id='o-l' name='node-action-limit' value='7'/></cluster_property_set></crm_config>");
    life_pass(w, 500);
    assert_int_equal(w->limit, 7);
    w->limit = 0;
    controld_duty_on_exec(w->controld, true, NULL); /* it was restarted */
    assert_int_equal(w->limit, 7);
    controld_duty_limit(w->controld, 0);
    assert_int_equal(w->limit, 2 * w->controld->cores);
    w->controld->action_limit = 3; /* what the host wants comes first */
    controld_duty_limit(w->controld, 7);
    assert_int_equal(w->limit, 3);
    life_pass(w, 500); /* the executor has answered */
}

static void
a_withdrawal_reaches_the_executor_and_its_failure_is_no_result(void **state)
{
    struct world *w = *state;
    struct cox_msg_control_order order = { .target = 1, .kind = COX_REIGN_WITHDRAW, .generation = 99, .rsc_id = "r", .task = "start" };

    life_create(w, "", DUMMY, "");
    g_string_truncate(w->log, 0);
    assert_true(cox_service_send(cox_service_fake_ctx(w->fake), COX_MSG_CONTROL_ORDER, &order));
    life_pass(w, 500);
    life_expect(w, ""); /* it is of another reign */
    order.generation = life_query(w)->generation;
    w->refused = COX_MSG_EXEC_WITHDRAW;
    w->n_refused = 1;
    w->refusal = COX_ERROR_INVALID_PARAM;
    assert_true(cox_service_send(cox_service_fake_ctx(w->fake), COX_MSG_CONTROL_ORDER, &order));
    life_pass(w, 500);
    life_expect(w, "withdraw_r ");
}

/* As long as the executor has enough to do; one that is not as expected is told at once, and those before it. */
static void
results_wait_for_each_other_while_there_is_a_queue(void **state)
{
    struct world *w = *state;
    struct cox_msg_control_order order = { .target = 1, .kind = COX_REIGN_RUN, .task = "start", .standard = "ocf", .provider = "coxswain",
                                           .type = "Dummy" };
    struct cox_msg_exec_result result = { .rsc_id = "s1", .task = "start", .key = "1:9:0:u" };
    const struct cox_client_event event = { .kind = COX_CLIENT_EVENT, .message = COX_MSG_EXEC_RESULT, .body = &result };

    life_create(w, "", DUMMY, "");
    w->is_holding = true;
    w->controld->told_limit = 1;
    order.generation = life_query(w)->generation;
    for (guint i = 1; i <= 4; i++) {
        g_autofree char *rsc = g_strdup_printf("s%u", i), *key = g_strdup_printf("%u:9:0:u", i);

        order.rsc_id = rsc;
        order.key = key;
        assert_true(cox_service_send(cox_service_fake_ctx(w->fake), COX_MSG_CONTROL_ORDER, &order));
    }
    life_settle(w);
    result.call_id = ++w->call_id;
    controld_duty_on_result(w->controld, &event);
    assert_int_equal(w->controld->held->len, 1);
    result = (struct cox_msg_exec_result) { .rsc_id = "s2", .task = "start", .key = "2:9:0:u", .rc = 1, .call_id = ++w->call_id };
    controld_duty_on_result(w->controld, &event);
    assert_int_equal(w->controld->held->len, 0);
    result = (struct cox_msg_exec_result) { .rsc_id = "s3", .task = "start", .key = "3:9:0:u", .call_id = ++w->call_id };
    controld_duty_on_result(w->controld, &event); /* one is left to do: no queue */
    assert_int_equal(w->controld->held->len, 0);
    w->is_holding = false;
}

static void
order_followers(struct world *w, guint n)
{
    struct cox_msg_control_order order = { .target = 1, .task = "start", .standard = "ocf", .provider = "coxswain", .type = "Dummy",
                                           .generation = life_query(w)->generation, .n_after = 1 };

    for (guint i = 1; i <= n; i++) {
        g_autofree char *rsc = g_strdup_printf("s%u", i), *key = g_strdup_printf("%u:9:0:u", i), *before = g_strdup_printf("s%u", i - 1);
        const struct cox_msg_exec_name name = { before, "start" };

        order.kind = i == 1 ? COX_REIGN_RUN : COX_REIGN_FOLLOW;
        order.rsc_id = rsc;
        order.key = key;
        order.after = &name;
        assert_true(cox_service_send(cox_service_fake_ctx(w->fake), COX_MSG_CONTROL_ORDER, &order));
    }
    life_settle(w);
}

static guint
end_start(struct world *w, guint i)
{
    g_autofree char *rsc = g_strdup_printf("s%u", i), *key = g_strdup_printf("%u:9:0:u", i);
    struct cox_msg_exec_result result = { .rsc_id = rsc, .task = "start", .key = key, .call_id = ++w->call_id };
    const struct cox_client_event event = { .kind = COX_CLIENT_EVENT, .message = COX_MSG_EXEC_RESULT, .body = &result };

    controld_duty_on_result(w->controld, &event);
    return w->controld->held->len;
}

static void
an_order_that_comes_after_others_reaches_the_executor_with_their_names(void **state)
{
    struct world *w = *state;

    life_create(w, "", DUMMY, "");
    g_string_truncate(w->log, 0);
    w->is_holding = true;
    order_followers(w, 3);
    life_expect(w, "s1_start_0 after_s1_start:s2_start_0 after_s2_start:s3_start_0 ");
    w->is_holding = false;
}

/* The executor goes on by itself: results of a chain are told together, the last one at once, and one when there is room for more. */
static void
results_of_a_chain_wait_for_each_other(void **state)
{
    struct world *w = *state;

    life_create(w, "", DUMMY, "");
    w->is_holding = true;
    w->controld->told_limit = 1;
    order_followers(w, 6);
    assert_int_equal(end_start(w, 1), 1);
    assert_int_equal(end_start(w, 2), 0); /* four are left */
    assert_int_equal(end_start(w, 3), 1);
    assert_int_equal(end_start(w, 4), 2);
    assert_int_equal(end_start(w, 5), 3);
    assert_int_equal(end_start(w, 6), 0);
    assert_int_equal(g_hash_table_size(w->controld->followed), 0);
    w->is_holding = false;
}

/* The order that came after s1 was given when s1 had ended: the next result of s1, with nothing behind it, waits for nobody. */
static void
a_result_waits_for_no_order_that_came_too_late(void **state)
{
    struct world *w = *state;

    life_create(w, "", DUMMY, "");
    w->is_holding = true;
    w->controld->told_limit = 1;
    order_followers(w, 2);
    assert_int_equal(end_start(w, 1), 1);
    assert_int_equal(end_start(w, 2), 0);
    (void) g_hash_table_add(w->controld->followed, g_strdup("s1 start"));
    assert_int_equal(end_start(w, 1), 0);
    assert_int_equal(g_hash_table_size(w->controld->followed), 0);
    w->is_holding = false;
}

/* It is older than this controller: then it is as if the order had been taken out of its queue. */
static void
an_executor_that_does_not_know_such_orders_has_not_begun(void **state)
{
    struct world *w = *state;

    life_create(w, "", DUMMY, "");
    g_string_truncate(w->log, 0);
    w->is_holding = true;
    w->refused = COX_MSG_EXEC_FOLLOW;
    w->n_refused = 1;
    w->refusal = COX_ERROR_PROTOCOL;
    order_followers(w, 2);
    assert_int_equal(g_hash_table_size(w->controld->ordered), 1);
    w->is_holding = false;
    life_pass(w, 500);
    life_expect(w, "s1_start_0 after_s1_start:s2_start_0 "); /* no failure is counted */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(the_executor_is_told_how_many_operations_may_run_at_a_time),
        STORY(a_withdrawal_reaches_the_executor_and_its_failure_is_no_result),
        STORY(results_wait_for_each_other_while_there_is_a_queue),
        STORY(an_order_that_comes_after_others_reaches_the_executor_with_their_names),
        STORY(results_of_a_chain_wait_for_each_other),
        STORY(a_result_waits_for_no_order_that_came_too_late),
        STORY(an_executor_that_does_not_know_such_orders_has_not_begun),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
