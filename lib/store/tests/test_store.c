/* lib/store/tests/test_store.c - the loop never waits for the disk, and hears what became of what. */
#include "base/testkit.h"

#include <poll.h>
#include <stdio.h>

#include "store/disk_fake.h"
#include "store/store.h"

struct heard {
    guint64 synced;
    unsigned n_synced, n_failed, n_usable, n_wants, n_kept, n_unrefreshed;
    char text[256];
};

static void
on_done(void *context, const struct cox_store_done *done)
{
    struct heard *heard = context;

    switch (done->kind) {
    case COX_STORE_SYNCED:
        assert_true(done->number > heard->synced);
        heard->synced = done->number;
        heard->n_synced++;
        break;
    case COX_STORE_FAILED:
        heard->n_failed++;
        break;
    case COX_STORE_USABLE:
        heard->n_usable++;
        break;
    case COX_STORE_WANTS_SAVE:
        heard->n_wants++;
        break;
    case COX_STORE_NOT_REFRESHED:
        heard->n_unrefreshed++;
        break;
    case COX_STORE_KEPT:
        heard->n_kept++;
        break;
    }
    if (done->text != NULL) {
        g_strlcpy(heard->text, done->text, sizeof(heard->text));
    }
}

/* Until *@what is at least @value; fails after ten seconds. */
static void
wait_for(struct cox_store *store, struct heard *heard, const unsigned *what, unsigned value)
{
    while (*what < value) {
        struct pollfd poll_fd = { .fd = cox_store_fd(store), .events = POLLIN };

        assert_int_equal(poll(&poll_fd, 1, 10000), 1);
        cox_store_dispatch(store, on_done, heard);
    }
}

/* Until nothing waits for the disk any more, which nobody tells of a note; fails after ten seconds. */
static void
wait_for_nothing(struct cox_store *store)
{
    for (unsigned i = 0; cox_store_waiting(store) > 0; i++) {
        assert_true(i < 10000);
        g_usleep(1000);
    }
}

static void
append_later(struct cox_store *store, guint64 number)
{
    g_autoptr(GBytes) record = g_bytes_new_static("record", 6);

    cox_store_append(store, number, record);
}

static void
append_one(struct cox_store *store, guint64 number)
{
    append_later(store, number);
    cox_store_flush(store);
}

static void
save_one(struct cox_store *store, guint64 number)
{
    g_autoptr(GBytes) xml = g_bytes_new_static("<cib epoch=\"1\"/>\n", 17);
    g_autoptr(GBytes) meta = g_bytes_new_static("meta", 4);

    cox_store_save(store, number, xml, meta);
}

static void
refresh_one(struct cox_store *store, guint64 number)
{
    g_autoptr(GBytes) xml = g_bytes_new_static("<cib epoch=\"1\"/>\n", 17);
    g_autoptr(GBytes) meta = g_bytes_new_static("meta", 4);

    cox_store_refresh(store, number, xml, meta);
}

static struct cox_store *
open_store(struct cox_disk *disk, struct heard *heard)
{
    static const struct cox_store_options options = { .journal_bytes = 2000 };
    struct cox_store_loaded loaded;
    struct cox_store *store = cox_store_open(disk, &options, &loaded, NULL);

    assert_non_null(store);
    cox_store_loaded_clear(&loaded);
    save_one(store, 1);
    wait_for(store, heard, &heard->n_synced, 1);
    assert_int_equal(heard->synced, 1);
    return store;
}

static void
a_blocked_disk_blocks_nobody_and_what_waited_is_written_together(void **state)
{
    struct cox_disk *disk = cox_disk_fake_new();
    struct heard heard = { 0 };
    struct cox_store *store = open_store(disk, &heard);
    unsigned before;

    (void) state;
    cox_disk_fake_block(disk, true);
    append_one(store, 2);
    for (guint64 number = 3; number <= 50; number++) {
        append_later(store, number);
    }
    cox_store_flush(store);
    assert_true(cox_store_waiting(store) > 0);
    cox_store_dispatch(store, on_done, &heard);
    assert_int_equal(heard.synced, 1);
    before = cox_disk_fake_operations(disk);
    cox_disk_fake_block(disk, false);
    while (heard.synced < 50) {
        wait_for(store, &heard, &heard.n_synced, heard.n_synced + 1);
    }
    /* at most two groups: what the thread had already taken, and the rest; an append and a sync each */
    assert_true(heard.n_synced <= 3);
    assert_true(cox_disk_fake_operations(disk) - before <= 4);
    cox_store_close(store);
}

static void
a_full_disk_is_reported_once_and_used_again_after_a_save(void **state)
{
    struct cox_disk *disk = cox_disk_fake_new();
    struct heard heard = { 0 };
    struct cox_store *store = open_store(disk, &heard);

    (void) state;
    cox_disk_fake_fail(disk, true);
    append_one(store, 2);
    append_one(store, 3);
    wait_for(store, &heard, &heard.n_failed, 1);
    assert_non_null(strstr(heard.text, "no space"));
    append_one(store, 4);
    cox_store_probe(store);
    cox_disk_fake_fail(disk, false);
    append_one(store, 5);
    cox_store_probe(store);
    wait_for(store, &heard, &heard.n_usable, 1);
    assert_int_equal(heard.synced, 1); /* nothing is said to be there that is not */
    save_one(store, 6);
    append_one(store, 7);
    while (heard.synced < 7) {
        wait_for(store, &heard, &heard.n_synced, heard.n_synced + 1);
    }
    assert_int_equal(heard.n_failed, 1);
    cox_store_close(store);
}

/* cib.xml is for others: that it could not be written is no reason to give up the journal. */
static void
after_a_refresh_that_failed_the_journal_goes_on(void **state)
{
    struct cox_disk *disk = cox_disk_fake_new();
    struct heard heard = { 0 };
    struct cox_store *store = open_store(disk, &heard);

    (void) state;
    append_one(store, 2);
    cox_store_flush(store);
    wait_for(store, &heard, &heard.n_synced, heard.n_synced + 1);
    cox_disk_fake_fail(disk, true);
    refresh_one(store, 2);
    wait_for(store, &heard, &heard.n_unrefreshed, 1);
    cox_disk_fake_fail(disk, false);
    append_one(store, 3);
    cox_store_flush(store);
    while (heard.synced < 3) {
        wait_for(store, &heard, &heard.n_synced, heard.n_synced + 1);
    }
    assert_int_equal(heard.n_failed, 0);
    refresh_one(store, 4);
    append_one(store, 5);
    cox_store_flush(store);
    while (heard.synced < 5) {
        wait_for(store, &heard, &heard.n_synced, heard.n_synced + 1);
    }
    assert_int_equal(heard.n_unrefreshed, 1);
    cox_store_close(store);
}

static void
a_note_that_is_lost_is_told_once_to_who_asks(void **state)
{
    struct cox_disk *disk = cox_disk_fake_new();
    struct heard heard = { 0 };
    struct cox_store *store = open_store(disk, &heard);
    g_autoptr(GBytes) note = g_bytes_new_static("note", 4);

    (void) state;
    cox_store_note(store, note, false);
    cox_store_flush(store);
    wait_for_nothing(store);
    assert_false(cox_store_has_lost_note(store));
    cox_disk_fake_fail(disk, true);
    cox_store_note(store, note, false);
    cox_store_flush(store);
    wait_for_nothing(store);
    assert_true(cox_store_has_lost_note(store));
    assert_false(cox_store_has_lost_note(store));
    cox_store_close(store);
}

static void
a_queue_that_is_full_is_given_up_and_used_again_after_a_save(void **state)
{
    static const struct cox_store_options options = { .queue_bytes = 60 };
    struct cox_disk *disk = cox_disk_fake_new();
    struct cox_store_loaded loaded;
    struct heard heard = { 0 };
    struct cox_store *store = cox_store_open(disk, &options, &loaded, NULL);
    guint64 begun;

    (void) state;
    cox_store_loaded_clear(&loaded);
    save_one(store, 1);
    wait_for(store, &heard, &heard.n_synced, 1);
    cox_disk_fake_block(disk, true);
    append_one(store, 2);
    for (guint64 number = 3; number <= 40; number++) { /* six bytes each */
        append_one(store, number);
    }
    wait_for(store, &heard, &heard.n_failed, 1);
    assert_non_null(strstr(heard.text, "not answered"));
    assert_true(cox_store_waiting(store) <= 11);
    cox_store_probe(store);
    cox_store_probe(store);
    cox_disk_fake_block(disk, false);
    wait_for(store, &heard, &heard.n_usable, 1);
    begun = heard.synced; /* what the thread had begun with counts, and nothing after it */
    assert_true(begun <= 13);
    save_one(store, 41);
    append_one(store, 42);
    while (heard.synced < 42) {
        wait_for(store, &heard, &heard.n_synced, heard.n_synced + 1);
    }
    assert_int_equal(heard.n_failed, 1);
    assert_int_equal(heard.n_usable, 1);
    cox_store_close(store);
}

static void
a_loser_is_kept_and_a_long_journal_asks_for_a_save(void **state)
{
    struct cox_disk *disk = cox_disk_fake_new();
    struct heard heard = { 0 };
    struct cox_store *store = open_store(disk, &heard);
    g_autoptr(GBytes) loser = g_bytes_new_static("<cib/>", 6);
    g_autoptr(GBytes) back = NULL;

    (void) state;
    cox_store_set_aside(store, loser);
    wait_for(store, &heard, &heard.n_kept, 1);
    assert_true(g_str_has_prefix(heard.text, "cib.lost-"));
    assert_true(disk->ops->read(disk, heard.text, 100, &back, NULL));
    assert_true(g_bytes_equal(back, loser));
    for (guint64 number = 2; number < 300; number++) {
        append_one(store, number);
    }
    wait_for(store, &heard, &heard.n_wants, 1);
    cox_store_close(store);
}

/* A daemon that stops asks this when it hears of its last save, and hears nothing more. */
static void
nothing_waits_any_more_when_the_last_is_told(void **state)
{
    struct heard heard = { 0 };
    struct cox_store *store = open_store(cox_disk_fake_new(), &heard);

    (void) state;
    for (guint64 i = 1; i <= 2000; i++) {
        save_one(store, heard.synced + 1);
        wait_for(store, &heard, &heard.n_synced, heard.n_synced + 1);
        assert_int_equal(cox_store_waiting(store), 0);
    }
    cox_store_close(store);
}

static void
closing_writes_what_is_queued(void **state)
{
    g_autofree char *dir = g_dir_make_tmp("cox-store-XXXXXX", NULL);
    static const char *const names[] = { "cib.xml", "cib.xml.sig", "cib.journal" };
    static const struct cox_store_options options = { 0 };
    struct heard heard = { 0 };
    struct cox_store *store = open_store(cox_disk_real_new(dir, NULL), &heard);
    struct cox_store_loaded loaded;

    (void) state;
    for (guint64 number = 2; number < 20; number++) {
        append_one(store, number);
    }
    cox_store_close(store);
    store = cox_store_open(cox_disk_real_new(dir, NULL), &options, &loaded, NULL);
    assert_int_equal(loaded.records->len, 18);
    assert_false(loaded.needs_save);
    cox_store_loaded_clear(&loaded);
    cox_store_close(store);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(dir, names[i], NULL);

        assert_int_equal(remove(path), 0);
    }
    assert_int_equal(remove(dir), 0);
}

COX_TEST_MAIN(cmocka_unit_test(a_blocked_disk_blocks_nobody_and_what_waited_is_written_together),
              cmocka_unit_test(a_full_disk_is_reported_once_and_used_again_after_a_save), cmocka_unit_test(after_a_refresh_that_failed_the_journal_goes_on),
              cmocka_unit_test(a_note_that_is_lost_is_told_once_to_who_asks),
              cmocka_unit_test(a_queue_that_is_full_is_given_up_and_used_again_after_a_save),
              cmocka_unit_test(a_loser_is_kept_and_a_long_journal_asks_for_a_save),
              cmocka_unit_test(nothing_waits_any_more_when_the_last_is_told),
              cmocka_unit_test(closing_writes_what_is_queued))
