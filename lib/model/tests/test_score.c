/* Tests of lib/model/score.c and ids.c. */
#include "model/score.h"

#include "base/error.h"
#include "base/testkit.h"
#include "model/ids.h"

#define INF COX_SCORE_INFINITY

static void
sums_never_leave_infinity_and_minus_infinity_wins(void **state)
{
    static const struct {
        cox_score a, b, sum;
    } cases[] = {
        { 1, 2, 3 },           { -5, 3, -2 },       { INF, 1, INF },      { INF, -1, INF },       { INF, -INF, -INF },
        { -INF, INF, -INF },   { -INF, 5, -INF },   { INF - 1, 1, INF },  { INF - 1, 500, INF },  { 1 - INF, -1, -INF },
        { INF + 5, -1, INF },  { 0, INF, INF },     { INF - 1, INF - 1, INF },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_int_equal(cox_score_add(cases[i].a, cases[i].b), cases[i].sum);
        assert_int_equal(cox_score_add(cases[i].b, cases[i].a), cases[i].sum);
    }
}

static void
products_are_clamped(void **state)
{
    (void) state;
    assert_int_equal(cox_score_mul(3, 4), 12);
    assert_int_equal(cox_score_mul(INF, 2), INF);
    assert_int_equal(cox_score_mul(INF, -2), -INF);
    assert_int_equal(cox_score_mul(1000, G_MAXINT64), INF);
    assert_int_equal(cox_score_mul(1, G_MININT64), -INF);
    assert_int_equal(cox_score_mul(0, G_MAXINT64), 0);
}

static void
scores_are_read_and_written(void **state)
{
    static const struct {
        const char *text;
        cox_score score;
        const char *written;
    } cases[] = {
        { "42", 42, "42" },           { "+42", 42, "42" },           { "-42", -42, "-42" },
        { "INFINITY", INF, "INFINITY" }, { "+INFINITY", INF, "INFINITY" }, { "-INFINITY", -INF, "-INFINITY" },
        { "1000001", INF, "INFINITY" }, { "-9000000000", -INF, "-INFINITY" }, { "0", 0, "0" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char buffer[COX_SCORE_TEXT_BYTES];
        cox_score score = 17;

        assert_true(cox_score_parse(cases[i].text, &score, NULL));
        assert_int_equal(score, cases[i].score);
        assert_string_equal(cox_score_format(score, buffer), cases[i].written);
    }
}

static void
bad_scores_name_the_culprit(void **state)
{
    static const char *const cases[] = { "", "12q", "infinity", "1.5", "++1", "+", "99999999999999999999999" };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *quoted = g_strdup_printf("'%s'", cases[i]);
        cox_score score = 17;

        if (cox_score_parse(cases[i], &score, &error)) {
            fail_msg("'%s' is accepted", cases[i]);
        }
        assert_int_equal(error->code, COX_ERROR_SYNTAX);
        assert_non_null(strstr(error->message, quoted));
        assert_int_equal(score, 17);
    }
}

static void
roles_have_old_and_new_names(void **state)
{
    static const struct {
        const char *text;
        enum cox_role role;
        const char *written;
    } cases[] = {
        { "Stopped", COX_ROLE_STOPPED, "Stopped" },    { "started", COX_ROLE_STARTED, "Started" },
        { "Slave", COX_ROLE_UNPROMOTED, "Unpromoted" }, { "unpromoted", COX_ROLE_UNPROMOTED, "Unpromoted" },
        { "Master", COX_ROLE_PROMOTED, "Promoted" },   { "PROMOTED", COX_ROLE_PROMOTED, "Promoted" },
        { "other", COX_ROLE_UNKNOWN, "Unknown" },      { NULL, COX_ROLE_UNKNOWN, "Unknown" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_int_equal(cox_role_parse(cases[i].text), cases[i].role);
        assert_string_equal(cox_role_text(cases[i].role), cases[i].written);
    }
}

COX_TEST_MAIN(cmocka_unit_test(sums_never_leave_infinity_and_minus_infinity_wins),
              cmocka_unit_test(products_are_clamped), cmocka_unit_test(scores_are_read_and_written),
              cmocka_unit_test(bad_scores_name_the_culprit), cmocka_unit_test(roles_have_old_and_new_names))
