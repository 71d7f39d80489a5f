/* Tests of lib/proto/outflow.c and inflow.c, joined by a wire that is a queue. */
#include "proto/outflow.h"

#include "base/error.h"
#include "base/testkit.h"
#include "proto/bodystream.h"
#include "proto/inflow.h"

struct wire {
    GQueue forth, back; /* GBytes: frames from the sender, and to it */
    struct cox_outflows *out;
    struct cox_inflows *in;
    guint64 received, most_under_way;
    guint64 refuse_after;
    unsigned int n_ends;
    GError *problem;
};

static void
forth(void *context, GBytes *frame)
{
    g_queue_push_tail(&((struct wire *) context)->forth, g_bytes_ref(frame));
}

static void
back(void *context, GBytes *frame)
{
    g_queue_push_tail(&((struct wire *) context)->back, g_bytes_ref(frame));
}

static bool
take(void *context, const guint8 *data, gsize size, GError **error)
{
    struct wire *wire = context;

    for (gsize i = 0; i < size; i += 4096) {
        assert_int_equal(data[i], (guint8) ((wire->received + i) / 4096));
    }
    wire->received += size;
    if (wire->refuse_after > 0 && wire->received >= wire->refuse_after) {
        g_set_error_literal(error, COX_ERROR, COX_ERROR_SYNTAX, "enough");
        return false;
    }
    return true;
}

static void
ended(void *context, const GError *problem)
{
    struct wire *wire = context;

    wire->n_ends++;
    wire->problem = problem == NULL ? NULL : g_error_copy(problem);
}

static int
setup(void **state)
{
    struct wire *wire = g_new0(struct wire, 1);
    const struct cox_sink sink = { take, ended, wire };

    g_queue_init(&wire->forth);
    g_queue_init(&wire->back);
    wire->out = cox_outflows_new(forth, wire);
    wire->in = cox_inflows_new(back, wire);
    assert_true(cox_inflows_open(wire->in, 7, G_MAXUINT64));
    cox_inflows_attach(wire->in, 7, &sink);
    *state = wire;
    return 0;
}

static int
teardown(void **state)
{
    struct wire *wire = *state;

    cox_outflows_free(wire->out);
    cox_inflows_free(wire->in);
    g_queue_clear_full(&wire->forth, (GDestroyNotify) g_bytes_unref);
    g_queue_clear_full(&wire->back, (GDestroyNotify) g_bytes_unref);
    g_clear_error(&wire->problem);
    g_free(wire);
    return 0;
}

/* A source that makes up its bytes: no body is ever in memory. */
struct made_up {
    guint64 done, total;
    unsigned int *n_freed;
};

static gssize
make_up(void *context, guint8 *buffer, gsize max, GError **error)
{
    struct made_up *source = context;
    gsize n = (gsize) MIN((guint64) max, source->total - source->done);

    if (source->total == 13) {
        g_set_error_literal(error, COX_ERROR, COX_ERROR_IO, "bad luck");
        return -1;
    }
    for (gsize i = 0; i < n; i++) {
        buffer[i] = (guint8) ((source->done + i) / 4096);
    }
    source->done += n;
    return (gssize) n;
}

static void
count_free(void *context)
{
    ++*((struct made_up *) context)->n_freed;
}

/* Carry what is on the wire, and let the sender go on, until nothing moves. */
static void
carry(struct wire *wire)
{
    bool moves = true;

    while (moves) {
        GBytes *bytes;
        struct cox_frame frame;
        guint64 under_way = 0;

        moves = cox_outflows_pump(wire->out);
        for (GList *link = wire->forth.head; link != NULL; link = link->next) {
            under_way += g_bytes_get_size(link->data);
        }
        wire->most_under_way = MAX(wire->most_under_way, under_way);
        if (moves) {
            continue; /* send as much as is allowed, to see the worst case */
        }
        while ((bytes = g_queue_pop_head(&wire->forth)) != NULL) {
            assert_true(cox_frame_parse(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), &frame, NULL));
            if (frame.kind == COX_FRAME_DATA) {
                assert_true(cox_inflows_data(wire->in, &frame, NULL));
            } else {
                g_autoptr(GError) problem = cox_frame_error(&frame);

                cox_inflows_fail(wire->in, frame.id, problem);
            }
            g_bytes_unref(bytes);
        }
        while ((bytes = g_queue_pop_head(&wire->back)) != NULL) {
            g_autoptr(cox_arena) arena = cox_arena_new();

            moves = true;
            assert_true(cox_frame_parse(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), &frame, NULL));
            if (frame.kind == COX_FRAME_CANCEL) {
                cox_outflows_cancel(wire->out, frame.id);
            } else {
                const struct cox_msg_credit *credit = cox_frame_message(&frame, arena, NULL);

                assert_true(cox_outflows_credit(wire->out, frame.id, credit->bytes, NULL));
            }
            g_bytes_unref(bytes);
        }
    }
}

static void
a_hundred_megabytes_need_one_window(void **state)
{
    struct wire *wire = *state;
    unsigned int n_freed = 0;
    struct made_up body = { 0, 100 * 1024 * 1024 + 17, &n_freed };
    const struct cox_source source = { make_up, count_free, &body };

    cox_outflows_add(wire->out, 7, &source);
    assert_true(cox_outflows_has(wire->out, 7));
    carry(wire);
    assert_true(wire->received == body.total);
    assert_int_equal(wire->n_ends, 1);
    assert_null(wire->problem);
    assert_int_equal(n_freed, 1);
    assert_true(wire->most_under_way < COX_STREAM_WINDOW_BYTES + 8192);
    assert_int_equal(cox_outflows_count(wire->out), 0);
    assert_int_equal(cox_inflows_count(wire->in), 0);
}

static void
a_reader_that_has_enough_stops_the_writer(void **state)
{
    struct wire *wire = *state;
    unsigned int n_freed = 0;
    struct made_up body = { 0, 100 * 1024 * 1024, &n_freed };
    const struct cox_source source = { make_up, count_free, &body };

    wire->refuse_after = 1000000;
    cox_outflows_add(wire->out, 7, &source);
    carry(wire);
    assert_true(wire->received < 2000000);
    assert_int_equal(wire->n_ends, 1);
    assert_true(g_error_matches(wire->problem, COX_ERROR, COX_ERROR_SYNTAX));
    assert_int_equal(n_freed, 1);
    assert_int_equal(cox_inflows_count(wire->in), 0); /* its place is free again */
}

static void
a_writer_that_fails_tells_the_reader(void **state)
{
    struct wire *wire = *state;
    unsigned int n_freed = 0;
    struct made_up body = { 0, 13, &n_freed };
    const struct cox_source source = { make_up, count_free, &body };

    cox_outflows_add(wire->out, 7, &source);
    carry(wire);
    assert_true(g_error_matches(wire->problem, COX_ERROR, COX_ERROR_IO));
    assert_int_equal(n_freed, 1);
}

static void
a_body_in_memory_and_an_empty_one_are_bodies_too(void **state)
{
    struct wire *wire = *state;
    g_autoptr(GBytes) nothing = g_bytes_new_static("", 0);
    struct cox_source source = cox_source_of_bytes(nothing);
    struct cox_source unused = cox_source_of_bytes(nothing);

    cox_outflows_add(wire->out, 7, &source);
    carry(wire);
    assert_int_equal(wire->n_ends, 1);
    assert_null(wire->problem);
    assert_int_equal(wire->received, 0);
    cox_source_clear(&unused);
    cox_source_clear(&unused);
}

static void
bodies_that_break_the_rules_are_refused(void **state)
{
    struct wire *wire = *state;
    g_autofree guint8 *data = g_malloc0(COX_STREAM_CHUNK_BYTES);
    struct cox_frame frame = { .kind = COX_FRAME_DATA, .id = 8, .payload = data, .payload_size = COX_STREAM_CHUNK_BYTES };
    g_autoptr(GError) unknown = NULL;
    g_autoptr(GError) greedy = NULL;
    bool good = true;

    assert_false(cox_inflows_open(wire->in, 7, 1));
    assert_false(cox_inflows_data(wire->in, &frame, &unknown));
    assert_non_null(strstr(unknown->message, "'8'"));
    assert_true(cox_inflows_open(wire->in, 8, 100 * 1000)); /* without a sink: dropped, but counted */
    for (int i = 0; i < 100 && good; i++) { /* takes no notice of the limit and of credits */
        good = cox_inflows_data(wire->in, &frame, &greedy);
    }
    assert_false(good);
    assert_true(g_error_matches(greedy, COX_ERROR, COX_ERROR_PROTOCOL));
}

static void
a_connection_that_ends_ends_its_bodies(void **state)
{
    struct wire *wire = *state;

    cox_inflows_free(wire->in);
    wire->in = NULL;
    assert_int_equal(wire->n_ends, 1);
    assert_true(g_error_matches(wire->problem, COX_ERROR, COX_ERROR_DISCONNECTED));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
COX_TEST_MAIN(TEST(a_hundred_megabytes_need_one_window), TEST(a_reader_that_has_enough_stops_the_writer),
              TEST(a_writer_that_fails_tells_the_reader), TEST(a_body_in_memory_and_an_empty_one_are_bodies_too),
              TEST(bodies_that_break_the_rules_are_refused), TEST(a_connection_that_ends_ends_its_bodies))
