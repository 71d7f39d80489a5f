/* Tests of daemons/coxd/coxd_panic.c, with a kernel of their own: nobody wants it done. */
#include "daemons/coxd/coxd_panic.h"

#include "base/testkit.h"

#include <sys/reboot.h>

#include "service/tests/machinekit.h"

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

/* What was called, in order. */
static char done[64];

static void
note_sync(void)
{
    g_strlcat(done, "sync ", sizeof(done));
}

static int
note_restart(int command)
{
    g_strlcat(done, command == RB_POWER_OFF ? "off " : command == RB_AUTOBOOT ? "restart " : "? ", sizeof(done));
    return -1;
}

static void
each_kind_of_panic_does_what_it_is_called(void **state)
{
    static const struct {
        const char *setting, *space, *mark, *done, *pressed;
    } cases[] = {
        { NULL, MACHINEKIT_FIRST, NULL, "restart ", "" },
        { "off", MACHINEKIT_FIRST, NULL, "off ", "" },
        { "sync-off", MACHINEKIT_FIRST, NULL, "sync off ", "" },
        { "sync-reboot", MACHINEKIT_FIRST, NULL, "sync restart ", "" },
        { "crash", MACHINEKIT_FIRST, NULL, "restart ", "c" }, /* a kernel that does not crash is restarted */
        { "sync-crash", MACHINEKIT_FIRST, NULL, "sync restart ", "c" },
        { "crash", MACHINEKIT_OTHER, NULL, "restart ", "" },  /* only the container: the kernel is not ours */
        { "off", MACHINEKIT_OTHER, ".dockerenv", "off ", "" },
        { "crash", MACHINEKIT_FIRST, ".dockerenv", "", "" },  /* would hit the host */
        { "sync-off", MACHINEKIT_FIRST, ".dockerenv", "", "" },
    };

    (void) state;
    g_unsetenv("COX_RUN_DIRECTORY");
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct cox_coxd_panic how = cox_coxd_panic_parse(cases[i].setting);
        char *root = machinekit_new(cases[i].space, "net:[1]");
        const struct cox_coxd_panic_port port = { root, note_sync, note_restart };
        g_autofree char *pressed = NULL;

        if (cases[i].mark != NULL) {
            machinekit_mark(root, cases[i].mark);
        }
        done[0] = '\0';
        cox_coxd_panic_now(&how, &port);
        pressed = machinekit_pressed(root);
        if (strcmp(done, cases[i].done) != 0 || strcmp(pressed, cases[i].pressed) != 0) {
            fail_msg("case %zu: did '%s', pressed '%s'", i, done, pressed);
        }
        machinekit_free(root);
    }
}

COX_TEST_MAIN(cmocka_unit_test(the_setting_says_how_and_nonsense_is_a_reboot), cmocka_unit_test(each_kind_of_panic_does_what_it_is_called))
