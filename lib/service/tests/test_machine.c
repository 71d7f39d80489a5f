/* Tests of lib/service/machine.c: only a whole machine is taken for one.  All below a directory of their own. */
#include "service/machine.h"

#include "base/testkit.h"
#include "service/tests/machinekit.h"

static void
a_machine_a_space_and_a_part_are_told_apart(void **state)
{
    static const struct {
        const char *why, *space, *net, *mark;
        enum cox_machine expected;
        const char *pressed;
    } cases[] = {
        { "the machine", MACHINEKIT_FIRST, "net:[1]", NULL, COX_MACHINE_WHOLE, "b" },
        { "a container that shares the host's processes", MACHINEKIT_FIRST, "net:[1]", ".dockerenv", COX_MACHINE_PART, "" },
        { "the same of another engine", MACHINEKIT_FIRST, "net:[1]", "run/.containerenv", COX_MACHINE_PART, "" },
        { "another network", MACHINEKIT_FIRST, "net:[7]", NULL, COX_MACHINE_PART, "" },
        { "a node of the lab", MACHINEKIT_OTHER, "net:[1]", NULL, COX_MACHINE_SPACE, "" },
        { "a container that is a node", MACHINEKIT_OTHER, "net:[1]", ".dockerenv", COX_MACHINE_SPACE, "" },
        { "another network in a container", MACHINEKIT_OTHER, "net:[7]", NULL, COX_MACHINE_PART, "" },
    };

    (void) state;
    g_unsetenv("COX_RUN_DIRECTORY");
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *root = machinekit_new(cases[i].space, cases[i].net);
        g_autofree char *pressed = NULL;
        bool is_done = false;

        if (cases[i].mark != NULL) {
            machinekit_mark(root, cases[i].mark);
        }
        if (cox_machine_look(root) != cases[i].expected) {
            fail_msg("%s: got %d", cases[i].why, (int) cox_machine_look(root));
        }
        is_done = cox_machine_press(root, 'b');
        pressed = machinekit_pressed(root);
        assert_string_equal(pressed, cases[i].pressed);
        assert_true(is_done == (pressed[0] != '\0'));
        machinekit_free(root);
    }
}

static void
tests_and_what_cannot_be_seen_are_parts(void **state)
{
    char *root = machinekit_new(MACHINEKIT_FIRST, "net:[1]");
    g_autofree char *link = g_build_filename(root, "proc/1/ns/mnt", NULL);

    (void) state;
    g_setenv("COX_RUN_DIRECTORY", "/somewhere", TRUE);
    assert_int_equal(cox_machine_look(root), COX_MACHINE_PART);
    g_unsetenv("COX_RUN_DIRECTORY");
    assert_int_equal(cox_machine_look(root), COX_MACHINE_WHOLE);
    assert_int_equal(g_unlink(link), 0);
    assert_int_equal(cox_machine_look(root), COX_MACHINE_PART);
    machinekit_free(root);
}

COX_TEST_MAIN(cmocka_unit_test(a_machine_a_space_and_a_part_are_told_apart), cmocka_unit_test(tests_and_what_cannot_be_seen_are_parts))
