/* Tests of the daemon cox-attrd as a whole: three of them on a fake bus, each with a document in memory. */
#include "daemons/attrd/attrd.h"

#include <unistd.h>

#include "base/error.h"
#include "base/testkit.h"
#include "daemons/attrd/attrdoc.h"
#include "follow/follow_fake.h"
#include "runtime/fake.h"
#include "runtime/loop.h"
#include "service/servicefake.h"

#define DOCUMENT                                                                                                     \
    "<cib validate-with='none' admin_epoch='0' epoch='1' num_updates='0'><configuration><crm_config>%s</crm_config><nodes>" \
    "<node id='1' uname='n1'><instance_attributes id='nodes-1'><nvpair id='nodes-1-size' name='size' value='4'/></instance_attributes>" \
    "</node><node id='2' uname='n2'/><node id='3' uname='n3'/></nodes><resources/><constraints/></configuration><status/></cib>"

struct world {
    struct cox_runtime *runtime;
    struct cox_peers_bus *bus;
    struct cox_service_fake *nodes[3]; /* NULL: down */
    GString *told;                     /* to alert agents, "[name@node(id)=value]" each */
};

static void
on_alert(void *context, const struct cox_msg_exec_alert *alert)
{
    struct world *world = context;

    assert_string_equal(alert->kind, "attribute");
    assert_true(alert->happened_us > 0);
    g_string_append_printf(world->told, "[%s@%s(%d)=%s]", alert->attribute_name, alert->node, (int) alert->nodeid, alert->attribute_value);
}

static struct cox_attrd *
attrd_of(const struct world *world, guint i)
{
    return cox_service_data(cox_service_fake_ctx(world->nodes[i]));
}

static void
settle(struct world *world)
{
    bool has_done = true;

    while (has_done) {
        has_done = false;
        for (guint i = 0; i < 3; i++) {
            has_done |= world->nodes[i] != NULL && cox_service_fake_pump(world->nodes[i]);
        }
    }
}

static void
pass(struct world *world, gint64 ms)
{
    for (gint64 t = 0; t < ms; t += 50) {
        cox_fake_advance(world->runtime, 50 * COX_USEC_PER_MS);
        settle(world);
    }
}

static void
start_node(struct world *world, guint i, const char *options)
{
    const struct cox_service_fake_setup setup = { &cox_attrd_service, world->runtime, world->bus, i + 1, NULL };
    struct cox_follow_settings settings = { .program = "test", .changed = cox_attrd_on_document };
    g_autofree char *document = g_strdup_printf(DOCUMENT, options == NULL ? "" : options);

    world->nodes[i] = cox_service_fake_new(&setup, NULL);
    settings.context = attrd_of(world, i);
    cox_follow_free(attrd_of(world, i)->follow);
    attrd_of(world, i)->follow = cox_follow_fake_new(world->runtime, &settings, document);
    cox_attrd_alerts_free(attrd_of(world, i)->alerts);
    attrd_of(world, i)->alerts = cox_attrd_alerts_new(world->runtime, NULL, on_alert, world);
}

static void
stop_node(struct world *world, guint i)
{
    cox_service_fake_free(g_steal_pointer(&world->nodes[i]));
}

static int
setup(void **state)
{
    struct world *world = g_new0(struct world, 1);

    alarm(60);
    world->runtime = cox_fake_new(COX_USEC_PER_S, cox_wall_from_seconds(1700000000));
    world->bus = cox_peers_bus_new(3);
    world->told = g_string_new(NULL);
    for (guint i = 0; i < 3; i++) {
        start_node(world, i, NULL);
    }
    settle(world);
    pass(world, 100);
    *state = world;
    return 0;
}

static int
teardown(void **state)
{
    struct world *world = *state;

    for (guint i = 0; i < 3; i++) {
        cox_service_fake_free(world->nodes[i]);
    }
    cox_runtime_free(world->runtime);
    cox_peers_bus_free(world->bus);
    g_string_free(world->told, TRUE);
    g_free(world);
    return 0;
}

static guint32
update_as(struct world *world, guint at, const struct cox_msg_attr_update *update, enum cox_access_role role)
{
    const struct cox_service_fake_call call = { .message = COX_MSG_ATTR_UPDATE, .body = update, .role = role, .uid = 1000 };

    return cox_service_fake_ask(world->nodes[at], &call);
}

static guint32
update(struct world *world, guint at, const struct cox_msg_attr_update *update)
{
    return update_as(world, at, update, COX_ROLE_ADMIN);
}

static void
set(struct world *world, guint at, const char *name, const char *node, const char *value)
{
    const struct cox_msg_attr_update wanted = { .name = name, .node = node, .value = value };
    guint32 id = update(world, at, &wanted);

    settle(world);
    assert_non_null(cox_service_fake_answer(world->nodes[at], id));
    assert_null(cox_service_fake_answer(world->nodes[at], id)->error);
    pass(world, 50);
}

/* "name@node=value ..." as node @at answers. */
static char *
query(struct world *world, guint at, const char *name, const char *node)
{
    const struct cox_msg_attr_query asked = { .name = name, .node = node };
    g_autoptr(GError) error = NULL;
    const struct cox_msg_attr_values *values
        = cox_service_fake_get(world->nodes[at], COX_MSG_ATTR_QUERY, &asked, COX_MSG_ATTR_VALUES, &error);
    GString *text = g_string_new(NULL);

    if (values == NULL) {
        g_string_printf(text, "error %d", cox_error_status_of(error));
        return g_string_free(text, FALSE);
    }
    for (gsize i = 0; i < values->n_values; i++) {
        g_string_append_printf(text, "%s%s@%s=%s", i == 0 ? "" : " ", values->values[i].name, values->values[i].node, values->values[i].value);
    }
    return g_string_free(text, FALSE);
}

static void
expect(struct world *world, guint at, const char *name, const char *node, const char *text)
{
    g_autofree char *got = query(world, at, name, node);

    assert_string_equal(got, text);
}

static const char *
stored(const struct world *world, guint at, const char *name, const char *node, enum cox_attr_kind kind)
{
    const struct cox_attrdoc doc = { .root = cox_cib_root(cox_follow_cib(attrd_of(world, at)->follow)) };
    const struct cox_attr_entry entry = { .name = name, .node = node, .kind = kind };

    return cox_attrdoc_get(&doc, &entry);
}

static void
expect_error(struct world *world, guint at, guint32 id, int code)
{
    const struct cox_service_fake_answer *answer = cox_service_fake_answer(world->nodes[at], id);

    if (answer == NULL || answer->error == NULL || answer->error->code != code) {
        fail_msg("%s", answer == NULL ? "no answer" : answer->error == NULL ? "no error" : answer->error->message);
    }
}

static void
a_value_set_on_one_node_is_known_on_all_and_written_by_one(void **state)
{
    struct world *world = *state;

    set(world, 2, "colour", NULL, "red"); /* of the node that is asked */
    set(world, 2, "size", "n1", "7");
    for (guint i = 0; i < 3; i++) {
        expect(world, i, "colour", "n3", "colour@n3=red");
        expect(world, i, NULL, "*", "colour@n3=red size@n1=7");
    }
    assert_string_equal(stored(world, 0, "colour", "n3", COX_ATTR_TRANSIENT), "red");
    assert_null(stored(world, 2, "colour", "n3", COX_ATTR_TRANSIENT)); /* its own document was left alone */
    set(world, 1, "colour", "n3", NULL);
    expect(world, 0, "colour", "*", "error 105");
    assert_null(stored(world, 0, "colour", "n3", COX_ATTR_TRANSIENT));
}

static void
values_that_come_together_are_one_change(void **state)
{
    struct world *world = *state;
    guint before;

    set(world, 0, "first", "n1", "1");
    before = (guint) strlen(cox_follow_fake_asked(attrd_of(world, 0)->follow));
    cox_follow_fake_hold(attrd_of(world, 0)->follow, true);
    set(world, 0, "a", "n1", "1");
    set(world, 1, "b", "n2", "2");
    set(world, 2, "c", "n3", "3");
    cox_follow_fake_hold(attrd_of(world, 0)->follow, false);
    pass(world, 200);
    {
        g_auto(GStrv) lines = g_strsplit(cox_follow_fake_asked(attrd_of(world, 0)->follow) + before, "\n", -1);

        assert_int_equal(g_strv_length(lines), 3); /* the first alone, two together, and nothing behind the last line break */
    }
    assert_string_equal(stored(world, 0, "c", "n3", COX_ATTR_TRANSIENT), "3");
}

static void
private_values_are_shared_and_never_written(void **state)
{
    struct world *world = *state;
    const struct cox_msg_attr_update wanted = { .name = "secret", .node = "n1", .value = "1", .kind = COX_ATTR_PRIVATE };

    update(world, 1, &wanted);
    pass(world, 500);
    expect(world, 2, "secret", "n1", "secret@n1=1");
    for (guint i = 0; i < 3; i++) {
        assert_null(stored(world, i, "secret", "n1", COX_ATTR_TRANSIENT));
    }
}

static void
permanent_values_pass_to_the_document_where_they_were_asked_for(void **state)
{
    struct world *world = *state;
    const struct cox_msg_attr_update wanted = { .name = "size", .node = "n1", .value = "size++", .kind = COX_ATTR_PERMANENT };
    guint32 id = update(world, 1, &wanted);

    pass(world, 200);
    assert_non_null(cox_service_fake_answer(world->nodes[1], id));
    assert_string_equal(stored(world, 1, "size", "n1", COX_ATTR_PERMANENT), "5");
    assert_string_equal(stored(world, 0, "size", "n1", COX_ATTR_PERMANENT), "4");
}

static void
a_pattern_changes_all_attributes_that_match(void **state)
{
    struct world *world = *state;
    struct cox_msg_attr_update wanted = { .pattern = "^fail-count-db#", .node = "n1", .value = NULL };
    guint32 id = 0;

    set(world, 0, "fail-count-db#monitor_0", "n1", "1");
    set(world, 0, "fail-count-db#start_0", "n1", "INFINITY");
    set(world, 0, "fail-count-db#start_0", "n2", "2");
    set(world, 0, "fail-count-web#start_0", "n1", "3");
    id = update(world, 2, &wanted);
    settle(world);
    assert_int_equal(cox_service_fake_answer(world->nodes[2], id)->message, COX_MSG_DONE);
    expect(world, 0, NULL, "*", "fail-count-db#start_0@n2=2 fail-count-web#start_0@n1=3");
    wanted.pattern = "^nothing";
    id = update(world, 2, &wanted);
    assert_int_equal(cox_service_fake_answer(world->nodes[2], id)->message, COX_MSG_DONE);
    wanted.pattern = "(";
    expect_error(world, 2, update(world, 2, &wanted), COX_ERROR_INVALID_PARAM);
}

static void
a_dampened_value_waits_and_a_refresh_writes_again(void **state)
{
    struct world *world = *state;
    const struct cox_msg_attr_update wanted = { .name = "ping", .node = "n2", .value = "100", .has_dampening = 1, .dampening_ms = 5000 };
    const struct cox_msg_attr_update refresh = { .change = COX_ATTR_REFRESH };

    update(world, 1, &wanted);
    pass(world, 4500);
    assert_null(stored(world, 0, "ping", "n2", COX_ATTR_TRANSIENT));
    pass(world, 1000);
    assert_string_equal(stored(world, 0, "ping", "n2", COX_ATTR_TRANSIENT), "100");
    update(world, 1, &refresh);
    pass(world, 200);
    assert_string_equal(stored(world, 0, "ping", "n2", COX_ATTR_TRANSIENT), "100");
}

static void
who_wants_all_waits_for_all(void **state)
{
    struct world *world = *state;
    const struct cox_msg_attr_update wanted = { .name = "a", .node = "n1", .value = "1", .wants_all = 1 };
    const struct cox_msg_attr_update at_once = { .name = "b", .node = "n1", .value = "1", .at_once = 1 };
    guint32 id = update(world, 0, &wanted);

    assert_int_equal(cox_service_fake_answer(world->nodes[0], update(world, 0, &at_once))->message, COX_MSG_DONE);
    cox_service_fake_pump(world->nodes[0]);
    cox_service_fake_pump(world->nodes[1]);
    assert_null(cox_service_fake_answer(world->nodes[0], id));
    settle(world);
    assert_int_equal(cox_service_fake_answer(world->nodes[0], id)->message, COX_MSG_DONE);
    expect(world, 2, "a", "n1", "a@n1=1");
}

static void
values_go_with_the_node_but_not_with_the_daemon(void **state)
{
    struct world *world = *state;

    set(world, 0, "a", "n3", "1");
    set(world, 0, "a", "n2", "2");
    stop_node(world, 2); /* the process only */
    settle(world);
    pass(world, 200);
    expect(world, 1, "a", "*", "a@n2=2 a@n3=1");
    assert_string_equal(stored(world, 0, "a", "n3", COX_ATTR_TRANSIENT), "1");
    start_node(world, 2, NULL);
    settle(world);
    pass(world, 200);
    expect(world, 2, "a", "*", "a@n2=2 a@n3=1");
    cox_peers_bus_kill(world->bus, 3); /* the whole node */
    stop_node(world, 2);
    settle(world);
    pass(world, 200);
    expect(world, 1, "a", "*", "a@n2=2");
    assert_null(stored(world, 0, "a", "n3", COX_ATTR_TRANSIENT));
    assert_string_equal(stored(world, 0, "a", "n2", COX_ATTR_TRANSIENT), "2");
}

static void
after_a_partition_each_side_is_right_about_its_own_nodes(void **state)
{
    struct world *world = *state;
    static const unsigned split[] = { 0, 0, 1 }, whole[] = { 0, 0, 0 };

    set(world, 0, "a", "n1", "before");
    cox_peers_bus_split(world->bus, split);
    settle(world);
    pass(world, 200);
    set(world, 0, "a", "n1", "winner");
    set(world, 2, "a", "n3", "alone");
    set(world, 2, "a", "n1", "wrong");
    cox_peers_bus_split(world->bus, whole);
    settle(world);
    pass(world, 200);
    for (guint i = 0; i < 3; i++) {
        expect(world, i, "a", "*", "a@n1=winner a@n3=alone");
    }
    {
        guint writer = cox_attr_writer(attrd_of(world, 1)->engine) - 1;

        assert_string_equal(stored(world, writer, "a", "n1", COX_ATTR_TRANSIENT), "winner");
        assert_string_equal(stored(world, writer, "a", "n3", COX_ATTR_TRANSIENT), "alone");
    }
}

static void
the_writer_puts_right_what_others_do_to_the_status(void **state)
{
    struct world *world = *state;
    struct cox_follow *follow = attrd_of(world, 0)->follow;

    set(world, 0, "a", "n1", "1");
    cox_follow_fake_edit(follow, COX_EDIT_DELETE, "status", "<node_state id='1'/>");
    pass(world, 200);
    assert_string_equal(stored(world, 0, "a", "n1", COX_ATTR_TRANSIENT), "1");
    cox_follow_fake_edit(follow, COX_EDIT_MODIFY, "status", "<nvpair id='status-1-a' value='2'/>");
    pass(world, 200);
    assert_string_equal(stored(world, 0, "a", "n1", COX_ATTR_TRANSIENT), "1");
    {
        g_autofree char *document = g_strdup_printf(DOCUMENT, "");

        cox_follow_fake_replace(follow, document);
    }
    pass(world, 200);
    assert_string_equal(stored(world, 0, "a", "n1", COX_ATTR_TRANSIENT), "1");
}

static void
a_document_that_refuses_is_asked_again(void **state)
{
    struct world *world = *state;

    cox_follow_fake_fail_next(attrd_of(world, 0)->follow, COX_ERROR_TRY_AGAIN);
    set(world, 0, "a", "n1", "1");
    assert_null(stored(world, 0, "a", "n1", COX_ATTR_TRANSIENT));
    assert_non_null(strstr(cox_service_fake_log(world->nodes[0]), "CXW020"));
    pass(world, 2000);
    assert_string_equal(stored(world, 0, "a", "n1", COX_ATTR_TRANSIENT), "1");
}

static guint
count(const char *text, const char *what)
{
    guint n = 0;

    for (const char *at = strstr(text, what); at != NULL; at = strstr(at + 1, what)) {
        n++;
    }
    return n;
}

/* It is said once, and once more when the node was known meanwhile: every write has all values. */
static void
values_of_nodes_that_nobody_knows_are_kept_but_not_written(void **state)
{
    struct world *world = *state;
    const struct cox_msg_attr_update again = { .change = COX_ATTR_REFRESH };

    set(world, 0, "a", "nobody", "1");
    expect(world, 1, "a", "nobody", "a@nobody=1");
    pass(world, 5000);
    (void) update(world, 0, &again);
    pass(world, 5000);
    assert_int_equal(count(cox_service_fake_log(world->nodes[0]), "node=nobody"), 1);
    cox_follow_fake_edit(attrd_of(world, 0)->follow, COX_EDIT_CREATE, "nodes", "<node id='9' uname='nobody'/>");
    (void) update(world, 0, &again);
    pass(world, 1000);
    assert_string_equal(stored(world, 0, "a", "nobody", COX_ATTR_TRANSIENT), "1");
    cox_follow_fake_edit(attrd_of(world, 0)->follow, COX_EDIT_DELETE, "nodes", "<node id='9'/>");
    cox_follow_fake_edit(attrd_of(world, 0)->follow, COX_EDIT_DELETE, "status", "<node_state id='9'/>");
    (void) update(world, 0, &again);
    pass(world, 1000);
    assert_int_equal(count(cox_service_fake_log(world->nodes[0]), "node=nobody"), 2);
}

/* A node that was removed had values, which are remembered as deleted. */
static void
what_was_deleted_on_a_node_that_is_removed_is_not_complained_of(void **state)
{
    struct world *world = *state;
    const struct cox_msg_attr_update gone = { .change = COX_ATTR_REMOVE, .node = "n9" }, again = { .change = COX_ATTR_REFRESH };

    cox_follow_fake_edit(attrd_of(world, 0)->follow, COX_EDIT_CREATE, "nodes", "<node id='9' uname='n9'/>");
    set(world, 0, "a", "n9", "1");
    (void) update(world, 0, &gone);
    pass(world, 1000);
    cox_follow_fake_edit(attrd_of(world, 0)->follow, COX_EDIT_DELETE, "nodes", "<node id='9'/>");
    cox_follow_fake_edit(attrd_of(world, 0)->follow, COX_EDIT_DELETE, "status", "<node_state id='9'/>");
    (void) update(world, 0, &again);
    pass(world, 1000);
    assert_null(strstr(cox_service_fake_log(world->nodes[0]), "CXW021"));
}

static void
not_everybody_may_do_everything(void **state)
{
    struct world *world = *state;
    const struct cox_msg_attr_update secret = { .name = "a", .value = "1", .kind = COX_ATTR_PRIVATE };
    const struct cox_msg_attr_update purge = { .change = COX_ATTR_REMOVE, .node = "n2" };
    const struct cox_msg_attr_update plain = { .name = "a", .value = "1" };
    const struct cox_msg_attr_update bad[] = { { .value = "1" }, { .change = COX_ATTR_REMOVE }, { .change = COX_ATTR_DAMPEN, .name = "a" } };
    const struct cox_msg_attr_update later = { .change = 99, .name = "a" };

    expect_error(world, 0, update_as(world, 0, &secret, COX_ROLE_WRITE), COX_ERROR_PRIVILEGE);
    expect_error(world, 0, update_as(world, 0, &purge, COX_ROLE_WRITE), COX_ERROR_PRIVILEGE);
    expect_error(world, 0, update_as(world, 0, &plain, COX_ROLE_READ), COX_ERROR_PERMISSION);
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        expect_error(world, 0, update(world, 0, &bad[i]), COX_ERROR_INVALID_PARAM);
    }
    expect_error(world, 0, update(world, 0, &later), COX_ERROR_UNIMPLEMENTED);
    update_as(world, 0, &plain, COX_ROLE_WRITE);
    settle(world);
    expect(world, 0, "a", NULL, "a@n1=1");
    cox_follow_fake_edit(attrd_of(world, 0)->follow, COX_EDIT_CREATE, "crm_config",
                         "<cluster_property_set id='x'><nvpair id='x-a' name='enable-acl' value='true'/></cluster_property_set>");
    update_as(world, 0, &(const struct cox_msg_attr_update) { .name = "a", .value = "9" }, COX_ROLE_WRITE); /* waits for the name service */
    settle(world);
    expect(world, 0, "a", NULL, "a@n1=1");
    expect_error(world, 0, update_as(world, 0, &(const struct cox_msg_attr_update) { .name = "a'b", .value = "1" }, COX_ROLE_WRITE),
                 COX_ERROR_INVALID_PARAM);
    set(world, 0, "a", NULL, "2"); /* root may */
    set(world, 0, "b", "n2", "2");
    update(world, 0, &purge);
    settle(world);
    expect(world, 2, NULL, "*", "a@n1=2");
}

static void
without_a_cluster_clients_are_told_to_try_again(void **state)
{
    struct world *world = *state;
    const struct cox_msg_attr_update plain = { .name = "a", .value = "1" };
    const struct cox_service_fake_setup alone = { &cox_attrd_service, world->runtime, NULL, 0, NULL };
    struct cox_service_fake *node = cox_service_fake_new(&alone, NULL);
    const struct cox_service_fake_call call = { .message = COX_MSG_ATTR_UPDATE, .body = &plain };
    guint32 id = cox_service_fake_ask(node, &call);
    const struct cox_msg_attr_query asked = { .name = "a" };
    g_autoptr(GError) error = NULL;

    assert_int_equal(cox_service_fake_answer(node, id)->error->code, COX_ERROR_TRY_AGAIN);
    assert_null(cox_service_fake_get(node, COX_MSG_ATTR_QUERY, &asked, COX_MSG_ATTR_VALUES, &error));
    assert_int_equal(error->code, COX_ERROR_TRY_AGAIN);
    cox_service_fake_free(node);
    cox_peers_bus_kill(world->bus, 1); /* in the middle of a request */
    id = update(world, 0, &plain);
    settle(world);
    expect_error(world, 0, id, COX_ERROR_DISCONNECTED);
    expect_error(world, 0, update(world, 0, &plain), COX_ERROR_TRY_AGAIN);
}

static void
many_values_are_told_in_several_answers_and_changes_to_subscribers(void **state)
{
    struct world *world = *state;
    struct cox_msg_attr_query asked = { .node = "*" };
    const struct cox_msg_attr_values *values = NULL;
    guint n = 0;

    cox_service_fake_forget_events(world->nodes[2]);
    for (guint i = 0; i < 1000; i++) {
        g_autofree char *name = g_strdup_printf("a%04u", i);
        const struct cox_msg_attr_update wanted = { .name = name, .node = "n1", .value = "1", .at_once = 1 };

        update(world, 0, &wanted);
    }
    settle(world);
    assert_int_equal(cox_service_fake_n_events(world->nodes[2]), 1000);
    assert_string_equal(cox_service_fake_event(world->nodes[2], 7)->topic, "attributes");
    do {
        asked.skip = n;
        values = cox_service_fake_get(world->nodes[2], COX_MSG_ATTR_QUERY, &asked, COX_MSG_ATTR_VALUES, NULL);
        assert_non_null(values);
        n += (guint) values->n_values;
    } while (values->more != 0);
    assert_int_equal(n, 1000);
    assert_string_equal(values->writer, "n1");
    stop_node(world, 1); /* the whole table goes to a newcomer */
    start_node(world, 1, NULL);
    settle(world);
    pass(world, 200);
    expect(world, 1, "a0999", "n1", "a0999@n1=1");
}

static void
want_alerts(struct world *world, guint i)
{
    cox_follow_fake_edit(attrd_of(world, i)->follow, COX_EDIT_CREATE, "configuration",
                         "<alerts><alert id='al' path='/bin/true'><select><select_attributes/></select></alert></alerts>");
}

static void
expect_told(struct world *world, const char *text)
{
    assert_string_equal(world->told->str, text);
    g_string_truncate(world->told, 0);
}

static void
a_value_is_told_to_alert_agents_once_when_it_is_written(void **state)
{
    struct world *world = *state;
    const struct cox_msg_attr_update secret = { .name = "secret", .node = "n1", .value = "1", .kind = COX_ATTR_PRIVATE };
    const struct cox_msg_attr_update permanent = { .name = "size", .node = "n1", .value = "5", .kind = COX_ATTR_PERMANENT };
    const struct cox_msg_attr_update refresh = { .change = COX_ATTR_REFRESH };

    set(world, 1, "a", "n2", "0");
    expect_told(world, ""); /* nobody listens */
    for (guint i = 0; i < 3; i++) {
        want_alerts(world, i);
    }
    set(world, 1, "a", "n2", "1");
    expect_told(world, "[a@n2(2)=1]"); /* by the writer, not by all three */
    set(world, 2, "a", "n2", "1");
    set(world, 2, "b", "n1", "2");
    expect_told(world, "[b@n1(1)=2]"); /* the same again is none */
    set(world, 0, "a", "n2", NULL);
    expect_told(world, "[a@n2(2)=]");
    update(world, 0, &secret);
    update(world, 0, &permanent);
    update(world, 0, &refresh);
    set(world, 0, "c", "nobody", "1");
    pass(world, 500);
    expect_told(world, "");
}

static void
alert_agents_hear_of_what_a_dampened_value_became_and_of_no_failed_write(void **state)
{
    struct world *world = *state;
    const struct cox_msg_attr_update dampened = { .name = "ping", .node = "n2", .value = "100", .has_dampening = 1, .dampening_ms = 2000 };

    want_alerts(world, 0);
    update(world, 1, &dampened);
    pass(world, 500);
    set(world, 1, "ping", "n2", "200");
    expect_told(world, "");
    pass(world, 2000);
    expect_told(world, "[ping@n2(2)=200]");
    cox_follow_fake_fail_next(attrd_of(world, 0)->follow, COX_ERROR_TRY_AGAIN);
    set(world, 0, "a", "n1", "1");
    expect_told(world, "");
    set(world, 0, "a", "n1", "2"); /* meanwhile another one */
    pass(world, 2000);
    expect_told(world, "[a@n1(1)=2]");
}

static void
values_that_go_with_their_node_are_no_news_of_their_own(void **state)
{
    struct world *world = *state;

    set(world, 0, "a", "n3", "1");
    want_alerts(world, 0);
    cox_peers_bus_kill(world->bus, 3);
    stop_node(world, 2);
    settle(world);
    pass(world, 500);
    assert_null(stored(world, 0, "a", "n3", COX_ATTR_TRANSIENT));
    expect_told(world, "");
}

static void
who_needs_the_node_is_told_that_there_is_none(void **state)
{
    struct world *world = *state;
    const struct cox_msg_attr_update unknown = { .name = "a", .node = "nobody", .value = "1", .needs_node = 1 };
    const struct cox_msg_attr_update known = { .name = "a", .node = "n2", .value = "1", .needs_node = 1 };
    guint32 id = update(world, 0, &unknown);

    settle(world);
    expect_error(world, 0, id, COX_ERROR_NOT_FOUND);
    assert_non_null(strstr(cox_service_fake_answer(world->nodes[0], id)->error->message, "Could not map name=nobody to a UUID"));
    update(world, 0, &known);
    pass(world, 50);
    expect(world, 0, "a", "*", "a@n2=1");
}

#define RULES                                                                                                                       \
    "<acls><acl_role id='r'><acl_permission id='p' kind='read' xpath='//nvpair[@name=&quot;open&quot;]'/></acl_role><acl_target id='guest'>" \
    "<role id='r'/></acl_target></acls>"

static void
resolve(struct cox_usernames_entry *entry)
{
    entry->user = g_strdup("guest");
}

struct look {
    struct cox_attrd *attrd;
    const struct cox_msg_attr_query *query;
    GString *seen; /* NULL before the answer */
};

static void
on_sight(void *context, const struct cox_permit_sight *sight, const GError *refusal)
{
    struct look *look = context;
    const struct cox_attrd_question question = { look->query, sight };
    g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(struct cox_msg_attr_value));
    struct cox_msg_attr_values answer = { 0 };
    g_autoptr(GError) error = NULL;

    assert_null(refusal);
    look->seen = g_string_new(NULL);
    if (!cox_attrd_collect(look->attrd, &question, values, &answer, &error)) {
        g_string_printf(look->seen, "error %d", cox_error_status_of(error));
    }
    for (gsize i = 0; i < answer.n_values; i++) {
        g_string_append_printf(look->seen, "[%s@%s]", answer.values[i].name, answer.values[i].node);
    }
}

/* What user guest of node 1 sees; names are looked up in a thread, which needs a real loop. */
static void
expect_seen(struct world *world, const struct cox_msg_attr_query *query, const char *text)
{
    struct cox_attrd *attrd = attrd_of(world, 0);
    GMainContext *context = g_main_context_new();
    struct cox_runtime *loop = cox_loop_new(context);
    struct cox_permit *permit = cox_permit_new(loop, &attrd->follow, resolve);
    struct look look = { attrd, query, NULL };

    cox_permit_look(permit, 1000, on_sight, &look);
    while (look.seen == NULL) {
        (void) cox_runtime_step(loop, true);
    }
    assert_string_equal(look.seen->str, text);
    g_string_free(look.seen, TRUE);
    cox_permit_free(permit);
    cox_runtime_free(loop);
    g_main_context_unref(context);
}

static guint32
ask_as_reader(struct world *world, const struct cox_msg_attr_query *query)
{
    const struct cox_service_fake_call call = { .message = COX_MSG_ATTR_QUERY, .body = query, .role = COX_ROLE_READ, .uid = 1000 };
    guint32 id = cox_service_fake_ask(world->nodes[0], &call);

    settle(world);
    return id;
}

static void
who_is_bound_by_rules_sees_only_what_he_may_read_in_the_document(void **state)
{
    struct world *world = *state;
    const struct cox_msg_attr_update secret = { .name = "open", .node = "n2", .value = "1", .kind = COX_ATTR_PRIVATE };
    const struct cox_msg_attr_update late = { .name = "late", .node = "n1", .value = "1", .has_dampening = 1, .dampening_ms = 60000 };
    const struct cox_msg_attr_query all = { .node = "*" }, closed = { .name = "closed", .node = "*" }, open = { .name = "open", .node = "n1" };
    struct cox_follow *follow = attrd_of(world, 0)->follow;

    set(world, 0, "open", "n1", "1");
    set(world, 0, "closed", "n1", "2");
    update(world, 0, &late);
    pass(world, 50);
    expect_seen(world, &all, "[closed@n1][late@n1][open@n1]"); /* there are no rules */
    assert_non_null(cox_service_fake_answer(world->nodes[0], ask_as_reader(world, &all)));
    cox_follow_fake_edit(follow, COX_EDIT_CREATE, "crm_config",
                         "<cluster_property_set id='x'><nvpair id='x-a' name='enable-acl' value='true'/></cluster_property_set>");
    cox_follow_fake_edit(follow, COX_EDIT_CREATE, "configuration", RULES);
    expect_seen(world, &all, "[open@n1]");
    expect_seen(world, &open, "[open@n1]");
    expect_seen(world, &closed, "error 105"); /* as if it were not there */
    assert_null(cox_service_fake_answer(world->nodes[0], ask_as_reader(world, &all))); /* waits for his name */
    expect(world, 0, "closed", "*", "closed@n1=2"); /* root */
    update(world, 0, &secret);
    pass(world, 50);
    expect_seen(world, &all, "");
}

#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

COX_TEST_MAIN(WITH_WORLD(a_value_set_on_one_node_is_known_on_all_and_written_by_one),
              WITH_WORLD(values_that_come_together_are_one_change), WITH_WORLD(private_values_are_shared_and_never_written),
              WITH_WORLD(permanent_values_pass_to_the_document_where_they_were_asked_for),
              WITH_WORLD(a_pattern_changes_all_attributes_that_match), WITH_WORLD(a_dampened_value_waits_and_a_refresh_writes_again),
              WITH_WORLD(who_wants_all_waits_for_all), WITH_WORLD(values_go_with_the_node_but_not_with_the_daemon),
              WITH_WORLD(after_a_partition_each_side_is_right_about_its_own_nodes),
              WITH_WORLD(the_writer_puts_right_what_others_do_to_the_status), WITH_WORLD(a_document_that_refuses_is_asked_again),
              WITH_WORLD(values_of_nodes_that_nobody_knows_are_kept_but_not_written),
              WITH_WORLD(what_was_deleted_on_a_node_that_is_removed_is_not_complained_of), WITH_WORLD(not_everybody_may_do_everything),
              WITH_WORLD(without_a_cluster_clients_are_told_to_try_again),
              WITH_WORLD(a_value_is_told_to_alert_agents_once_when_it_is_written),
              WITH_WORLD(alert_agents_hear_of_what_a_dampened_value_became_and_of_no_failed_write),
              WITH_WORLD(values_that_go_with_their_node_are_no_news_of_their_own), WITH_WORLD(who_needs_the_node_is_told_that_there_is_none),
              WITH_WORLD(who_is_bound_by_rules_sees_only_what_he_may_read_in_the_document),
              WITH_WORLD(many_values_are_told_in_several_answers_and_changes_to_subscribers))
