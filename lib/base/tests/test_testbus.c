#include "base/testbus.h"

#include "base/testkit.h"

/* Nodes that write down what they read: "V2[1,2]-3 m7 m8 " (view 2 of 1 and 2, without node 3 that was there before). */
struct reader {
    struct cox_testbus bus;
    GString *story[COX_TESTBUS_MAX]; /* since the view */
    GHashTable *rests;               /* "from>to" -> what was read in between */
    guint serial[COX_TESTBUS_MAX];
    guint n_read, n_woken;
};

static void
note_rest(struct reader *reader, guint node, const struct cox_testbus_view *view)
{
    g_autofree char *key = g_strdup_printf("%u>%u", reader->serial[node], view->serial);
    const char *known = g_hash_table_lookup(reader->rests, key), *rest = strchr(reader->story[node]->str, ' ');

    if (reader->serial[node] == 0) {
        return;
    }
    if (known == NULL) {
        g_hash_table_insert(reader->rests, g_steal_pointer(&key), g_strdup(rest));
    } else {
        assert_string_equal(known, rest);
    }
}

static void
on_mail(void *test, guint node, const struct cox_testbus_mail *mail)
{
    struct reader *reader = test;

    if (mail->view == NULL) {
        g_string_append_printf(reader->story[node], "m%d ", *(const gint *) mail->message);
        reader->n_read++;
        return;
    }
    note_rest(reader, node, mail->view);
    g_string_printf(reader->story[node], "V%u[", mail->view->serial);
    for (size_t i = 0; i < mail->view->n_members; i++) {
        g_string_append_printf(reader->story[node], "%s%u", i == 0 ? "" : ",", mail->view->members[i]);
    }
    g_string_append_c(reader->story[node], ']');
    for (size_t i = 0; i < mail->view->n_lost; i++) {
        g_string_append_printf(reader->story[node], "-%u", mail->view->lost[i]);
    }
    g_string_append_c(reader->story[node], ' ');
    reader->serial[node] = mail->view->serial;
}

static void
on_wake(void *test, guint node)
{
    (void) node;
    ((struct reader *) test)->n_woken++;
}

static const struct cox_testbus_calls calls = { on_mail, on_wake, NULL, NULL };

static void
reader_init(struct reader *reader, guint32 seed, guint n)
{
    memset(reader, 0, sizeof(*reader));
    cox_testbus_init(&reader->bus, seed, g_free);
    reader->rests = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (guint i = 0; i < COX_TESTBUS_MAX; i++) {
        reader->story[i] = g_string_new(NULL);
    }
    for (guint i = 1; i <= n; i++) {
        cox_testbus_join(&reader->bus, i);
    }
}

static void
reader_clear(struct reader *reader)
{
    cox_testbus_clear(&reader->bus);
    g_hash_table_unref(reader->rests);
    for (guint i = 0; i < COX_TESTBUS_MAX; i++) {
        g_string_free(reader->story[i], TRUE);
    }
}

static void
send(struct reader *reader, guint node, gint number)
{
    cox_testbus_send(&reader->bus, node, g_memdup2(&number, sizeof(number)));
}

static void
run(struct reader *reader)
{
    assert_true(cox_testbus_run(&reader->bus, &calls, reader, reader->bus.now));
}

static void
all_members_read_the_same_in_one_order_and_see_who_is_there(void **state)
{
    struct reader reader;

    (void) state;
    reader_init(&reader, 0, 3);
    run(&reader);
    send(&reader, 2, 20);
    send(&reader, 1, 10);
    run(&reader);
    for (guint i = 1; i <= 3; i++) {
        assert_string_equal(reader.story[i]->str, "V3[1,2,3] m10 m20 ");
    }
    reader_clear(&reader);
}

static void
a_view_names_nodes_that_are_gone_not_processes(void **state)
{
    struct reader reader;

    (void) state;
    reader_init(&reader, 0, 4);
    run(&reader);
    cox_testbus_leave(&reader.bus, 4, false);
    run(&reader);
    assert_string_equal(reader.story[1]->str, "V5[1,2,3] ");
    cox_testbus_leave(&reader.bus, 4, true);
    run(&reader);
    assert_string_equal(reader.story[1]->str, "V6[1,2,3]-4 ");
    cox_testbus_move(&reader.bus, 3, 1);
    run(&reader);
    assert_string_equal(reader.story[1]->str, "V7[1,2]-3 ");
    assert_string_equal(reader.story[3]->str, "V8[3]-1-2 ");
    cox_testbus_boot(&reader.bus, 4);
    run(&reader);
    assert_string_equal(reader.story[2]->str, "V9[1,2] ");
    reader_clear(&reader);
}

static void
a_stopped_process_reads_everything_later_and_is_not_woken(void **state)
{
    struct reader reader;

    (void) state;
    reader_init(&reader, 0, 2);
    run(&reader);
    reader.bus.is_stopped[2] = true;
    reader.bus.wake_at[2] = reader.bus.now + 5;
    send(&reader, 1, 7);
    run(&reader);
    cox_testbus_leave(&reader.bus, 1, false);
    assert_string_equal(reader.story[2]->str, "V2[1,2] ");
    assert_true(cox_testbus_run(&reader.bus, &calls, &reader, reader.bus.now + 10));
    assert_int_equal(reader.n_woken, 0);
    reader.bus.is_stopped[2] = false;
    run(&reader);
    assert_string_equal(reader.story[2]->str, "V3[2] ");
    assert_string_equal(g_hash_table_lookup(reader.rests, "2>3"), " m7 ");
    assert_int_equal(reader.n_woken, 1);
    reader_clear(&reader);
}

/* Splits, crashes and starts in the middle of messages: note_rest() compares. */
static void
who_stays_together_reads_the_same_until_the_next_view(void **state)
{
    guint n_read = 0, n_sent = 0;

    (void) state;
    for (guint32 seed = 1; seed <= 100; seed++) {
        struct reader reader;

        reader_init(&reader, seed, 5);
        for (gint t = 0; t < 200; t++) {
            guint node = 1 + cox_testbus_pick(&reader.bus, 5);
            guint dice = cox_testbus_pick(&reader.bus, 20);

            if (dice == 0) {
                cox_testbus_move(&reader.bus, node, cox_testbus_pick(&reader.bus, 2));
            } else if (dice == 1 && cox_testbus_is_up(&reader.bus, node)) {
                cox_testbus_leave(&reader.bus, node, cox_testbus_pick(&reader.bus, 2) == 0);
            } else if (dice == 1) {
                reader.serial[node] = 0;
                cox_testbus_join(&reader.bus, node);
            } else if (dice < 10 && cox_testbus_is_up(&reader.bus, node)) {
                send(&reader, node, t);
                n_sent++;
            } else {
                (void) cox_testbus_step(&reader.bus, &calls, &reader, reader.bus.now);
            }
        }
        run(&reader);
        n_read += reader.n_read;
        reader_clear(&reader);
    }
    assert_true(n_read > n_sent);
    assert_true(n_sent > 1000);
}

static void
who_goes_another_way_may_be_lost_but_not_to_itself(void **state)
{
    guint n_lost = 0;

    (void) state;
    for (guint32 seed = 1; seed <= 40; seed++) {
        struct reader reader;

        reader_init(&reader, seed, 3);
        run(&reader);
        reader.bus.is_stopped[1] = reader.bus.is_stopped[3] = true;
        for (gint i = 0; i < 10; i++) {
            send(&reader, 3, i);
        }
        run(&reader); /* ordered, and read by 2 only */
        reader.bus.is_stopped[2] = true;
        send(&reader, 3, 99);
        run(&reader);
        cox_testbus_move(&reader.bus, 3, 1);
        reader.bus.is_stopped[1] = reader.bus.is_stopped[2] = reader.bus.is_stopped[3] = false;
        run(&reader);
        assert_int_equal(reader.serial[1], reader.serial[2]);
        n_lost += reader.n_read == 10 + 10 + 10 + 1;
        assert_true(reader.n_read == 31 || reader.n_read == 33); /* what 2 has read, 1 reads, and 3 everything */
        reader_clear(&reader);
    }
    assert_true(n_lost > 5 && n_lost < 35);
}

COX_TEST_MAIN(cmocka_unit_test(all_members_read_the_same_in_one_order_and_see_who_is_there),
              cmocka_unit_test(a_view_names_nodes_that_are_gone_not_processes),
              cmocka_unit_test(a_stopped_process_reads_everything_later_and_is_not_woken),
              cmocka_unit_test(who_stays_together_reads_the_same_until_the_next_view),
              cmocka_unit_test(who_goes_another_way_may_be_lost_but_not_to_itself))
