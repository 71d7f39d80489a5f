/* lib/agents/agent_secret.c - parameters whose values are not in the document but in files of each node.  Layer 3, adapter. */
#include "agents/agent_secret.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <glib/gstdio.h>

#include "agents/agent_env.h"
#include "base/error.h"
#include "runtime/environment.h"

#define SIGN ".sign"

const char *
cox_secret_directory(void)
{
    const char *given = cox_environment_get("COX_SECRETS_DIRECTORY");

    return given == NULL ? COX_STATEDIR "/lrm/secrets" : given;
}

static bool
is_word(const char *text)
{
    if (*text == '\0' || *text == '.' || *text == '-') {
        return false;
    }
    for (const char *at = text; *at != '\0'; at++) {
        if (!g_ascii_isalnum(*at) && strchr("_.-", *at) == NULL && (guchar) *at < 0x80) {
            return false;
        }
    }
    return true;
}

bool
cox_secret_is_name(const char *rsc, const char *param)
{
    g_autofree char *owner = g_strndup(rsc, strcspn(rsc, ":"));

    return is_word(owner) && is_word(param) && !g_str_has_suffix(param, SIGN);
}

bool
cox_secret_is_value(const char *value, GError **error)
{
    gsize length = strlen(value);

    if (length == 0 || strpbrk(value, "\r\n") != NULL || g_ascii_isspace(value[length - 1])) {
        g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM, "a secret value is one line that is not empty and does not end with white space");
        return false;
    }
    return true;
}

static char *
path_of(const char *rsc, const char *param, const char *suffix)
{
    g_autofree char *owner = g_strndup(rsc, strcspn(rsc, ":"));

    return g_strdup_printf("%s/%s/%s%s", cox_secret_directory(), owner, param, suffix);
}

static char *
read_line(const char *rsc, const char *param, const char *suffix)
{
    g_autofree char *path = path_of(rsc, param, suffix);
    char *text = NULL;

    return g_file_get_contents(path, &text, NULL, NULL) ? g_strchomp(text) : NULL;
}

char *
cox_secret_get(const char *rsc, const char *param, GError **error)
{
    g_autofree char *value = cox_secret_is_name(rsc, param) ? read_line(rsc, param, "") : NULL;
    g_autofree char *wanted = NULL;
    g_autofree char *digest = NULL;

    if (value == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "parameter '%s' of resource '%s' has no secret value on this node", param, rsc);
        return NULL;
    }
    wanted = read_line(rsc, param, SIGN);
    digest = g_compute_checksum_for_string(G_CHECKSUM_MD5, value, -1);
    if (g_strcmp0(digest, wanted) != 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_DIGEST,
                    "the secret value of parameter '%s' of resource '%s' does not have its digest on this node: set it again, or run cibsecret sync on a node "
                    "that has the right one", param, rsc);
        return NULL;
    }
    return g_steal_pointer(&value);
}

static bool
put(const char *path, const char *line, GError **error)
{
    g_autofree char *text = g_strconcat(line, "\n", NULL);
    g_autoptr(GError) problem = NULL;

    if (!g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, &problem)) {
        g_set_error(error, COX_ERROR, COX_ERROR_CANNOT_CREATE, "%s: cannot be written: %s", path, problem->message);
        return false;
    }
    return true;
}

bool
cox_secret_put(const struct cox_secret_name *name, const char *value, GError **error)
{
    g_autofree char *path = path_of(name->rsc, name->param, "");
    g_autofree char *sign = path_of(name->rsc, name->param, SIGN);
    g_autofree char *parent = g_path_get_dirname(path);
    g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_MD5, value, -1);

    if (g_mkdir_with_parents(parent, 0700) != 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_CANNOT_CREATE, "%s: cannot be made: %s", parent, g_strerror(errno));
        return false;
    }
    return put(path, value, error) && put(sign, digest, error);
}

bool
cox_secret_remove(const struct cox_secret_name *name, GError **error)
{
    g_autofree char *path = path_of(name->rsc, name->param, "");
    g_autofree char *sign = path_of(name->rsc, name->param, SIGN);
    g_autofree char *parent = g_path_get_dirname(path);

    if ((g_unlink(path) != 0 && errno != ENOENT) || (g_unlink(sign) != 0 && errno != ENOENT)) {
        g_set_error(error, COX_ERROR, COX_ERROR_CANNOT_CREATE, "%s: cannot be removed: %s", path, g_strerror(errno));
        return false;
    }
    (void) g_rmdir(parent); /* when it was the last one */
    return true;
}

static void
free_name(gpointer data)
{
    struct cox_secret_name *name = data;

    g_free((gpointer) (guintptr) name->rsc);
    g_free((gpointer) (guintptr) name->param);
    g_free(name);
}

static int
by_name(gconstpointer a, gconstpointer b)
{
    const struct cox_secret_name *first = *(struct cox_secret_name *const *) a, *second = *(struct cox_secret_name *const *) b;
    int order = strcmp(first->rsc, second->rsc);

    return order != 0 ? order : strcmp(first->param, second->param);
}

GPtrArray *
cox_secret_list(void)
{
    g_autoptr(GDir) rscs = g_dir_open(cox_secret_directory(), 0, NULL);
    GPtrArray *names = g_ptr_array_new_with_free_func(free_name);

    for (const char *rsc = rscs == NULL ? NULL : g_dir_read_name(rscs); rsc != NULL; rsc = g_dir_read_name(rscs)) {
        g_autofree char *path = g_build_filename(cox_secret_directory(), rsc, NULL);
        g_autoptr(GDir) params = g_dir_open(path, 0, NULL);

        for (const char *param = params == NULL ? NULL : g_dir_read_name(params); param != NULL; param = g_dir_read_name(params)) {
            if (cox_secret_is_name(rsc, param)) {
                struct cox_secret_name *name = g_new0(struct cox_secret_name, 1);

                *name = (struct cox_secret_name) { g_strdup(rsc), g_strdup(param) };
                g_ptr_array_add(names, name);
            }
        }
    }
    g_ptr_array_sort(names, by_name);
    return names;
}

bool
cox_secret_fill(const char *rsc, GArray *params, GPtrArray *values, GError **error)
{
    for (guint i = 0; i < params->len; i++) {
        struct cox_agent_pair *pair = &g_array_index(params, struct cox_agent_pair, i);
        char *value = NULL;

        if (g_strcmp0(pair->value, COX_SECRET_MARK) != 0) {
            continue;
        }
        value = cox_secret_get(rsc, pair->name, NULL);
        if (value == NULL) {
            g_set_error(error, COX_ERROR, COX_ERROR_NOT_CONFIGURED,
                        "the secret value of parameter '%s' is missing on this node, or an old one: cibsecret sync", pair->name);
            return false;
        }
        pair->value = value;
        g_ptr_array_add(values, value);
    }
    return true;
}
