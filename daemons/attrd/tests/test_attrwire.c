/* Tests of daemons/attrd/attrwire.c: what an engine says is what the others hear. */
#include "daemons/attrd/attrwire.h"

#include "base/testkit.h"
#include "proto/marshal.h"

/* From one engine to another: pieces become bytes and are read back one by one. */
struct way {
    struct cox_attrwire *wire;
    GPtrArray *arenas; /* all of them live as long as the test */
    struct cox_attr_message got;
    guint n_pieces, n_whole;
    guint32 sender;
    gsize largest_bytes;
};

static struct cox_arena *
new_arena(struct way *way)
{
    struct cox_arena *arena = cox_arena_new();

    g_ptr_array_add(way->arenas, arena);
    return arena;
}

static void
free_arena(gpointer arena)
{
    cox_arena_free(arena);
}

static void
carry(void *context, const struct cox_msg_attr_peer *piece)
{
    struct way *way = context;
    const struct cox_schema *schema = cox_messages_schema(COX_MSG_ATTR_PEER);
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    const struct cox_msg_attr_peer *read = NULL;

    cox_marshal(schema, piece, bytes);
    way->largest_bytes = MAX(way->largest_bytes, bytes->len);
    way->n_pieces++;
    read = cox_unmarshal(schema, bytes->data, bytes->len, new_arena(way), NULL);
    assert_non_null(read);
    way->n_whole += cox_attrwire_read(way->wire, way->sender, read, new_arena(way), &way->got);
}

static void
begin(struct way *way)
{
    *way = (struct way) { .wire = cox_attrwire_new(), .arenas = g_ptr_array_new_with_free_func(free_arena), .sender = 1 };
}

static void
end(struct way *way)
{
    cox_attrwire_free(way->wire);
    g_ptr_array_unref(way->arenas);
}

static void
a_call_arrives_with_those_it_leaves_out(void **state)
{
    static const guint32 excluded[] = { 4, 7000000 };
    const struct cox_attr_message sent = { .kind = COX_ATTR_CALL, .round_caller = 3, .round_serial = G_MAXUINT64,
                                           .excluded = excluded, .n_excluded = 2 };
    struct way way;

    (void) state;
    begin(&way);
    cox_attrwire_write(&sent, carry, &way);
    assert_int_equal(way.n_whole, 1);
    assert_int_equal(way.got.kind, COX_ATTR_CALL);
    assert_int_equal(way.got.round_caller, 3);
    assert_true(way.got.round_serial == G_MAXUINT64);
    assert_int_equal(way.got.n_excluded, 2);
    assert_memory_equal(way.got.excluded, excluded, sizeof(excluded));
    end(&way);
}

static void
a_confirmation_arrives(void **state)
{
    const struct cox_attr_message sent = { .kind = COX_ATTR_CONFIRM, .origin = 9, .change.request = 1234567890123 };
    struct way way;

    (void) state;
    begin(&way);
    cox_attrwire_write(&sent, carry, &way);
    assert_int_equal(way.got.kind, COX_ATTR_CONFIRM);
    assert_int_equal(way.got.origin, 9);
    assert_true(way.got.change.request == 1234567890123);
    end(&way);
}

static void
every_part_of_a_change_arrives(void **state)
{
    const struct cox_attr_message sent = {
        .kind = COX_ATTR_CHANGE,
        .change = { .kind = COX_ATTR_SET, .name = "a", .node = "n1", .value = "ä", .value_kind = COX_ATTR_PRIVATE,
                    .dampening_ms = -1, .request = 8, .wants_all = true, .set_name = "mine", .is_utilization = true,
                    .may_wait = true },
    };
    const struct cox_attr_message removal = { .kind = COX_ATTR_CHANGE, .change = { .kind = COX_ATTR_REMOVE, .node = "n2" } };
    struct way way;

    (void) state;
    begin(&way);
    cox_attrwire_write(&sent, carry, &way);
    assert_int_equal(way.got.change.kind, COX_ATTR_SET);
    assert_string_equal(way.got.change.name, "a");
    assert_string_equal(way.got.change.node, "n1");
    assert_string_equal(way.got.change.value, "ä");
    assert_int_equal(way.got.change.value_kind, COX_ATTR_PRIVATE);
    assert_int_equal(way.got.change.dampening_ms, -1);
    assert_int_equal(way.got.change.request, 8);
    assert_true(way.got.change.wants_all);
    assert_true(way.got.change.may_wait);
    assert_string_equal(way.got.change.set_name, "mine");
    assert_true(way.got.change.is_utilization);
    cox_attrwire_write(&removal, carry, &way);
    assert_int_equal(way.got.change.kind, COX_ATTR_REMOVE);
    assert_string_equal(way.got.change.node, "n2");
    assert_null(way.got.change.name);
    assert_null(way.got.change.value);
    end(&way);
}

static void
fill(struct cox_attr_entry *entries, guint n, GPtrArray *names)
{
    for (guint i = 0; i < n; i++) {
        g_ptr_array_add(names, g_strdup_printf("attribute-%u", i));
        entries[i] = (struct cox_attr_entry) {
            .name = names->pdata[names->len - 1], .node = i % 2 == 0 ? "n1" : "n2", .value = i % 3 == 0 ? NULL : "17",
            .kind = i % 2 == 0 ? COX_ATTR_TRANSIENT : COX_ATTR_PRIVATE, .dampening_ms = i, .seq = i + 1,
            .set_name = i == 5 ? "mine" : NULL, .is_utilization = i == 6,
        };
    }
}

static void
a_table_of_any_size_arrives_whole_in_pieces_that_are_small(void **state)
{
    static const guint sizes[] = { 0, 1, COX_ATTRWIRE_PIECE, COX_ATTRWIRE_PIECE + 1, 20000 };
    static const char *const nodes[] = { "n1", "n2" };

    (void) state;
    for (gsize s = 0; s < G_N_ELEMENTS(sizes); s++) {
        guint n = sizes[s];
        g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
        g_autofree struct cox_attr_entry *entries = g_new0(struct cox_attr_entry, n + 1);
        const struct cox_attr_message sent = { .kind = COX_ATTR_WORD, .round_caller = 1, .round_serial = 2, .writer = 1,
                                               .side = { nodes, 2, entries, n } };
        struct way way;

        begin(&way);
        fill(entries, n, names);
        cox_attrwire_write(&sent, carry, &way);
        assert_int_equal(way.n_pieces, MAX((n + COX_ATTRWIRE_PIECE - 1) / COX_ATTRWIRE_PIECE, 1));
        assert_int_equal(way.n_whole, 1);
        assert_true(way.largest_bytes < 100 * 1024);
        assert_int_equal(way.got.writer, 1);
        assert_int_equal(way.got.side.n_nodes, 2);
        assert_string_equal(way.got.side.nodes[1], "n2");
        assert_int_equal(way.got.side.n_entries, n);
        for (guint i = 0; i < n; i++) {
            const struct cox_attr_entry *got = &way.got.side.entries[i];

            assert_string_equal(got->name, entries[i].name);
            assert_string_equal(got->node, entries[i].node);
            assert_true(g_strcmp0(got->value, entries[i].value) == 0 && g_strcmp0(got->set_name, entries[i].set_name) == 0);
            assert_true(got->kind == entries[i].kind && got->dampening_ms == entries[i].dampening_ms
                        && got->seq == entries[i].seq && got->is_utilization == entries[i].is_utilization);
        }
        end(&way);
    }
}

static void
pieces_of_several_senders_do_not_mix_and_a_new_membership_forgets_them(void **state)
{
    const struct cox_msg_attr_entry first = { .name = "a", .node = "n1", .value = "1" };
    const struct cox_msg_attr_entry second = { .name = "b", .node = "n1", .value = "2" };
    const struct cox_msg_attr_peer begun = { .kind = COX_ATTR_WORD, .entries = &first, .n_entries = 1, .more = 1 };
    const struct cox_msg_attr_peer ended = { .kind = COX_ATTR_WORD, .entries = &second, .n_entries = 1 };
    struct way way;

    (void) state;
    begin(&way);
    carry(&way, &begun);
    way.sender = 2;
    carry(&way, &ended);
    assert_int_equal(way.n_whole, 1);
    assert_int_equal(way.got.side.n_entries, 1);
    assert_string_equal(way.got.side.entries[0].name, "b");
    way.sender = 1;
    carry(&way, &ended);
    assert_int_equal(way.got.side.n_entries, 2);
    carry(&way, &begun);
    cox_attrwire_reset(way.wire);
    carry(&way, &ended);
    assert_int_equal(way.got.side.n_entries, 1);
    end(&way);
}

static void
what_a_later_version_says_is_not_taken_for_something_else(void **state)
{
    const struct cox_msg_attr_entry entry = { .name = "a", .node = "n1", .kind = 77 };
    const struct cox_msg_attr_entry nameless = { .node = "n1", .value = "1" };
    const struct cox_msg_attr_peer kind = { .kind = 99 };
    const struct cox_msg_attr_peer change = { .kind = COX_ATTR_CHANGE, .change = 99, .entries = &entry, .n_entries = 1 };
    const struct cox_msg_attr_peer set = { .kind = COX_ATTR_CHANGE, .entries = &entry, .n_entries = 1 };
    const struct cox_msg_attr_peer word = { .kind = COX_ATTR_WORD, .entries = &nameless, .n_entries = 1 };
    struct way way;

    (void) state;
    begin(&way);
    carry(&way, &kind);
    carry(&way, &change);
    assert_int_equal(way.n_whole, 0);
    carry(&way, &set);
    assert_int_equal(way.n_whole, 1);
    assert_int_equal(way.got.change.value_kind, COX_ATTR_PRIVATE);
    carry(&way, &word);
    assert_int_equal(way.got.side.n_entries, 0);
    end(&way);
}

COX_TEST_MAIN(cmocka_unit_test(a_call_arrives_with_those_it_leaves_out), cmocka_unit_test(a_confirmation_arrives),
              cmocka_unit_test(every_part_of_a_change_arrives),
              cmocka_unit_test(a_table_of_any_size_arrives_whole_in_pieces_that_are_small),
              cmocka_unit_test(pieces_of_several_senders_do_not_mix_and_a_new_membership_forgets_them),
              cmocka_unit_test(what_a_later_version_says_is_not_taken_for_something_else))
