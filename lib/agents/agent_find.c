/* lib/agents/agent_find.c - where agents lie.  Layer 3, adapter. */
#include "agents/agent_find.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

#define USUAL_OCF "/usr/lib/ocf/resource.d"
#define USUAL_LSB "/etc/init.d"
#define USUAL_FENCE "/usr/sbin"

static const char *
directories(const struct cox_agent_paths *paths, enum cox_agent_standard standard)
{
    switch (standard) {
    case COX_AGENT_OCF:
        return paths->ocf == NULL ? USUAL_OCF : paths->ocf;
    case COX_AGENT_LSB:
        return paths->lsb == NULL ? USUAL_LSB : paths->lsb;
    case COX_AGENT_STONITH:
        return paths->fence == NULL ? USUAL_FENCE : paths->fence;
    case COX_AGENT_SYSTEMD:
    case COX_AGENT_SERVICE:
        break;
    }
    return NULL;
}

char *
cox_agent_find(const struct cox_agent_paths *paths, const struct cox_agent_name *name, GError **error)
{
    const char *where = directories(paths, name->standard);
    g_autofree char *text = cox_agent_name_text(name);
    g_auto(GStrv) roots = g_strsplit(where == NULL ? "" : where, ":", -1);
    g_autofree char *unusable = NULL;

    for (char **root = roots; *root != NULL; root++) {
        g_autofree char *path = name->provider == NULL ? g_build_filename(*root, name->type, NULL)
                                                       : g_build_filename(*root, name->provider, name->type, NULL);
        struct stat info;

        if (**root == '\0' || stat(path, &info) != 0 || !S_ISREG(info.st_mode)) {
            continue;
        }
        if (access(path, X_OK) == 0) {
            return g_steal_pointer(&path);
        }
        if (unusable == NULL) {
            unusable = g_steal_pointer(&path);
        }
    }
    if (unusable != NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_PRIVILEGE, "agent %s cannot be run: %s is not executable, set its mode to 0755",
                    text, unusable);
    } else {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_INSTALLED, "agent %s is not installed: there is no such program in %s", text,
                    where == NULL ? "any directory" : where);
    }
    return NULL;
}

/* ---- listing ---- */

static int
by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *) a, *(char *const *) b);
}

static GPtrArray *
sorted_unique(GPtrArray *names)
{
    GPtrArray *unique = g_ptr_array_new_with_free_func(g_free);

    g_ptr_array_sort(names, by_name);
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);

        if (unique->len == 0 || strcmp(g_ptr_array_index(unique, unique->len - 1), name) != 0) {
            g_ptr_array_add(unique, g_strdup(name));
        }
    }
    g_ptr_array_unref(names);
    return unique;
}

/* Add the entries of @directory that are @mode (S_IFDIR, or S_IFREG and executable), begin with @prefix, and are safe names. */
static void
entries_add(const char *directory, mode_t mode, const char *prefix, GPtrArray *names)
{
    g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);
    const char *entry;

    while (dir != NULL && (entry = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(directory, entry, NULL);
        g_autoptr(cox_agent_name) safe = cox_agent_name_new("lsb", NULL, entry, NULL);
        struct stat info;

        if (safe != NULL && g_str_has_prefix(entry, prefix) && stat(path, &info) == 0 && (info.st_mode & S_IFMT) == mode
            && (mode == S_IFDIR || access(path, X_OK) == 0)) {
            g_ptr_array_add(names, g_strdup(entry));
        }
    }
}

GPtrArray *
cox_agent_providers(const struct cox_agent_paths *paths)
{
    g_auto(GStrv) roots = g_strsplit(directories(paths, COX_AGENT_OCF), ":", -1);
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

    for (char **root = roots; *root != NULL; root++) {
        entries_add(*root, S_IFDIR, "", names);
    }
    return sorted_unique(names);
}

GPtrArray *
cox_agent_types(const struct cox_agent_paths *paths, enum cox_agent_standard standard, const char *provider)
{
    const char *where = directories(paths, standard);
    g_auto(GStrv) roots = g_strsplit(where == NULL ? "" : where, ":", -1);
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) providers = standard == COX_AGENT_OCF ? cox_agent_providers(paths) : NULL;

    for (char **root = roots; *root != NULL; root++) {
        if (providers == NULL) {
            entries_add(*root, S_IFREG, standard == COX_AGENT_STONITH ? "fence_" : "", names);
        }
        for (guint i = 0; providers != NULL && i < providers->len; i++) {
            const char *each = g_ptr_array_index(providers, i);
            g_autofree char *directory = g_build_filename(*root, each, NULL);

            if (provider == NULL || strcmp(provider, each) == 0) {
                entries_add(directory, S_IFREG, "", names);
            }
        }
    }
    return sorted_unique(names);
}
