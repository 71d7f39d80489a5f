/* Tests of lib/service/subscriber.c: what is sent, what waits, what is lost. */
#include "service/subscriber.h"

#include "base/testkit.h"
#include "proto/marshal.h"

struct world {
    struct cox_limits limits;
    struct cox_outflows *flows;
    struct cox_subscriber *subscriber;
    struct cox_subscriber_port port;
    gsize unsent;
    GString *sent;
};

static void
send_frame(void *context, GBytes *bytes)
{
    struct world *world = context;
    g_autoptr(cox_arena) arena = cox_arena_new();
    struct cox_frame frame;

    assert_true(cox_frame_parse(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), &frame, NULL));
    if (frame.kind == COX_FRAME_DATA) {
        g_string_append(world->sent, frame.flags & COX_FRAME_LAST ? "end " : "data ");
    } else {
        const struct cox_msg_note *note = cox_frame_message(&frame, arena, NULL);

        g_string_append_printf(world->sent, note->lost > 0 ? "%u:lost%d " : "%u:%d ", frame.id,
                               (int) (note->lost > 0 ? note->lost : note->number));
    }
}

static gsize
unsent_bytes(void *context)
{
    return ((struct world *) context)->unsent;
}

static int
setup(void **state)
{
    struct world *world = g_new0(struct world, 1);

    world->limits = cox_limits_default();
    world->limits.events_waiting = 2;
    world->flows = cox_outflows_new(send_frame, world);
    world->port = (struct cox_subscriber_port) { send_frame, unsent_bytes, world };
    world->subscriber = cox_subscriber_new(&world->limits, world->flows, &world->port);
    world->sent = g_string_new(NULL);
    *state = world;
    return 0;
}

static int
teardown(void **state)
{
    struct world *world = *state;

    cox_subscriber_free(world->subscriber);
    cox_outflows_free(world->flows);
    g_string_free(world->sent, TRUE);
    g_free(world);
    return 0;
}

static void
publish(struct world *world, const char *topic, guint64 number, gsize large_bytes)
{
    const struct cox_msg_note note = { .number = number };
    GByteArray *payload = g_byte_array_new();
    g_autoptr(GBytes) large = large_bytes == 0 ? NULL : g_bytes_new_take(g_malloc0(large_bytes), large_bytes);
    g_autoptr(GBytes) bytes = NULL;

    cox_marshal(cox_messages_schema(COX_MSG_NOTE), &note, payload);
    bytes = g_byte_array_free_to_bytes(payload);
    cox_subscriber_publish(world->subscriber, topic, COX_MSG_NOTE, bytes, large);
}

static void
events_go_to_their_topic_only(void **state)
{
    struct world *world = *state;

    assert_false(cox_subscriber_has(world->subscriber, "a"));
    assert_true(cox_subscriber_add(world->subscriber, 3, "a"));
    assert_false(cox_subscriber_add(world->subscriber, 3, "b"));
    assert_true(cox_subscriber_has(world->subscriber, "a"));
    assert_false(cox_subscriber_has(world->subscriber, "b"));
    publish(world, "a", 1, 0);
    publish(world, "b", 2, 0);
    assert_true(cox_subscriber_remove(world->subscriber, 3));
    assert_false(cox_subscriber_remove(world->subscriber, 3));
    publish(world, "a", 3, 0);
    assert_string_equal(world->sent->str, "3:1 ");
}

static void
what_comes_behind_a_large_event_waits_and_then_is_lost_and_told(void **state)
{
    struct world *world = *state;

    assert_true(cox_subscriber_add(world->subscriber, 3, "a"));
    publish(world, "a", 1, 1000);
    for (guint64 i = 2; i <= 6; i++) { /* two may wait */
        publish(world, "a", i, 0);
    }
    assert_string_equal(world->sent->str, "3:1 ");
    while (cox_outflows_pump(world->flows)) {
    }
    cox_subscriber_progress(world->subscriber);
    assert_string_equal(world->sent->str, "3:1 data end 3:2 3:3 3:lost3 ");
    publish(world, "a", 7, 0);
    assert_true(g_str_has_suffix(world->sent->str, "3:lost3 3:7 "));
}

static void
one_who_does_not_read_loses_events_until_there_is_room(void **state)
{
    struct world *world = *state;

    assert_true(cox_subscriber_add(world->subscriber, 3, "a"));
    world->unsent = world->limits.events_unsent + 1;
    publish(world, "a", 1, 0);
    world->unsent = world->limits.events_unsent * 3 / 4;
    publish(world, "a", 2, 0); /* not before it has been told */
    cox_subscriber_progress(world->subscriber);
    assert_string_equal(world->sent->str, "");
    world->unsent = 0;
    cox_subscriber_progress(world->subscriber);
    publish(world, "a", 3, 0);
    assert_string_equal(world->sent->str, "3:lost2 3:3 ");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
COX_TEST_MAIN(TEST(events_go_to_their_topic_only), TEST(what_comes_behind_a_large_event_waits_and_then_is_lost_and_told),
              TEST(one_who_does_not_read_loses_events_until_there_is_room))
