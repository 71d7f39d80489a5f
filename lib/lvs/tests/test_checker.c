/* lib/lvs/tests/test_checker.c - one check: when it is probed, and what its answers mean. */
#include "base/testkit.h"

#include "lvs/checker.h"

#define S(n) ((cox_usec) (n) * COX_USEC_PER_S)

static struct cox_lvs_check
quick(guint retries, guint rise)
{
    struct cox_lvs_check check;

    cox_lvs_check_init(&check, COX_LVS_CHECK_TCP);
    check.delay_ms = 10000;
    check.retry_ms = 2000;
    check.timeout_ms = 3000;
    check.warmup_ms = 0;
    check.retries = retries;
    check.rise = rise;
    return check;
}

/* "+" a good answer, "-" a failure: what each of them changes, as a letter: . nothing, f failure, U up, D down. */
static void
streaks_decide(void **state)
{
    static const struct {
        const char *why, *answers, *changes;
        guint retries, rise;
        bool is_good;
    } cases[] = {
        { "falls with the first", "+--", ".D.", 0, 1, true },
        { "one more chance", "-+--", "f.fD", 1, 1, true },
        { "a success forgives", "--+---", "ff.ffD", 2, 1, true },
        { "rises with the first", "-++", ".U.", 2, 1, false },
        { "rises with the third in a row", "++-+++", "....." "U", 2, 3, false },
        { "rise of nothing is one", "+", "U", 0, 0, false },
        { "down and up", "-+-+", "DUDU", 0, 1, true },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct cox_lvs_check check = quick(cases[i].retries, cases[i].rise);
        struct cox_lvs_checker checker;
        cox_usec now = 0;

        cox_lvs_checker_init(&checker, &check, cases[i].is_good, now, 0);
        for (size_t j = 0; cases[i].answers[j] != '\0'; j++) {
            const struct cox_lvs_answer answer = { .is_good = cases[i].answers[j] == '+' };

            now = checker.next_at;
            assert_int_equal(cox_lvs_checker_wake(&checker, j + 1, now), COX_LVS_TURN_BEGIN);
            const char got = ".fvUD"[cox_lvs_checker_answer(&checker, &answer, now + 1, 0)];

            if (got != cases[i].changes[j]) {
                fail_msg("%s: answer %zu: got %c", cases[i].why, j, got);
            }
        }
    }
}

static void
pauses_are_from_begin_to_begin(void **state)
{
    const struct cox_lvs_check check = quick(1, 1);
    const struct cox_lvs_answer good = { .is_good = true }, bad = { .is_good = false };
    struct cox_lvs_checker checker;

    (void) state;
    cox_lvs_checker_init(&checker, &check, true, S(5), 0);
    assert_int_equal(checker.next_at, S(5));
    assert_int_equal(cox_lvs_checker_wake(&checker, 1, S(5) - 1), COX_LVS_TURN_NOTHING);
    assert_int_equal(cox_lvs_checker_wake(&checker, 1, S(5)), COX_LVS_TURN_BEGIN);
    cox_lvs_checker_answer(&checker, &good, S(6), 0);
    assert_int_equal(checker.next_at, S(15));
    assert_int_equal(cox_lvs_checker_wake(&checker, 2, S(15)), COX_LVS_TURN_BEGIN);
    cox_lvs_checker_answer(&checker, &bad, S(16), 0); /* retry */
    assert_int_equal(checker.next_at, S(17));
    assert_int_equal(cox_lvs_checker_wake(&checker, 3, S(17)), COX_LVS_TURN_BEGIN);
    cox_lvs_checker_answer(&checker, &bad, S(19), 0); /* bad now: the usual pause */
    assert_int_equal(checker.next_at, S(27));
    assert_int_equal(cox_lvs_checker_wake(&checker, 4, S(27)), COX_LVS_TURN_BEGIN);
    cox_lvs_checker_answer(&checker, &good, S(60), 0); /* never in the past */
    assert_int_equal(checker.next_at, S(60));
    assert_true(checker.is_answered);
}

static void
a_probe_that_says_nothing_is_late(void **state)
{
    const struct cox_lvs_check check = quick(0, 1);
    const struct cox_lvs_answer late = { .is_good = false };
    struct cox_lvs_checker checker;

    (void) state;
    cox_lvs_checker_init(&checker, &check, true, 0, 0);
    assert_int_equal(cox_lvs_checker_wake(&checker, 1, 0), COX_LVS_TURN_BEGIN);
    assert_int_equal(checker.next_at, S(4));
    cox_lvs_checker_hurry(&checker, S(1)); /* is under way */
    assert_int_equal(checker.next_at, S(4));
    assert_int_equal(cox_lvs_checker_wake(&checker, 2, S(4)), COX_LVS_TURN_LATE);
    assert_int_equal(cox_lvs_checker_answer(&checker, &late, S(4), 0), COX_LVS_CHANGE_DOWN);
    assert_int_equal(checker.probe, 0);
    cox_lvs_checker_hurry(&checker, S(5));
    assert_int_equal(checker.next_at, S(5));
}

static void
warm_up_and_jitter_stay_within_their_bounds(void **state)
{
    struct cox_lvs_check check = quick(0, 1);
    const struct cox_lvs_answer good = { .is_good = true };
    cox_usec least = G_MAXINT64, most = 0;

    (void) state;
    check.warmup_ms = 8000;
    check.jitter_percent = 20;
    for (guint64 i = 0; i <= 1000; i++) {
        const guint32 random = (guint32) MIN(i * 4294967, G_MAXUINT32);
        struct cox_lvs_checker checker;

        cox_lvs_checker_init(&checker, &check, true, S(1), random);
        assert_in_range(checker.next_at, S(1), S(9));
        assert_int_equal(cox_lvs_checker_wake(&checker, 1, S(9)), COX_LVS_TURN_BEGIN);
        cox_lvs_checker_answer(&checker, &good, S(9), random);
        assert_in_range(checker.next_at, S(9) + S(8), S(9) + S(12));
        least = MIN(least, checker.next_at);
        most = MAX(most, checker.next_at);
    }
    assert_true(least < S(18) && most > S(20)); /* and use them */
}

static void
answers_change_weights(void **state)
{
    static const struct {
        const char *why;
        enum cox_lvs_check_kind kind;
        enum cox_lvs_weigh weigh;
        gint64 value, weight;
        gint factor;
        bool is_reversed;
        guint full_milli;
    } cases[] = { /* configured 100, before this check 90 */
        { "no say", COX_LVS_CHECK_PROGRAM, COX_LVS_WEIGH_NOT, 12, 90, 0, false, 0 },
        { "another kind", COX_LVS_CHECK_TCP, COX_LVS_WEIGH_NOT, 12, 90, 0, false, 0 },
        { "status 0 leaves it", COX_LVS_CHECK_PROGRAM, COX_LVS_WEIGH_STATUS, 0, 90, 0, false, 0 },
        { "status 12", COX_LVS_CHECK_PROGRAM, COX_LVS_WEIGH_STATUS, 12, 0, 0, false, 0 },
        { "status 255", COX_LVS_CHECK_PROGRAM, COX_LVS_WEIGH_STATUS, 255, 243, 0, false, 0 },
        { "a file adds", COX_LVS_CHECK_FILE, COX_LVS_WEIGH_STATUS, 5, 100, 2, false, 0 },
        { "a file takes", COX_LVS_CHECK_FILE, COX_LVS_WEIGH_STATUS, 5, 80, 2, true, 0 },
        { "a huge file", COX_LVS_CHECK_FILE, COX_LVS_WEIGH_STATUS, G_MAXINT64, 1000090, 1, false, 0 },
        { "load of 1", COX_LVS_CHECK_PROGRAM, COX_LVS_WEIGH_LOAD, 1000, 90, 0, false, 0 },
        { "no load", COX_LVS_CHECK_PROGRAM, COX_LVS_WEIGH_LOAD, 0, 90, 0, false, 0 },
        { "load of 3", COX_LVS_CHECK_PROGRAM, COX_LVS_WEIGH_LOAD, 3000, 30, 0, false, 0 },
        { "load of 3, full at 2", COX_LVS_CHECK_PROGRAM, COX_LVS_WEIGH_LOAD, 3000, 60, 0, false, 2000 },
        { "never nothing", COX_LVS_CHECK_PROGRAM, COX_LVS_WEIGH_LOAD, 900000, 1, 0, false, 0 },
        { "load in a file", COX_LVS_CHECK_FILE, COX_LVS_WEIGH_LOAD, 2000, 45, 1, false, 0 },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct cox_lvs_checker checker = { 0 };
        struct cox_lvs_check check;

        cox_lvs_check_init(&check, cases[i].kind);
        if (cases[i].kind == COX_LVS_CHECK_FILE) {
            check.file.weigh = cases[i].weigh;
            check.file.factor = cases[i].factor;
            check.file.is_reversed = cases[i].is_reversed;
        } else if (cases[i].kind == COX_LVS_CHECK_PROGRAM) {
            check.program.weigh = cases[i].weigh;
            check.program.full_milli = cases[i].full_milli;
        }
        checker.check = &check;
        assert_int_equal(cox_lvs_checker_weigh(&checker, 100, 90), 90); /* nothing said yet */
        checker.has_value = true;
        checker.value = cases[i].value;
        if (cox_lvs_checker_weigh(&checker, 100, 90) != cases[i].weight) {
            fail_msg("%s: got %ld", cases[i].why, (long) cox_lvs_checker_weigh(&checker, 100, 90));
        }
        assert_true(cases[i].weigh != COX_LVS_WEIGH_LOAD || cox_lvs_checker_weigh(&checker, 100, 0) == 0);
    }
}

static void
a_new_value_of_a_good_answer_is_a_change(void **state)
{
    const struct cox_lvs_check check = quick(1, 1);
    struct cox_lvs_answer answer = { .is_good = true, .has_value = true, .value = 7 };
    struct cox_lvs_checker checker;

    (void) state;
    cox_lvs_checker_init(&checker, &check, true, 0, 0);
    assert_int_equal(cox_lvs_checker_answer(&checker, &answer, 0, 0), COX_LVS_CHANGE_VALUE);
    assert_int_equal(cox_lvs_checker_answer(&checker, &answer, 0, 0), COX_LVS_CHANGE_NONE);
    answer.is_good = false;
    answer.value = 9;
    assert_int_equal(cox_lvs_checker_answer(&checker, &answer, 0, 0), COX_LVS_CHANGE_FAILURE);
    assert_int_equal(checker.value, 7); /* a failure says nothing about weight */
}

COX_TEST_MAIN(cmocka_unit_test(streaks_decide), cmocka_unit_test(pauses_are_from_begin_to_begin),
              cmocka_unit_test(a_probe_that_says_nothing_is_late), cmocka_unit_test(warm_up_and_jitter_stay_within_their_bounds),
              cmocka_unit_test(answers_change_weights), cmocka_unit_test(a_new_value_of_a_good_answer_is_a_change))
