/* lib/service/tests/machinekit.h - a root directory that looks like one of a machine, a container or a part of one.  For tests only. */
#ifndef COX_SERVICE_TESTS_MACHINEKIT_H
#define COX_SERVICE_TESTS_MACHINEKIT_H

#include <stdbool.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define MACHINEKIT_FIRST "pid:[4026531836]"
#define MACHINEKIT_OTHER "pid:[4026532999]"

/** @space: of the processes; @net: of this process's network, the first process having net:[1]. */
static inline char *
machinekit_new(const char *space, const char *net)
{
    char *root = g_dir_make_tmp("cox-machine-XXXXXX", NULL);
    const struct {
        const char *name, *first, *own;
    } links[] = { { "pid", space, space }, { "net", "net:[1]", net }, { "mnt", "mnt:[2]", "mnt:[2]" }, { "uts", "uts:[3]", "uts:[3]" } };
    g_autofree char *first = g_build_filename(root, "proc/1/ns", NULL);
    g_autofree char *own = g_build_filename(root, "proc/self/ns", NULL);
    g_autofree char *keys = g_build_filename(root, "proc/sysrq-trigger", NULL);
    g_autofree char *run = g_build_filename(root, "run", NULL);
    bool is_made = root != NULL && g_mkdir_with_parents(first, 0700) == 0 && g_mkdir_with_parents(own, 0700) == 0 && g_mkdir(run, 0700) == 0
                   && g_file_set_contents(keys, "", 0, NULL);

    for (gsize i = 0; is_made && i < G_N_ELEMENTS(links); i++) {
        g_autofree char *a = g_build_filename(first, links[i].name, NULL);
        g_autofree char *b = g_build_filename(own, links[i].name, NULL);

        is_made = symlink(links[i].first, a) == 0 && symlink(links[i].own, b) == 0;
    }
    g_assert_true(is_made);
    return root;
}

/** An empty file that a container engine leaves. */
static inline void
machinekit_mark(const char *root, const char *name)
{
    g_autofree char *path = g_build_filename(root, name, NULL);

    g_assert_true(g_file_set_contents(path, "", 0, NULL));
}

/** What was written to the kernel's keys; the caller frees it. */
static inline char *
machinekit_pressed(const char *root)
{
    g_autofree char *path = g_build_filename(root, "proc/sysrq-trigger", NULL);
    char *text = NULL;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    return text;
}

/** Remove and free it. */
static inline void
machinekit_free(char *root)
{
    static const char *const names[] = {
        "proc/1/ns/pid", "proc/1/ns/net", "proc/1/ns/mnt", "proc/1/ns/uts", "proc/1/ns", "proc/1", "proc/self/ns/pid", "proc/self/ns/net",
        "proc/self/ns/mnt", "proc/self/ns/uts", "proc/self/ns", "proc/self", "proc/sysrq-trigger", "proc", ".dockerenv", "run/.containerenv", "run", "",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(root, names[i], NULL);

        (void) g_remove(path);
    }
    g_assert_false(g_file_test(root, G_FILE_TEST_EXISTS));
    g_free(root);
}

#endif
