/* lib/cluster/tests/test_peers.c - the local and the fake cluster keep the contract that corosync's keeps. */
#include "base/testkit.h"

#include <poll.h>

#include "base/error.h"
#include "cluster/peers_fake.h"

struct heard {
    GString *log; /* "v12 " for a view, "-3 " for a lost node, "1:text " for a message */
    bool is_quorate;
    char nodes[16]; /* that are there, as told last */
};

static void
on_view(void *context, const guint32 *nodes, size_t n)
{
    struct heard *heard = context;

    g_string_append_c(heard->log, 'v');
    for (size_t i = 0; i < n; i++) {
        g_string_append_printf(heard->log, "%u", nodes[i]);
    }
    g_string_append_c(heard->log, ' ');
}

static void
on_lost(void *context, const guint32 *nodes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        g_string_append_printf(((struct heard *) context)->log, "-%u ", nodes[i]);
    }
}

static void
on_nodes(void *context, const guint32 *nodes, size_t n)
{
    struct heard *heard = context;

    heard->nodes[0] = '\0';
    for (size_t i = 0; i < n; i++) {
        (void) g_snprintf(heard->nodes + strlen(heard->nodes), 8, "%u", nodes[i]);
    }
}

static void
on_deliver(void *context, guint32 node, GBytes *bytes)
{
    struct heard *heard = context;
    gsize size = 0;
    const char *text = g_bytes_get_data(bytes, &size);

    g_string_append_printf(heard->log, "%u:%.*s ", node, (int) size, text);
}

static void
on_quorum(void *context, const struct cox_peers_quorum *quorum)
{
    ((struct heard *) context)->is_quorate = quorum->is_quorate;
}

static void
on_trouble(void *context, enum cox_peers_trouble trouble, guint32 node, unsigned int version)
{
    g_string_append_printf(((struct heard *) context)->log, "!%d:%u/%u ", trouble, node, version);
}

static struct cox_peers_handler
listen_with(struct heard *heard)
{
    heard->log = g_string_new("");
    return (struct cox_peers_handler) {
        .view = on_view, .deliver = on_deliver, .quorum = on_quorum, .trouble = on_trouble, .lost = on_lost,
        .nodes = on_nodes, .context = heard,
    };
}

static void
say(struct cox_peers *peers, const char *text)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));

    cox_peers_send(peers, bytes);
}

static void
expect(struct heard *heard, const char *log)
{
    assert_string_equal(heard->log->str, log);
    g_string_truncate(heard->log, 0);
}

static bool
is_ready(struct cox_peers *peers)
{
    struct pollfd poll_fd = { .fd = cox_peers_fd(peers), .events = POLLIN };

    return poll(&poll_fd, 1, 0) == 1;
}

static void
alone_everything_comes_back(void **state)
{
    struct heard heard = { 0 };
    struct cox_peers_handler handler = listen_with(&heard);
    struct cox_peers *peers = cox_peers_local_new(5, "here", &handler, NULL);
    g_autofree char *name = cox_peers_name(peers, 5);

    (void) state;
    assert_string_equal(name, "here");
    assert_null(cox_peers_name(peers, 6));
    say(peers, "early");
    assert_true(is_ready(peers));
    assert_true(cox_peers_dispatch(peers, NULL));
    expect(&heard, "v5 5:early ");
    assert_true(heard.is_quorate);
    assert_string_equal(heard.nodes, "5");
    assert_false(is_ready(peers));
    say(peers, "a");
    say(peers, "b");
    assert_int_equal(cox_peers_waiting_bytes(peers), 2);
    assert_true(is_ready(peers));
    assert_true(cox_peers_dispatch(peers, NULL));
    expect(&heard, "5:a 5:b ");
    assert_int_equal(cox_peers_waiting_bytes(peers), 0);
    say(peers, "never");
    cox_peers_free(peers);
    g_string_free(heard.log, TRUE);
}

static void
three_see_one_order_and_partitions_see_their_own(void **state)
{
    g_autoptr(cox_peers_bus) bus = cox_peers_bus_new(3);
    struct heard heard[3] = { { 0 } };
    struct cox_peers *nodes[3];
    static const unsigned split[] = { 0, 0, 1 }, whole[] = { 0, 0, 0 };
    g_autoptr(GError) error = NULL;

    (void) state;
    for (guint32 i = 0; i < 3; i++) {
        struct cox_peers_handler handler = listen_with(&heard[i]);

        nodes[i] = cox_peers_fake_new(bus, i + 1, &handler);
    }
    say(nodes[2], "x");
    say(nodes[0], "y");
    for (unsigned i = 0; i < 3; i++) {
        assert_true(is_ready(nodes[i]));
        assert_true(cox_peers_dispatch(nodes[i], NULL));
        assert_false(is_ready(nodes[i]));
        assert_true(heard[i].is_quorate);
    }
    expect(&heard[0], "v1 v12 v123 3:x 1:y ");
    expect(&heard[1], "v12 v123 3:x 1:y ");
    expect(&heard[2], "v123 3:x 1:y ");

    cox_peers_bus_split(bus, split);
    say(nodes[2], "alone");
    say(nodes[1], "both");
    for (unsigned i = 0; i < 3; i++) {
        assert_true(cox_peers_dispatch(nodes[i], NULL));
    }
    expect(&heard[0], "v12 -3 2:both ");
    expect(&heard[2], "v3 -1 -2 3:alone ");
    assert_string_equal(heard[0].nodes, "12");
    assert_string_equal(heard[2].nodes, "3");
    assert_true(heard[0].is_quorate && !heard[2].is_quorate);
    cox_peers_bus_split(bus, whole);
    cox_peers_bus_kill(bus, 2);
    assert_true(cox_peers_dispatch(nodes[2], NULL));
    expect(&heard[2], "v123 v13 -2 ");
    assert_false(cox_peers_dispatch(nodes[1], &error));
    assert_true(g_error_matches(error, COX_ERROR, COX_ERROR_DISCONNECTED));
    cox_peers_free(nodes[0]); /* its process ends, the node is not lost */
    assert_true(cox_peers_dispatch(nodes[2], NULL));
    expect(&heard[2], "v3 ");
    assert_string_equal(heard[2].nodes, "13");
    cox_peers_free(nodes[1]);
    cox_peers_free(nodes[2]);
    for (unsigned i = 0; i < 3; i++) {
        g_string_free(heard[i].log, TRUE);
    }
}

COX_TEST_MAIN(cmocka_unit_test(alone_everything_comes_back),
              cmocka_unit_test(three_see_one_order_and_partitions_see_their_own))
