/* Tests of lib/fence/fencemsg.c */
#include "fence/fencemsg.h"

#include "base/testkit.h"

static const char *const good_texts[] = { "a", "b" };
static const char *const bad_texts[] = { "a", NULL };
static const struct cox_fence_record good_records[] = { { .target = "n1", .action = COX_FENCE_OFF } };
static const struct cox_fence_record bad_records[] = { { .target = "n1" }, { .target = NULL } };

static void
what_lacks_a_part_or_asks_for_the_impossible_is_not_sane(void **state)
{
    static const struct {
        struct cox_fence_message message;
        bool is_sane;
    } cases[] = {
        { { .kind = COX_FENCE_REQUEST, .request = { .target = "n1", .action = COX_FENCE_ON } }, true },
        { { .kind = COX_FENCE_REQUEST, .request = { .target = NULL } }, false },
        { { .kind = COX_FENCE_REQUEST, .request = { .target = "n1", .action = COX_FENCE_LIST } }, false },
        { { .kind = COX_FENCE_REQUEST, .request = { .target = "n1", .action = (enum cox_fence_action) 77 } }, false },
        { { .kind = COX_FENCE_CAN, .devices = good_texts, .n_devices = 2 }, true },
        { { .kind = COX_FENCE_CAN, .devices = bad_texts, .n_devices = 2 }, false },
        { { .kind = COX_FENCE_EXEC, .device = "d", .attempt = 1, .request = { .target = "n1" } }, true },
        { { .kind = COX_FENCE_EXEC, .device = "d", .attempt = 0, .request = { .target = "n1" } }, false },
        { { .kind = COX_FENCE_EXEC, .device = NULL, .attempt = 1, .request = { .target = "n1" } }, false },
        { { .kind = COX_FENCE_EXEC, .device = "d", .attempt = 1 }, false },
        { { .kind = COX_FENCE_EXEC, .device = "d", .attempt = 1, .request = { .target = "n1" }, .action = COX_FENCE_STATUS }, false },
        { { .kind = COX_FENCE_RESULT }, true },
        { { .kind = COX_FENCE_CLOSED }, true },
        { { .kind = COX_FENCE_WITHDRAW }, true },
        { { .kind = COX_FENCE_DONE, .record = { .target = "n1" } }, true },
        { { .kind = COX_FENCE_DONE }, false },
        { { .kind = COX_FENCE_CONFIRM, .request = { .target = "n1" } }, true },
        { { .kind = COX_FENCE_CONFIRM }, false },
        { { .kind = COX_FENCE_DOUBT, .request = { .target = "n1" } }, true },
        { { .kind = COX_FENCE_DOUBT }, false },
        { { .kind = COX_FENCE_HELLO, .name = "n1", .incarnation = 5 }, true },
        { { .kind = COX_FENCE_HELLO, .name = "n1" }, false },
        { { .kind = COX_FENCE_LIFE, .name = "n1", .incarnation = 5 }, true },
        { { .kind = COX_FENCE_LIFE, .name = "n1" }, false },
        { { .kind = COX_FENCE_UNDERWAY, .record = { .target = "n1", .action = COX_FENCE_OFF } }, true },
        { { .kind = COX_FENCE_UNDERWAY, .record = { .action = COX_FENCE_OFF } }, false },
        { { .kind = COX_FENCE_HELLO, .incarnation = 5 }, false },
        { { .kind = COX_FENCE_HISTORY, .records = good_records, .n_records = 1 }, true },
        { { .kind = COX_FENCE_HISTORY, .records = bad_records, .n_records = 2 }, false },
        { { .kind = (enum cox_fence_message_kind) 99 }, false },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        if (cox_fence_message_is_sane(&cases[i].message) != cases[i].is_sane) {
            fail_msg("case %zu", i);
        }
    }
}

COX_TEST_MAIN(cmocka_unit_test(what_lacks_a_part_or_asks_for_the_impossible_is_not_sane))
