/* Tests of lib/runtime/channel.c on socket pairs. */
#include "runtime/channel.h"

#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/testkit.h"
#include "runtime/loop.h"

struct end {
    struct cox_channel *channel;
    GString *received;
    unsigned int n_received, n_progress;
    char *reason;
    bool frees_itself;
};

struct world {
    GMainContext *context;
    struct cox_runtime *runtime;
    struct end a, b;
    int raw;
};

static void
received(void *context, const guint8 *data, gsize size)
{
    struct end *end = context;

    end->n_received++;
    g_string_append_len(end->received, (const char *) data, (gssize) size);
    if (end->frees_itself) {
        cox_channel_free(end->channel);
        end->channel = NULL;
    }
}

static void
closed(void *context, const GError *reason)
{
    struct end *end = context;

    end->reason = g_strdup(reason->message);
    cox_channel_free(end->channel);
    end->channel = NULL;
}

static void
progressed(void *context)
{
    ((struct end *) context)->n_progress++;
}

static const struct cox_channel_handlers handlers = { received, closed, progressed };

static int
setup(void **state)
{
    struct world *world = g_new0(struct world, 1);
    int fds[2];

    alarm(30);
    world->context = g_main_context_new();
    world->runtime = cox_loop_new(world->context);
    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds) != 0) {
        return -1;
    }
    world->a.received = g_string_new(NULL);
    world->b.received = g_string_new(NULL);
    world->a.channel = cox_channel_new(world->runtime, fds[0], &handlers, &world->a);
    world->raw = fds[1];
    *state = world;
    return 0;
}

/* The other end as a channel too; without this call it is a bare descriptor. */
static void
make_b(struct world *world)
{
    world->b.channel = cox_channel_new(world->runtime, world->raw, &handlers, &world->b);
    world->raw = -1;
}

static int
teardown(void **state)
{
    struct world *world = *state;

    cox_channel_free(world->a.channel);
    cox_channel_free(world->b.channel);
    if (world->raw >= 0) {
        close(world->raw);
    }
    g_string_free(world->a.received, TRUE);
    g_string_free(world->b.received, TRUE);
    g_free(world->a.reason);
    g_free(world->b.reason);
    cox_runtime_free(world->runtime);
    g_main_context_unref(world->context);
    g_free(world);
    return 0;
}

static void
send_text(struct cox_channel *channel, const char *text)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static(text, strlen(text));

    cox_channel_send(channel, bytes);
}

static void
datagrams_keep_their_borders_and_order(void **state)
{
    struct world *world = *state;

    make_b(world);
    send_text(world->a.channel, "one ");
    send_text(world->a.channel, "two ");
    while (world->b.n_received < 2) {
        (void) cox_runtime_step(world->runtime, true);
    }
    assert_string_equal(world->b.received->str, "one two ");
}

static void
a_peer_that_does_not_read_fills_the_queue_and_nothing_else(void **state)
{
    struct world *world = *state;
    g_autofree char *big = g_strnfill(COX_CHANNEL_MAX_BYTES, 'x');
    g_autoptr(GBytes) bytes = g_bytes_new(big, COX_CHANNEL_MAX_BYTES);
    g_autofree char *buffer = g_malloc(COX_CHANNEL_MAX_BYTES);
    unsigned int n = 0;

    while (cox_channel_queued_bytes(world->a.channel) < 10 * COX_CHANNEL_MAX_BYTES) {
        cox_channel_send(world->a.channel, bytes);
        n++;
        assert_true(n < 100);
    }
    for (int i = 0; i < 10; i++) {
        (void) cox_runtime_step(world->runtime, false);
    }
    assert_true(cox_channel_queued_bytes(world->a.channel) >= 10 * COX_CHANNEL_MAX_BYTES);
    while (n > 0) { /* now it reads */
        if (recv(world->raw, buffer, COX_CHANNEL_MAX_BYTES, MSG_DONTWAIT) == COX_CHANNEL_MAX_BYTES) {
            n--;
        }
        (void) cox_runtime_step(world->runtime, false);
    }
    assert_int_equal(cox_channel_queued_bytes(world->a.channel), 0);
    assert_true(world->a.n_progress > 0);
    assert_true(cox_channel_last_progress(world->a.channel) > 0);
}

static void
what_a_peer_said_before_it_left_is_heard(void **state)
{
    struct world *world = *state;

    assert_int_equal(write(world->raw, "last", 4), 4);
    close(world->raw);
    world->raw = -1;
    send_text(world->a.channel, "too late");
    while (world->a.reason == NULL) {
        (void) cox_runtime_step(world->runtime, true);
    }
    assert_string_equal(world->a.received->str, "last");
    assert_non_null(strstr(world->a.reason, "closed"));
}

static void
a_datagram_that_is_too_long_ends_the_channel(void **state)
{
    struct world *world = *state;
    g_autofree char *big = g_strnfill(COX_CHANNEL_MAX_BYTES + 1, 'x');

    assert_int_equal(write(world->raw, big, COX_CHANNEL_MAX_BYTES + 1), COX_CHANNEL_MAX_BYTES + 1);
    while (world->a.reason == NULL) {
        (void) cox_runtime_step(world->runtime, true);
    }
    assert_int_equal(world->a.n_received, 0);
    assert_non_null(strstr(world->a.reason, "longer"));
}

static void
a_handler_may_free_its_channel(void **state)
{
    struct world *world = *state;

    world->a.frees_itself = true;
    assert_int_equal(write(world->raw, "x", 1), 1);
    assert_int_equal(write(world->raw, "y", 1), 1);
    while (world->a.channel != NULL) {
        (void) cox_runtime_step(world->runtime, true);
    }
    assert_string_equal(world->a.received->str, "x");
}

static void
a_paused_channel_reads_nothing_until_it_goes_on(void **state)
{
    struct world *world = *state;

    cox_channel_pause(world->a.channel, true);
    assert_int_equal(write(world->raw, "x", 1), 1);
    for (int i = 0; i < 5; i++) {
        (void) cox_runtime_step(world->runtime, false);
    }
    assert_int_equal(world->a.n_received, 0);
    cox_channel_pause(world->a.channel, false);
    while (world->a.n_received == 0) {
        (void) cox_runtime_step(world->runtime, true);
    }
}

static void
the_kernel_says_who_is_there(void **state)
{
    struct world *world = *state;
    struct cox_channel_peer peer = { 0 };

    assert_true(cox_channel_peer_of(world->raw, &peer));
    assert_int_equal(peer.pid, getpid());
    assert_int_equal(peer.uid, geteuid());
    assert_int_equal(peer.gid, getegid());
    assert_false(cox_channel_peer_of(-1, &peer));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
COX_TEST_MAIN(TEST(datagrams_keep_their_borders_and_order), TEST(a_peer_that_does_not_read_fills_the_queue_and_nothing_else),
              TEST(what_a_peer_said_before_it_left_is_heard), TEST(a_datagram_that_is_too_long_ends_the_channel),
              TEST(a_handler_may_free_its_channel), TEST(a_paused_channel_reads_nothing_until_it_goes_on),
              TEST(the_kernel_says_who_is_there))
