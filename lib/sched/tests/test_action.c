/* lib/sched/tests/test_action.c - tests of lib/sched/action.c. */
#include "base/testkit.h"

#include "sched/planner_priv.h"

static void
tasks_are_found_by_their_names(void **state)
{
    (void) state;
    for (int i = 1; i < SCHED_N_TASKS; i++) {
        assert_int_equal(sched_task_parse(sched_task_text((enum sched_task) i)), i);
    }
    assert_int_equal(sched_task_parse("no-such-task"), SCHED_TASK_NONE);
}

COX_TEST_MAIN(cmocka_unit_test(tasks_are_found_by_their_names))
