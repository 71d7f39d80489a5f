/* lib/vrrp/tests/test_replay.c */
#include "vrrp/replay.h"

#include "base/testkit.h"

#define WINDOW (60 * COX_USEC_PER_S)
#define T 1000000000000

static enum cox_vrrp_refusal
hear(struct cox_vrrp_replay *replay, guint source, guint64 stamp, guint64 own)
{
    struct cox_vrrp_heard heard = { .stamp = stamp, .own_stamp = own };

    heard.source = cox_ip_from_bytes(COX_IP_V4, &source);
    return cox_vrrp_replay_check(replay, &heard, WINDOW);
}

static void
stamps_of_a_sender_must_rise(void **state)
{
    struct cox_vrrp_replay replay = { 0 };

    assert_int_equal(hear(&replay, 1, T, T), COX_VRRP_ACCEPTED);
    assert_int_equal(hear(&replay, 1, T, T + 1), COX_VRRP_REFUSED_REPLAY);
    assert_int_equal(hear(&replay, 1, T - 1, T + 1), COX_VRRP_REFUSED_REPLAY);
    assert_int_equal(hear(&replay, 1, T + 1, T + 1), COX_VRRP_ACCEPTED);
    assert_int_equal(hear(&replay, 2, T - 1, T + 1), COX_VRRP_ACCEPTED); /* each sender for itself */
    assert_int_equal(hear(&replay, 1, T + 1, T + 2), COX_VRRP_REFUSED_REPLAY);
    cox_vrrp_replay_clear(&replay);
    (void) state;
}

static void
a_sender_not_heard_before_must_be_near_our_time(void **state)
{
    struct cox_vrrp_replay replay = { 0 };
    struct cox_vrrp_heard heard = { .stamp = 5, .own_stamp = T };

    assert_int_equal(hear(&replay, 1, T - WINDOW - 1, T), COX_VRRP_REFUSED_STALE);
    assert_int_equal(hear(&replay, 1, T + WINDOW + 1, T), COX_VRRP_REFUSED_STALE);
    assert_int_equal(hear(&replay, 1, T - WINDOW, T), COX_VRRP_ACCEPTED);
    assert_int_equal(hear(&replay, 1, T - WINDOW + 1, T + 10 * WINDOW), COX_VRRP_ACCEPTED); /* known: its clock may be anywhere */
    assert_int_equal(cox_vrrp_replay_check(&replay, &heard, 0), COX_VRRP_ACCEPTED);         /* no window */
    cox_vrrp_replay_clear(&replay);
    (void) state;
}

static void
of_too_many_senders_the_most_silent_is_forgotten(void **state)
{
    struct cox_vrrp_replay replay = { 0 };

    for (guint i = 0; i < COX_VRRP_SENDERS_MOST; i++) {
        assert_int_equal(hear(&replay, i + 1, T + i, T + i), COX_VRRP_ACCEPTED);
    }
    assert_int_equal(hear(&replay, 1, T + 100, T + 100), COX_VRRP_ACCEPTED);
    assert_int_equal(hear(&replay, 1000, T + 101, T + 101), COX_VRRP_ACCEPTED); /* in the place of 2 */
    assert_int_equal(replay.n, COX_VRRP_SENDERS_MOST);
    assert_int_equal(hear(&replay, 1, T + 100, T + 102), COX_VRRP_REFUSED_REPLAY);
    assert_int_equal(hear(&replay, 3, T + 2, T + 102), COX_VRRP_REFUSED_REPLAY);
    assert_int_equal(hear(&replay, 2, T + 1, T + 102), COX_VRRP_ACCEPTED);
    cox_vrrp_replay_clear(&replay);
    (void) state;
}

COX_TEST_MAIN(cmocka_unit_test(stamps_of_a_sender_must_rise), cmocka_unit_test(a_sender_not_heard_before_must_be_near_our_time),
              cmocka_unit_test(of_too_many_senders_the_most_silent_is_forgotten))
