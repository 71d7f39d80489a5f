/* lib/agents/tests/agentkit.h - a directory with small agents for tests.  For tests only. */
#ifndef COX_AGENTS_AGENTKIT_H
#define COX_AGENTS_AGENTKIT_H

#include <sys/stat.h>

#include "base/testkit.h"

/** Signals 32 and 33 as /proc shows them: the C library's own, which nobody can change; some programs hand them down ignored. */
#define AGENTKIT_LIBC_SIGNALS (G_GUINT64_CONSTANT(3) << 31)

/** A new directory; the caller removes it with agentkit_remove(). */
static inline char *
agentkit_new(void)
{
    char *directory = g_dir_make_tmp("agents-XXXXXX", NULL);

    assert_non_null(directory);
    return directory;
}

/** Put a file with @mode below @directory, with the directories it needs. */
static inline void
agentkit_put(const char *directory, const char *name, const char *text, mode_t mode)
{
    g_autofree char *path = g_build_filename(directory, name, NULL);
    g_autofree char *parent = g_path_get_dirname(path);

    assert_int_equal(g_mkdir_with_parents(parent, 0755), 0);
    assert_true(g_file_set_contents(path, text, -1, NULL));
    assert_int_equal(chmod(path, mode), 0);
}

/** Remove the directory and free its name.  What still runs there, as keepers and agents of a killed executor do, may put files into it meanwhile. */
static inline void
agentkit_remove(char *directory)
{
    char rm[] = "rm", options[] = "-rf";
    char *argv[] = { rm, options, directory, NULL };

    for (int tries = 0; tries < 100 && g_file_test(directory, G_FILE_TEST_EXISTS); tries++) {
        g_usleep(tries == 0 ? 0 : 20000);
        assert_true(g_spawn_sync(NULL, argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL, NULL, NULL, NULL));
    }
    g_free(directory);
}

#endif
