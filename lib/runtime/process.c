/* lib/runtime/process.c - reads /proc/PID.  Layer 1. */
#include "runtime/process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

/* State and start time: the words after the name, which is in parentheses and may hold anything. */
static bool
parse_stat(const char *text, struct cox_process *process)
{
    const char *after = strrchr(text, ')');
    g_auto(GStrv) words = after == NULL ? NULL : g_strsplit(after + 1, " ", 0);

    /* words[1] is field 3 (state), so field 22 (start time) is words[20] */
    if (words == NULL || g_strv_length(words) < 21) {
        return false;
    }
    process->state = words[1][0];
    process->start_ticks = g_ascii_strtoull(words[20], NULL, 10);
    return true;
}

/* Effective uid.  The owner of the files in /proc/PID is root for every process that changed its user without exec. */
static bool
parse_status(const char *text, struct cox_process *process)
{
    const char *line = strstr(text, "\nUid:");
    unsigned int real, effective;

    if (line == NULL || sscanf(line, "\nUid: %u %u", &real, &effective) != 2) {
        return false;
    }
    process->uid = (uid_t) effective;
    return true;
}

/* Two numbers of /proc/PID/schedstat, in nanoseconds; kernels that do not count have no such file, or only zeros. */
static void
read_schedstat(pid_t pid, struct cox_process *process)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/schedstat", (int) pid);
    g_autofree char *text = NULL;
    unsigned long long ran, waited;

    process->ran_ms = process->starved_ms = -1;
    if (g_file_get_contents(path, &text, NULL, NULL) && sscanf(text, "%llu %llu", &ran, &waited) == 2 && ran > 0) {
        process->ran_ms = (gint64) (ran / 1000000);
        process->starved_ms = (gint64) (waited / 1000000);
    }
}

bool
cox_process_read(pid_t pid, struct cox_process *process, GError **error)
{
    g_autofree char *stat_path = g_strdup_printf("/proc/%d/stat", (int) pid);
    g_autofree char *exe_path = g_strdup_printf("/proc/%d/exe", (int) pid);
    g_autofree char *status_path = g_strdup_printf("/proc/%d/status", (int) pid);
    g_autofree char *text = NULL;
    g_autofree char *status = NULL;
    struct cox_process found = { .pid = pid };

    if (pid <= 0 || !g_file_get_contents(stat_path, &text, NULL, NULL) || !parse_stat(text, &found)
        || !g_file_get_contents(status_path, &status, NULL, NULL) || !parse_status(status, &found)) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "process '%d': there is none", (int) pid);
        return false;
    }
    read_schedstat(pid, &found);
    found.executable = g_file_read_link(exe_path, NULL);
    *process = found;
    return true;
}

void
cox_process_clear(struct cox_process *process)
{
    g_clear_pointer(&process->executable, g_free);
}
