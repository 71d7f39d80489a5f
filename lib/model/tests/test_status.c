/* Tests of lib/model/status.c. */
#include "model/status.h"

#include "base/testkit.h"

static const struct cox_nvset *
set_of(const struct cox_node_status *node, guint i)
{
    return &g_array_index(node->attr_sets, struct cox_nvset, i);
}

static void
nodes_are_found_added_and_removed(void **state)
{
    g_autoptr(cox_status) status = cox_status_new();
    struct cox_node_status *node = cox_status_node_ensure(status, "1", "alpha");

    (void) state;
    assert_ptr_equal(cox_status_node(status, NULL, "ALPHA"), node);
    assert_ptr_equal(cox_status_node(status, "1", NULL), node);
    assert_ptr_equal(cox_status_node_ensure(status, "1", "alpha"), node);
    cox_status_node_ensure(status, "2", NULL);
    assert_null(cox_status_node(status, NULL, "beta"));
    assert_int_equal(status->nodes->len, 2);
    cox_status_node_remove(status, node);
    assert_null(cox_status_node(status, "1", NULL));
    cox_status_free(NULL);
}

static void
histories_hold_one_entry_per_id(void **state)
{
    g_autoptr(cox_status) status = cox_status_new();
    struct cox_node_status *node = cox_status_node_ensure(status, "1", "alpha");
    struct cox_rsc_history *rsc = cox_status_rsc_ensure(status, node, "r");
    const struct cox_op_history start = { .id = "r_last_0", .operation = "start", .rc = 0 };
    const struct cox_op_history stop = { .id = "r_last_0", .operation = "stop", .rc = 7 };
    const struct cox_op_history monitor = { .id = "r_monitor_10000", .operation = "monitor" };

    (void) state;
    assert_ptr_equal(cox_status_rsc_ensure(status, node, "r"), rsc);
    cox_status_op_put(status, rsc, &start);
    cox_status_op_put(status, rsc, &monitor);
    cox_status_op_put(status, rsc, &stop);
    assert_int_equal(rsc->n_ops, 2);
    assert_string_equal(rsc->ops[0].operation, "stop");
    assert_true(cox_status_op_remove(status, rsc, "r_last_0"));
    assert_false(cox_status_op_remove(status, rsc, "r_last_0"));
    assert_int_equal(rsc->n_ops, 1);
    cox_status_rsc_remove(node, "other");
    cox_status_rsc_remove(node, "r");
    assert_null(cox_status_rsc(node, "r"));
    assert_true(cox_status_rsc_was_known(status, "r"));
    assert_false(cox_status_rsc_was_known(status, "other"));
}

static void
who_holds_an_entry_keeps_it_as_it_was(void **state)
{
    g_autoptr(cox_status) status = cox_status_new();
    struct cox_node_status *node = cox_status_node_ensure(status, "1", "alpha");
    struct cox_rsc_history *rsc = cox_status_rsc_ensure(status, node, "r");
    const struct cox_op_history start = { .id = "r_last_0", .operation = "start" };
    const struct cox_op_history stop = { .id = "r_last_0", .operation = "stop" };
    const struct cox_op_history failure = { .id = "r_last_failure_0", .operation = "monitor" };
    const struct cox_op_history *held;

    (void) state;
    cox_status_op_put(status, rsc, &start);
    held = &rsc->ops[0];
    cox_status_op_put(status, rsc, &stop);
    cox_status_op_put(status, rsc, &failure);
    assert_false(rsc->ops[0].is_last_failure);
    assert_true(rsc->ops[1].is_last_failure);
    assert_true(cox_status_op_remove(status, rsc, "r_last_0"));
    assert_string_equal(held->operation, "start");
    assert_string_equal(rsc->ops[0].operation, "monitor");
    assert_true(cox_status_op_remove(status, rsc, "r_last_failure_0"));
    assert_int_equal(rsc->n_ops, 0);
}

static void
histories_of_one_id_share_a_number_on_all_nodes(void **state)
{
    g_autoptr(cox_status) status = cox_status_new();
    struct cox_node_status *a = cox_status_node_ensure(status, "1", "alpha");
    struct cox_node_status *b = cox_status_node_ensure(status, "2", "beta");
    g_autoptr(cox_status) copy = NULL;

    (void) state;
    assert_int_equal(cox_status_rsc_add(status, a, "r")->id_index, 0);
    assert_int_equal(cox_status_rsc_add(status, a, "s")->id_index, 1);
    assert_int_equal(cox_status_rsc_add(status, b, "s")->id_index, 1);
    assert_int_equal(cox_status_rsc_add(status, b, "r")->id_index, 0);
    assert_ptr_equal(cox_status_rsc(a, "r")->id, cox_status_rsc(b, "r")->id);
    assert_int_equal(status->n_history_ids, 2);
    cox_status_rsc_agent_set(status, cox_status_rsc(a, "r"), "ocf", NULL, "remote");
    assert_false(status->has_remote);
    cox_status_rsc_agent_set(status, cox_status_rsc(a, "r"), "ocf", "pacemaker", "remote");
    assert_true(status->has_remote);
    copy = cox_status_copy(status);
    assert_true(copy->has_remote);
    assert_int_equal(copy->n_history_ids, 2);
}

static void
attributes_are_set_in_place_and_removed(void **state)
{
    g_autoptr(cox_status) status = cox_status_new();
    struct cox_node_status *node = cox_status_node_ensure(status, "1", "alpha");

    (void) state;
    cox_status_attr_set(status, node, "a", NULL);
    assert_int_equal(node->attr_sets->len, 0);
    cox_status_attr_set(status, node, "a", "1");
    cox_status_attr_set(status, node, "b", "2");
    cox_status_attr_set(status, node, "c", "3");
    cox_status_attr_set(status, node, "b", "4");
    assert_int_equal(node->attr_sets->len, 1);
    assert_string_equal(set_of(node, 0)->id, "status-1");
    assert_int_equal(set_of(node, 0)->n_pairs, 3);
    assert_string_equal(set_of(node, 0)->pairs[1].id, "status-1-b");
    assert_string_equal(set_of(node, 0)->pairs[1].value, "4");
    cox_status_attr_set(status, node, "a", NULL);
    assert_int_equal(set_of(node, 0)->n_pairs, 2);
    assert_string_equal(set_of(node, 0)->pairs[0].name, "b");
}

static void
tickets_follow_their_attributes(void **state)
{
    g_autoptr(cox_status) status = cox_status_new();
    struct cox_ticket_state *ticket = cox_status_ticket_ensure(status, "T");

    (void) state;
    assert_ptr_equal(cox_status_ticket_ensure(status, "T"), ticket);
    assert_null(cox_status_ticket(status, "U"));
    cox_status_ticket_set(status, ticket, "granted", "yes");
    cox_status_ticket_set(status, ticket, "standby", "1");
    cox_status_ticket_set(status, ticket, "last-granted", "1600000000");
    cox_status_ticket_set(status, ticket, "owner", "me");
    assert_true(ticket->is_granted && ticket->is_standby && ticket->has_last_granted);
    assert_true(ticket->last_granted_s == 1600000000);
    cox_status_ticket_set(status, ticket, "granted", "false");
    cox_status_ticket_set(status, ticket, "standby", NULL);
    cox_status_ticket_set(status, ticket, "last-granted", "never");
    cox_status_ticket_set(status, ticket, "missing", NULL);
    assert_false(ticket->is_granted || ticket->is_standby || ticket->has_last_granted);
    assert_int_equal(ticket->attrs->len, 3);
}

static void
copies_share_nothing(void **state)
{
    struct cox_status *status = cox_status_new();
    struct cox_node_status *node = cox_status_node_ensure(status, "1", "alpha");
    struct cox_rsc_history *rsc = cox_status_rsc_ensure(status, node, "r");
    const struct cox_op_history op = { .id = "r_last_0", .operation = "start", .exit_reason = "why" };
    const struct cox_nvset set = { .id = "u" };
    g_autoptr(cox_status) copy = NULL;

    (void) state;
    cox_status_op_put(status, rsc, &op);
    cox_status_attr_set(status, node, "a", "1");
    g_array_append_val(node->utilization_sets, set);
    rsc->standard = "ocf";
    node->crmd = "online";
    cox_status_ticket_set(status, cox_status_ticket_ensure(status, "T"), "granted", "true");
    copy = cox_status_copy(status);
    cox_status_attr_set(status, node, "a", "2");
    cox_status_free(status);

    node = cox_status_node(copy, "1", NULL);
    assert_string_equal(node->crmd, "online");
    assert_string_equal(set_of(node, 0)->pairs[0].value, "1");
    assert_int_equal(node->utilization_sets->len, 1);
    rsc = cox_status_rsc(node, "r");
    assert_string_equal(rsc->standard, "ocf");
    assert_string_equal(rsc->ops[0].exit_reason, "why");
    assert_true(cox_status_ticket(copy, "T")->is_granted);
}

static void
reloads_are_kept_as_what_they_come_to(void **state)
{
    (void) state;
    assert_string_equal(cox_status_op_recorded("reload", true), "start");
    assert_string_equal(cox_status_op_recorded("reload-agent", true), "start");
    assert_string_equal(cox_status_op_recorded("reload-agent", false), "monitor");
    assert_string_equal(cox_status_op_recorded("promote", true), "promote");
    assert_string_equal(cox_status_op_recorded("stop", false), "stop");
}

static void
counts_of_failures_are_known_by_their_names(void **state)
{
    (void) state;
    assert_true(cox_status_is_failure("fail-count-web", "web"));
    assert_true(cox_status_is_failure("last-failure-web#monitor_10000", "web"));
    assert_true(cox_status_is_failure("fail-count-web:12#start_0", "web"));
    assert_true(cox_status_is_failure("fail-count-web:1#start_0", "web:1"));
    assert_false(cox_status_is_failure("fail-count-web:1#start_0", "web:12"));
    assert_false(cox_status_is_failure("fail-count-webs#start_0", "web"));
    assert_false(cox_status_is_failure("fail-count-web:1s", "web"));
    assert_false(cox_status_is_failure("count-web", "web"));
}

COX_TEST_MAIN(cmocka_unit_test(counts_of_failures_are_known_by_their_names),
              cmocka_unit_test(reloads_are_kept_as_what_they_come_to),
              cmocka_unit_test(nodes_are_found_added_and_removed), cmocka_unit_test(histories_hold_one_entry_per_id),
              cmocka_unit_test(who_holds_an_entry_keeps_it_as_it_was),
              cmocka_unit_test(histories_of_one_id_share_a_number_on_all_nodes),
              cmocka_unit_test(attributes_are_set_in_place_and_removed),
              cmocka_unit_test(tickets_follow_their_attributes), cmocka_unit_test(copies_share_nothing))
