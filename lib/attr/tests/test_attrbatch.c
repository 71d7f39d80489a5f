/* Tests of lib/attr/attrbatch.c */
#include "attr/attrbatch.h"

#include "base/testkit.h"

static struct cox_attribute *
make(struct cox_attrtable *table, const char *name, enum cox_attr_kind kind, const char *text)
{
    struct cox_attribute *attribute = cox_attrtable_need(table, name);

    attribute->kind = kind;
    attribute->write_at = 100;
    cox_attr_value_set(cox_attribute_need(attribute, "n1"), text);
    return attribute;
}

static void
what_is_due_goes_into_one_batch_and_is_known_afterwards(void **state)
{
    g_autoptr(GArray) entries = g_array_new(FALSE, FALSE, sizeof(struct cox_attr_entry));
    struct cox_attrtable table, other;
    struct cox_attrbatch batch;

    (void) state;
    cox_attrtable_init(&table);
    cox_attrtable_init(&other);
    cox_attrbatch_init(&batch, 1000, 4000);
    make(&table, "a", COX_ATTR_TRANSIENT, "1");
    make(&table, "b", COX_ATTR_PERMANENT, "2");
    make(&table, "later", COX_ATTR_TRANSIENT, "3")->write_at = 500;
    cox_attr_value_note_stored(cox_attribute_need(make(&table, "same", COX_ATTR_TRANSIENT, "4"), "n1"), "4");
    assert_true(cox_attrbatch_may_begin(&batch, 100));
    cox_attrbatch_collect(&batch, &table, 100, entries);
    assert_int_equal(entries->len, 2);
    assert_int_equal(cox_attrbatch_begin(&batch), 1);
    assert_true(cox_attrbatch_is_open(&batch));
    assert_true(cox_attrbatch_has_table(&batch, &table));
    assert_false(cox_attrbatch_has_table(&batch, &other));
    assert_false(cox_attrbatch_may_begin(&batch, 100));
    assert_false(cox_attrbatch_end(&batch, 7, true, 100));
    assert_true(cox_attrbatch_end(&batch, 1, true, 100));
    assert_false(cox_attrbatch_end(&batch, 1, true, 100));
    assert_false(cox_attr_value_is_dirty(cox_attribute_find(cox_attrtable_find(&table, "a"), "n1")));
    assert_null(cox_attribute_find(cox_attrtable_find(&table, "b"), "n1")); /* the document's own now */
    cox_attrbatch_clear(&batch);
    cox_attrtable_clear(&table);
    cox_attrtable_clear(&other);
}

/* cts/sim found it: a node's attributes were removed after the write, and "write all again" came before its answer. */
static void
what_may_have_been_lost_since_it_was_sent_is_written_again(void **state)
{
    g_autoptr(GArray) entries = g_array_new(FALSE, FALSE, sizeof(struct cox_attr_entry));
    struct cox_attrtable table, permanent;
    struct cox_attrbatch batch;

    (void) state;
    cox_attrtable_init(&table);
    cox_attrtable_init(&permanent);
    cox_attrbatch_init(&batch, 1000, 4000);
    cox_attrbatch_doubt(&batch, &table); /* none is under way: nothing to doubt */
    make(&table, "a", COX_ATTR_TRANSIENT, "1");
    make(&permanent, "b", COX_ATTR_PERMANENT, "2");
    cox_attrbatch_collect(&batch, &table, 100, entries);
    cox_attrbatch_collect(&batch, &permanent, 100, entries);
    assert_int_equal(cox_attrbatch_begin(&batch), 1);
    cox_attrbatch_doubt(&batch, &table);
    assert_true(cox_attrbatch_end(&batch, 1, true, 200));
    assert_true(cox_attr_value_is_dirty(cox_attribute_find(cox_attrtable_find(&table, "a"), "n1")));
    assert_null(cox_attribute_find(cox_attrtable_find(&permanent, "b"), "n1")); /* that it had is certain */
    assert_true(cox_attrbatch_may_begin(&batch, 200)); /* it went well: no pause */
    g_array_set_size(entries, 0);
    cox_attrbatch_collect(&batch, &table, 200, entries);
    assert_int_equal(entries->len, 1);
    assert_int_equal(cox_attrbatch_begin(&batch), 2);
    assert_true(cox_attrbatch_end(&batch, 2, true, 300));
    assert_false(cox_attr_value_is_dirty(cox_attribute_find(cox_attrtable_find(&table, "a"), "n1")));
    cox_attrbatch_clear(&batch);
    cox_attrtable_clear(&table);
    cox_attrtable_clear(&permanent);
}

static void
a_permanent_value_that_changed_meanwhile_stays(void **state)
{
    g_autoptr(GArray) entries = g_array_new(FALSE, FALSE, sizeof(struct cox_attr_entry));
    struct cox_attrtable table;
    struct cox_attrbatch batch;
    struct cox_attribute *attribute = NULL;

    (void) state;
    cox_attrtable_init(&table);
    cox_attrbatch_init(&batch, 1000, 4000);
    attribute = make(&table, "b", COX_ATTR_PERMANENT, "2");
    cox_attrbatch_collect(&batch, &table, 100, entries);
    cox_attrbatch_begin(&batch);
    cox_attr_value_set(cox_attribute_find(attribute, "n1"), "3");
    assert_true(cox_attrbatch_end(&batch, 1, true, 100));
    assert_true(cox_attr_value_is_dirty(cox_attribute_find(attribute, "n1")));
    cox_attrbatch_clear(&batch);
    cox_attrtable_clear(&table);
}

static void
pauses_after_failures_grow_up_to_their_limit(void **state)
{
    static const gint64 pauses_ms[] = { 1000, 2000, 4000, 4000 };
    struct cox_attrtable table;
    struct cox_attrbatch batch;
    cox_usec now = 100;

    (void) state;
    cox_attrtable_init(&table);
    cox_attrbatch_init(&batch, 1000, 4000);
    make(&table, "a", COX_ATTR_TRANSIENT, "1");
    for (size_t i = 0; i < G_N_ELEMENTS(pauses_ms); i++) {
        g_autoptr(GArray) entries = g_array_new(FALSE, FALSE, sizeof(struct cox_attr_entry));

        cox_attrbatch_collect(&batch, &table, now, entries);
        assert_int_equal(entries->len, 1);
        assert_true(cox_attrbatch_end(&batch, cox_attrbatch_begin(&batch), false, now));
        assert_false(cox_attrbatch_may_begin(&batch, now + pauses_ms[i] * 1000 - 1));
        now += pauses_ms[i] * 1000;
        assert_true(cox_attrbatch_may_begin(&batch, now));
    }
    cox_attrbatch_begin(&batch);
    assert_true(cox_attrbatch_end(&batch, batch.number, true, now));
    assert_true(cox_attrbatch_may_begin(&batch, now));
    cox_attrbatch_clear(&batch);
    cox_attrtable_clear(&table);
}

COX_TEST_MAIN(cmocka_unit_test(what_is_due_goes_into_one_batch_and_is_known_afterwards),
              cmocka_unit_test(what_may_have_been_lost_since_it_was_sent_is_written_again),
              cmocka_unit_test(a_permanent_value_that_changed_meanwhile_stays),
              cmocka_unit_test(pauses_after_failures_grow_up_to_their_limit))
