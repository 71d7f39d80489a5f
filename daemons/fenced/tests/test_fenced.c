/* Tests of the daemon cox-fenced as a whole: three of them on a fake bus, with agents that the test plays. */
#include "daemons/fenced/fenced.h"

#include <stdio.h>
#include <unistd.h>
#include <glib/gstdio.h>

#include "base/error.h"
#include "base/testkit.h"
#include "follow/follow_fake.h"
#include "proto/registration.h"
#include "runtime/fake.h"
#include "service/servicefake.h"

#define METADATA                                                                                                     \
    "<resource-agent name='fence_fake'><parameters><parameter name='plug'/><parameter name='password'/></parameters><actions>" \
    "<action name='on'/><action name='off'/><action name='reboot'/><action name='list'/><action name='status'/>"     \
    "<action name='monitor'/></actions></resource-agent>"
#define DEVICE(id, params)                                                                                           \
    "<primitive id='" id "' class='stonith' type='fence_fake'><instance_attributes id='i-" id "'>"                   \
    "<nvpair id='i-" id "-ip' name='ip' value='" id "'/><nvpair id='i-" id "-p' name='password' value='hunter2'/>"   \
    params "</instance_attributes></primitive>"
#define NV(id, name, value) "<nvpair id='" id "-" name "' name='" name "' value='" value "'/>"
#define DOCUMENT                                                                                                     \
    "<cib validate-with='none' admin_epoch='0' epoch='1' num_updates='0'><configuration><crm_config/><nodes><node id='1' uname='n1'/>" \
    "<node id='2' uname='n2'/><node id='3' uname='n3'/></nodes><resources>%s</resources><constraints/><fencing-topology>%s" \
    "</fencing-topology></configuration><status/></cib>"

/* How the agents of one device behave. */
struct manner {
    const char *device;
    enum { FAILS, HANGS } how;
};

struct world {
    struct cox_runtime *runtime;
    struct cox_peers_bus *bus;
    struct cox_service_fake *nodes[3]; /* NULL: down */
    char *directories[3], *agents;
    const char *resources, *topology;
    struct manner manner;              /* device NULL: all work */
    const char *list;
    GString *log;                      /* "off n3 a; " as agents begin */
    cox_source_id hanging;
};

static struct cox_fenced *
fenced_of(const struct world *world, guint i)
{
    return cox_service_data(cox_service_fake_ctx(world->nodes[i]));
}

/* "key=" of the agent's input, up to the end of the line. */
static char *
value_of(const char *input, const char *key)
{
    g_auto(GStrv) lines = g_strsplit(input, "\n", -1);
    gsize length = strlen(key);

    for (guint i = 0; lines[i] != NULL; i++) {
        if (strncmp(lines[i], key, length) == 0 && lines[i][length] == '=') {
            return g_strdup(lines[i] + length + 1);
        }
    }
    return NULL;
}

static void
serve_one(struct world *world, cox_source_id child)
{
    const char *input = cox_fake_child_input(world->runtime, child);
    g_autofree char *action = value_of(input, "action");
    g_autofree char *node = value_of(input, "nodename");
    g_autofree char *plug = value_of(input, "plug");
    g_autofree char *device = value_of(input, "ip");
    bool is_odd = device != NULL && g_strcmp0(device, world->manner.device) == 0 && strcmp(action, "metadata") != 0
                  && strcmp(action, "list") != 0;

    if (strcmp(action, "metadata") == 0) {
        assert_non_null(strstr(cox_fake_child_environment(world->runtime, child), "PCMK_service=pacemaker-fenced"));
        cox_fake_child_end(world->runtime, child, 0, METADATA);
        return;
    }
    g_string_append_printf(world->log, "%s %s%s%s %s; ", action, node == NULL ? "-" : node, g_strcmp0(node, plug) == 0 ? "" : "/",
                           g_strcmp0(node, plug) == 0 ? "" : plug == NULL ? "-" : plug, device);
    if (is_odd && world->manner.how == HANGS) {
        world->hanging = child;
    } else {
        cox_fake_child_end(world->runtime, child, is_odd ? 1 : 0, strcmp(action, "list") == 0 ? world->list : "");
    }
}

static void
settle(struct world *world)
{
    bool has_done = true;

    while (has_done) {
        cox_source_id child = cox_fake_child_last(world->runtime);

        has_done = false;
        if (child != 0 && child != world->hanging) {
            serve_one(world, child);
            has_done = true;
        }
        for (guint i = 0; i < 3; i++) {
            has_done |= world->nodes[i] != NULL && cox_service_fake_pump(world->nodes[i]);
        }
    }
}

static void
pass(struct world *world, gint64 ms)
{
    for (gint64 t = 0; t < ms; t += 100) {
        cox_fake_advance(world->runtime, 100 * COX_USEC_PER_MS);
        settle(world);
    }
}

static void
start_node(struct world *world, guint i)
{
    const struct cox_service_fake_setup setup = { &cox_fenced_service, world->runtime, world->bus, i + 1, world->directories[i] };
    struct cox_follow_settings settings = { .program = "test", .changed = cox_fenced_on_document };
    g_autofree char *document = g_strdup_printf(DOCUMENT, world->resources, world->topology);
    g_autoptr(GError) error = NULL;

    world->nodes[i] = cox_service_fake_new(&setup, &error);
    assert_non_null(world->nodes[i]);
    settings.context = fenced_of(world, i);
    fenced_of(world, i)->paths.fence = world->agents;
    cox_follow_free(fenced_of(world, i)->follow);
    fenced_of(world, i)->follow = cox_follow_fake_new(world->runtime, &settings, document);
}

static void
stop_node(struct world *world, guint i)
{
    cox_service_fake_free(g_steal_pointer(&world->nodes[i]));
}

/* The whole node dies; what it had in memory is gone. */
static void
kill_node(struct world *world, guint i)
{
    g_autofree char *boot = g_build_filename(world->directories[i], "boot.mark", NULL);

    cox_peers_bus_kill(world->bus, i + 1);
    stop_node(world, i);
    (void) g_remove(boot);
    settle(world);
}

static void
begin(struct world *world, const char *resources, const char *topology)
{
    world->resources = resources;
    world->topology = topology;
    for (guint i = 0; i < 3; i++) {
        start_node(world, i);
    }
    settle(world);
    pass(world, 500);
    g_string_truncate(world->log, 0);
}

static int
setup(void **state)
{
    struct world *world = g_new0(struct world, 1);
    g_autofree char *agent = NULL;

    alarm(60);
    world->runtime = cox_fake_new(COX_USEC_PER_S, cox_wall_from_seconds(1700000000));
    world->bus = cox_peers_bus_new(3);
    world->log = g_string_new(NULL);
    world->list = "n1\nn3\n";
    world->agents = g_dir_make_tmp("cox-fenced-XXXXXX", NULL);
    agent = g_build_filename(world->agents, "fence_fake", NULL);
    assert_true(g_file_set_contents(agent, "#!/bin/false\n", -1, NULL));
    assert_int_equal(g_chmod(agent, 0755), 0);
    for (guint i = 0; i < 3; i++) {
        world->directories[i] = g_dir_make_tmp("cox-fenced-XXXXXX", NULL);
    }
    *state = world;
    return 0;
}

static void
remove_directory(char *directory, const char *file)
{
    g_autofree char *path = g_build_filename(directory, file, NULL);

    (void) g_remove(path);
    (void) g_rmdir(directory);
    g_free(directory);
}

static int
teardown(void **state)
{
    struct world *world = *state;

    for (guint i = 0; i < 3; i++) {
        cox_service_fake_free(world->nodes[i]);
        remove_directory(world->directories[i], "boot.mark");
    }
    remove_directory(world->agents, "fence_fake");
    cox_runtime_free(world->runtime);
    cox_peers_bus_free(world->bus);
    g_string_free(world->log, TRUE);
    g_free(world);
    return 0;
}

static guint32
ask(struct world *world, guint at, enum cox_message message, const void *body)
{
    const struct cox_service_fake_call call = { .message = message, .body = body };

    return cox_service_fake_ask(world->nodes[at], &call);
}

static guint32
fence(struct world *world, guint at, const char *target, enum cox_fence_action action)
{
    const struct cox_msg_fence_ask body = { .target = target, .action = action };

    return ask(world, at, COX_MSG_FENCE_ASK, &body);
}

static const struct cox_msg_fence_finished *
finished(struct world *world, guint at, guint32 id)
{
    const struct cox_service_fake_answer *answer = cox_service_fake_answer(world->nodes[at], id);

    if (answer == NULL || answer->error != NULL) {
        fail_msg("%s", answer == NULL ? "no answer" : answer->error->message);
    }
    assert_int_equal(answer->message, COX_MSG_FENCE_FINISHED);
    return answer->body;
}

static void
expect_error(struct world *world, guint at, guint32 id, int code)
{
    const struct cox_service_fake_answer *answer = cox_service_fake_answer(world->nodes[at], id);

    if (answer == NULL || answer->error == NULL || answer->error->code != code) {
        fail_msg("%s", answer == NULL ? "no answer" : answer->error == NULL ? "no error" : answer->error->message);
    }
}

/* "off n3 ok; ..." as the history of @target (NULL: all) on node @at, newest first. */
static char *
history_of(struct world *world, guint at, const char *target, guint64 clean)
{
    static const char *const states[] = { "failed", "ok", "pending" };
    const struct cox_msg_fence_history_query query = { .target = target, .clean = clean };
    const struct cox_msg_fence_history *answer
        = cox_service_fake_get(world->nodes[at], COX_MSG_FENCE_HISTORY_QUERY, &query, COX_MSG_FENCE_HISTORY, NULL);
    GString *text = g_string_new(NULL);

    assert_non_null(answer);
    for (gsize i = 0; i < answer->n_events; i++) {
        g_string_append_printf(text, "%s %s %s; ", cox_fence_action_text((enum cox_fence_action) answer->events[i].action),
                               answer->events[i].target, states[answer->events[i].state]);
    }
    return g_string_free(text, FALSE);
}

static void
expect_history(struct world *world, guint at, const char *text)
{
    g_autofree char *got = history_of(world, at, NULL, 0);

    assert_string_equal(got, text);
}

static void
a_lost_node_is_fenced_and_all_know_of_it(void **state)
{
    struct world *world = *state;
    const struct cox_msg_fence_finished *end = NULL;
    const struct cox_msg_fence_news *news = NULL;
    guint32 id = 0;

    begin(world, DEVICE("a", ""), "");
    kill_node(world, 2);
    id = fence(world, 1, "n3", COX_FENCE_REBOOT);
    pass(world, 1000);
    end = finished(world, 1, id);
    assert_true(end->is_ok);
    assert_string_equal(end->event[0].target, "n3");
    assert_string_equal(end->event[0].origin, "n2");
    assert_string_equal(end->event[0].delegate, "n2");
    assert_string_equal(world->log->str, "list - a; list - a; reboot n3 a; ");
    expect_history(world, 0, "reboot n3 ok; ");
    news = cox_service_fake_event(world->nodes[0], cox_service_fake_n_events(world->nodes[0]) - 1)->body;
    assert_int_equal(news->event[0].state, 1);
    start_node(world, 2); /* who comes back hears it */
    settle(world);
    pass(world, 500);
    expect_history(world, 2, "reboot n3 ok; ");
}

static void
a_failing_agent_is_repeated_and_then_the_other_node_tries(void **state)
{
    struct world *world = *state;
    guint32 id = 0;

    begin(world, DEVICE("a", NV("a", "pcmk_host_list", "n3")), "");
    world->manner = (struct manner) { "a", FAILS };
    kill_node(world, 2);
    id = fence(world, 0, "n3", COX_FENCE_OFF);
    pass(world, 1000);
    assert_false(finished(world, 0, id)->is_ok);
    assert_string_equal(world->log->str, "off n3 a; off n3 a; off n3 a; off n3 a; ");
    expect_history(world, 1, "off n3 failed; ");
    assert_non_null(strstr(cox_service_fake_log(world->nodes[1]), "CXW022"));
    assert_null(strstr(cox_service_fake_log(world->nodes[0]), "hunter2"));
}

static void
a_hanging_agent_is_killed_in_time(void **state)
{
    struct world *world = *state;
    guint32 id = 0;

    begin(world, DEVICE("a", NV("a", "pcmk_host_list", "n3") NV("b", "pcmk_off_timeout", "10s")), "");
    world->manner = (struct manner) { "a", HANGS };
    kill_node(world, 2);
    id = fence(world, 0, "n3", COX_FENCE_OFF);
    pass(world, 5000);
    assert_null(cox_service_fake_answer(world->nodes[0], id));
    expect_history(world, 1, "off n3 pending; ");
    pass(world, 30000);
    assert_false(finished(world, 0, id)->is_ok);
    assert_int_equal(cox_fake_child_count(world->runtime), 0);
}

static void
two_levels_are_tried_in_order_and_all_devices_of_one_count(void **state)
{
    struct world *world = *state;
    guint32 id = 0;

    begin(world, DEVICE("a", NV("a", "pcmk_host_list", "n3")) DEVICE("b", NV("b", "pcmk_host_map", "n3:port7")) DEVICE("c", NV("c", "pcmk_host_list", "n3")),
          "<fencing-level id='l1' target='n3' index='1' devices='a'/><fencing-level id='l2' target='n3' index='2' devices='b,c'/>");
    world->manner = (struct manner) { "a", FAILS };
    kill_node(world, 2);
    id = fence(world, 0, "n3", COX_FENCE_REBOOT);
    pass(world, 1000);
    assert_true(finished(world, 0, id)->is_ok);
    assert_string_equal(world->log->str, "reboot n3 a; reboot n3 a; reboot n3 a; reboot n3 a; off n3/port7 b; off n3 c; on n3/port7 b; on n3 c; ");
}

static void
without_quorum_nobody_is_fenced(void **state)
{
    struct world *world = *state;
    static const unsigned split[] = { 0, 0, 1 };
    guint32 id = 0;

    begin(world, DEVICE("a", ""), "");
    cox_peers_bus_split(world->bus, split);
    settle(world);
    id = fence(world, 2, "n1", COX_FENCE_OFF);
    pass(world, 2000);
    assert_false(finished(world, 2, id)->is_ok);
    assert_non_null(strstr(finished(world, 2, id)->reason, "quorum"));
    assert_null(strstr(world->log->str, "off"));
    id = fence(world, 0, "n3", COX_FENCE_OFF);
    pass(world, 2000);
    assert_true(finished(world, 0, id)->is_ok);
}

static void
orders_of_an_older_coordinator_are_refused_wherever_they_are_given(void **state)
{
    struct world *world = *state;
    const struct cox_msg_fence_ask young = { .target = "n3", .action = COX_FENCE_OFF, .generation = 7, .coordinator = 2 };
    const struct cox_msg_fence_ask old = { .target = "n3", .action = COX_FENCE_OFF, .generation = 6, .coordinator = 3 };
    const struct cox_msg_fence_ask rival = { .target = "n3", .action = COX_FENCE_OFF, .generation = 7, .coordinator = 1 };
    const struct cox_msg_fence_term term = { .generation = 8, .coordinator = 1 };

    begin(world, DEVICE("a", NV("a", "pcmk_host_list", "n3")), "");
    kill_node(world, 2);
    ask(world, 1, COX_MSG_FENCE_ASK, &young);
    pass(world, 1000);
    expect_error(world, 0, ask(world, 0, COX_MSG_FENCE_ASK, &old), COX_ERROR_OLD);
    expect_error(world, 1, ask(world, 1, COX_MSG_FENCE_ASK, &rival), COX_ERROR_OLD);
    ask(world, 0, COX_MSG_FENCE_TERM, &term);
    settle(world);
    expect_error(world, 1, ask(world, 1, COX_MSG_FENCE_ASK, &young), COX_ERROR_OLD);
    assert_null(cox_service_fake_answer(world->nodes[1], fence(world, 1, "n3", COX_FENCE_OFF))); /* a person may */
}

static void
a_person_can_say_that_a_node_is_down(void **state)
{
    struct world *world = *state;
    const struct cox_msg_fence_confirm body = { .target = "n3" };
    guint32 waiting = 0, id = 0;

    begin(world, "", "");
    kill_node(world, 2);
    waiting = fence(world, 0, "n3", COX_FENCE_OFF);
    pass(world, 200);
    assert_false(finished(world, 0, waiting)->is_ok); /* no device */
    id = ask(world, 1, COX_MSG_FENCE_CONFIRM, &body);
    pass(world, 200);
    assert_int_equal(cox_service_fake_answer(world->nodes[1], id)->message, COX_MSG_DONE);
    expect_history(world, 0, "off n3 ok; off n3 failed; ");
}

static void
what_is_not_wanted_any_more_ends_without_a_trace(void **state)
{
    struct world *world = *state;
    const struct cox_msg_fence_withdraw body = { .target = "n3", .client = "x" };
    guint32 waiting = 0;

    begin(world, DEVICE("a", NV("a", "pcmk_host_list", "n3") NV("a", "pcmk_delay_base", "2s")), "");
    waiting = ask(world, 0, COX_MSG_FENCE_ASK, &(const struct cox_msg_fence_ask) { .target = "n3", .client = "x" });
    ask(world, 1, COX_MSG_FENCE_WITHDRAW, &body); /* who has not asked has nothing to withdraw */
    pass(world, 500);
    expect_history(world, 1, "reboot n3 pending; ");
    ask(world, 0, COX_MSG_FENCE_WITHDRAW, &body);
    pass(world, 3000);
    assert_string_equal(finished(world, 0, waiting)->reason, COX_FENCE_WITHDRAWN_TEXT);
    assert_string_equal(world->log->str, "");
    expect_history(world, 1, "");
}

static void
a_large_document_is_read_for_a_tenth_of_the_time_at_most(void **state)
{
    (void) state;
    assert_int_equal(cox_fenced_rebuild_wait_ms(0), 100);
    assert_int_equal(cox_fenced_rebuild_wait_ms(10), 100);
    assert_int_equal(cox_fenced_rebuild_wait_ms(300), 3000);
    assert_int_equal(cox_fenced_rebuild_wait_ms(100000), 5000);
}

static void
who_asks_for_fencing_need_not_wait_for_changes_to_be_gathered(void **state)
{
    struct world *world = *state;
    guint32 id = 0;

    begin(world, "", "");
    kill_node(world, 2);
    fenced_of(world, 0)->rebuild_took_ms = fenced_of(world, 1)->rebuild_took_ms = 1000;
    world->resources = DEVICE("a", NV("a", "pcmk_host_list", "n3"));
    for (guint i = 0; i < 2; i++) {
        g_autofree char *text = g_strdup_printf(DOCUMENT, world->resources, world->topology);

        cox_follow_fake_replace(fenced_of(world, i)->follow, text);
    }
    pass(world, 1000); /* of the five seconds that it may take */
    assert_int_equal(fenced_of(world, 0)->build->n_devices, 0);
    id = fence(world, 0, "n3", COX_FENCE_OFF);
    pass(world, 1000);
    assert_true(finished(world, 0, id)->is_ok);
}

static void
the_history_can_be_forgotten_on_all_nodes(void **state)
{
    struct world *world = *state;
    g_autofree char *before = NULL;

    begin(world, DEVICE("a", NV("a", "pcmk_host_list", "n3")), "");
    kill_node(world, 2);
    fence(world, 0, "n3", COX_FENCE_OFF);
    pass(world, 1000);
    before = history_of(world, 1, NULL, 1);
    assert_string_equal(before, "off n3 ok; ");
    settle(world);
    expect_history(world, 0, "");
    expect_history(world, 1, "");
}

static void
a_number_is_a_node_for_who_asks_and_a_name_for_who_forgets(void **state)
{
    struct world *world = *state;
    g_autofree char *asked = NULL, *forgotten = NULL, *named = NULL;

    begin(world, DEVICE("a", NV("a", "pcmk_host_list", "n3")), "");
    kill_node(world, 2);
    fence(world, 0, "n3", COX_FENCE_OFF);
    pass(world, 1000);
    asked = history_of(world, 1, "3", 0);
    assert_string_equal(asked, "off n3 ok; ");
    forgotten = history_of(world, 1, "3", 1);
    assert_string_equal(forgotten, "");
    settle(world);
    expect_history(world, 0, "off n3 ok; ");
    named = history_of(world, 1, "n3", 1);
    assert_string_equal(named, "off n3 ok; ");
    settle(world);
    expect_history(world, 0, "");
}

static char *
devices(struct world *world, const char *target)
{
    const struct cox_msg_fence_devices_query query = { .target = target };
    guint32 id = ask(world, 0, COX_MSG_FENCE_DEVICES_QUERY, &query);
    const struct cox_msg_fence_devices *answer = NULL;
    GString *text = g_string_new(NULL);

    settle(world);
    answer = cox_service_fake_answer(world->nodes[0], id)->body;
    for (gsize i = 0; i < answer->n_devices; i++) {
        g_string_append_printf(text, "%s%s", i == 0 ? "" : " ", answer->devices[i]);
    }
    return g_string_free(text, FALSE);
}

static void
devices_are_listed_and_those_that_know_a_node(void **state)
{
    struct world *world = *state;
    g_autofree char *all = NULL, *n2 = NULL, *n3 = NULL, *odd = NULL;

    begin(world, DEVICE("z", "") DEVICE("b", NV("b", "pcmk_host_list", "n2 n3")) DEVICE("c", NV("c", "pcmk_host_check", "status")), "");
    all = devices(world, NULL);
    n2 = devices(world, "n2");
    n3 = devices(world, "n3");
    assert_string_equal(all, "b c z");
    assert_string_equal(n2, "b c");
    assert_string_equal(n3, "b c z");
    world->manner = (struct manner) { "c", FAILS };
    odd = devices(world, "n9");
    assert_string_equal(odd, "");
}

static void
a_device_can_be_tried(void **state)
{
    struct world *world = *state;
    struct cox_msg_fence_try body = { .device = "a", .command = "monitor" };
    guint32 id = 0;

    begin(world, DEVICE("a", ""), "");
    id = ask(world, 0, COX_MSG_FENCE_TRY, &body);
    settle(world);
    assert_true(finished(world, 0, id)->is_ok);
    body.command = "list";
    id = ask(world, 0, COX_MSG_FENCE_TRY, &body);
    settle(world);
    assert_string_equal(finished(world, 0, id)->output, "n1\nn3\n");
    body.command = "off";
    expect_error(world, 0, ask(world, 0, COX_MSG_FENCE_TRY, &body), COX_ERROR_INVALID_PARAM);
    body = (struct cox_msg_fence_try) { .device = "b", .command = "monitor" };
    expect_error(world, 0, ask(world, 0, COX_MSG_FENCE_TRY, &body), COX_ERROR_NOT_FOUND);
    world->manner = (struct manner) { "a", FAILS };
    g_string_truncate(world->log, 0);
    body.device = "a";
    id = ask(world, 0, COX_MSG_FENCE_TRY, &body);
    settle(world);
    assert_false(finished(world, 0, id)->is_ok);
    assert_string_equal(world->log->str, "monitor - a; monitor - a; ");
    world->manner.how = HANGS;
    body.timeout_ms = 3000;
    id = ask(world, 0, COX_MSG_FENCE_TRY, &body);
    pass(world, 4000);
    expect_error(world, 0, id, COX_ERROR_TIMEOUT);
}

static void
a_change_of_the_configuration_counts_at_once(void **state)
{
    struct world *world = *state;
    guint32 id = 0;

    begin(world, DEVICE("a", NV("a", "pcmk_host_list", "n2")), "");
    kill_node(world, 2);
    for (guint i = 0; i < 2; i++) {
        cox_follow_fake_edit(fenced_of(world, i)->follow, COX_EDIT_MODIFY, "resources", "<nvpair id='a-pcmk_host_list' value='n3'/>");
    }
    id = fence(world, 0, "n3", COX_FENCE_OFF);
    pass(world, 1000);
    assert_true(finished(world, 0, id)->is_ok);
}

static void
bad_requests_are_refused_and_strangers_too(void **state)
{
    struct world *world = *state;
    const struct cox_msg_fence_ask nobody = { .action = COX_FENCE_OFF }, odd = { .target = "n3", .action = COX_FENCE_LIST },
                                   fine = { .target = "n3" };
    const struct cox_msg_fence_confirm empty = { 0 };
    const struct cox_service_fake_call stranger = { .message = COX_MSG_FENCE_ASK, .body = &fine, .role = COX_ROLE_WRITE, .uid = 1000 };
    const struct cox_service_fake_setup alone = { &cox_fenced_service, world->runtime, NULL, 0, world->directories[0] };
    struct cox_service_fake *node = NULL;
    const struct cox_service_fake_call call = { .message = COX_MSG_FENCE_ASK, .body = &fine };

    begin(world, "", "");
    expect_error(world, 0, ask(world, 0, COX_MSG_FENCE_ASK, &nobody), COX_ERROR_INVALID_PARAM);
    expect_error(world, 0, ask(world, 0, COX_MSG_FENCE_ASK, &odd), COX_ERROR_INVALID_PARAM);
    expect_error(world, 0, ask(world, 0, COX_MSG_FENCE_CONFIRM, &empty), COX_ERROR_INVALID_PARAM);
    expect_error(world, 0, ask(world, 0, COX_MSG_FENCE_WITHDRAW, &(const struct cox_msg_fence_withdraw) { .target = "n3" }), COX_ERROR_INVALID_PARAM);
    expect_error(world, 0, cox_service_fake_ask(world->nodes[0], &stranger), COX_ERROR_PERMISSION);
    node = cox_service_fake_new(&alone, NULL);
    assert_int_equal(cox_service_fake_answer(node, cox_service_fake_ask(node, &call))->error->code, COX_ERROR_TRY_AGAIN);
    cox_service_fake_free(node);
}

static void
the_number_of_the_boot_survives_the_daemon_but_not_the_node(void **state)
{
    struct world *world = *state;
    guint64 first = 0;

    begin(world, DEVICE("a", NV("a", "pcmk_host_list", "n3")), "");
    first = fenced_of(world, 2)->incarnation;
    stop_node(world, 2);
    start_node(world, 2);
    assert_true(fenced_of(world, 2)->incarnation == first);
    kill_node(world, 2);
    start_node(world, 2);
    assert_true(fenced_of(world, 2)->incarnation != first);
}

static void
a_node_that_lives_although_it_was_fenced_is_barred_and_reacts(void **state)
{
    struct world *world = *state;
    guint32 id = 0;
    const struct cox_msg_fence_news *news = NULL;
    bool is_barred = false;

    begin(world, DEVICE("a", NV("a", "pcmk_host_list", "n3")), "");
    id = fence(world, 0, "n3", COX_FENCE_OFF); /* the device lies: n3 goes on */
    pass(world, 900); /* found within a token of one second */
    assert_false(finished(world, 0, id)->is_ok);
    assert_non_null(strstr(finished(world, 0, id)->reason, "still there"));
    for (guint i = 0; i < cox_service_fake_n_events(world->nodes[0]); i++) {
        news = cox_service_fake_event(world->nodes[0], i)->body;
        is_barred = is_barred || g_strcmp0(news->barred, "n3") == 0;
        assert_true(news->n_event == 0 || news->event[0].state != 1); /* never told as proof */
    }
    assert_true(is_barred);
    assert_non_null(strstr(cox_service_fake_log(world->nodes[0]), "CXE022"));
    assert_non_null(strstr(cox_service_fake_log(world->nodes[2]), "CXE020"));
    assert_true(fenced_of(world, 2)->has_reacted);
    assert_non_null(fenced_of(world, 2)->supervisor);
    assert_false(fenced_of(world, 0)->has_reacted);
    cox_service_fake_forget_events(world->nodes[0]); /* a controller that begins now hears of it as well, and nobody raises an alert again */
    assert_non_null(cox_service_fake_get(world->nodes[0], COX_MSG_SUBSCRIBE, &(struct cox_msg_subscribe) { .topic = COX_FENCED_TOPIC }, COX_MSG_DONE, NULL));
    pass(world, 100);
    assert_true(cox_service_fake_n_events(world->nodes[0]) > 0);
    news = cox_service_fake_event(world->nodes[0], 0)->body;
    assert_string_equal(news->barred, "n3");
    assert_int_equal(news->is_ours_to_say, 0);
}

/* ---- devices and levels at run time ---- */

static const char *const added_params[] = { "ip=r", "pcmk_host_list=n3" }, *const added_ids[] = { "r" };
static const struct cox_msg_fence_register add_device
    = { .what = COX_REGISTRATION_ADD_DEVICE, .name = "r", .agent = "fence_fake", .params = added_params, .n_params = 2 };
static const struct cox_msg_fence_register add_level
    = { .what = COX_REGISTRATION_ADD_LEVEL, .name = "n3", .level = 1, .devices = added_ids, .n_devices = 1 };

static void
expect_done(struct world *world, guint at, const struct cox_msg_fence_register *body)
{
    guint32 id = ask(world, at, COX_MSG_FENCE_REGISTER, body);
    const struct cox_service_fake_answer *answer = NULL;

    settle(world);
    answer = cox_service_fake_answer(world->nodes[at], id);
    if (answer == NULL || answer->error != NULL) {
        fail_msg("%s: %s", body->name, answer == NULL ? "no answer" : answer->error->message);
    }
    assert_int_equal(answer->message, COX_MSG_DONE);
}

static void
expect_devices(struct world *world, const char *expected)
{
    for (guint i = 0; i < 3; i++) {
        g_autoptr(GString) got = g_string_new(NULL);

        for (size_t d = 0; d < fenced_of(world, i)->build->n_devices; d++) {
            g_string_append_printf(got, "%s ", fenced_of(world, i)->build->defs[d].id);
        }
        assert_string_equal(got->str, expected);
    }
}

static void
a_device_added_at_run_time_fences_and_outlives_changes_of_the_document(void **state)
{
    struct world *world = *state;
    guint32 id = 0;

    begin(world, DEVICE("a", ""), "");
    expect_done(world, 0, &add_device);
    expect_done(world, 1, &add_level);
    expect_devices(world, "a r ");
    for (guint i = 0; i < 3; i++) {
        cox_follow_fake_edit(fenced_of(world, i)->follow, COX_EDIT_MODIFY, "resources", "<nvpair id='i-a-ip' value='z'/>");
    }
    pass(world, 500);
    expect_devices(world, "a r ");
    /* Who was away is told; its own fencer, started anew, knew nothing. */
    stop_node(world, 1);
    settle(world);
    start_node(world, 1);
    settle(world);
    pass(world, 500);
    expect_devices(world, "a r ");
    assert_int_equal(fenced_of(world, 1)->build->n_levels, 1);
    g_string_truncate(world->log, 0);
    kill_node(world, 2);
    id = fence(world, 1, "n3", COX_FENCE_OFF); /* by the level, not by a, which knows n3 too */
    pass(world, 1000);
    assert_true(finished(world, 1, id)->is_ok);
    assert_non_null(strstr(world->log->str, "off n3 r; "));
    assert_null(strstr(world->log->str, "off n3 z; "));
}

static void
what_was_added_can_be_taken_away_and_what_is_configured_cannot(void **state)
{
    struct world *world = *state;
    struct cox_msg_fence_register body = { .what = COX_REGISTRATION_REMOVE_DEVICE, .name = "r" };

    begin(world, DEVICE("a", ""), "");
    expect_error(world, 0, ask(world, 0, COX_MSG_FENCE_REGISTER, &body), COX_ERROR_NOT_FOUND);
    expect_done(world, 0, &add_device);
    expect_done(world, 0, &add_level);
    expect_done(world, 2, &body);
    expect_devices(world, "a ");
    body.name = "a";
    expect_error(world, 0, ask(world, 0, COX_MSG_FENCE_REGISTER, &body), COX_ERROR_INVALID_PARAM);
    body = add_device;
    body.name = "a";
    expect_error(world, 0, ask(world, 0, COX_MSG_FENCE_REGISTER, &body), COX_ERROR_INVALID_PARAM);
    body = (struct cox_msg_fence_register) { .what = COX_REGISTRATION_REMOVE_LEVEL, .name = "n3", .level = 2 };
    expect_error(world, 0, ask(world, 0, COX_MSG_FENCE_REGISTER, &body), COX_ERROR_NOT_FOUND);
    body.level = 0;
    expect_done(world, 1, &body);
    assert_int_equal(fenced_of(world, 0)->build->n_levels, 0);
    assert_int_equal(fenced_of(world, 2)->build->n_levels, 0);
}

static void
bad_registrations_are_refused_and_those_of_strangers_too(void **state)
{
    static const char *const no_equals[] = { "ip" }, *const no_name[] = { "=x" }, *const two_lines[] = { "ip=x\naction=off" };
    struct world *world = *state;
    const struct cox_msg_fence_register bad[] = {
        { .name = NULL }, { .name = "" }, { .name = "d" }, { .name = "d", .agent = "../sh" },
        { .name = "d", .agent = "fence_fake", .params = no_equals, .n_params = 1 }, { .name = "d", .agent = "fence_fake", .params = no_name, .n_params = 1 },
        { .name = "d", .agent = "fence_fake", .params = two_lines, .n_params = 1 },
        { .what = COX_REGISTRATION_ADD_LEVEL, .name = "n3", .level = 0, .devices = added_ids, .n_devices = 1 },
        { .what = COX_REGISTRATION_ADD_LEVEL, .name = "n3", .level = 10, .devices = added_ids, .n_devices = 1 },
        { .what = COX_REGISTRATION_ADD_LEVEL, .name = "n3", .level = 1 }, { .what = 9, .name = "n3" },
    };
    struct cox_msg_fence_register absent = add_device;
    const struct cox_service_fake_call stranger = { .message = COX_MSG_FENCE_REGISTER, .body = &add_device, .role = COX_ROLE_WRITE, .uid = 1000 };

    begin(world, DEVICE("a", ""), "");
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        expect_error(world, 0, ask(world, 0, COX_MSG_FENCE_REGISTER, &bad[i]), COX_ERROR_INVALID_PARAM);
    }
    expect_error(world, 0, cox_service_fake_ask(world->nodes[0], &stranger), COX_ERROR_PERMISSION);
    absent.agent = "fence_absent";
    {
        guint32 id = ask(world, 0, COX_MSG_FENCE_REGISTER, &absent);

        settle(world);
        expect_error(world, 0, id, COX_ERROR_NOT_INSTALLED);
    }
    expect_devices(world, "a ");
}

#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

COX_TEST_MAIN(WITH_WORLD(a_device_added_at_run_time_fences_and_outlives_changes_of_the_document),
              WITH_WORLD(what_was_added_can_be_taken_away_and_what_is_configured_cannot), WITH_WORLD(bad_registrations_are_refused_and_those_of_strangers_too),
              WITH_WORLD(a_lost_node_is_fenced_and_all_know_of_it), WITH_WORLD(a_failing_agent_is_repeated_and_then_the_other_node_tries),
              WITH_WORLD(a_hanging_agent_is_killed_in_time), WITH_WORLD(two_levels_are_tried_in_order_and_all_devices_of_one_count),
              WITH_WORLD(without_quorum_nobody_is_fenced), WITH_WORLD(orders_of_an_older_coordinator_are_refused_wherever_they_are_given),
              WITH_WORLD(a_person_can_say_that_a_node_is_down), WITH_WORLD(what_is_not_wanted_any_more_ends_without_a_trace), cmocka_unit_test(a_large_document_is_read_for_a_tenth_of_the_time_at_most),
              WITH_WORLD(who_asks_for_fencing_need_not_wait_for_changes_to_be_gathered), WITH_WORLD(the_history_can_be_forgotten_on_all_nodes),
              WITH_WORLD(a_number_is_a_node_for_who_asks_and_a_name_for_who_forgets),
              WITH_WORLD(devices_are_listed_and_those_that_know_a_node), WITH_WORLD(a_device_can_be_tried),
              WITH_WORLD(a_change_of_the_configuration_counts_at_once), WITH_WORLD(bad_requests_are_refused_and_strangers_too),
              WITH_WORLD(the_number_of_the_boot_survives_the_daemon_but_not_the_node),
              WITH_WORLD(a_node_that_lives_although_it_was_fenced_is_barred_and_reacts))
