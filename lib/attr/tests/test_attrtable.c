/* Tests of lib/attr/attrtable.c */
#include "attr/attrtable.h"

#include "base/testkit.h"

static void
set(struct cox_attrtable *table, const char *name, const char *node, const char *text, guint64 seq)
{
    struct cox_attr_value *value = cox_attribute_need(cox_attrtable_need(table, name), node);

    cox_attr_value_set(value, text);
    value->seq = seq;
}

static const struct cox_attr_value *
get(const struct cox_attrtable *table, const char *name, const char *node)
{
    return cox_attribute_find(cox_attrtable_find(table, name), node);
}

static void
attributes_and_values_are_sorted_and_found(void **state)
{
    struct cox_attrtable table;

    (void) state;
    cox_attrtable_init(&table);
    set(&table, "m", "n2", "1", 1);
    set(&table, "a", "n1", "2", 1);
    set(&table, "m", "n1", "3", 1);
    assert_string_equal(((struct cox_attribute *) table.attributes->pdata[0])->name, "a");
    assert_string_equal(get(&table, "m", "n1")->value, "3");
    assert_null(cox_attrtable_find(&table, "b"));
    assert_null(get(&table, "m", "n3"));
    cox_attribute_forget(cox_attrtable_find(&table, "m"), "n3");
    cox_attribute_forget(cox_attrtable_find(&table, "m"), "n15");
    assert_non_null(get(&table, "m", "n2"));
    cox_attribute_forget(cox_attrtable_find(&table, "m"), "n1");
    assert_null(get(&table, "m", "n1"));
    assert_non_null(get(&table, "m", "n2"));
    cox_attrtable_clear(&table);
}

static void
a_value_is_dirty_until_the_document_is_known_to_have_it(void **state)
{
    struct cox_attrtable table;
    struct cox_attr_value *value = NULL;

    (void) state;
    cox_attrtable_init(&table);
    value = cox_attribute_need(cox_attrtable_need(&table, "a"), "n1");
    assert_true(cox_attr_value_is_dirty(value));
    cox_attr_value_note_stored(value, NULL);
    assert_false(cox_attr_value_is_dirty(value));
    assert_true(cox_attr_value_set(value, "1"));
    assert_false(cox_attr_value_set(value, "1"));
    assert_true(cox_attr_value_is_dirty(value));
    cox_attr_value_note_stored(value, "0");
    assert_true(cox_attr_value_is_dirty(value));
    cox_attr_value_note_stored(value, "1");
    assert_false(cox_attr_value_is_dirty(value));
    cox_attrtable_clear(&table);
}

/* What a table says about itself, for the other side. */
static struct cox_attr_side
side_of(const struct cox_attrtable *table, const char *const *nodes, size_t n_nodes, struct cox_attr_entry *entries)
{
    struct cox_attr_side side = { nodes, n_nodes, entries, 0 };

    for (guint a = 0; a < table->attributes->len; a++) {
        const struct cox_attribute *attribute = table->attributes->pdata[a];

        for (guint v = 0; v < attribute->values->len; v++) {
            const struct cox_attr_value *value = attribute->values->pdata[v];

            entries[side.n_entries++] = (struct cox_attr_entry) { attribute->name, value->node, value->value,
                                                                  attribute->kind, attribute->dampening_ms, value->seq };
        }
    }
    return side;
}

static void
a_heal_ends_with_equal_tables_and_each_node_s_own_values(void **state)
{
    static const char *const left_nodes[] = { "n1", "n2" };
    static const char *const right_nodes[] = { "n3" };
    static const struct {
        const char *name, *node, *expected;
    } cases[] = {
        { "own", "n1", "right" },        /* n1 was on the left */
        { "own", "n3", "right" },        /* n3 on the right */
        { "gone", "n3", NULL },          /* the right does not know it: deleted */
        { "remote", "r1", "younger" },   /* nobody's: the higher seq */
        { "tie", "r1", "b" },            /* equal seq: the greater text */
        { "only-left", "r1", "kept" },
        { "only-right", "r1", "kept" },
        { "deleted", "r1", NULL },
    };
    struct cox_attrtable left, right;
    struct cox_attr_entry left_entries[16], right_entries[16];
    struct cox_attr_side left_side, right_side;
    g_autoptr(GPtrArray) left_names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) right_names = g_ptr_array_new_with_free_func(g_free);

    (void) state;
    cox_attrtable_init(&left);
    cox_attrtable_init(&right);
    set(&left, "own", "n1", "right", 2);
    set(&right, "own", "n1", "wrong", 99);
    set(&left, "own", "n3", "wrong", 99);
    set(&right, "own", "n3", "right", 1);
    set(&left, "gone", "n3", "old", 7);
    set(&left, "remote", "r1", "older", 4);
    set(&right, "remote", "r1", "younger", 5);
    set(&left, "tie", "r1", "a", 3);
    set(&right, "tie", "r1", "b", 3);
    set(&left, "only-left", "r1", "kept", 1);
    set(&right, "only-right", "r1", "kept", 1);
    set(&left, "deleted", "r1", "old", 1);
    set(&right, "deleted", "r1", NULL, 2);
    cox_attrtable_find(&left, "own")->dampening_ms = 500;
    cox_attrtable_find(&right, "own")->kind = COX_ATTR_PRIVATE;
    g_ptr_array_add(left_names, g_strdup("n1"));
    g_ptr_array_add(left_names, g_strdup("n2"));
    g_ptr_array_add(right_names, g_strdup("n3"));
    left_side = side_of(&left, left_nodes, 2, left_entries);
    right_side = side_of(&right, right_nodes, 1, right_entries);
    /* Texts of the entries are the tables' own: merge into copies made by the merge itself, right first. */
    for (int i = 0; i < 2; i++) {
        struct cox_attr_side *side = i == 0 ? &left_side : &right_side;

        for (size_t e = 0; e < side->n_entries; e++) {
            struct cox_attr_entry *entry = i == 0 ? &left_entries[e] : &right_entries[e];

            entry->value = entry->value == NULL ? NULL : g_intern_string(entry->value);
        }
    }
    cox_attrtable_merge(&left, &right_side, left_names);
    cox_attrtable_merge(&right, &left_side, right_names);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct cox_attr_value *a = get(&left, cases[i].name, cases[i].node);
        const struct cox_attr_value *b = get(&right, cases[i].name, cases[i].node);

        if (g_strcmp0(a->value, cases[i].expected) != 0 || g_strcmp0(b->value, cases[i].expected) != 0
            || a->seq != b->seq) {
            fail_msg("%s of %s: left %s, right %s", cases[i].name, cases[i].node, a->value, b->value);
        }
    }
    assert_int_equal(cox_attrtable_find(&left, "own")->dampening_ms, cox_attrtable_find(&right, "own")->dampening_ms);
    assert_int_equal(cox_attrtable_find(&left, "own")->kind, cox_attrtable_find(&right, "own")->kind);
    cox_attrtable_clear(&left);
    cox_attrtable_clear(&right);
}

COX_TEST_MAIN(cmocka_unit_test(attributes_and_values_are_sorted_and_found),
              cmocka_unit_test(a_value_is_dirty_until_the_document_is_known_to_have_it),
              cmocka_unit_test(a_heal_ends_with_equal_tables_and_each_node_s_own_values))
