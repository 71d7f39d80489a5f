/* Tests of daemons/coxd/coxd_panic.c: only what the setting means; nobody wants the rest done. */
#include "daemons/coxd/coxd_panic.h"

#include "base/testkit.h"

static void
the_setting_says_how_and_nonsense_is_a_reboot(void **state)
{
    static const struct {
        const char *setting;
        struct cox_coxd_panic expected;
    } cases[] = {
        { NULL, { COX_COXD_PANIC_REBOOT, false } },
        { "reboot", { COX_COXD_PANIC_REBOOT, false } },
        { "off", { COX_COXD_PANIC_OFF, false } },
        { "crash", { COX_COXD_PANIC_CRASH, false } },
        { "sync-reboot", { COX_COXD_PANIC_REBOOT, true } },
        { "sync-off", { COX_COXD_PANIC_OFF, true } },
        { "sync-crash", { COX_COXD_PANIC_CRASH, true } },
        { "nonsense", { COX_COXD_PANIC_REBOOT, false } },
        { "", { COX_COXD_PANIC_REBOOT, false } },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct cox_coxd_panic how = cox_coxd_panic_parse(cases[i].setting);

        if (how.kind != cases[i].expected.kind || how.syncs != cases[i].expected.syncs) {
            fail_msg("'%s': got %d %d", cases[i].setting, (int) how.kind, how.syncs);
        }
    }
}

COX_TEST_MAIN(cmocka_unit_test(the_setting_says_how_and_nonsense_is_a_reboot))
