/* Tests of lib/client/nodeattrs.c: a keeper of attributes of the test's own, frame by frame. */
#include "client/nodeattrs.h"

#include <unistd.h>
#include <glib/gstdio.h>

#include "base/arena.h"
#include "base/testkit.h"
#include "client/tests/fakeside.h"
#include "runtime/loop.h"

struct place {
    GMainContext *context;
    struct cox_runtime *runtime;
    char *directory;
    struct fakeside keeper;
    struct cox_nodeattrs *attrs;
    struct cox_arena *arena;
};

static int
setup(void **state)
{
    struct place *place = g_new0(struct place, 1);
    struct cox_nodeattrs_settings settings = { .program = "test", .may_wait = true };

    alarm(60);
    place->context = g_main_context_new();
    place->runtime = cox_loop_new(place->context);
    settings.run_directory = place->directory = g_dir_make_tmp("nodeattrs-XXXXXX", NULL);
    place->arena = cox_arena_new();
    place->attrs = cox_nodeattrs_new(place->runtime, &settings);
    fakeside_open(&place->keeper, place->directory, "attr");
    *state = place;
    return 0;
}

static int
teardown(void **state)
{
    struct place *place = *state;

    cox_nodeattrs_free(place->attrs);
    fakeside_close(&place->keeper);
    cox_runtime_free(place->runtime);
    g_main_context_unref(place->context);
    (void) g_rmdir(place->directory);
    cox_arena_free(place->arena);
    g_free(place->directory);
    g_free(place);
    return 0;
}

/* The next thing that the keeper is told, and whether it may wait. */
static const char *
told(struct place *place)
{
    const struct cox_msg_attr_update *update = NULL;
    const struct cox_msg_done done = { 0 };
    guint32 id = 0;

    while (id == 0) {
        (void) cox_runtime_step(place->runtime, false);
        id = fakeside_look(&place->keeper, place->arena, (const void **) &update, COX_MSG_ATTR_UPDATE);
        g_usleep(500);
    }
    fakeside_reply(&place->keeper, id, COX_MSG_DONE, &done);
    return cox_arena_printf(place->arena, "%s=%s%s", update->name, update->value == NULL ? "-" : update->value, update->may_wait ? "" : " now");
}

static int
by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

/* The next @n things, in the order of their names. */
static void
hears(struct place *place, guint n, const char *expected)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    g_autofree char *text = NULL;

    while (all->len < n) {
        g_ptr_array_add(all, (gpointer) (guintptr) told(place));
    }
    g_ptr_array_sort(all, by_name);
    g_ptr_array_add(all, NULL);
    text = g_strjoinv(" ", (char **) all->pdata);
    assert_string_equal(text, expected);
}

static void
what_has_changed_is_told_once(void **state)
{
    struct place *place = *state;

    cox_nodeattrs_set(place->attrs, "a", "1");
    hears(place, 1, "a=1");
    cox_nodeattrs_set(place->attrs, "a", "1");
    cox_nodeattrs_set(place->attrs, "a", "2");
    cox_nodeattrs_set(place->attrs, "a", NULL);
    cox_nodeattrs_set(place->attrs, "a", NULL);
    cox_nodeattrs_set(place->attrs, "b", "3");
    assert_string_equal(told(place), "a=2");
    assert_string_equal(told(place), "a=-");
    assert_string_equal(told(place), "b=3");
    assert_int_equal(cox_nodeattrs_count(place->attrs), 1);
    assert_true(cox_nodeattrs_has_said(place->attrs, "a"));
    assert_false(cox_nodeattrs_has_said(place->attrs, "c"));
}

static void
a_keeper_that_comes_back_is_told_all(void **state)
{
    struct place *place = *state;

    cox_nodeattrs_set(place->attrs, "a", "1");
    cox_nodeattrs_set(place->attrs, "b", "2");
    hears(place, 2, "a=1 b=2");
    fakeside_hang_up(&place->keeper);
    cox_nodeattrs_set(place->attrs, "b", NULL);
    cox_nodeattrs_set(place->attrs, "c", "3");
    hears(place, 3, "a=1 b=- c=3");
    assert_int_equal(place->keeper.n_visits, 2);
}

static void
all_of_them_leave_out_who_is_gone(void **state)
{
    struct place *place = *state;
    g_autoptr(GHashTable) first = g_hash_table_new(g_str_hash, g_str_equal), second = g_hash_table_new(g_str_hash, g_str_equal);
    char a[] = "a", b[] = "b", one[] = "1", two[] = "2", three[] = "3";

    g_hash_table_insert(first, a, one);
    g_hash_table_insert(first, b, two);
    g_hash_table_insert(second, b, three);
    cox_nodeattrs_set_all(place->attrs, first);
    hears(place, 2, "a=1 b=2");
    cox_nodeattrs_set_all(place->attrs, first);
    cox_nodeattrs_set_all(place->attrs, second);
    hears(place, 2, "a=- b=3");
    assert_int_equal(cox_nodeattrs_count(place->attrs), 1);
}

static void
nobody_is_called_before_there_is_something_to_say(void **state)
{
    struct place *place = *state;
    g_autoptr(GHashTable) none = g_hash_table_new(g_str_hash, g_str_equal);
    const void *body = NULL;

    cox_nodeattrs_set_all(place->attrs, none);
    for (int i = 0; i < 20; i++) {
        (void) cox_runtime_step(place->runtime, false);
        assert_int_equal(fakeside_look(&place->keeper, place->arena, &body, COX_MSG_ATTR_UPDATE), 0);
    }
    assert_int_equal(place->keeper.n_visits, 0);
}

static void
who_cannot_wait_says_so(void **state)
{
    struct place *place = *state;
    const struct cox_nodeattrs_settings settings = { "test", place->directory, false };

    cox_nodeattrs_free(place->attrs);
    place->attrs = cox_nodeattrs_new(place->runtime, &settings);
    cox_nodeattrs_set(place->attrs, "a", "1");
    assert_string_equal(told(place), "a=1 now");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
COX_TEST_MAIN(TEST(what_has_changed_is_told_once), TEST(a_keeper_that_comes_back_is_told_all), TEST(all_of_them_leave_out_who_is_gone),
              TEST(nobody_is_called_before_there_is_something_to_say), TEST(who_cannot_wait_says_so))
