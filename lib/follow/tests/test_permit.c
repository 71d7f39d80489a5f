/* Tests of lib/follow/permit.c on a document in memory. */
#include "follow/permit.h"

#include <unistd.h>

#include "base/error.h"
#include "base/testkit.h"
#include "cib/section.h"
#include "follow/follow_fake.h"
#include "runtime/loop.h"

#define DOCUMENT(enabled) \
    "<cib validate-with='none' admin_epoch='0' epoch='1' num_updates='0'><configuration><crm_config><cluster_property_set id='s'>" \
    "<nvpair id='s-a' name='enable-acl' value='" enabled "'/></cluster_property_set></crm_config><nodes/><resources/><constraints/><acls>" \
    "<acl_role id='all'><acl_permission id='p1' kind='write' xpath='/cib'/></acl_role>" \
    "<acl_role id='see'><acl_permission id='p2' kind='read' xpath='/cib'/></acl_role>" \
    "<acl_role id='one'><acl_permission id='p3' kind='read' xpath='/cib'/><acl_permission id='p4' kind='write' xpath='//node_state[@uname=&quot;n1&quot;]'/></acl_role>" \
    "<acl_target id='writer'><role id='all'/></acl_target><acl_target id='reader'><role id='see'/></acl_target>" \
    "<acl_role id='few'><acl_permission id='p5' kind='read' xpath='//node_state[@uname=&quot;n1&quot;]'/></acl_role>"                    \
    "<acl_target id='narrow'><role id='few'/></acl_target>"                                                                            \
    "<acl_group id='keepers'><role id='one'/></acl_group></acls></configuration><status><node_state id='1' uname='n1'/>" \
    "<node_state id='2' uname='n2'/></status></cib>"

enum { WRITER = 1001, READER, KEEPER, NARROW, STRANGER };

static void
resolve(struct cox_usernames_entry *entry)
{
    static const char *const names[] = { "writer", "reader", "keeper", "narrow", NULL };

    entry->user = g_strdup(names[entry->uid - WRITER]);
    if (entry->uid == KEEPER) {
        entry->groups = g_strsplit("keepers", " ", 0);
    }
}

struct verdict {
    bool is_known;
    int code; /* 0: he may */
    char *text;
};

static void
on_verdict(void *context, const GError *error)
{
    struct verdict *verdict = context;

    verdict->is_known = true;
    verdict->code = error == NULL ? 0 : error->code;
    g_free(verdict->text);
    verdict->text = g_strdup(error == NULL ? "" : error->message);
}

struct world {
    GMainContext *context;
    struct cox_runtime *runtime;
    struct cox_follow *follow;
    struct cox_permit *permit;
    struct verdict verdict;
};

static int
ask(struct world *world, uid_t uid, const char *node)
{
    g_autofree char *value = g_strdup_printf("/cib/status/node_state[@uname='%s']//nvpair[@name='a']", node);
    g_autofree char *state = g_strdup_printf("/cib/status/node_state[@uname='%s']", node);
    const char *const places[] = { value, state, "/cib/status", NULL };

    world->verdict.is_known = false;
    cox_permit_ask(world->permit, uid, places, on_verdict, &world->verdict);
    while (!world->verdict.is_known) {
        (void) cox_runtime_step(world->runtime, true);
    }
    return world->verdict.code;
}

static int
setup_with(void **state, const char *xml)
{
    static const struct cox_follow_settings settings = { .program = "test" };
    struct world *world = g_new0(struct world, 1);

    alarm(60);
    world->context = g_main_context_new();
    world->runtime = cox_loop_new(world->context);
    world->follow = cox_follow_fake_new(world->runtime, &settings, xml);
    world->permit = cox_permit_new(world->runtime, &world->follow, resolve);
    while (cox_follow_cib(world->follow) == NULL) {
        (void) cox_runtime_step(world->runtime, true);
    }
    *state = world;
    return 0;
}

static int
setup(void **state)
{
    return setup_with(state, DOCUMENT("true"));
}

static int
setup_without_rules(void **state)
{
    return setup_with(state, DOCUMENT("false"));
}

static int
teardown(void **state)
{
    struct world *world = *state;

    cox_permit_free(world->permit);
    cox_follow_free(world->follow);
    cox_runtime_free(world->runtime);
    g_main_context_unref(world->context);
    g_free(world->verdict.text);
    g_free(world);
    return 0;
}

static void
the_nearest_place_that_there_is_decides(void **state)
{
    struct world *world = *state;

    assert_true(cox_permit_has_rules(world->permit));
    assert_int_equal(ask(world, WRITER, "n1"), 0);
    assert_int_equal(ask(world, WRITER, "new"), 0);
    assert_int_equal(ask(world, READER, "n1"), COX_ERROR_PRIVILEGE);
    assert_non_null(strstr(world->verdict.text, "'reader' may not change /cib/status/node_state[@uname='n1']"));
    assert_int_equal(ask(world, KEEPER, "n1"), 0);
    assert_int_equal(ask(world, KEEPER, "n2"), COX_ERROR_PRIVILEGE);
    assert_int_equal(ask(world, KEEPER, "new"), COX_ERROR_PRIVILEGE);
    assert_int_equal(ask(world, KEEPER, "n1' or '1'='1"), COX_ERROR_PRIVILEGE); /* is no way to say more than one means: see n2 */
    assert_int_equal(ask(world, STRANGER, "n1"), COX_ERROR_PRIVILEGE);
}

static void
without_rules_nobody_is_bound_but_a_name_is_needed(void **state)
{
    struct world *world = *state;

    assert_false(cox_permit_has_rules(world->permit));
    assert_int_equal(ask(world, READER, "n2"), 0);
    assert_int_equal(ask(world, STRANGER, "n2"), COX_ERROR_PRIVILEGE);
}

struct look {
    bool is_known;
    int code;
    bool sees_n1, sees_n2, sees_nothing; /* the last: what is not there */
    struct cox_follow *follow;
};

static void
on_sight(void *context, const struct cox_permit_sight *sight, const GError *error)
{
    struct look *look = context;

    look->is_known = true;
    look->code = error == NULL ? 0 : error->code;
    if (sight != NULL) {
        const struct cox_xml *state = cox_xml_child(cox_section_find(cox_cib_root(cox_follow_cib(look->follow)), "status"), "node_state");

        look->sees_n1 = cox_permit_may_see(sight, state);
        look->sees_n2 = cox_permit_may_see(sight, cox_xml_next(state));
        look->sees_nothing = cox_permit_may_see(sight, NULL);
    }
}

static struct look
look_as(struct world *world, uid_t uid)
{
    struct look look = { .follow = world->follow };

    cox_permit_look(world->permit, uid, on_sight, &look);
    while (!look.is_known) {
        (void) cox_runtime_step(world->runtime, true);
    }
    return look;
}

static void
what_may_be_read_is_seen_and_what_is_not_there_is_not(void **state)
{
    struct world *world = *state;
    struct look look = look_as(world, READER);

    assert_true(look.code == 0 && look.sees_n1 && look.sees_n2 && !look.sees_nothing);
    look = look_as(world, NARROW);
    assert_true(look.code == 0 && look.sees_n1 && !look.sees_n2 && !look.sees_nothing);
    assert_int_equal(look_as(world, STRANGER).code, COX_ERROR_PRIVILEGE);
}

static void
without_rules_everything_is_seen(void **state)
{
    struct look look = look_as(*state, READER);

    assert_true(look.code == 0 && look.sees_n1 && look.sees_nothing);
}

static void
before_there_is_a_document_nobody_may_and_nobody_sees(void **state)
{
    struct world *world = *state;
    struct cox_follow *follow = g_steal_pointer(&world->follow);

    assert_true(cox_permit_has_rules(world->permit));
    assert_int_equal(ask(world, WRITER, "n1"), COX_ERROR_TRY_AGAIN);
    assert_int_equal(look_as(world, READER).code, COX_ERROR_TRY_AGAIN);
    world->follow = follow;
}

static void
who_waits_when_it_ends_is_not_told(void **state)
{
    struct world *world = *state;
    const char *const places[] = { "/cib/status", NULL };

    cox_permit_ask(world->permit, READER, places, on_verdict, &world->verdict);
    g_clear_pointer(&world->permit, cox_permit_free);
    assert_false(world->verdict.is_known);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
COX_TEST_MAIN(TEST(the_nearest_place_that_there_is_decides),
              cmocka_unit_test_setup_teardown(without_rules_nobody_is_bound_but_a_name_is_needed, setup_without_rules, teardown),
              TEST(what_may_be_read_is_seen_and_what_is_not_there_is_not),
              cmocka_unit_test_setup_teardown(without_rules_everything_is_seen, setup_without_rules, teardown),
              TEST(before_there_is_a_document_nobody_may_and_nobody_sees), TEST(who_waits_when_it_ends_is_not_told))
