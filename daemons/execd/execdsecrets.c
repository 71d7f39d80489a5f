/* daemons/execd/execdsecrets.c - parameters whose values are not in the document but in a file on each node.  Layer 6.
 *
 * The document has "lrm://" as value; the value is in SECRETS/RSC/PARAMETER, and its MD5 beside it in PARAMETER.sign, so that a
 * node that missed a change notices.  Both as the field's tool cibsecret writes them.  No value and no digest is ever logged.
 */
#include "execd.h"

#include <string.h>

#include "base/error.h"
#include "runtime/environment.h"

#define MARK "lrm://"

static char *
read_line(const char *directory, const char *rsc_id, const char *name, const char *suffix)
{
    /* The secret of an instance of a clone is that of the clone's resource. */
    g_autofree char *rsc = g_strndup(rsc_id, strcspn(rsc_id, ":"));
    g_autofree char *path = g_strdup_printf("%s/%s/%s%s", directory, rsc, name, suffix);
    char *text = NULL;

    if (rsc[0] == '\0' || rsc[0] == '.' || name[0] == '.' || strchr(rsc, '/') != NULL || strchr(name, '/') != NULL
        || !g_file_get_contents(path, &text, NULL, NULL)) {
        return NULL;
    }
    return g_strchomp(text);
}

bool
execd_secrets_fill(const char *rsc_id, GArray *params, GPtrArray *values, GError **error)
{
    const char *given = cox_environment_get("COX_SECRETS_DIRECTORY");
    const char *directory = given == NULL ? COX_STATEDIR "/lrm/secrets" : given;

    for (guint i = 0; i < params->len; i++) {
        struct cox_agent_pair *pair = &g_array_index(params, struct cox_agent_pair, i);
        g_autofree char *value = NULL;
        g_autofree char *wanted = NULL;
        g_autofree char *digest = NULL;

        if (g_strcmp0(pair->value, MARK) != 0) {
            continue;
        }
        value = read_line(directory, rsc_id, pair->name, "");
        wanted = read_line(directory, rsc_id, pair->name, ".sign");
        digest = value == NULL ? NULL : g_compute_checksum_for_string(G_CHECKSUM_MD5, value, -1);
        if (wanted == NULL || g_strcmp0(digest, wanted) != 0) {
            g_set_error(error, COX_ERROR, COX_ERROR_NOT_CONFIGURED,
                        "the secret value of parameter '%s' is missing on this node, or an old one: cibsecret sync", pair->name);
            return false;
        }
        pair->value = value;
        g_ptr_array_add(values, g_steal_pointer(&value));
    }
    return true;
}
