/* lib/transition/opspec.h - an operation and its result as written on a command line: RSC_TASK_INTERVAL@NODE=RC.  Layer 3, pure. */
#ifndef COX_TRANSITION_OPSPEC_H
#define COX_TRANSITION_OPSPEC_H

#include <stdbool.h>
#include <glib.h>

G_BEGIN_DECLS

struct cox_opspec {
    char *rsc;
    char *task;
    gint64 interval_ms;
    char *node;
    int rc;
};

/**
 * Parse "RSC_TASK_INTERVAL@NODE=RC"; the interval is in milliseconds.
 *
 * @param spec   filled on success only; clear with cox_opspec_clear()
 * @param error  COX_ERROR_USAGE quoting @text
 */
bool cox_opspec_parse(const char *text, struct cox_opspec *spec, GError **error);

/** Free what @spec holds. */
void cox_opspec_clear(struct cox_opspec *spec);

/** Split an operation key "RSC_TASK_INTERVAL".  Out-parameters are set on success only; the caller frees. */
bool cox_opspec_split_key(const char *key, char **rsc, char **task, gint64 *interval_ms);

G_END_DECLS

#endif
