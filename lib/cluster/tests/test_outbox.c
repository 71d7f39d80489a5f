/* Tests of lib/cluster/outbox.c: pieces, and what is sent again. */
#include "cluster/outbox.h"

#include <string.h>

#include "base/testkit.h"

static void
add(struct cox_outbox *outbox, gsize size)
{
    guint8 *data = g_malloc(MAX(size, 1));
    guint32 seed = (guint32) size;
    g_autoptr(GBytes) bytes = NULL;

    for (gsize i = 0; i < size; i++) { /* cannot be compressed */
        seed = seed * 1103515245u + 12345u;
        data[i] = (guint8) (seed >> 24);
    }
    bytes = g_bytes_new_take(data, size);
    cox_outbox_add(outbox, bytes);
}

/* Send the next piece, and read it as who receives it does. */
static struct cox_peerframe
send_one(struct cox_outbox *outbox)
{
    struct cox_outbox_piece piece;
    struct cox_peerframe frame;
    g_autoptr(GByteArray) wire = g_byte_array_new();

    assert_true(cox_outbox_next(outbox, &piece));
    g_byte_array_append(wire, piece.head, sizeof(piece.head));
    g_byte_array_append(wire, piece.data, (guint) piece.size);
    assert_true(cox_peerframe_read(&frame, wire->data, wire->len));
    cox_outbox_sent(outbox);
    return frame;
}

static void
short_messages_go_one_after_the_other(void **state)
{
    struct cox_outbox outbox;
    struct cox_outbox_piece piece;

    (void) state;
    cox_outbox_init(&outbox);
    assert_false(cox_outbox_next(&outbox, &piece));
    add(&outbox, 0);
    add(&outbox, 100);
    assert_int_equal(outbox.waiting_bytes, 100);
    assert_int_equal(send_one(&outbox).message, 1);
    assert_int_equal(send_one(&outbox).message, 2);
    assert_int_equal(outbox.waiting_bytes, 0);
    assert_false(cox_outbox_next(&outbox, &piece));
    cox_outbox_clear(&outbox);
}

static void
a_long_message_stays_until_all_its_pieces_have_come_back(void **state)
{
    struct cox_outbox outbox;
    struct cox_outbox_piece piece;
    struct cox_peerframe frames[3];

    (void) state;
    cox_outbox_init(&outbox);
    add(&outbox, 2 * COX_OUTBOX_PIECE + 10);
    add(&outbox, 10);
    for (guint32 i = 0; i < 3; i++) {
        frames[i] = send_one(&outbox);
        assert_int_equal(frames[i].index, i);
        assert_int_equal(frames[i].n_pieces, 3);
    }
    assert_false(cox_outbox_next(&outbox, &piece));
    assert_false(cox_outbox_came_back(&outbox, &frames[0]));
    assert_false(cox_outbox_came_back(&outbox, &frames[1]));
    assert_true(cox_outbox_came_back(&outbox, &frames[2]));
    assert_false(cox_outbox_came_back(&outbox, &frames[2]));
    assert_int_equal(outbox.waiting_bytes, 10);
    assert_int_equal(send_one(&outbox).n_pieces, 1);
    cox_outbox_clear(&outbox);
}

static void
what_came_back_before_members_changed_is_sent_again(void **state)
{
    struct cox_outbox outbox;
    struct cox_outbox_piece piece;
    struct cox_peerframe first, again;

    (void) state;
    cox_outbox_init(&outbox);
    add(&outbox, 2 * COX_OUTBOX_PIECE);
    first = send_one(&outbox);
    cox_outbox_begin_anew(&outbox); /* nothing has come back: it is on its way to the new members */
    assert_int_equal(send_one(&outbox).index, 1);
    assert_false(cox_outbox_came_back(&outbox, &first));
    cox_outbox_begin_anew(&outbox);
    again = send_one(&outbox);
    assert_int_equal(again.index, 0);
    assert_int_not_equal(again.message, first.message);
    assert_false(cox_outbox_came_back(&outbox, &first)); /* of the message that is not any more */
    (void) send_one(&outbox);
    assert_false(cox_outbox_came_back(&outbox, &again));
    again.index = 1;
    assert_true(cox_outbox_came_back(&outbox, &again));
    assert_false(cox_outbox_next(&outbox, &piece));
    cox_outbox_clear(&outbox);
}

COX_TEST_MAIN(cmocka_unit_test(short_messages_go_one_after_the_other), cmocka_unit_test(a_long_message_stays_until_all_its_pieces_have_come_back),
              cmocka_unit_test(what_came_back_before_members_changed_is_sent_again))
