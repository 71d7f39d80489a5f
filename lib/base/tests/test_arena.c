/* Tests of lib/base/arena.c. */
#include "base/arena.h"
#include "base/testkit.h"

static void
memory_is_zeroed_and_aligned(void **state)
{
    g_autoptr(cox_arena) arena = cox_arena_new();

    (void) state;
    for (size_t size = 0; size < 300000; size = size * 3 + 1) {
        char *p = cox_arena_alloc(arena, size);

        assert_int_equal((uintptr_t) p % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++) {
            assert_int_equal(p[i], 0);
        }
        memset(p, 0xff, size);
        (void) cox_arena_strdup(arena, "odd");
    }
    assert_true(cox_arena_used_bytes(arena) > 300000);
}

static void
equal_texts_are_interned_once(void **state)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    const char *a = cox_arena_intern(arena, "node1");

    (void) state;
    assert_ptr_equal(a, cox_arena_intern(arena, "node1"));
    assert_ptr_not_equal(a, cox_arena_intern(arena, "node2"));
    assert_ptr_not_equal(a, cox_arena_strdup(arena, "node1"));
    assert_null(cox_arena_intern(arena, NULL));
    assert_string_equal(cox_arena_printf(arena, "%s-%d", a, 7), "node1-7");
    assert_string_equal(cox_arena_strndup(arena, "abcdef", 3), "abc");
}

static void
copies_are_copies(void **state)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    int numbers[3] = { 1, 2, 3 };
    int *copy = cox_arena_memdup(arena, numbers, 3, sizeof(int));

    (void) state;
    numbers[1] = 9;
    assert_int_equal(copy[1], 2);
    assert_null(cox_arena_memdup(arena, numbers, 0, sizeof(int)));
    cox_arena_free(NULL);
}

static void
texts_lie_without_gaps(void **state)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    const char *first = cox_arena_strdup(arena, "one");

    (void) state;
    assert_ptr_equal(cox_arena_strdup(arena, "three"), first + sizeof "one");
    assert_int_equal(cox_arena_used_bytes(arena), sizeof "one" + sizeof "three");
    assert_string_equal(first, "one");
}

static void
an_arena_lives_as_long_as_those_that_hold_it(void **state)
{
    struct cox_arena *holders[] = { cox_arena_new(), cox_arena_new() }, *held = cox_arena_new();
    const char *text = cox_arena_strdup(held, "text");

    cox_arena_hold(holders[0], held);
    cox_arena_hold(holders[1], held);
    cox_arena_free(held);
    assert_string_equal(text, "text");
    cox_arena_free(holders[0]);
    assert_string_equal(text, "text");
    cox_arena_free(holders[1]);
    (void) state;
}

COX_TEST_MAIN(cmocka_unit_test(memory_is_zeroed_and_aligned), cmocka_unit_test(equal_texts_are_interned_once),
              cmocka_unit_test(copies_are_copies), cmocka_unit_test(texts_lie_without_gaps),
              cmocka_unit_test(an_arena_lives_as_long_as_those_that_hold_it))
