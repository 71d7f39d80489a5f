/* lib/service/machine.c - what goes down with this process when it takes "the machine" down?  Layer 5. */
#include "service/machine.h"

#include <fcntl.h>
#include <unistd.h>

#include "runtime/environment.h"

/* The kernel's fixed number of the first process namespace (PROC_PID_INIT_INO). */
#define FIRST_SPACE "pid:[4026531836]"

static char *
read_space(const char *root, const char *process, const char *kind)
{
    g_autofree char *path = g_strconcat(root, "/proc/", process, "/ns/", kind, NULL);

    return g_file_read_link(path, NULL);
}

/* Are we where the first process is? */
static bool
is_with_first_process(const char *root)
{
    static const char *const kinds[] = { "net", "mnt", "pid", "uts" };

    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_autofree char *first = read_space(root, "1", kinds[i]);
        g_autofree char *own = read_space(root, "self", kinds[i]);

        if (first == NULL || g_strcmp0(first, own) != 0) {
            return false;
        }
    }
    return true;
}

static bool
has_mark(const char *root, const char *name)
{
    g_autofree char *path = g_strconcat(root, name, NULL);

    return g_file_test(path, G_FILE_TEST_EXISTS);
}

enum cox_machine
cox_machine_look(const char *root)
{
    g_autofree char *space = read_space(root, "self", "pid");

    if (cox_environment_get("COX_RUN_DIRECTORY") != NULL || !is_with_first_process(root)) {
        return COX_MACHINE_PART;
    }
    if (g_strcmp0(space, FIRST_SPACE) != 0) {
        return COX_MACHINE_SPACE;
    }
    return has_mark(root, "/.dockerenv") || has_mark(root, "/run/.containerenv") ? COX_MACHINE_PART : COX_MACHINE_WHOLE;
}

bool
cox_machine_press(const char *root, char key)
{
    g_autofree char *path = g_strconcat(root, "/proc/sysrq-trigger", NULL);
    int fd = cox_machine_look(root) == COX_MACHINE_WHOLE ? open(path, O_WRONLY | O_CLOEXEC) : -1;
    bool is_done = fd >= 0 && write(fd, &key, 1) == 1;

    if (fd >= 0) {
        close(fd);
    }
    return is_done;
}
