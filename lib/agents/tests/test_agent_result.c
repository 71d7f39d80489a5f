/* Tests of lib/agents/agent_result.c. */
#include "agents/agent_result.h"

#include <errno.h>

#include "base/error.h"
#include "base/testkit.h"

static struct cox_child_result
exited(int status, const char *err)
{
    return (struct cox_child_result) {
        .end = COX_CHILD_EXITED, .exit_status = status, .out = "", .err = err, .err_size = strlen(err), .started = 1000, .ended = 26999,
    };
}

static void
exit_codes_mean_what_their_standard_says(void **state)
{
    static const struct {
        enum cox_agent_standard standard;
        const char *action;
        int status, code;
    } cases[] = {
        { COX_AGENT_OCF, "start", 0, 0 },      { COX_AGENT_OCF, "monitor", 7, 7 },   { COX_AGENT_OCF, "monitor", 8, 8 },
        { COX_AGENT_OCF, "monitor", 190, 190 }, { COX_AGENT_OCF, "start", 42, 1 },    { COX_AGENT_OCF, "start", 127, 1 },
        { COX_AGENT_LSB, "monitor", 0, 0 },    { COX_AGENT_LSB, "monitor", 3, 7 },   { COX_AGENT_LSB, "status", 1, 7 },
        { COX_AGENT_LSB, "monitor", 4, 1 },    { COX_AGENT_LSB, "monitor", 150, 5 }, { COX_AGENT_LSB, "monitor", 151, 4 },
        { COX_AGENT_LSB, "start", 5, 5 },      { COX_AGENT_LSB, "start", 8, 1 },     { COX_AGENT_STONITH, "monitor", 1, 1 },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct cox_child_result child = exited(cases[i].status, "");
        struct cox_agent_result result;

        cox_agent_result_from(cases[i].standard, cases[i].action, &child, 0, &result);
        if (result.code != cases[i].code) {
            fail_msg("%s %s %d gave %d", cox_agent_standard_text(cases[i].standard), cases[i].action, cases[i].status, result.code);
        }
        assert_int_equal(result.status, COX_OP_STATUS_DONE);
        assert_int_equal(result.raw_status, cases[i].status);
        assert_int_equal(result.exec_ms, 25);
        cox_agent_result_clear(&result);
    }
}

static void
what_is_no_exit_has_a_status_and_a_reason(void **state)
{
    static const struct {
        struct cox_child_result child;
        int code;
        enum cox_op_status status;
        const char *says;
    } cases[] = {
        { { .end = COX_CHILD_SIGNALED, .signo = 11 }, 1, COX_OP_STATUS_ERROR, "signal 11" },
        { { .end = COX_CHILD_TIMED_OUT }, 1, COX_OP_STATUS_TIMEOUT, "20000ms" },
        { { .end = COX_CHILD_NOT_STARTED, .start_errno = ENOENT }, 5, COX_OP_STATUS_NOT_INSTALLED, "No such file" },
        { { .end = COX_CHILD_NOT_STARTED, .start_errno = ENOEXEC }, 5, COX_OP_STATUS_NOT_INSTALLED, "format" },
        { { .end = COX_CHILD_NOT_STARTED, .start_errno = EACCES }, 4, COX_OP_STATUS_ERROR, "denied" },
        { { .end = COX_CHILD_NOT_STARTED, .start_errno = EAGAIN }, 1, COX_OP_STATUS_ERROR, "unavailable" },
        { { .end = COX_CHILD_VANISHED }, 1, COX_OP_STATUS_ERROR, "unseen" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct cox_agent_result result;

        cox_agent_result_from(COX_AGENT_OCF, "start", &cases[i].child, 20000, &result);
        assert_int_equal(result.code, cases[i].code);
        assert_int_equal(result.status, cases[i].status);
        assert_non_null(strstr(result.exit_reason, cases[i].says));
        cox_agent_result_clear(&result);
        assert_null(result.exit_reason);
    }
}

static void
the_last_reason_counts_to_the_end_of_its_line(void **state)
{
    static const struct {
        const char *err, *reason;
    } cases[] = {
        { "", NULL },
        { "noise only\n", NULL },
        { "ocf-exit-reason:first\nocf-exit-reason: the second one \nnoise\n", "the second one" },
        { "x ocf-exit-reason:no line end", "no line end" },
        { "ocf-exit-reason:\n", NULL },
        { "ocf-exit-reason:bad \xff byte\n", "bad \xef\xbf\xbd byte" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *reason = cox_agent_exit_reason(cases[i].err, strlen(cases[i].err));

        if (g_strcmp0(reason, cases[i].reason) != 0) {
            fail_msg("'%s' gave '%s'", cases[i].err, reason == NULL ? "nothing" : reason);
        }
    }
}

static void
a_flood_does_not_become_a_reason(void **state)
{
    g_autofree char *flood = g_strnfill(100000, 'x');
    g_autofree char *err = g_strconcat("ocf-exit-reason:", flood, NULL);
    g_autofree char *reason = cox_agent_exit_reason(err, strlen(err));

    (void) state;
    assert_int_equal(strlen(reason), 1024);
}

static void
an_action_that_was_not_begun_says_why(void **state)
{
    static const struct {
        enum cox_error error;
        int code;
        enum cox_op_status status;
    } cases[] = {
        { COX_ERROR_NOT_INSTALLED, 5, COX_OP_STATUS_NOT_INSTALLED },
        { COX_ERROR_PRIVILEGE, 4, COX_OP_STATUS_ERROR },
        { COX_ERROR_INVALID_PARAM, 1, COX_OP_STATUS_ERROR },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = g_error_new_literal(COX_ERROR, (int) cases[i].error, "because");
        struct cox_agent_result result;

        cox_agent_result_from_error(error, &result);
        assert_int_equal(result.code, cases[i].code);
        assert_int_equal(result.status, cases[i].status);
        assert_string_equal(result.exit_reason, "because");
        cox_agent_result_clear(&result);
    }
}

static void
what_a_daemon_answers_is_cut_as_what_an_agent_says(void **state)
{
    static const struct {
        gint64 code;
        int meant;
        const char *said, *reason;
    } cases[] = {
        { 0, 0, NULL, NULL },   { 8, 8, "", NULL },          { 190, 190, " it limps \nmore", "it limps" },
        { 42, 1, "odd", "odd" }, { -1, 1, "less", "less" }, { (gint64) 1 << 32, 1, "\n", NULL },
    };
    g_autofree char *flood = g_strnfill(100000, 'x');
    struct cox_agent_result result;

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        cox_agent_result_of(cases[i].code, cases[i].said, &result);
        assert_int_equal(result.code, cases[i].meant);
        assert_int_equal(result.status, COX_OP_STATUS_DONE);
        if (g_strcmp0(result.exit_reason, cases[i].reason) != 0) {
            fail_msg("'%s' gave '%s'", cases[i].said, result.exit_reason);
        }
        cox_agent_result_clear(&result);
    }
    cox_agent_result_of(1, flood, &result);
    assert_int_equal(strlen(result.exit_reason), 1024);
    cox_agent_result_clear(&result);
}

COX_TEST_MAIN(cmocka_unit_test(exit_codes_mean_what_their_standard_says), cmocka_unit_test(what_is_no_exit_has_a_status_and_a_reason),
              cmocka_unit_test(the_last_reason_counts_to_the_end_of_its_line), cmocka_unit_test(a_flood_does_not_become_a_reason),
              cmocka_unit_test(an_action_that_was_not_begun_says_why), cmocka_unit_test(what_a_daemon_answers_is_cut_as_what_an_agent_says))
