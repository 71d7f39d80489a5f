/* lib/agents/agent_secret.c - parameters whose values are not in the document but in files of each node.  Layer 3, adapter. */
#include "agents/agent_secret.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <glib/gstdio.h>

#include "agents/agent_env.h"
#include "base/error.h"
#include "runtime/environment.h"

#define SIGN ".sign"

enum { LEAST_MASKED_BYTES = 3 };

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

    if (length > COX_SECRET_BYTES) {
        g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM, "a secret value has at most %d bytes", COX_SECRET_BYTES);
        return false;
    }
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
write_all(int fd, const char *text, gsize size)
{
    while (size > 0) {
        gssize n = write(fd, text, size);

        if (n < 0 && errno != EINTR) {
            return false;
        }
        text += MAX(n, 0);
        size -= (gsize) MAX(n, 0);
    }
    return true;
}

/* Beside @path, where no other name of a secret is: on the disk, and not there yet for readers.  Its path, the caller frees it. */
static char *
prepare(const char *path, const char *line, GError **error)
{
    g_autofree char *text = g_strconcat(line, "\n", NULL);
    g_autofree char *directory = g_path_get_dirname(path), *name = g_path_get_basename(path);
    g_autofree char *temporary = g_strdup_printf("%s/.%s.XXXXXX", directory, name);
    int fd = g_mkstemp_full(temporary, O_WRONLY | O_CLOEXEC, 0600);
    bool is_done = fd >= 0 && write_all(fd, text, strlen(text)) && fsync(fd) == 0;
    int number = errno;

    if (fd >= 0 && close(fd) != 0 && is_done) {
        number = errno;
        is_done = false;
    }
    if (!is_done) {
        g_set_error(error, COX_ERROR, COX_ERROR_CANNOT_CREATE, "%s: cannot be written: %s", path, g_strerror(number));
        if (fd >= 0) {
            (void) g_unlink(temporary);
        }
        return NULL;
    }
    return g_steal_pointer(&temporary);
}

static bool
sync_directory(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool is_done = fd >= 0 && fsync(fd) == 0;

    if (fd >= 0) {
        (void) close(fd);
    }
    return is_done;
}

/* Both are on the disk before the first is renamed: a reader that finds only one of them new would have to come between two calls. */
bool
cox_secret_put(const struct cox_secret_name *name, const char *value, GError **error)
{
    g_autofree char *path = path_of(name->rsc, name->param, ""), *sign = path_of(name->rsc, name->param, SIGN);
    g_autofree char *parent = g_path_get_dirname(path);
    g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_MD5, value, -1);
    g_autofree char *new_value = NULL, *new_sign = NULL;

    if (g_mkdir_with_parents(parent, 0700) != 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_CANNOT_CREATE, "%s: cannot be made: %s", parent, g_strerror(errno));
        return false;
    }
    new_value = prepare(path, value, error);
    new_sign = new_value == NULL ? NULL : prepare(sign, digest, error);
    if (new_sign != NULL && g_rename(new_value, path) == 0 && g_rename(new_sign, sign) == 0 && sync_directory(parent)) {
        return true;
    }
    if (new_sign != NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_CANNOT_CREATE, "%s: cannot be replaced: %s", path, g_strerror(errno));
        (void) g_unlink(new_sign);
    }
    if (new_value != NULL) {
        (void) g_unlink(new_value);
    }
    return false;
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

/* What is not there is empty, and so is a plain file that lies among the directories; NULL with the error: it cannot be read. */
static bool
open_directory(const char *path, GDir **dir, GError **error)
{
    g_autoptr(GError) problem = NULL;

    *dir = g_dir_open(path, 0, &problem);
    if (problem == NULL || g_error_matches(problem, G_FILE_ERROR, G_FILE_ERROR_NOENT) || g_error_matches(problem, G_FILE_ERROR, G_FILE_ERROR_NOTDIR)) {
        return true;
    }
    g_set_error(error, COX_ERROR, COX_ERROR_IO, "%s: cannot be read: %s", path, problem->message);
    return false;
}

static bool
list_params(const char *rsc, GPtrArray *names, GError **error)
{
    g_autofree char *path = g_build_filename(cox_secret_directory(), rsc, NULL);
    g_autoptr(GDir) params = NULL;

    if (!open_directory(path, &params, error)) {
        return false;
    }
    for (const char *param = params == NULL ? NULL : g_dir_read_name(params); param != NULL; param = g_dir_read_name(params)) {
        if (cox_secret_is_name(rsc, param)) {
            struct cox_secret_name *name = g_new0(struct cox_secret_name, 1);

            *name = (struct cox_secret_name) { g_strdup(rsc), g_strdup(param) };
            g_ptr_array_add(names, name);
        }
    }
    return true;
}

GPtrArray *
cox_secret_list(GError **error)
{
    g_autoptr(GDir) rscs = NULL;
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(free_name);

    if (!open_directory(cox_secret_directory(), &rscs, error)) {
        return NULL;
    }
    for (const char *rsc = rscs == NULL ? NULL : g_dir_read_name(rscs); rsc != NULL; rsc = g_dir_read_name(rscs)) {
        if (!list_params(rsc, names, error)) {
            return NULL;
        }
    }
    g_ptr_array_sort(names, by_name);
    return g_steal_pointer(&names);
}

GPtrArray *
cox_secret_values(const char *rsc)
{
    g_autofree char *owner = g_strndup(rsc, strcspn(rsc, ":"));
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(free_name);
    GPtrArray *values = g_ptr_array_new_with_free_func(g_free);

    (void) list_params(owner, names, NULL);
    for (guint i = 0; i < names->len; i++) {
        const struct cox_secret_name *name = names->pdata[i];
        char *value = read_line(owner, name->param, "");

        if (value != NULL) {
            g_ptr_array_add(values, value);
        }
    }
    return values;
}

static int
longest_first(gconstpointer a, gconstpointer b)
{
    gsize first = strlen(*(const char *const *) a), second = strlen(*(const char *const *) b);

    return first == second ? 0 : first > second ? -1 : 1;
}

char *
cox_secret_mask(const char *text, const GPtrArray *values)
{
    g_autoptr(GPtrArray) sorted = g_ptr_array_new(); /* one value may be a part of another one */
    char *result = g_strdup(text);

    for (guint i = 0; values != NULL && i < values->len; i++) {
        g_ptr_array_add(sorted, values->pdata[i]);
    }
    g_ptr_array_sort(sorted, longest_first);
    for (guint i = 0; result != NULL && i < sorted->len; i++) {
        const char *value = sorted->pdata[i];

        if (strlen(value) >= LEAST_MASKED_BYTES && strstr(result, value) != NULL) {
            g_auto(GStrv) parts = g_strsplit(result, value, -1);

            g_free(result);
            result = g_strjoinv("***", parts);
        }
    }
    return result;
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
                        "the secret value of parameter '%s' is missing on this node, or has another digest: run cibsecret sync on a node that has the right one",
                        pair->name);
            return false;
        }
        pair->value = value;
        g_ptr_array_add(values, value);
    }
    return true;
}
