/* tools/agent_box.c - a place in which an agent is tried.  Layer 6. */
#include "tools/agent_box.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"

/* What an agent may expect of any system: shell, text and file tools, and interpreters. */
static const char *const base_programs[]
    = { "sh",    "dash",  "bash",  "awk",    "gawk",   "mawk",  "sed",    "grep",   "egrep", "fgrep", "cat",   "cp",       "mv",      "rm",     "ln",
        "ls",    "mkdir", "rmdir", "mktemp", "touch",  "chmod", "chown",  "chgrp",  "echo",  "printf", "test",  "[",        "expr",    "true",   "false",
        "sleep", "date",  "head",  "tail",   "tr",     "cut",   "sort",   "uniq",   "wc",    "tee",   "seq",   "basename", "dirname", "id",     "whoami",
        "uname", "env",   "find",  "xargs",  "ps",     "kill",  "pidof",  "pgrep",  "pkill", "stat",  "sync",  "timeout",  "setsid",  "nohup",  "flock",
        "logger", "hostname", "readlink", "realpath", "install", "od", "getent", "mountpoint", "python3", "perl" };
static const char *const places[] = { "/usr/bin", "/bin", "/usr/sbin", "/sbin" };

enum { MOST_WORDS = 16, WAIT_US = 500 * 1000, STEP_US = 20 * 1000, KILL_US = 5 * 1000 * 1000 };

struct cox_agent_box {
    char *directory, *work, *temporary, *programs; /* temporary and programs are beside work */
    char *words[MOST_WORDS];
    GHashTable *names;    /* pid -> "PID NAME" as it was first seen */
    GPtrArray *processes; /* borrowed of names, NULL at the end */
    GPtrArray *files;
    gboolean was_reaper;
};

/* ---- directories ------------------------------------------------------------------------------------------- */

static void
link_programs(const struct cox_agent_box *box)
{
    for (size_t i = 0; i < G_N_ELEMENTS(base_programs); i++) {
        g_autofree char *to = g_build_filename(box->programs, base_programs[i], NULL);

        for (size_t k = 0; k < G_N_ELEMENTS(places); k++) {
            g_autofree char *from = g_build_filename(places[k], base_programs[i], NULL);

            if (access(from, X_OK) == 0 && symlink(from, to) == 0) {
                break;
            }
        }
    }
}

struct cox_agent_box *
cox_agent_box_new(GError **error)
{
    struct cox_agent_box *box = g_new0(struct cox_agent_box, 1);
    int was = 0;

    box->directory = g_dir_make_tmp("cox-agent-XXXXXX", NULL);
    box->work = g_build_filename((box->directory != NULL) ? box->directory : "", "work", NULL);
    box->temporary = g_build_filename((box->directory != NULL) ? box->directory : "", "tmp", NULL);
    box->programs = g_build_filename((box->directory != NULL) ? box->directory : "", "bin", NULL);
    box->names = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
    box->processes = g_ptr_array_new();
    box->files = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(box->processes, NULL);
    (void) prctl(PR_GET_CHILD_SUBREAPER, &was);
    box->was_reaper = was != 0;
    if (box->directory == NULL || g_mkdir_with_parents(box->work, 0700) != 0 || g_mkdir_with_parents(box->temporary, 0700) != 0
        || g_mkdir_with_parents(box->programs, 0755) != 0 || prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_CANNOT_CREATE, "no directory for a test can be made in '%s': %s", g_get_tmp_dir(), g_strerror(errno));
        cox_agent_box_free(box);
        return NULL;
    }
    link_programs(box);
    return box;
}

/* Everything in it; symbolic links are not followed. */
static void
remove_tree(const char *path)
{
    GDir *dir = g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
    const char *name = NULL;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *each = g_build_filename(path, name, NULL);

        remove_tree(each);
    }
    if (dir != NULL) {
        g_dir_close(dir);
    }
    (void) remove(path);
}

static void
add_files(struct cox_agent_box *box, const char *path)
{
    GDir *dir = g_dir_open(path, 0, NULL);
    const char *name = NULL;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_ptr_array_add(box->files, g_strdup(name));
    }
    if (dir != NULL) {
        g_dir_close(dir);
    }
}

const char *const *
cox_agent_box_files(struct cox_agent_box *box)
{
    g_ptr_array_set_size(box->files, 0);
    add_files(box, box->work);
    add_files(box, box->temporary);
    g_ptr_array_add(box->files, NULL);
    return (const char *const *) box->files->pdata;
}

/* ---- the words before it ----------------------------------------------------------------------------------- */

static void
clear_words(struct cox_agent_box *box)
{
    for (size_t i = 0; i < MOST_WORDS; i++) {
        g_clear_pointer(&box->words[i], g_free);
    }
}

const char *const *
cox_agent_box_before(struct cox_agent_box *box, bool is_bare, bool is_strange)
{
    static const char *const strange[]
        = { "LC_ALL=tr_TR.UTF-8", "LANG=tr_TR.UTF-8", "LANGUAGE=tr", "CDPATH=/tmp", "TZ=Asia/Kathmandu", "COLUMNS=20", "GREP_OPTIONS=-v" };
    size_t n = 0;

    clear_words(box);
    box->words[n++] = g_strdup("/usr/bin/env");
    box->words[n++] = g_strdup_printf("--chdir=%s", box->work);
    box->words[n++] = g_strdup_printf("TMPDIR=%s", box->temporary);
    if (is_bare) {
        box->words[n++] = g_strdup_printf("PATH=%s", box->programs);
        box->words[n++] = g_strdup("OCF_TESTER_FAIL_HAVE_BINARY=1");
    }
    for (size_t i = 0; is_strange && i < G_N_ELEMENTS(strange); i++) {
        box->words[n++] = g_strdup(strange[i]);
    }
    return (const char *const *) box->words;
}

/* ---- processes --------------------------------------------------------------------------------------------- */

/* The name of a process of ours; NULL when it has ended, which is taken note of. */
static char *
name_of(pid_t pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/stat", (int) pid);
    g_autofree char *stat = NULL;
    const char *open = NULL;
    const char *close = NULL;

    if (waitpid(pid, NULL, WNOHANG) != 0 || !g_file_get_contents(path, &stat, NULL, NULL)) {
        return NULL;
    }
    open = strchr(stat, '(');
    close = strrchr(stat, ')');
    return (open != NULL && close != NULL) ? g_strdup_printf("%d %.*s", (int) pid, (int) (close - open - 1), open + 1) : NULL;
}

static void
add_children(struct cox_agent_box *box, const char *list, pid_t agent)
{
    g_auto(GStrv) words = g_strsplit_set(list, " \n", -1);

    for (char **word = words; *word != NULL; word++) {
        pid_t pid = (pid_t) g_ascii_strtoll(*word, NULL, 10);
        g_autofree char *name = (pid > 0 && pid != agent) ? name_of(pid) : NULL;
        gpointer key = GINT_TO_POINTER(pid);

        if (name != NULL) {
            if (!g_hash_table_contains(box->names, key)) {
                g_hash_table_insert(box->names, key, g_steal_pointer(&name));
            }
            g_ptr_array_add(box->processes, g_hash_table_lookup(box->names, key));
        }
    }
}

/* All that we are the parent of, but for @agent, which somebody else waits for. */
static void
look(struct cox_agent_box *box, pid_t agent)
{
    GDir *tasks = g_dir_open("/proc/self/task", 0, NULL);
    const char *task = NULL;

    g_ptr_array_set_size(box->processes, 0);
    while (tasks != NULL && (task = g_dir_read_name(tasks)) != NULL) {
        g_autofree char *path = g_strdup_printf("/proc/self/task/%s/children", task);
        g_autofree char *list = NULL;

        if (g_file_get_contents(path, &list, NULL, NULL)) {
            add_children(box, list, agent);
        }
    }
    if (tasks != NULL) {
        g_dir_close(tasks);
    }
}

void
cox_agent_box_bury(void *context, pid_t agent)
{
    struct cox_agent_box *box = context;
    g_autoptr(GPtrArray) before = g_steal_pointer(&box->processes);

    box->processes = g_ptr_array_new();
    look(box, agent);
    g_ptr_array_unref(box->processes);
    box->processes = g_steal_pointer(&before);
}

static bool
has_new(const struct cox_agent_box *box, GHashTable *before)
{
    for (guint i = 0; i < box->processes->len; i++) {
        if (!g_hash_table_contains(before, box->processes->pdata[i])) {
            return true;
        }
    }
    return false;
}

const char *const *
cox_agent_box_processes(struct cox_agent_box *box, bool wants_none)
{
    g_autoptr(GHashTable) before = g_hash_table_new(g_direct_hash, g_direct_equal);

    for (guint i = 0; i < box->processes->len; i++) {
        g_hash_table_add(before, box->processes->pdata[i]);
    }
    look(box, 0);
    for (int waited = 0; waited < WAIT_US && (wants_none ? box->processes->len > 0 : has_new(box, before)); waited += STEP_US) {
        g_usleep(STEP_US);
        look(box, 0);
    }
    g_ptr_array_add(box->processes, NULL);
    return (const char *const *) box->processes->pdata;
}

/* What a killed process had started is ours then, and is killed next; what cannot end, such as one that waits for a disk, is not waited for for ever. */
static void
kill_all(struct cox_agent_box *box)
{
    look(box, 0);
    for (int waited = 0; box->processes->len > 0 && waited < KILL_US; waited += STEP_US) {
        for (guint i = 0; i < box->processes->len; i++) {
            (void) kill((pid_t) g_ascii_strtoll(box->processes->pdata[i], NULL, 10), SIGKILL);
        }
        g_usleep(STEP_US);
        look(box, 0);
    }
}

void
cox_agent_box_free(struct cox_agent_box *box)
{
    if (box == NULL) {
        return;
    }
    kill_all(box);
    (void) prctl(PR_SET_CHILD_SUBREAPER, box->was_reaper ? 1 : 0);
    if (box->directory != NULL) {
        remove_tree(box->directory);
    }
    clear_words(box);
    g_hash_table_unref(box->names);
    g_ptr_array_unref(box->processes);
    g_ptr_array_unref(box->files);
    g_free(box->directory);
    g_free(box->work);
    g_free(box->temporary);
    g_free(box->programs);
    g_free(box);
}
