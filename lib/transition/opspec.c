/* lib/transition/opspec.c - an operation and its result as written on a command line: RSC_TASK_INTERVAL@NODE=RC.  Layer 3, pure. */
#include "transition/opspec.h"

#include <string.h>

#include "base/error.h"

/* Tasks whose name has an underscore, which otherwise separates the parts. */
static const char *const long_tasks[] = { "migrate_to", "migrate_from" };

bool
cox_opspec_split_key(const char *key, char **rsc, char **task, gint64 *interval_ms)
{
    const char *last = strrchr(key, '_');
    const char *begin = NULL;
    gint64 interval = 0;

    if (last == NULL || last == key || !g_ascii_string_to_signed(last + 1, 10, 0, G_MAXINT64, &interval, NULL)) {
        return false;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(long_tasks) && begin == NULL; i++) {
        size_t length = strlen(long_tasks[i]);

        if ((size_t) (last - key) > length + 1 && strncmp(last - length, long_tasks[i], length) == 0
            && last[-(gssize) length - 1] == '_') {
            begin = last - length;
        }
    }
    if (begin == NULL) {
        begin = g_strrstr_len(key, last - key, "_");
        begin = (begin != NULL) ? begin + 1 : NULL;
    }
    if (begin == NULL || begin - 1 == key || begin == last) {
        return false;
    }
    *rsc = g_strndup(key, (gsize) (begin - 1 - key));
    *task = g_strndup(begin, (gsize) (last - begin));
    *interval_ms = interval;
    return true;
}

bool
cox_opspec_parse(const char *text, struct cox_opspec *spec, GError **error)
{
    const char *at = strrchr(text, '@');
    const char *equals = (at != NULL) ? strrchr(at, '=') : NULL;
    gint64 rc = 0;

    if (equals != NULL && equals > at + 1 && g_ascii_string_to_signed(equals + 1, 10, 0, G_MAXINT32, &rc, NULL)) {
        g_autofree char *key = g_strndup(text, (gsize) (at - text));

        if (cox_opspec_split_key(key, &spec->rsc, &spec->task, &spec->interval_ms)) {
            spec->node = g_strndup(at + 1, (gsize) (equals - at - 1));
            spec->rc = (int) rc;
            return true;
        }
    }
    g_set_error(error, COX_ERROR, COX_ERROR_USAGE,
                "invalid operation '%s': write RESOURCE_OPERATION_INTERVAL@NODE=RESULT, the interval in milliseconds", text);
    return false;
}

void
cox_opspec_clear(struct cox_opspec *spec)
{
    g_free(spec->rsc);
    g_free(spec->task);
    g_free(spec->node);
    spec->rsc = spec->task = spec->node = NULL;
}
