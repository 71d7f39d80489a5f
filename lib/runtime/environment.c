/* lib/runtime/environment.c - getenv(), /etc/passwd and /etc/group.  Layer 1. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* secure_getenv, fgetpwent_r */
#endif
#include "runtime/environment.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *
cox_environment_get(const char *name)
{
    return secure_getenv(name);
}

char **
cox_environment_copy(void)
{
    return g_get_environ();
}

const char *
cox_environment_setting(const char *name)
{
    g_autofree char *first = g_strconcat("PCMK_", name, NULL);
    g_autofree char *second = g_strconcat("HA_", name, NULL);
    const char *value = cox_environment_get(first);

    return value != NULL ? value : cox_environment_get(second);
}

const char *
cox_environment_run_directory(void)
{
    const char *directory = cox_environment_get("COX_RUN_DIRECTORY");

    return directory != NULL && directory[0] == '/' ? directory : COX_RUNDIR;
}

char *
cox_environment_socket_path(const char *run_directory, const char *name)
{
    return g_strconcat(run_directory, "/", name, ".sock", NULL);
}

bool
cox_environment_user(const char *name, uid_t *uid, gid_t *gid)
{
    FILE *file = fopen("/etc/passwd", "re");
    struct passwd entry, *found = NULL;
    char buffer[4096];

    while (file != NULL && fgetpwent_r(file, &entry, buffer, sizeof buffer, &found) == 0 && found != NULL) {
        if (strcmp(entry.pw_name, name) == 0) {
            *uid = entry.pw_uid;
            if (gid != NULL) {
                *gid = entry.pw_gid;
            }
            fclose(file);
            return true;
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    return false;
}

bool
cox_environment_group(const char *name, gid_t *gid)
{
    FILE *file = fopen("/etc/group", "re");
    struct group entry, *found = NULL;
    g_autofree char *buffer = g_malloc(1024 * 1024); /* a line names all members */

    while (file != NULL && fgetgrent_r(file, &entry, buffer, 1024 * 1024, &found) == 0 && found != NULL) {
        if (strcmp(entry.gr_name, name) == 0) {
            *gid = entry.gr_gid;
            fclose(file);
            return true;
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    return false;
}

bool
cox_environment_script_user(const char *name, const char *group, struct cox_child_user *user, bool *is_other)
{
    *user = (struct cox_child_user) { 0 };
    if (name == NULL) {
        *is_other = cox_environment_user("keepalived_script", &user->uid, &user->gid);
        return true;
    }
    *is_other = true;
    return cox_environment_user(name, &user->uid, &user->gid) && (group == NULL || cox_environment_group(group, &user->gid));
}
