/* lib/cluster/tests/test_peerframe.c - messages in pieces come together, and nothing else does. */
#include "base/testkit.h"

#include "cluster/peerframe.h"

enum { PIECE = 100, MAX_BYTES = 10 * 1024 * 1024 };

static GBytes *
sample(size_t size, unsigned seed)
{
    guint8 *data = g_malloc(MAX(size, 1));

    for (size_t i = 0; i < size; i++) {
        data[i] = (guint8) (seed == 0 ? 'a' : (i * i * seed) >> 5);
    }
    return g_bytes_new_take(data, size);
}

/* Frame @index of a message as bytes. */
static GBytes *
frame_of(GBytes *wire, guint64 raw_size, bool is_compressed, guint64 message, guint32 index)
{
    gsize size = 0;
    const guint8 *data = g_bytes_get_data(wire, &size);
    const struct cox_peerframe frame = {
        .is_compressed = is_compressed, .message = message, .index = index,
        .n_pieces = (guint32) MAX((size + PIECE - 1) / PIECE, 1), .wire_size = size, .raw_size = raw_size,
    };
    GByteArray *out = g_byte_array_new();
    guint8 head[COX_PEERFRAME_HEAD];

    cox_peerframe_write_head(&frame, head);
    g_byte_array_append(out, head, sizeof(head));
    g_byte_array_append(out, data + (gsize) index * PIECE, (guint) MIN(size - (gsize) index * PIECE, PIECE));
    return g_byte_array_free_to_bytes(out);
}

static bool
add(struct cox_assembly *assembly, GBytes *bytes, GBytes **out)
{
    struct cox_peerframe frame;
    gsize size = 0;
    const void *data = g_bytes_get_data(bytes, &size);

    *out = NULL;
    return cox_peerframe_read(&frame, data, size) && cox_assembly_add(assembly, &frame, MAX_BYTES, out);
}

static void
every_size_comes_together(void **state)
{
    static const size_t sizes[] = { 0, 1, 99, 100, 101, 1000, 16 * 1024, 20000, 1000000 };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(sizes) * 2; i++) {
        g_autoptr(GBytes) bytes = sample(sizes[i / 2], (unsigned) i % 2);
        bool is_compressed;
        g_autoptr(GBytes) wire = cox_peerframe_pack(bytes, &is_compressed);
        guint32 n = (guint32) MAX((g_bytes_get_size(wire) + PIECE - 1) / PIECE, 1);
        struct cox_assembly assembly = { 0 };

        if (i % 2 == 0) {
            assert_int_equal(is_compressed, sizes[i / 2] >= 16 * 1024);
        }
        for (guint32 index = 0; index < n; index++) {
            g_autoptr(GBytes) frame = frame_of(wire, g_bytes_get_size(bytes), is_compressed, 7, index);
            g_autoptr(GBytes) out = NULL;

            assert_true(add(&assembly, frame, &out));
            assert_int_equal(out != NULL, index + 1 == n);
            assert_true(out == NULL || g_bytes_equal(out, bytes));
        }
        assert_null(assembly.buffer);
    }
}

static void
what_has_no_beginning_is_dropped_and_what_contradicts_itself_refused(void **state)
{
    g_autoptr(GBytes) wire = sample(250, 3);
    g_autoptr(GBytes) longer = sample(350, 3);
    g_autoptr(GBytes) first = frame_of(wire, 250, false, 1, 0);
    g_autoptr(GBytes) second = frame_of(wire, 250, false, 1, 1);
    g_autoptr(GBytes) third = frame_of(wire, 250, false, 1, 2);
    g_autoptr(GBytes) other = frame_of(wire, 250, false, 2, 1);
    g_autoptr(GBytes) resized = frame_of(longer, 350, false, 1, 1);
    struct cox_assembly assembly = { 0 };
    g_autoptr(GBytes) done = NULL;
    GBytes *out;

    (void) state;
    assert_true(add(&assembly, second, &out)); /* from before the members changed */
    assert_null(assembly.buffer);
    assert_true(add(&assembly, first, &out));
    assert_true(add(&assembly, other, &out));
    assert_null(assembly.buffer);
    assert_true(add(&assembly, first, &out));
    assert_false(add(&assembly, third, &out)); /* one is missing */
    assert_true(add(&assembly, first, &out));
    assert_false(add(&assembly, resized, &out));
    assert_true(add(&assembly, first, &out));
    assert_true(add(&assembly, first, &out)); /* begun anew */
    assert_true(add(&assembly, second, &out));
    assert_true(add(&assembly, third, &done));
    assert_true(g_bytes_equal(done, wire));
    assert_true(add(&assembly, first, &out));
    cox_assembly_clear(&assembly);
    assert_true(add(&assembly, second, &out));
    assert_null(assembly.buffer);
}

static void
a_frame_of_another_version_is_no_frame_and_says_which_it_has(void **state)
{
    g_autoptr(GBytes) wire = sample(80, 1);
    g_autoptr(GBytes) ours = frame_of(wire, 80, false, 1, 0);
    struct cox_peerframe frame;
    gsize size = 0;
    g_autofree guint8 *data = g_memdup2(g_bytes_get_data(ours, &size), g_bytes_get_size(ours));

    (void) state;
    assert_int_equal(cox_peerframe_version(data, size), COX_PEERFRAME_VERSION);
    data[4] = 9;
    assert_int_equal(cox_peerframe_version(data, size), 9);
    assert_int_equal(cox_peerframe_version(data, 6), 9);
    assert_int_equal(cox_peerframe_version(data, 5), 0);
    assert_false(cox_peerframe_read(&frame, data, size));
    data[0] = 'X';
    assert_int_equal(cox_peerframe_version(data, size), 0);
}

static void
sizes_that_lie_cost_nothing(void **state)
{
    g_autoptr(GBytes) wire = sample(80, 1);
    struct cox_assembly assembly = { 0 };
    g_autoptr(GBytes) huge = frame_of(wire, 1000000000, true, 1, 0);
    g_autoptr(GBytes) lie = frame_of(wire, MAX_BYTES, true, 1, 0);
    g_autoptr(GBytes) garbage = frame_of(wire, 100, true, 1, 0);
    GBytes *out;

    (void) state;
    assert_false(add(&assembly, huge, &out));
    assert_false(add(&assembly, lie, &out));
    assert_false(add(&assembly, garbage, &out));
    assert_null(assembly.buffer);
}

static void
shortened_and_foreign_frames_are_refused(void **state)
{
    g_autoptr(GBytes) wire = sample(50, 1);
    g_autoptr(GBytes) bytes = frame_of(wire, 50, false, 1, 0);
    gsize size = 0;
    g_autofree guint8 *data = g_memdup2(g_bytes_get_data(bytes, &size), g_bytes_get_size(bytes));
    struct cox_peerframe frame;

    (void) state;
    for (gsize length = 0; length < COX_PEERFRAME_HEAD; length++) {
        assert_false(cox_peerframe_read(&frame, data, length));
    }
    assert_true(cox_peerframe_read(&frame, data, size));
    data[4]++; /* a version that we do not know */
    assert_false(cox_peerframe_read(&frame, data, size));
    data[4]--;
    data[0]++;
    assert_false(cox_peerframe_read(&frame, data, size));
}

COX_TEST_MAIN(cmocka_unit_test(every_size_comes_together),
              cmocka_unit_test(what_has_no_beginning_is_dropped_and_what_contradicts_itself_refused),
              cmocka_unit_test(a_frame_of_another_version_is_no_frame_and_says_which_it_has),
              cmocka_unit_test(sizes_that_lie_cost_nothing), cmocka_unit_test(shortened_and_foreign_frames_are_refused))
