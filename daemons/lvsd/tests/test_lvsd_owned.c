/* daemons/lvsd/tests/test_lvsd_owned.c - what is ours is known in the next life, whatever stands in the file. */
#include "base/testkit.h"

#include <glib/gstdio.h>

#include "daemons/lvsd/lvsd_owned.h"

struct place {
    char *directory, *file;
};

static int
setup(void **state)
{
    struct place *place = g_new0(struct place, 1);

    place->directory = g_dir_make_tmp("cox-lvsd-XXXXXX", NULL);
    assert_non_null(place->directory);
    place->file = g_build_filename(place->directory, "lvs.owned", NULL);
    *state = place;
    return 0;
}

static int
teardown(void **state)
{
    struct place *place = *state;

    (void) g_unlink(place->file);
    (void) g_rmdir(place->directory);
    g_free(place->directory);
    g_free(place->file);
    g_free(place);
    return 0;
}

static struct cox_lvs_vs
vs(const char *address, guint16 port, guint8 protocol)
{
    struct cox_lvs_vs vs = { .key = { .port = port, .protocol = protocol } };

    assert_true(cox_ip_parse(address, &vs.key.address));
    vs.key.family = vs.key.address.family;
    return vs;
}

static void
what_was_written_is_there_in_the_next_life(void **state)
{
    const struct place *place = *state;
    const struct cox_lvs_vs all[] = { vs("192.0.2.1", 80, 6), vs("2001:db8::1", 53, 17), vs("192.0.2.2", 0, 132),
                                      { .key = { .mark = 7, .family = COX_IP_V6 } }, { .key = { .mark = 4294967295U, .family = COX_IP_V4 } } };
    g_autoptr(cox_lvs_table) table = cox_lvs_table_new();
    struct cox_lvsd_owned *first = cox_lvsd_owned_new(place->directory), *second;

    assert_int_equal(cox_lvs_table_count(cox_lvsd_owned_before(first)), 0);
    for (gsize i = 0; i < G_N_ELEMENTS(all); i++) {
        cox_lvs_table_add_vs(table, &all[i]);
    }
    assert_false(cox_lvsd_owned_has_expiry(first));
    cox_lvsd_owned_set_expiry(first, true);
    assert_true(cox_lvsd_owned_write(first, NULL, NULL));
    cox_lvsd_owned_set_sync(first, COX_LVS_ROLE_MASTER, 255);
    assert_true(cox_lvsd_owned_write(first, table, NULL));
    second = cox_lvsd_owned_new(place->directory);
    assert_int_equal(cox_lvs_table_count(cox_lvsd_owned_before(second)), G_N_ELEMENTS(all));
    for (gsize i = 0; i < G_N_ELEMENTS(all); i++) {
        assert_memory_equal(&cox_lvs_table_vs(cox_lvsd_owned_before(second), i)->key, &all[i].key, sizeof all[i].key);
    }
    assert_true(cox_lvsd_owned_has_expiry(second));
    assert_int_equal(cox_lvsd_owned_sync(second, COX_LVS_ROLE_MASTER), 255);
    assert_int_equal(cox_lvsd_owned_sync(second, COX_LVS_ROLE_BACKUP), -1);
    cox_lvsd_owned_free(first);
    cox_lvsd_owned_free(second);
}

static void
what_is_left_from_before_stays_until_it_is_forgotten(void **state)
{
    const struct place *place = *state;
    const struct cox_lvs_vs old = vs("192.0.2.1", 80, 6), new = vs("192.0.2.2", 80, 6);
    g_autoptr(cox_lvs_table) olds = cox_lvs_table_new(), news = cox_lvs_table_new();
    struct cox_lvsd_owned *owned = cox_lvsd_owned_new(place->directory);
    g_autofree char *text = NULL, *then = NULL;

    cox_lvs_table_add_vs(olds, &old);
    cox_lvs_table_add_vs(news, &new);
    assert_true(cox_lvsd_owned_write(owned, olds, NULL));
    cox_lvsd_owned_free(owned);
    owned = cox_lvsd_owned_new(place->directory);
    assert_true(cox_lvsd_owned_write(owned, news, NULL));
    assert_true(g_file_get_contents(place->file, &text, NULL, NULL));
    assert_string_equal(text, "tcp 192.0.2.1 80\ntcp 192.0.2.2 80\n");
    cox_lvsd_owned_forget(owned);
    assert_true(cox_lvsd_owned_write(owned, news, NULL));
    assert_true(g_file_get_contents(place->file, &then, NULL, NULL));
    assert_string_equal(then, "tcp 192.0.2.2 80\n");
    cox_lvsd_owned_remove(owned);
    assert_false(g_file_test(place->file, G_FILE_TEST_EXISTS));
    cox_lvsd_owned_free(owned);
}

static void
lines_that_mean_nothing_are_left_out(void **state)
{
    const struct place *place = *state;
    struct cox_lvsd_owned *owned;

    assert_true(g_file_set_contents(place->file,
                                    "tcp 192.0.2.1\ntcp 192.0.2.1 80 more\ntcp 192.0.2.300 80\nicmp 192.0.2.1 80\ntcp 192.0.2.1 65536\nfwmark 0 inet\n"
                                    "fwmark x inet\nsync master 256\nsync nobody 1\n\n\xff\xfe\nudp 192.0.2.9 53\nsync backup 3",
                                    -1, NULL));
    owned = cox_lvsd_owned_new(place->directory);
    assert_int_equal(cox_lvs_table_count(cox_lvsd_owned_before(owned)), 1);
    assert_int_equal(cox_lvs_table_vs(cox_lvsd_owned_before(owned), 0)->key.port, 53);
    assert_int_equal(cox_lvsd_owned_sync(owned, COX_LVS_ROLE_MASTER), -1);
    assert_int_equal(cox_lvsd_owned_sync(owned, COX_LVS_ROLE_BACKUP), 3);
    cox_lvsd_owned_free(owned);
}

static void
a_file_that_cannot_be_written_is_an_error(void **state)
{
    g_autoptr(cox_lvs_table) table = cox_lvs_table_new();
    const struct cox_lvs_vs one = vs("192.0.2.1", 80, 6);
    struct cox_lvsd_owned *owned = cox_lvsd_owned_new("/nonexistent");
    g_autoptr(GError) error = NULL;

    (void) state;
    cox_lvs_table_add_vs(table, &one);
    assert_false(cox_lvsd_owned_write(owned, table, &error));
    assert_non_null(strstr(error->message, "/nonexistent/lvs.owned"));
    cox_lvsd_owned_free(owned);
}

COX_TEST_MAIN(cmocka_unit_test_setup_teardown(what_was_written_is_there_in_the_next_life, setup, teardown),
              cmocka_unit_test_setup_teardown(what_is_left_from_before_stays_until_it_is_forgotten, setup, teardown),
              cmocka_unit_test_setup_teardown(lines_that_mean_nothing_are_left_out, setup, teardown),
              cmocka_unit_test(a_file_that_cannot_be_written_is_an_error))
