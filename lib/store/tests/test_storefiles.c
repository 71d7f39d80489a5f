/* lib/store/tests/test_storefiles.c - which files count at start, and what a crash at any write leaves. */
#include "base/testkit.h"

#include "cib/md5.h"
#include "store/disk_fake.h"
#include "store/storefiles.h"
#include "xml/xmldoc.h"

/* A document that is as far as @n, and the record that leads from @n - 1 to it. */
static GBytes *
document(unsigned n)
{
    char *text = g_strdup_printf("<cib epoch=\"%u\"/>\n", n);

    return g_bytes_new_take(text, strlen(text));
}

static GBytes *
record(unsigned n)
{
    char *text = g_strdup_printf("%u", n);

    return g_bytes_new_take(text, strlen(text));
}

static unsigned
number_in(GBytes *bytes, const char *before)
{
    gsize size = 0;
    const char *data = g_bytes_get_data(bytes, &size);
    g_autofree char *text = g_strndup(data, size);
    const char *at = strstr(text, before);

    assert_non_null(at);
    return (unsigned) strtoul(at + strlen(before), NULL, 10);
}

static bool
save(struct cox_storefiles *files, unsigned n)
{
    g_autoptr(GBytes) xml = document(n);
    g_autoptr(GBytes) meta = record(n);

    return cox_storefiles_save(files, xml, meta, NULL);
}

static bool
append(struct cox_storefiles *files, unsigned first, unsigned last)
{
    g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func((GDestroyNotify) g_bytes_unref);

    for (unsigned n = first; n <= last; n++) {
        g_ptr_array_add(records, record(n));
    }
    return cox_storefiles_append(files, records, NULL);
}

/* How far the document has come when the journal is applied; records must follow each other.  0: there is none. */
static unsigned
reached(const struct cox_store_loaded *loaded)
{
    unsigned n = loaded->xml == NULL ? 0 : number_in(loaded->xml, "epoch=\"");

    if (loaded->meta != NULL && !loaded->was_edited) {
        assert_int_equal(number_in(loaded->meta, ""), n);
        for (guint i = 0; i < loaded->records->len; i++) {
            assert_int_equal(number_in(g_ptr_array_index(loaded->records, i), ""), n + 1);
            n++;
        }
    }
    return n;
}

static void
load(struct cox_storefiles *files, struct cox_store_loaded *loaded)
{
    g_autoptr(GError) error = NULL;

    if (!cox_storefiles_load(files, loaded, &error)) {
        fail_msg("%s", error->message);
    }
}

static bool
has_note(const struct cox_store_loaded *loaded, const char *text)
{
    for (guint i = 0; i < loaded->notes->len; i++) {
        if (strstr(g_ptr_array_index(loaded->notes, i), text) != NULL) {
            return true;
        }
    }
    return false;
}

static void
run_load(struct cox_disk *disk, struct cox_store_loaded *loaded)
{
    static const struct cox_store_options options = { .backups = 3 };
    struct cox_storefiles *files = cox_storefiles_new(disk, &options);

    load(files, loaded);
    cox_storefiles_free(files);
}

/* A disk with document 5 and journal up to 8. */
static struct cox_disk *
sample(void)
{
    static const struct cox_store_options options = { .backups = 3 };
    struct cox_disk *disk = cox_disk_fake_new();
    struct cox_storefiles *files = cox_storefiles_new(disk, &options);
    struct cox_store_loaded loaded;

    load(files, &loaded);
    assert_null(loaded.xml);
    assert_true(loaded.needs_save);
    assert_false(append(files, 1, 1));
    assert_true(save(files, 5));
    assert_true(append(files, 6, 8));
    cox_store_loaded_clear(&loaded);
    cox_storefiles_free(files);
    return disk;
}

static void
what_was_written_is_found(void **state)
{
    g_autoptr(cox_disk) disk = sample();
    struct cox_store_loaded loaded;

    (void) state;
    run_load(disk, &loaded);
    assert_int_equal(reached(&loaded), 8);
    assert_false(loaded.needs_save || loaded.was_edited);
    assert_int_equal(loaded.notes->len, 0);
    cox_store_loaded_clear(&loaded);
}

static void
put_text(struct cox_disk *disk, const char *name, const char *text)
{
    cox_disk_fake_put(disk, name, text, strlen(text));
}

static void
put_signed(struct cox_disk *disk, const char *text)
{
    g_autoptr(cox_xmldoc) doc = cox_xmldoc_parse_text(text, (size_t) -1, NULL, NULL);
    g_autofree char *digest = cox_md5_on_disk(cox_xmldoc_root(doc));

    put_text(disk, "cib.xml", text);
    put_text(disk, "cib.xml.sig", digest);
}

static bool
has_file(struct cox_disk *disk, const char *prefix)
{
    g_auto(GStrv) names = cox_disk_fake_names(disk);

    for (size_t i = 0; names[i] != NULL; i++) {
        if (g_str_has_prefix(names[i], prefix)) {
            return true;
        }
    }
    return false;
}

static void
files_that_somebody_changed_win_and_the_journal_is_set_aside(void **state)
{
    enum { NO_DOCUMENT, NO_SIGNATURE, OTHER_PAIR, WRONG_SIGNATURE, NO_XML, N };

    (void) state;
    for (int what = 0; what < N; what++) {
        g_autoptr(cox_disk) disk = sample();
        struct cox_store_loaded loaded;

        switch (what) {
        case NO_DOCUMENT:
            assert_true(disk->ops->remove(disk, "cib.xml", NULL));
            break;
        case NO_SIGNATURE:
            put_text(disk, "cib.xml", "<cib epoch=\"20\"/>");
            assert_true(disk->ops->remove(disk, "cib.xml.sig", NULL));
            break;
        case OTHER_PAIR:
            put_signed(disk, "<cib epoch=\"20\"/>");
            break;
        case WRONG_SIGNATURE:
            put_text(disk, "cib.xml", "<cib epoch=\"20\"/>");
            break;
        default:
            put_text(disk, "cib.xml", "no XML at all");
            break;
        }
        run_load(disk, &loaded);
        assert_true(loaded.needs_save);
        assert_true(has_file(disk, "cib.journal.aside-"));
        assert_false(has_file(disk, "cib.journal.new"));
        assert_true(has_note(&loaded, "cib.journal.aside-"));
        if (what == NO_SIGNATURE || what == OTHER_PAIR) {
            assert_true(loaded.was_edited);
            assert_int_equal(reached(&loaded), 20);
            assert_int_equal(loaded.records->len, 3); /* for the history only */
        } else {
            assert_false(loaded.was_edited);
            assert_null(loaded.xml);
            assert_int_equal(has_file(disk, "cib.xml.aside-"), what != NO_DOCUMENT);
        }
        cox_store_loaded_clear(&loaded);
    }
}

/* The example is that of the manual: signature as the classic tools write it, no journal of ours. */
static void
a_pair_that_others_wrote_is_taken(void **state)
{
    g_autoptr(cox_disk) disk = cox_disk_fake_new();
    struct cox_store_loaded loaded;

    (void) state;
    put_signed(disk, "<cib epoch=\"7\"><configuration/></cib>");
    run_load(disk, &loaded);
    assert_int_equal(reached(&loaded), 7);
    assert_false(loaded.was_edited);
    assert_null(loaded.meta);
    assert_int_equal(loaded.notes->len, 1);
    cox_store_loaded_clear(&loaded);
}

static void
a_torn_journal_is_cut_and_continued(void **state)
{
    g_autoptr(cox_disk) disk = sample();
    static const struct cox_store_options options = { 0 };
    struct cox_storefiles *files = cox_storefiles_new(disk, &options);
    struct cox_store_loaded loaded;

    (void) state;
    assert_true(disk->ops->append(disk, "cib.journal", "\x09\0\0\0\x01\x02", 6, NULL));
    load(files, &loaded);
    assert_int_equal(reached(&loaded), 8);
    assert_true(has_note(&loaded, "cut off"));
    assert_true(append(files, 9, 9));
    cox_store_loaded_clear(&loaded);
    load(files, &loaded);
    assert_int_equal(reached(&loaded), 9);
    cox_store_loaded_clear(&loaded);
    cox_storefiles_free(files);
}

static void
backups_are_numbered_and_go_round(void **state)
{
    g_autoptr(cox_disk) disk = cox_disk_fake_new();
    static const struct cox_store_options options = { .backups = 2 };
    struct cox_storefiles *files = cox_storefiles_new(disk, &options);
    struct cox_store_loaded loaded;
    g_autoptr(GBytes) first = NULL;
    g_autoptr(GBytes) last = NULL;

    (void) state;
    load(files, &loaded);
    cox_store_loaded_clear(&loaded);
    for (unsigned n = 1; n <= 4; n++) {
        assert_true(save(files, n));
    }
    assert_true(has_file(disk, "cib-1.raw.sig"));
    assert_false(has_file(disk, "cib-2.raw"));
    assert_true(disk->ops->read(disk, "cib-0.raw", 100, &first, NULL));
    assert_int_equal(number_in(first, "epoch=\""), 3);
    assert_true(disk->ops->read(disk, "cib.last", 100, &last, NULL));
    assert_int_equal(number_in(last, ""), 0);
    cox_storefiles_free(files);
}

static void
a_large_journal_wants_a_save(void **state)
{
    g_autoptr(cox_disk) disk = cox_disk_fake_new();
    static const struct cox_store_options options = { .journal_bytes = 300 };
    struct cox_storefiles *files = cox_storefiles_new(disk, &options);
    struct cox_store_loaded loaded;

    (void) state;
    load(files, &loaded);
    cox_store_loaded_clear(&loaded);
    assert_true(save(files, 1));
    assert_false(cox_storefiles_wants_save(files));
    assert_true(append(files, 2, 40));
    assert_true(cox_storefiles_wants_save(files));
    assert_true(save(files, 40));
    assert_false(cox_storefiles_wants_save(files));
    cox_storefiles_free(files);
}

/* A life of saves and appends; what was acknowledged when the power went.  @begun: the state that was being written. */
static unsigned
live(struct cox_disk *disk, unsigned *begun)
{
    static const struct cox_store_options options = { .backups = 3 };
    struct cox_storefiles *files = cox_storefiles_new(disk, &options);
    struct cox_store_loaded loaded;
    unsigned acknowledged = 0;

    *begun = 0;
    if (cox_storefiles_load(files, &loaded, NULL)) {
        cox_store_loaded_clear(&loaded);
    }
    for (unsigned turn = 0; turn < 3; turn++) {
        /* saves of the same document, of one further on, and of one that the journal has come to */
        *begun = turn == 1 ? acknowledged + 5 : acknowledged + 1;
        if (!save(files, *begun)) {
            break;
        }
        acknowledged = *begun;
        *begun = acknowledged + 2;
        if (!append(files, acknowledged + 1, acknowledged + 2)) {
            break;
        }
        acknowledged = *begun;
        *begun = acknowledged;
        if (!save(files, acknowledged)) {
            break;
        }
        *begun = acknowledged + 1;
        if (!append(files, acknowledged + 1, acknowledged + 1)) {
            break;
        }
        acknowledged = *begun;
    }
    cox_storefiles_free(files);
    return acknowledged;
}

static void
check_after_crash(struct cox_disk *disk, unsigned acknowledged, unsigned begun, const char *when)
{
    static const struct cox_store_options options = { .backups = 3 };
    struct cox_storefiles *files = cox_storefiles_new(disk, &options);
    struct cox_store_loaded loaded;
    unsigned n;

    load(files, &loaded);
    n = reached(&loaded);
    if (n < acknowledged || n > begun || loaded.was_edited) {
        fail_msg("%s: %u was acknowledged and %u begun, %u is found%s: %s", when, acknowledged, begun, n,
                 loaded.was_edited ? " edited" : "", loaded.notes->len > 0 ? (char *) g_ptr_array_index(loaded.notes, 0) : "");
    }
    if (loaded.needs_save) {
        assert_true(n == 0 || save(files, n));
    }
    assert_true(n == 0 || append(files, n + 1, n + 1));
    cox_store_loaded_clear(&loaded);
    load(files, &loaded);
    if (reached(&loaded) != (n == 0 ? 0 : n + 1)) {
        fail_msg("%s: life does not go on after %u", when, n);
    }
    cox_store_loaded_clear(&loaded);
    cox_storefiles_free(files);
}

static void
a_crash_at_any_write_leaves_what_was_acknowledged(void **state)
{
    unsigned operations = 1, tried = 0, begun;

    (void) state;
    for (unsigned at = 1; at <= operations; at++) {
        for (int loss = 0; loss < COX_DISK_FAKE_N; loss++) {
            g_autoptr(cox_disk) disk = cox_disk_fake_new();
            g_autofree char *when = g_strdup_printf("power lost at operation %u, kind of loss %d", at, loss);
            unsigned acknowledged;

            cox_disk_fake_crash_at(disk, at);
            acknowledged = live(disk, &begun);
            operations = MAX(operations, cox_disk_fake_operations(disk) + (cox_disk_fake_operations(disk) == at));
            cox_disk_fake_restart(disk, (enum cox_disk_fake_loss) loss);
            check_after_crash(disk, acknowledged, begun, when);
            tried++;
        }
    }
    print_message("# %u write points, %u crashes\n", operations - 1, tried);
    assert_true(operations > 60);
}

/* The recovery itself writes (cuts, renames): it may be interrupted as well. */
static void
a_crash_during_recovery_leaves_it_too(void **state)
{
    unsigned begun, interrupted = 0;

    (void) state;
    for (unsigned at = 1; at < 100; at++) {
        for (unsigned again = 1; again < 20; again++) {
            g_autoptr(cox_disk) disk = cox_disk_fake_new();
            g_autofree char *when = g_strdup_printf("power lost at operation %u and again at %u", at, again);
            struct cox_store_loaded loaded;
            unsigned acknowledged;

            cox_disk_fake_crash_at(disk, at);
            acknowledged = live(disk, &begun);
            cox_disk_fake_restart(disk, COX_DISK_FAKE_TEAR);
            cox_disk_fake_crash_at(disk, again);
            run_load(disk, &loaded);
            cox_store_loaded_clear(&loaded);
            interrupted += cox_disk_fake_operations(disk) >= again;
            if (cox_disk_fake_operations(disk) < again) {
                break;
            }
            cox_disk_fake_restart(disk, COX_DISK_FAKE_LOSE_CONTENTS);
            check_after_crash(disk, acknowledged, begun, when);
        }
    }
    assert_true(interrupted > 5);
}

static void
set_aside(struct cox_storefiles *files, unsigned n)
{
    g_autoptr(GBytes) xml = document(n);

    assert_true(cox_storefiles_set_aside(files, xml, NULL));
}

static bool
is_there(struct cox_disk *disk, unsigned n)
{
    g_autoptr(GBytes) xml = document(n), found = NULL;
    g_autofree char *name = cox_storefiles_name_aside(xml);

    assert_true(disk->ops->read(disk, name, 1000, &found, NULL));
    return found != NULL && g_bytes_equal(found, xml);
}

static void
of_documents_that_have_lost_the_last_are_kept_and_no_other_file_goes(void **state)
{
    static const struct cox_store_options options = { 0 };
    g_autoptr(cox_disk) disk = sample();
    struct cox_storefiles *files = cox_storefiles_new(disk, &options);

    (void) state;
    put_text(disk, "cib.lost", "cib.xml\n../cib.lost-0123abcd.xml\ncib.lost-0123abcd.xml.sig\ncib.lost-0123ABCD.xml\n");
    put_text(disk, "cib.lost-0123ABCD.xml", "<cib/>");
    for (unsigned n = 1; n <= COX_STOREFILES_LOST; n++) {
        set_aside(files, n);
    }
    set_aside(files, 1); /* again: it is the newest now */
    for (unsigned n = 1; n <= COX_STOREFILES_LOST; n++) {
        assert_true(is_there(disk, n));
    }
    set_aside(files, 100);
    set_aside(files, 101);
    assert_true(is_there(disk, 1) && !is_there(disk, 2) && !is_there(disk, 3) && is_there(disk, 4) && is_there(disk, 100) && is_there(disk, 101));
    cox_storefiles_free(files);
    files = cox_storefiles_new(disk, &options); /* the list outlives the process */
    set_aside(files, 102);
    assert_true(!is_there(disk, 4) && is_there(disk, 5) && is_there(disk, 102));
    cox_storefiles_free(files);
    for (size_t i = 0; i < 2; i++) {
        g_autoptr(GBytes) found = NULL;

        assert_true(disk->ops->read(disk, i == 0 ? "cib.xml" : "cib.lost-0123ABCD.xml", 1000, &found, NULL));
        assert_non_null(found);
    }
}

/* A note about @n. */
static bool
note_down(struct cox_storefiles *files, unsigned n, bool is_anew)
{
    g_autoptr(GBytes) bytes = record(n);

    return cox_storefiles_note(files, bytes, is_anew, NULL);
}

/* The notes in the directory are these, in order; 0 ends them. */
static void
notes_are(struct cox_disk *disk, const unsigned *wanted)
{
    g_autoptr(GPtrArray) notes = cox_storefiles_history(disk, 8 * 1024 * 1024, NULL);
    guint i = 0;

    assert_non_null(notes);
    for (; wanted[i] != 0; i++) {
        assert_true(i < notes->len);
        assert_int_equal(number_in(g_ptr_array_index(notes, i), ""), wanted[i]);
    }
    assert_int_equal(notes->len, i);
}

static void
the_history_is_continued_and_begins_anew_when_told_so(void **state)
{
    static const struct cox_store_options options = { 0 };
    g_autoptr(cox_disk) disk = sample();
    struct cox_storefiles *files = cox_storefiles_new(disk, &options);

    (void) state;
    notes_are(disk, (const unsigned[]) { 0 });
    assert_true(note_down(files, 1, false) && note_down(files, 2, false));
    cox_storefiles_free(files);
    files = cox_storefiles_new(disk, &options);
    assert_true(note_down(files, 3, false));
    notes_are(disk, (const unsigned[]) { 1, 2, 3, 0 });
    assert_true(note_down(files, 4, true) && note_down(files, 5, false));
    notes_are(disk, (const unsigned[]) { 1, 2, 3, 4, 5, 0 });
    assert_true(note_down(files, 6, true));
    notes_are(disk, (const unsigned[]) { 4, 5, 6, 0 });
    cox_storefiles_free(files);
}

static void
a_torn_or_foreign_history_does_no_harm(void **state)
{
    static const struct cox_store_options options = { 0 };
    g_autoptr(cox_disk) disk = sample();
    struct cox_storefiles *files = cox_storefiles_new(disk, &options);

    (void) state;
    assert_true(note_down(files, 1, false));
    cox_storefiles_free(files);
    assert_true(disk->ops->append(disk, "cib.history", "torn", 4, NULL));
    files = cox_storefiles_new(disk, &options);
    assert_true(note_down(files, 2, false));
    notes_are(disk, (const unsigned[]) { 1, 2, 0 });
    cox_storefiles_free(files);
    put_text(disk, "cib.history", "something else");
    files = cox_storefiles_new(disk, &options);
    assert_true(note_down(files, 3, false));
    notes_are(disk, (const unsigned[]) { 3, 0 });
    cox_storefiles_free(files);
}

static void
a_history_that_has_grown_for_many_lives_begins_anew(void **state)
{
    static const struct cox_store_options options = { 0 };
    g_autoptr(cox_disk) disk = sample();
    struct cox_storefiles *files = cox_storefiles_new(disk, &options);
    g_autofree char *text = g_strnfill(3 * 1024 * 1024, '7');
    g_autoptr(GBytes) large = g_bytes_new(text, strlen(text));
    g_autoptr(GPtrArray) notes = NULL;

    (void) state;
    assert_true(cox_storefiles_note(files, large, false, NULL));
    cox_storefiles_free(files);
    files = cox_storefiles_new(disk, &options);
    assert_true(note_down(files, 2, false)); /* the old one is cib.history.1 */
    cox_storefiles_free(files);
    files = cox_storefiles_new(disk, &options);
    assert_true(note_down(files, 3, true));
    cox_storefiles_free(files);
    notes_are(disk, (const unsigned[]) { 2, 3, 0 });
}

static void
after_a_failure_the_same_file_is_continued_however_long_it_is(void **state)
{
    static const struct cox_store_options options = { 0 };
    g_autoptr(cox_disk) disk = sample();
    struct cox_storefiles *files = cox_storefiles_new(disk, &options);
    g_autofree char *text = g_strnfill(3 * 1024 * 1024, '7');
    g_autoptr(GBytes) large = g_bytes_new(text, strlen(text));
    g_autoptr(GBytes) older = NULL;

    (void) state;
    assert_true(cox_storefiles_note(files, large, false, NULL));
    cox_disk_fake_fail(disk, true);
    assert_false(note_down(files, 2, false));
    cox_disk_fake_fail(disk, false);
    assert_true(note_down(files, 3, false)); /* may be a patch, with which no file can begin */
    cox_storefiles_free(files);
    assert_true(disk->ops->read(disk, "cib.history.1", 8 * 1024 * 1024, &older, NULL));
    assert_null(older);
}

COX_TEST_MAIN(cmocka_unit_test(after_a_failure_the_same_file_is_continued_however_long_it_is),
              cmocka_unit_test(the_history_is_continued_and_begins_anew_when_told_so), cmocka_unit_test(a_torn_or_foreign_history_does_no_harm),
              cmocka_unit_test(a_history_that_has_grown_for_many_lives_begins_anew),
              cmocka_unit_test(what_was_written_is_found),
              cmocka_unit_test(of_documents_that_have_lost_the_last_are_kept_and_no_other_file_goes),
              cmocka_unit_test(files_that_somebody_changed_win_and_the_journal_is_set_aside),
              cmocka_unit_test(a_pair_that_others_wrote_is_taken), cmocka_unit_test(a_torn_journal_is_cut_and_continued),
              cmocka_unit_test(backups_are_numbered_and_go_round), cmocka_unit_test(a_large_journal_wants_a_save),
              cmocka_unit_test(a_crash_at_any_write_leaves_what_was_acknowledged),
              cmocka_unit_test(a_crash_during_recovery_leaves_it_too))
