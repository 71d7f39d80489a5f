/* Tests of lib/proto/bodystream.c and daemons.c. */
#include "proto/bodystream.h"

#include "base/error.h"
#include "base/testkit.h"
#include "proto/daemons.h"

static void
a_body_of_any_size_needs_only_a_window(void **state)
{
    struct cox_stream_sender sender = cox_stream_sender_start();
    struct cox_stream_receiver receiver = cox_stream_receiver_start(G_MAXUINT64);
    gsize left = 100 * 1024 * 1024, under_way = 0, most = 0;

    (void) state;
    while (left > 0 || under_way > 0) {
        gsize sent = cox_stream_send(&sender, left);

        if (sent > 0) {
            assert_true(sent <= COX_STREAM_CHUNK_BYTES);
            assert_true(cox_stream_arrive(&receiver, sent, NULL));
            left -= sent;
            under_way += sent;
            most = MAX(most, under_way);
        } else { /* the reader has its turn */
            gsize taken = MIN(under_way, 10000);

            assert_true(cox_stream_credit(&sender, cox_stream_consume(&receiver, taken), NULL));
            under_way -= taken;
        }
    }
    assert_int_equal(most, COX_STREAM_WINDOW_BYTES);
    assert_true(receiver.total_bytes == 100 * 1024 * 1024);
}

static void
bytes_without_credit_or_beyond_the_limit_are_refused(void **state)
{
    struct cox_stream_receiver receiver = cox_stream_receiver_start(1000);
    struct cox_stream_receiver any = cox_stream_receiver_start(G_MAXUINT64);
    g_autoptr(GError) limit = NULL;
    g_autoptr(GError) credit = NULL;

    (void) state;
    assert_true(cox_stream_arrive(&receiver, 1000, NULL));
    assert_false(cox_stream_arrive(&receiver, 1, &limit));
    assert_true(g_error_matches(limit, COX_ERROR, COX_ERROR_INVALID_PARAM));
    assert_true(cox_stream_arrive(&any, COX_STREAM_WINDOW_BYTES, NULL));
    assert_false(cox_stream_arrive(&any, 1, &credit));
    assert_true(g_error_matches(credit, COX_ERROR, COX_ERROR_PROTOCOL));
}

static void
credit_cannot_overflow(void **state)
{
    struct cox_stream_sender sender = cox_stream_sender_start();

    (void) state;
    assert_false(cox_stream_credit(&sender, 1, NULL));
    assert_int_equal(cox_stream_send(&sender, 10), 10);
    assert_false(cox_stream_credit(&sender, G_MAXUINT64, NULL));
    assert_true(cox_stream_credit(&sender, 10, NULL));
}

static void
daemons_are_found_by_either_name_and_only_two_kinds_of_user_exist(void **state)
{
    enum cox_daemon daemon = COX_DAEMON_N;

    (void) state;
    assert_true(cox_daemon_find("cib", &daemon));
    assert_int_equal(daemon, COX_DAEMON_CIB);
    assert_true(cox_daemon_find("cox-execd", &daemon));
    assert_int_equal(daemon, COX_DAEMON_EXEC);
    assert_int_equal(cox_daemon_row(daemon)->user, COX_DAEMON_USER_ROOT);
    assert_int_equal(cox_daemon_row(COX_DAEMON_CIB)->user, COX_DAEMON_USER_CLUSTER);
    assert_false(cox_daemon_find("nosuch", &daemon));
}

COX_TEST_MAIN(cmocka_unit_test(a_body_of_any_size_needs_only_a_window),
              cmocka_unit_test(bytes_without_credit_or_beyond_the_limit_are_refused), cmocka_unit_test(credit_cannot_overflow),
              cmocka_unit_test(daemons_are_found_by_either_name_and_only_two_kinds_of_user_exist))
