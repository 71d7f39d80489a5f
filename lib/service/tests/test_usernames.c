/* Tests of lib/service/usernames.c, with a name service that hangs when it is told to. */
#include "service/usernames.h"

#include <unistd.h>

#include "base/error.h"
#include "base/testkit.h"
#include "runtime/loop.h"

enum { UID_HANGS = 4000, UID_NOBODY_HAS = 4001 };

struct world {
    GMainContext *context;
    struct cox_runtime *runtime;
    struct cox_usernames *names;
    GString *told;
    unsigned int n_told;
};

/* Hangs for longer than the limit, for one uid. */
static void
resolve(struct cox_usernames_entry *entry)
{
    if (entry->uid == UID_HANGS) {
        g_usleep((COX_USERNAMES_LIMIT_MS + 400) * 1000);
    }
    if (entry->uid != UID_NOBODY_HAS) {
        entry->user = g_strdup_printf("user%u", (unsigned int) entry->uid);
        entry->groups = g_strsplit("one two", " ", 0);
    }
}

static void
on_name(void *context, const struct cox_usernames_entry *entry, const GError *error)
{
    struct world *world = context;

    world->n_told++;
    if (error != NULL) {
        assert_true(g_error_matches(error, COX_ERROR, COX_ERROR_TIMEOUT));
        g_string_append(world->told, "timeout ");
    } else {
        g_string_append_printf(world->told, "%s ", entry->user == NULL ? "nobody" : entry->user);
    }
}

static int
setup_with(void **state, cox_usernames_resolver resolver)
{
    struct world *world = g_new0(struct world, 1);

    alarm(60);
    world->context = g_main_context_new();
    world->runtime = cox_loop_new(world->context);
    world->names = cox_usernames_new(world->runtime, resolver);
    world->told = g_string_new(NULL);
    *state = world;
    return 0;
}

static int
setup(void **state)
{
    return setup_with(state, resolve);
}

static int
setup_system(void **state)
{
    return setup_with(state, NULL);
}

static int
teardown(void **state)
{
    struct world *world = *state;

    cox_usernames_free(world->names);
    g_string_free(world->told, TRUE);
    cox_runtime_free(world->runtime);
    g_main_context_unref(world->context);
    g_free(world);
    return 0;
}

static void
wait_told(struct world *world, unsigned int n)
{
    while (world->n_told < n) {
        (void) cox_runtime_step(world->runtime, true);
    }
}

static void
an_answer_comes_from_the_loop_and_is_kept(void **state)
{
    struct world *world = *state;

    assert_null(cox_usernames_known(world->names, 7));
    cox_usernames_ask(world->names, 7, on_name, world);
    cox_usernames_ask(world->names, 7, on_name, world);
    assert_int_equal(world->n_told, 0);
    wait_told(world, 2);
    assert_string_equal(world->told->str, "user7 user7 ");
    assert_string_equal(cox_usernames_known(world->names, 7)->groups[1], "two");
    cox_usernames_ask(world->names, 7, on_name, world); /* known now, but not told inside the call */
    assert_int_equal(world->n_told, 2);
    wait_told(world, 3);
}

static void
a_uid_that_nobody_has_is_an_answer_too(void **state)
{
    struct world *world = *state;

    cox_usernames_ask(world->names, UID_NOBODY_HAS, on_name, world);
    wait_told(world, 1);
    assert_string_equal(world->told->str, "nobody ");
}

static void
a_name_service_that_hangs_stops_nobody_for_long(void **state)
{
    struct world *world = *state;

    cox_usernames_ask(world->names, UID_HANGS, on_name, world);
    cox_usernames_ask(world->names, 8, on_name, world); /* behind it, with the same worker */
    wait_told(world, 2);
    assert_true(g_str_has_prefix(world->told->str, "timeout "));
    cox_usernames_ask(world->names, 9, on_name, world); /* a second worker has come */
    wait_told(world, 3);
    assert_non_null(strstr(world->told->str, "user9 "));
    while (cox_usernames_known(world->names, UID_HANGS) == NULL) { /* late, but not in vain */
        (void) cox_runtime_step(world->runtime, true);
    }
}

static void
it_can_be_freed_while_something_hangs(void **state)
{
    struct world *world = *state;

    cox_usernames_ask(world->names, UID_HANGS, on_name, world);
    cox_usernames_free(world->names);
    world->names = NULL;
    assert_int_equal(world->n_told, 0);
}

static void
the_system_knows_root(void **state)
{
    struct world *world = *state;

    cox_usernames_ask(world->names, 0, on_name, world);
    wait_told(world, 1);
    assert_string_equal(world->told->str, "root ");
    assert_true(g_strv_contains((const char *const *) cox_usernames_known(world->names, 0)->groups, "root"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
COX_TEST_MAIN(TEST(an_answer_comes_from_the_loop_and_is_kept), TEST(a_uid_that_nobody_has_is_an_answer_too),
              TEST(a_name_service_that_hangs_stops_nobody_for_long), TEST(it_can_be_freed_while_something_hangs),
              cmocka_unit_test_setup_teardown(the_system_knows_root, setup_system, teardown))
