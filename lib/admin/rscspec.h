/* lib/admin/rscspec.h - a resource as the words of a command describe it, and the element that says the same.  Layer 4. */
#ifndef COX_ADMIN_RSCSPEC_H
#define COX_ADMIN_RSCSPEC_H

#include <stdbool.h>
#include <glib.h>

#include "admin/nvedit.h"
#include "xml/xml.h"

G_BEGIN_DECLS

/** An operation that the command names: "op monitor interval=10s timeout=20s". */
struct cox_rscspec_op {
    char *action;
    GArray *pairs; /**< struct cox_nvedit */
};

/** What the words say. */
struct cox_rscspec {
    GArray *params, *metas, *utilization; /**< struct cox_nvedit; never NULL */
    GPtrArray *ops;                       /**< struct cox_rscspec_op */
};

/**
 * Read "NAME=VALUE... [op ACTION [NAME=VALUE]...]... [meta NAME=VALUE...] [utilization NAME=VALUE...]", in which words without '=' behind
 * "op" are actions, too, as pcs has it.
 *
 * @return the caller owns it; NULL with COX_ERROR_USAGE that quotes the word
 */
struct cox_rscspec *cox_rscspec_parse(char *const *words, GError **error);
void cox_rscspec_free(struct cox_rscspec *spec);

/** An action that the agent advises in its metadata; borrowed. */
struct cox_rscspec_advice {
    const char *action;
    gint64 interval_ms, timeout_ms; /**< 0, -1: not said */
    const char *role, *depth;       /**< NULL: not said */
};

/** Who the resource is; provider NULL: the standard has none. */
struct cox_rscspec_agent {
    const char *id, *standard, *provider, *type;
};

/**
 * Put a primitive last into @parent: the parameters, the operations that the words name, and of the advised ones those about which the
 * words say nothing (the same action in the same role).  Without any monitor one every minute is added.  Two monitors never have the same
 * interval: an advised one takes a second more.
 *
 * @return the element; NULL with COX_ERROR_USAGE for an operation's name that is none, with the nearest one; @parent is untouched then
 */
struct cox_xml *cox_rscspec_add(struct cox_xml *parent, const struct cox_rscspec_agent *agent,
                                const struct cox_rscspec *spec, const GArray *advice, GError **error);

/** Give a resource what the words say: pairs are set or taken away, an operation takes the place of one with its action, role and interval. */
bool cox_rscspec_update(struct cox_xml *rsc, const struct cox_rscspec *spec, GError **error);

typedef struct cox_rscspec cox_rscspec; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_rscspec, cox_rscspec_free)

G_END_DECLS

#endif
