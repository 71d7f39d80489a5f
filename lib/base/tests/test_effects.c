/* Tests of lib/base/effects.c */
#include "base/effects.h"

#include "base/testkit.h"

struct cox_probe_effect {
    int kind;
    const char *text;
    const guint32 *numbers;
};
COX_EFFECTS_DEFINE(probe)

static void
add(struct cox_probe_effects *effects, int kind, const char *text)
{
    struct cox_probe_effect *effect = cox_effects_add(&effects->list);

    assert_int_equal(effect->kind, 0);
    effect->kind = kind;
    effect->text = cox_effects_text(&effects->list, text);
}

static void
elements_keep_their_order_and_their_own_texts(void **state)
{
    struct cox_probe_effects effects;
    char text[] = "first";

    (void) state;
    cox_probe_effects_init(&effects);
    add(&effects, 1, text);
    text[0] = 'X';
    for (int i = 2; i < 100; i++) {
        add(&effects, i, NULL);
    }
    assert_int_equal(cox_probe_effects_count(&effects), 99);
    assert_string_equal(cox_probe_effects_get(&effects, 0)->text, "first");
    for (guint i = 0; i < 99; i++) {
        assert_int_equal(cox_probe_effects_get(&effects, i)->kind, i + 1);
    }
    assert_null(cox_probe_effects_get(&effects, 7)->text);
    cox_probe_effects_clear(&effects);
}

static void
a_reset_list_starts_with_zeroed_elements(void **state)
{
    static const guint32 numbers[] = { 3, 1, 4 };
    struct cox_probe_effects effects;
    const guint32 *copy = NULL;

    (void) state;
    cox_probe_effects_init(&effects);
    add(&effects, 9, "old");
    copy = cox_effects_array(&effects.list, numbers, G_N_ELEMENTS(numbers), sizeof(guint32));
    assert_memory_equal(copy, numbers, sizeof(numbers));
    assert_null(cox_effects_array(&effects.list, numbers, 0, sizeof(guint32)));
    cox_probe_effects_reset(&effects);
    assert_int_equal(cox_probe_effects_count(&effects), 0);
    add(&effects, 4, "new");
    assert_string_equal(cox_probe_effects_get(&effects, 0)->text, "new");
    cox_probe_effects_clear(&effects);
}

static void
count(gpointer data)
{
    ++*(int *) data;
}

static void
what_is_kept_is_given_back_once(void **state)
{
    struct cox_probe_effects effects;
    int first = 0, second = 0;

    (void) state;
    cox_probe_effects_init(&effects);
    cox_effects_keep(&effects.list, &first, count);
    cox_effects_keep(&effects.list, &first, count);
    assert_int_equal(first, 0);
    cox_probe_effects_reset(&effects);
    assert_int_equal(first, 2);
    cox_effects_keep(&effects.list, &second, count);
    cox_probe_effects_clear(&effects);
    assert_int_equal(first, 2);
    assert_int_equal(second, 1);
}

COX_TEST_MAIN(cmocka_unit_test(elements_keep_their_order_and_their_own_texts),
              cmocka_unit_test(a_reset_list_starts_with_zeroed_elements),
              cmocka_unit_test(what_is_kept_is_given_back_once))
