/* Tests of lib/service/servicefake.c, and with it of how requests of clients and peers reach handlers. */
#include "service/servicefake.h"

#include <unistd.h>

#include "base/error.h"
#include "base/testkit.h"
#include "runtime/fake.h"

/* A daemon that counts what its nodes are told. */
struct counter {
    guint64 total, members;
    cox_ticket waiting;
    GString *bytes;
    bool is_quorate;
    guint32 lost;
    guint64 gone;
};

static bool
start(struct cox_ctx *ctx, GError **error)
{
    struct counter *counter = g_new0(struct counter, 1);

    if (g_str_has_suffix(cox_service_run_directory(ctx), "/bad")) {
        g_set_error_literal(error, COX_ERROR, COX_ERROR_CANNOT_CREATE, "directory: bad");
    }
    counter->bytes = g_string_new(NULL);
    cox_service_set_data(ctx, counter);
    return error == NULL || *error == NULL;
}

static void
destroy(struct cox_ctx *ctx)
{
    struct counter *counter = cox_service_data(ctx);

    g_string_free(counter->bytes, TRUE);
    g_free(counter);
}

/* From a client: tell all; from a node: count, answer who waits for it, and tell subscribers. */
static bool
on_note(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    struct counter *counter = cox_service_data(ctx);
    const struct cox_msg_note *note = request->body;
    struct cox_msg_note total = { .topic = "total", .text = cox_service_node_name(ctx, request->node) };

    if (request->origin == COX_FROM_LOCAL) {
        if (!cox_service_send(ctx, COX_MSG_NOTE, note)) {
            g_set_error_literal(error, COX_ERROR, COX_ERROR_UNAVAILABLE, "group: not joined; try again");
            return false;
        }
        counter->waiting = cox_reply_defer(reply);
        return true;
    }
    if (note->number == 13) {
        g_set_error_literal(error, COX_ERROR, COX_ERROR_INVALID_PARAM, "number '13': brings bad luck");
        return false;
    }
    total.number = counter->total += note->number;
    cox_service_publish(ctx, "totals", COX_MSG_NOTE, &total, NULL);
    if (request->node == cox_service_self(ctx)) {
        cox_ticket_answer(ctx, counter->waiting, COX_MSG_NOTE, &total, NULL);
    }
    return true;
}

static bool
take(void *context, const guint8 *data, gsize size, GError **error)
{
    struct counter *counter = cox_service_data(context);

    if (size > 0 && data[0] == '!') {
        g_set_error_literal(error, COX_ERROR, COX_ERROR_SYNTAX, "body: begins with '!'");
        return false;
    }
    g_string_append_len(counter->bytes, (const char *) data, (gssize) size);
    return true;
}

static void
taken(void *context, const GError *problem)
{
    struct counter *counter = cox_service_data(context);
    g_autoptr(GBytes) bytes = g_bytes_new(counter->bytes->str, counter->bytes->len);
    struct cox_source source = cox_source_of_bytes(bytes);
    const struct cox_msg_done done = { .number = counter->bytes->len };

    if (problem != NULL) {
        cox_source_clear(&source);
        cox_ticket_fail(context, counter->waiting, problem);
        return;
    }
    (void) cox_service_send_bytes(context, bytes);
    cox_ticket_answer(context, counter->waiting, COX_MSG_DONE, &done, &source);
}

static bool
on_done(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    struct counter *counter = cox_service_data(ctx);
    const struct cox_sink sink = { take, taken, ctx };

    (void) error;
    if (request->has_body) {
        counter->waiting = cox_reply_defer(reply);
        cox_request_receive(ctx, request, &sink);
    }
    return true;
}

static void
on_view(struct cox_ctx *ctx, const guint32 *nodes, gsize n_nodes)
{
    (void) nodes;
    ((struct counter *) cox_service_data(ctx))->members = n_nodes;
}

static void
on_lost(struct cox_ctx *ctx, const guint32 *nodes, gsize n_nodes)
{
    ((struct counter *) cox_service_data(ctx))->lost = nodes[n_nodes - 1];
}

static void
on_quorum(struct cox_ctx *ctx, const struct cox_peers_quorum *quorum)
{
    ((struct counter *) cox_service_data(ctx))->is_quorate = quorum->is_quorate;
}

static void
on_bytes(struct cox_ctx *ctx, guint32 node, GBytes *bytes)
{
    g_string_printf(((struct counter *) cox_service_data(ctx))->bytes, "%u:%" G_GSIZE_FORMAT, node, g_bytes_get_size(bytes));
}

static void
on_gone(struct cox_ctx *ctx, guint64 client)
{
    ((struct counter *) cox_service_data(ctx))->gone = client;
}

static const struct cox_op ops[] = {
    { COX_MSG_NOTE, on_note, COX_FROM_LOCAL | COX_FROM_PEER, COX_ROLE_WRITE },
    { COX_MSG_DONE, on_done, COX_FROM_LOCAL, COX_ROLE_READ },
};

static const char *const topics[] = { "totals", NULL };

static const struct cox_service counterd = {
    .daemon = COX_DAEMON_ATTR, .needs = COX_NEED_CLUSTER, .ops = ops, .n_ops = G_N_ELEMENTS(ops), .topics = topics,
    .start = start, .destroy = destroy, .view = on_view, .nodes_lost = on_lost, .quorum = on_quorum, .delivered = on_bytes,
    .client_gone = on_gone,
};

struct world {
    struct cox_runtime *runtime;
    struct cox_peers_bus *bus;
    struct cox_service_fake *nodes[3];
};

static void
settle(struct world *world)
{
    bool has_done = true;

    while (has_done) {
        has_done = false;
        for (size_t i = 0; i < 3; i++) {
            has_done |= cox_service_fake_pump(world->nodes[i]);
        }
    }
}

static int
setup(void **state)
{
    struct world *world = g_new0(struct world, 1);

    alarm(60);
    world->runtime = cox_fake_new(1000, (cox_wall) { 2000 });
    world->bus = cox_peers_bus_new(3);
    for (guint32 i = 0; i < 3; i++) {
        const struct cox_service_fake_setup one = { &counterd, world->runtime, world->bus, i + 1, NULL };

        world->nodes[i] = cox_service_fake_new(&one, NULL);
    }
    settle(world);
    *state = world;
    return 0;
}

static int
teardown(void **state)
{
    struct world *world = *state;

    for (size_t i = 0; i < 3; i++) {
        cox_service_fake_free(world->nodes[i]);
    }
    cox_runtime_free(world->runtime);
    cox_peers_bus_free(world->bus);
    g_free(world);
    return 0;
}

static struct counter *
counter_of(struct cox_service_fake *fake)
{
    return cox_service_data(cox_service_fake_ctx(fake));
}

static void
a_message_reaches_the_handlers_of_all_nodes_with_its_sender(void **state)
{
    struct world *world = *state;
    const struct cox_msg_note note = { .topic = "add", .number = 7 };
    const struct cox_service_fake_call call = { .message = COX_MSG_NOTE, .body = &note };
    const struct cox_service_fake_event *event;
    guint32 id = cox_service_fake_ask(world->nodes[1], &call);

    assert_null(cox_service_fake_answer(world->nodes[1], id));
    settle(world);
    assert_int_equal(cox_service_fake_answer(world->nodes[1], id)->message, COX_MSG_NOTE);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(counter_of(world->nodes[i])->total, 7);
        assert_int_equal(cox_service_fake_n_events(world->nodes[i]), 1);
        event = cox_service_fake_event(world->nodes[i], 0);
        assert_string_equal(event->topic, "totals");
        assert_string_equal(((const struct cox_msg_note *) event->body)->text, "n2");
        cox_service_fake_forget_events(world->nodes[i]);
        assert_int_equal(cox_service_fake_n_events(world->nodes[i]), 0);
    }
}

static void
a_handler_that_refuses_a_peer_is_only_logged(void **state)
{
    struct world *world = *state;
    const struct cox_msg_note note = { .topic = "add", .number = 13 };
    const struct cox_msg_done done = { .number = 1 };
    const struct cox_service_fake_call call = { .message = COX_MSG_NOTE, .body = &note };

    (void) cox_service_fake_ask(world->nodes[0], &call);
    assert_true(cox_service_send(cox_service_fake_ctx(world->nodes[0]), COX_MSG_DONE, &done)); /* is for clients only */
    settle(world);
    assert_int_equal(counter_of(world->nodes[2])->total, 0);
    assert_non_null(strstr(cox_service_fake_log(world->nodes[2]), "message=note node=1 error=\"number '13': brings bad luck\""));
    assert_non_null(strstr(cox_service_fake_log(world->nodes[2]), "message=done node=1 error="));
}

static void
views_losses_and_quorum_come_to_the_handlers(void **state)
{
    struct world *world = *state;
    static const unsigned split[] = { 0, 0, 1 };

    assert_int_equal(counter_of(world->nodes[0])->members, 3);
    assert_true(counter_of(world->nodes[2])->is_quorate);
    cox_peers_bus_split(world->bus, split);
    settle(world);
    assert_int_equal(counter_of(world->nodes[0])->members, 2);
    assert_int_equal(counter_of(world->nodes[0])->lost, 3);
    assert_false(counter_of(world->nodes[2])->is_quorate);
    cox_peers_bus_kill(world->bus, 1);
    settle(world);
    assert_int_equal(counter_of(world->nodes[1])->members, 1);
}

static void
large_bodies_go_in_and_out_and_bytes_to_all(void **state)
{
    struct world *world = *state;
    g_autofree char *text = g_strnfill(200000, 'x');
    g_autoptr(GBytes) large = g_bytes_new(text, 200000);
    g_autoptr(GBytes) bad = g_bytes_new_static("!", 1);
    const struct cox_msg_done done = { 0 };
    struct cox_service_fake_call call = { .message = COX_MSG_DONE, .body = &done, .large = large };
    const struct cox_service_fake_answer *answer =
        cox_service_fake_answer(world->nodes[0], cox_service_fake_ask(world->nodes[0], &call));

    assert_int_equal(((const struct cox_msg_done *) answer->body)->number, 200000);
    assert_true(g_bytes_equal(answer->large, large));
    settle(world);
    assert_string_equal(counter_of(world->nodes[2])->bytes->str, "1:200000");
    call.large = bad;
    answer = cox_service_fake_answer(world->nodes[0], cox_service_fake_ask(world->nodes[0], &call));
    assert_true(g_error_matches(answer->error, COX_ERROR, COX_ERROR_SYNTAX));
}

static void
rights_topics_and_health_are_the_skeletons(void **state)
{
    struct world *world = *state;
    const struct cox_msg_note note = { .number = 1 };
    const struct cox_service_fake_call poor = { .message = COX_MSG_NOTE, .body = &note, .role = COX_ROLE_READ, .uid = 1000 };
    const struct cox_msg_subscribe good = { .topic = "totals" }, bad = { .topic = "nosuch" };
    const struct cox_msg_health_query query = { 0 };
    const struct cox_service_fake_answer *answer =
        cox_service_fake_answer(world->nodes[0], cox_service_fake_ask(world->nodes[0], &poor));
    g_autoptr(GError) error = NULL;

    assert_true(g_error_matches(answer->error, COX_ERROR, COX_ERROR_PERMISSION));
    assert_non_null(cox_service_fake_get(world->nodes[0], COX_MSG_SUBSCRIBE, &good, COX_MSG_DONE, NULL));
    assert_null(cox_service_fake_get(world->nodes[0], COX_MSG_SUBSCRIBE, &bad, COX_MSG_DONE, &error));
    assert_true(g_error_matches(error, COX_ERROR, COX_ERROR_NOT_FOUND));
    assert_non_null(cox_service_fake_get(world->nodes[0], COX_MSG_HEALTH_QUERY, &query, COX_MSG_HEALTH, NULL));
    cox_service_fake_hang_up(world->nodes[0], 44);
    assert_int_equal(counter_of(world->nodes[0])->gone, 44);
}

static void
without_a_bus_it_starts_all_the_same_and_says_why_it_cannot_send(void **state)
{
    struct world *world = *state;
    const struct cox_service_fake_setup alone = { &counterd, world->runtime, NULL, 0, NULL };
    const struct cox_service_fake_setup bad = { &counterd, world->runtime, NULL, 0, "/bad" };
    g_autoptr(cox_service_fake) fake = cox_service_fake_new(&alone, NULL);
    const struct cox_msg_note note = { .number = 1 };
    const struct cox_msg_health_query query = { 0 };
    const struct cox_msg_health *health;
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) start_error = NULL;

    assert_null(cox_service_fake_get(fake, COX_MSG_NOTE, &note, COX_MSG_NOTE, &error));
    assert_true(g_error_matches(error, COX_ERROR, COX_ERROR_UNAVAILABLE));
    health = cox_service_fake_get(fake, COX_MSG_HEALTH_QUERY, &query, COX_MSG_HEALTH, NULL);
    assert_int_equal(health->n_complaints, 1);
    assert_string_equal(health->complaints[0], "no connection to the cluster layer");
    assert_null(cox_service_fake_new(&bad, &start_error));
    assert_true(g_error_matches(start_error, COX_ERROR, COX_ERROR_CANNOT_CREATE));
    cox_service_quit(cox_service_fake_ctx(fake), 0);
    assert_true(cox_service_fake_has_stopped(fake));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
COX_TEST_MAIN(TEST(a_message_reaches_the_handlers_of_all_nodes_with_its_sender), TEST(a_handler_that_refuses_a_peer_is_only_logged),
              TEST(views_losses_and_quorum_come_to_the_handlers), TEST(large_bodies_go_in_and_out_and_bytes_to_all),
              TEST(rights_topics_and_health_are_the_skeletons),
              TEST(without_a_bus_it_starts_all_the_same_and_says_why_it_cannot_send))
