/* Tests of lib/service/group.c: joins, waits, loses, joins again; what is sent arrives. */
#include "service/group.h"

#include <poll.h>
#include <unistd.h>

#include "base/error.h"
#include "base/testkit.h"
#include "cluster/peers_fake.h"
#include "proto/marshal.h"
#include "runtime/fake.h"
#include "service/grumble.h"

struct node {
    struct cox_peers_bus *bus;
    guint32 id;
    unsigned int n_refusals; /* joins that fail before one succeeds */
    bool takes_no_bytes;
    gsize max_message;       /* that the group has asked for */
    int fd;
    GString *heard, *nodes; /* nodes: that are there, as told last */
    struct cox_log *log;
    struct cox_group *group;
};

static void
on_view(void *context, const guint32 *nodes, gsize n_nodes)
{
    struct node *node = context;

    g_string_append_c(node->heard, 'v');
    for (gsize i = 0; i < n_nodes; i++) {
        g_string_append_printf(node->heard, "%u", nodes[i]);
    }
    g_string_append_c(node->heard, ' ');
}

static void
on_lost(void *context, const guint32 *nodes, gsize n_nodes)
{
    for (gsize i = 0; i < n_nodes; i++) {
        g_string_append_printf(((struct node *) context)->heard, "-%u ", nodes[i]);
    }
}

static void
on_nodes(void *context, const guint32 *nodes, gsize n_nodes)
{
    struct node *node = context;

    g_string_truncate(node->nodes, 0);
    for (gsize i = 0; i < n_nodes; i++) {
        g_string_append_printf(node->nodes, "%u", nodes[i]);
    }
}

static void
on_quorum(void *context, const struct cox_peers_quorum *quorum)
{
    g_string_append_printf(((struct node *) context)->heard, "q%d ", quorum->is_quorate);
}

static void
on_message(void *context, guint32 from, unsigned int message, const guint8 *payload, gsize size)
{
    struct node *node = context;
    g_autoptr(cox_arena) arena = cox_arena_new();
    const struct cox_msg_note *note;

    assert_int_equal(message, COX_MSG_NOTE);
    note = cox_unmarshal(cox_messages_schema(message), payload, size, arena, NULL);
    assert_non_null(note);
    g_string_append_printf(node->heard, "%u:%.10s%" G_GUINT64_FORMAT " ", from, note->topic, note->number);
}

static void
on_bytes(void *context, guint32 from, GBytes *bytes)
{
    gsize size;
    const char *data = g_bytes_get_data(bytes, &size);

    assert_int_equal((guintptr) data % 8, 0); /* engines may look at it as at numbers */
    g_string_append_printf(((struct node *) context)->heard, "%u=%.*s ", from, (int) MIN(size, 20), data);
}

static const struct cox_group_handlers handlers = { on_view, on_lost, on_nodes, on_quorum, on_message, on_bytes };
static const struct cox_group_handlers without_bytes = { on_view, on_lost, on_nodes, on_quorum, on_message, NULL };

static struct cox_peers *
join(void *context, const struct cox_peers_handler *handler, GError **error)
{
    struct node *node = context;
    struct cox_peers *peers;

    if (node->n_refusals > 0) {
        node->n_refusals--;
        g_set_error_literal(error, COX_ERROR, COX_ERROR_DISCONNECTED, "it sleeps");
        return NULL;
    }
    node->max_message = handler->max_message;
    peers = cox_peers_fake_new(node->bus, node->id, handler);
    node->fd = cox_peers_fd(peers);
    return peers;
}

static void
node_start(struct node *node, struct cox_runtime *runtime, struct cox_peers_bus *bus, guint32 id)
{
    struct cox_group_setup setup = {
        .runtime = runtime, .name = "cox-test", .join = join, .join_context = node, .context = node,
        .handlers = node->takes_no_bytes ? &without_bytes : &handlers,
    };

    alarm(60);
    node->bus = bus;
    node->id = id;
    node->heard = g_string_new(NULL);
    node->nodes = g_string_new(NULL);
    setup.log = node->log = cox_log_new_captured(runtime);
    node->group = cox_group_new(&setup);
}

static void
node_end(struct node *node)
{
    cox_group_free(node->group);
    cox_log_free(node->log);
    g_string_free(node->heard, TRUE);
    g_string_free(node->nodes, TRUE);
}

static void
pump(struct node *node, struct cox_runtime *runtime)
{
    struct pollfd ready = { .events = POLLIN };

    (void) cox_runtime_step(runtime, false);
    ready.fd = node->fd;
    while (cox_group_is_joined(node->group) && poll(&ready, 1, 0) == 1) {
        assert_true(cox_fake_ready(runtime, node->fd, COX_WATCH_READ));
    }
}

static void
expect(struct node *node, const char *heard)
{
    assert_string_equal(node->heard->str, heard);
    g_string_truncate(node->heard, 0);
}

static unsigned int
count_lines(const struct node *node, const char *text)
{
    g_auto(GStrv) parts = g_strsplit(cox_log_text(node->log), text, 0);

    return g_strv_length(parts) - 1;
}

static void
messages_and_bytes_arrive_in_one_order_at_all(void **state)
{
    g_autoptr(cox_runtime) runtime = cox_fake_new(0, (cox_wall) { 0 });
    g_autoptr(cox_peers_bus) bus = cox_peers_bus_new(2);
    g_autoptr(GBytes) bytes = g_bytes_new_static("raw", 3);
    g_autoptr(GBytes) nothing = g_bytes_new_static("", 0);
    const struct cox_msg_note note = { .topic = "t", .number = 5 };
    struct node nodes[2] = { { 0 } };

    (void) state;
    node_start(&nodes[0], runtime, bus, 1);
    node_start(&nodes[1], runtime, bus, 2);
    assert_int_equal(cox_group_self(nodes[0].group), 0);
    assert_false(cox_group_send(nodes[0].group, COX_MSG_NOTE, &note));
    assert_false(cox_group_send_bytes(nodes[0].group, bytes));
    assert_int_equal(cox_group_waiting_bytes(nodes[0].group), 0);
    (void) cox_runtime_step(runtime, false);
    assert_int_equal(cox_group_self(nodes[1].group), 2);
    assert_true(cox_group_send(nodes[1].group, COX_MSG_NOTE, &note));
    assert_true(cox_group_send_bytes(nodes[0].group, bytes));
    assert_true(cox_group_send_bytes(nodes[1].group, nothing));
    pump(&nodes[0], runtime);
    pump(&nodes[1], runtime);
    expect(&nodes[0], "q0 v1 q1 v12 2:t5 1=raw 2= ");
    expect(&nodes[1], "q1 v12 2:t5 1=raw 2= ");
    assert_string_equal(cox_group_node_name(nodes[0].group, 2), "n2");
    assert_null(cox_group_node_name(nodes[0].group, 9));
    node_end(&nodes[1]);
    pump(&nodes[0], runtime);
    expect(&nodes[0], "q0 v1 ");
    assert_string_equal(nodes[0].nodes->str, "12"); /* only the process of the other one has gone */
    node_end(&nodes[0]);
}

static void
who_takes_no_bytes_takes_nothing_long_either(void **state)
{
    g_autoptr(cox_runtime) runtime = cox_fake_new(0, (cox_wall) { 0 });
    g_autoptr(cox_peers_bus) bus = cox_peers_bus_new(2);
    g_autoptr(GBytes) bytes = g_bytes_new_static("raw", 3);
    struct node nodes[2] = { { 0 }, { .takes_no_bytes = true } };

    (void) state;
    node_start(&nodes[0], runtime, bus, 1);
    node_start(&nodes[1], runtime, bus, 2);
    (void) cox_runtime_step(runtime, false);
    assert_int_equal(nodes[0].max_message, 0);
    assert_true(nodes[1].max_message >= COX_MARSHAL_MEMORY_BYTES / 2 && nodes[1].max_message < COX_MARSHAL_MEMORY_BYTES);
    assert_true(cox_group_send_bytes(nodes[0].group, bytes));
    pump(&nodes[0], runtime);
    pump(&nodes[1], runtime);
    expect(&nodes[1], "q1 v12 ");
    assert_int_equal(cox_group_troubles(nodes[1].group), 1);
    node_end(&nodes[1]);
    node_end(&nodes[0]);
}

static void
one_that_waits_says_so_once_and_joins_in_the_end(void **state)
{
    g_autoptr(cox_runtime) runtime = cox_fake_new(0, (cox_wall) { 0 });
    g_autoptr(cox_peers_bus) bus = cox_peers_bus_new(1);
    struct node node = { .n_refusals = 20 };

    (void) state;
    node_start(&node, runtime, bus, 1);
    cox_fake_advance(runtime, 30 * COX_USEC_PER_S);
    assert_false(cox_group_is_joined(node.group));
    assert_true(node.n_refusals > 0 && node.n_refusals < 10); /* pauses grow, to two seconds */
    cox_fake_advance(runtime, 30 * COX_USEC_PER_S);
    assert_true(cox_group_is_joined(node.group));
    assert_int_equal(count_lines(&node, "waiting for the cluster layer group=cox-test error=\"it sleeps\""), 1);
    assert_int_equal(count_lines(&node, "joined group=cox-test node=1"), 1);
    pump(&node, runtime);
    expect(&node, "q1 v1 ");
    node_end(&node);
}

static void
a_loss_is_told_as_a_view_of_nobody_and_names_stay(void **state)
{
    g_autoptr(cox_runtime) runtime = cox_fake_new(0, (cox_wall) { 0 });
    g_autoptr(cox_peers_bus) bus = cox_peers_bus_new(2);
    struct node nodes[2] = { { 0 } };
    const char *name;

    (void) state;
    node_start(&nodes[0], runtime, bus, 1);
    node_start(&nodes[1], runtime, bus, 2);
    pump(&nodes[0], runtime);
    pump(&nodes[1], runtime);
    expect(&nodes[0], "q0 v1 q1 v12 ");
    name = cox_group_node_name(nodes[1].group, 1);
    cox_peers_bus_kill(bus, 2);
    nodes[1].n_refusals = 3;
    pump(&nodes[0], runtime);
    expect(&nodes[0], "q0 v1 -2 ");
    g_string_truncate(nodes[1].heard, 0);
    cox_fake_ready(runtime, nodes[1].fd, COX_WATCH_READ);
    expect(&nodes[1], "q0 v ");
    assert_false(cox_group_is_joined(nodes[1].group));
    assert_int_equal(cox_group_self(nodes[1].group), 2);
    assert_ptr_equal(cox_group_node_name(nodes[1].group, 1), name);
    assert_string_equal(name, "n1");
    assert_int_equal(count_lines(&nodes[1], "CXW010"), 1);
    cox_fake_advance(runtime, 10 * COX_USEC_PER_S);
    pump(&nodes[1], runtime);
    expect(&nodes[1], "q1 v12 ");
    assert_int_equal(count_lines(&nodes[1], "waiting"), 0); /* the loss has been said */
    node_end(&nodes[0]);
    node_end(&nodes[1]);
}

static void
what_is_too_long_or_no_message_is_dropped_and_said(void **state)
{
    g_autoptr(cox_runtime) runtime = cox_fake_new(0, (cox_wall) { 0 });
    g_autoptr(cox_peers_bus) bus = cox_peers_bus_new(2);
    g_autofree char *text = g_strnfill(600 * 1024, 'x');
    const struct cox_msg_note note = { .topic = "t", .text = text };
    static const struct cox_msg_note fits = { .topic = "fits" };
    static const struct cox_peers_handler deaf = { 0 };
    g_autoptr(GBytes) garbage = g_bytes_new_static("garbage and more", 16);
    g_autoptr(GBytes) little = g_bytes_new_static("G", 1);
    struct node node = { 0 };
    struct cox_peers *stranger;

    (void) state;
    node_start(&node, runtime, bus, 1);
    (void) cox_runtime_step(runtime, false);
    stranger = cox_peers_fake_new(bus, 2, &deaf);
    assert_false(cox_group_send(node.group, COX_MSG_NOTE, &note));
    assert_int_equal(count_lines(&node, "CXW013"), 1);
    assert_true(cox_group_send(node.group, COX_MSG_NOTE, &fits));
    cox_peers_send(stranger, garbage);
    cox_peers_send(stranger, little);
    pump(&node, runtime);
    expect(&node, "q0 v1 q1 v12 1:fits0 ");
    assert_int_equal(count_lines(&node, "CXW011"), 1); /* the second is counted, and told with the next one in a minute */
    cox_fake_advance(runtime, COX_GRUMBLE_PAUSE_S * COX_USEC_PER_S);
    cox_peers_send(stranger, garbage);
    pump(&node, runtime);
    assert_int_equal(count_lines(&node, "CXW011"), 2);
    assert_int_equal(count_lines(&node, "group=cox-test node=2 name=n2 left_out=1"), 1);
    assert_int_equal(cox_group_troubles(node.group), 3);
    cox_peers_free(stranger);
    node_end(&node);
}

static char *
complaints_of(const struct node *node)
{
    g_autoptr(GPtrArray) list = cox_group_complaints(node->group);

    g_ptr_array_add(list, NULL);
    return g_strjoinv("; ", (char **) list->pdata);
}

static void
who_hears_no_other_says_why_after_ten_seconds_and_not_any_more_when_it_does(void **state)
{
    g_autoptr(cox_runtime) runtime = cox_fake_new(0, (cox_wall) { 0 });
    g_autoptr(cox_peers_bus) bus = cox_peers_bus_new(2);
    g_autofree char *before = NULL, *early = NULL, *late = NULL, *after = NULL;
    struct node nodes[2] = { { 0 } };

    (void) state;
    node_start(&nodes[0], runtime, bus, 1);
    before = complaints_of(&nodes[0]);
    assert_string_equal(before, "no connection to the cluster layer");
    pump(&nodes[0], runtime);
    cox_fake_advance(runtime, 9 * COX_USEC_PER_S);
    early = complaints_of(&nodes[0]);
    assert_string_equal(early, "");
    cox_fake_advance(runtime, 20 * COX_USEC_PER_S);
    late = complaints_of(&nodes[0]);
    assert_string_equal(late, "1 others are silent");
    assert_int_equal(count_lines(&nodes[0], "CXW016"), 1);
    node_start(&nodes[1], runtime, bus, 2);
    pump(&nodes[1], runtime);
    pump(&nodes[0], runtime);
    after = complaints_of(&nodes[0]);
    assert_string_equal(after, "");
    cox_fake_advance(runtime, 20 * COX_USEC_PER_S);
    assert_int_equal(count_lines(&nodes[0], "CXW016"), 1);
    node_end(&nodes[1]);
    node_end(&nodes[0]);
}

COX_TEST_MAIN(cmocka_unit_test(who_hears_no_other_says_why_after_ten_seconds_and_not_any_more_when_it_does),
              cmocka_unit_test(messages_and_bytes_arrive_in_one_order_at_all),
              cmocka_unit_test(who_takes_no_bytes_takes_nothing_long_either),
              cmocka_unit_test(one_that_waits_says_so_once_and_joins_in_the_end),
              cmocka_unit_test(a_loss_is_told_as_a_view_of_nobody_and_names_stay),
              cmocka_unit_test(what_is_too_long_or_no_message_is_dropped_and_said))
