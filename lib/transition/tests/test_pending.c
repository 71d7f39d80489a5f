/* Tests of lib/transition/pending.c. */
#include "transition/pending.h"

#include "base/testkit.h"

static struct cox_status *
one_node(const char *rsc)
{
    struct cox_status *status = cox_status_new();
    struct cox_node_status *node = cox_status_node_ensure(status, "1", "n1");

    if (rsc != NULL) {
        const struct cox_op_history op = { .id = "r_last_0", .operation = "start", .call_id = 7, .op_digest = "d" };

        cox_status_op_put(status, cox_status_rsc_ensure(status, node, rsc), &op);
    }
    return status;
}

static size_t
note(struct cox_status *status, const char *task, const char *node)
{
    const struct cox_inflight inflight = { "r", task, 0, node, "3:4:0:uuid", 2, true, NULL, NULL };

    return cox_pending_note(status, &inflight, 1, cox_wall_from_seconds(50));
}

static const struct cox_op_history *
op(const struct cox_status *status, guint i)
{
    return &cox_status_rsc(cox_status_node(status, NULL, "n1"), "r")->ops[i];
}

static void
a_stop_under_way_stands_beside_what_it_stops(void **state)
{
    g_autoptr(cox_status) status = one_node("r");

    (void) state;
    assert_int_equal(note(status, "stop", "n1"), 1);
    assert_int_equal(cox_status_rsc(cox_status_node(status, NULL, "n1"), "r")->n_ops, 2);
    assert_string_equal(op(status, 1)->operation, "stop");
    assert_string_equal(op(status, 1)->operation_key, "r_stop_0");
    assert_string_equal(op(status, 1)->transition_magic, "-1:193;3:4:0:uuid");
    assert_int_equal(op(status, 1)->status, COX_OP_STATUS_PENDING);
    assert_int_equal(op(status, 1)->call_id, 8);
    assert_string_equal(op(status, 1)->op_digest, "d");
    assert_string_not_equal(op(status, 0)->operation, "stop");
    assert_int_equal(note(status, "stop", "n1"), 0); /* it is there already */
}

static void
what_says_that_nothing_is_there_gives_way(void **state)
{
    g_autoptr(cox_status) status = one_node("r");
    const struct cox_op_history probe = { .id = "r_last_0", .operation = "monitor", .call_id = 7, .rc = 7, .op_digest = "d" };

    (void) state;
    cox_status_op_put(status, cox_status_rsc(cox_status_node(status, NULL, "n1"), "r"), &probe);
    assert_int_equal(note(status, "stop", "n1"), 1);
    assert_int_equal(cox_status_rsc(cox_status_node(status, NULL, "n1"), "r")->n_ops, 1);
    assert_string_equal(op(status, 0)->operation, "stop");
    assert_string_equal(op(status, 0)->id, "r_last_0");
}

static void
migrations_have_a_place_of_their_own(void **state)
{
    g_autoptr(cox_status) status = one_node("r");

    (void) state;
    assert_int_equal(note(status, "migrate_to", "n1"), 1);
    assert_int_equal(cox_status_rsc(cox_status_node(status, NULL, "n1"), "r")->n_ops, 2);
    assert_string_equal(op(status, 1)->id, "r_migrate_to_0");
}

static void
a_migration_under_way_says_from_where_to_where(void **state)
{
    g_autoptr(cox_status) status = one_node("r");
    const struct cox_inflight inflight = { "r", "migrate_from", 0, "n1", "3:4:0:uuid", 2, true, "n2", "n1" };

    (void) state;
    assert_int_equal(cox_pending_note(status, &inflight, 1, cox_wall_from_seconds(50)), 1);
    assert_string_equal(op(status, 1)->migrate_source, "n2");
    assert_string_equal(op(status, 1)->migrate_target, "n1");
    assert_null(op(status, 0)->migrate_source);
}

static void
what_says_nothing_of_the_state_is_left_out(void **state)
{
    g_autoptr(cox_status) status = one_node("r"), bare = one_node(NULL);
    const struct cox_inflight fence = { NULL, "stonith", 0, "n1", NULL, 1, true, NULL, NULL };

    (void) state;
    assert_int_equal(note(status, "monitor", "n1"), 0);
    assert_int_equal(note(status, "start", "n9"), 0);
    assert_int_equal(note(bare, "start", "n1"), 0);
    assert_int_equal(cox_pending_note(status, &fence, 1, cox_wall_from_seconds(1)), 0);
    assert_int_equal(cox_pending_note(status, NULL, 0, cox_wall_from_seconds(1)), 0);
    assert_string_equal(op(status, 0)->operation, "start");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stop_under_way_stands_beside_what_it_stops),
        cmocka_unit_test(what_says_that_nothing_is_there_gives_way),
        cmocka_unit_test(migrations_have_a_place_of_their_own),
        cmocka_unit_test(a_migration_under_way_says_from_where_to_where),
        cmocka_unit_test(what_says_nothing_of_the_state_is_left_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
