/* lib/conf/keyparam.h - parameters of a resource as statements in the language of keepalived.conf (ADR 082).  Layer 1, pure. */
#ifndef COX_CONF_KEYPARAM_H
#define COX_CONF_KEYPARAM_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "conf/keyword.h"

G_BEGIN_DECLS

struct cox_param {
    const char *name, *value;
};

struct cox_params {
    const struct cox_param *list;
    size_t n;
};

/** Value of a parameter; NULL when it is not given, or empty. */
const char *cox_params_get(const struct cox_params *params, const char *name);

/** Are they of an instance of a clone that the cluster promotes?  Its actions say so in their parameters. */
bool cox_params_is_promotable(const struct cox_params *params);

/** Is it one that the cluster, or what starts agents, adds to those of every resource? */
bool cox_param_is_clusters(const char *name);

/**
 * Append a parameter that has the name of a keyword as its statement: "true" is a keyword without words, "false" is as if it were not there, but where the
 * language has words for it; all other values are its words.
 *
 * @param row  of the keyword; NULL: there is none, and the value stands as it is, for the reader to speak of
 * @return false with COX_ERROR_NOT_CONFIGURED: the value has several lines
 */
bool cox_param_write(GString *out, const struct cox_param *param, const struct cox_keyword *row, GError **error);

G_END_DECLS

#endif
