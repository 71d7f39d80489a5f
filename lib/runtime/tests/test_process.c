/* Tests of lib/runtime/process.c. */
#include "runtime/process.h"

#include <unistd.h>

#include "base/error.h"
#include "base/testkit.h"

static void
this_process_is_known_by_uid_program_and_start(void **state)
{
    struct cox_process self = { 0 }, again = { 0 };

    (void) state;
    assert_true(cox_process_read(getpid(), &self, NULL));
    assert_true(cox_process_read(getpid(), &again, NULL));
    assert_int_equal(self.uid, geteuid());
    assert_non_null(strstr(self.executable, "test_process"));
    assert_true(self.start_ticks > 0 && self.start_ticks == again.start_ticks);
    assert_int_equal(self.state, 'R');
    assert_true(again.ran_ms >= self.ran_ms && again.starved_ms >= self.starved_ms && (self.ran_ms < 0) == (self.starved_ms < 0));
    cox_process_clear(&self);
    cox_process_clear(&again);
}

static void
a_process_that_is_not_there_is_named(void **state)
{
    g_autoptr(GError) error = NULL;
    struct cox_process process = { .pid = 7 };

    (void) state;
    assert_false(cox_process_read(0x3ffffff, &process, &error));
    assert_true(g_error_matches(error, COX_ERROR, COX_ERROR_NOT_FOUND));
    assert_non_null(strstr(error->message, "'67108863'"));
    assert_int_equal(process.pid, 7);
    assert_false(cox_process_read(-1, &process, NULL));
}

COX_TEST_MAIN(cmocka_unit_test(this_process_is_known_by_uid_program_and_start),
              cmocka_unit_test(a_process_that_is_not_there_is_named))
