/* daemons/schedd/planning.h - from the document, as a tree that changes, to a plan; what did not change is not read again.  Layer 6. */
#ifndef COX_SCHEDD_PLANNING_H
#define COX_SCHEDD_PLANNING_H

#include <stdbool.h>
#include <glib.h>

#include "base/diag.h"
#include "base/walltime.h"
#include "cib/schemas.h"
#include "model/config.h"
#include "model/inflight.h"
#include "model/plan.h"
#include "xml/xmldoc.h"

G_BEGIN_DECLS

/** What has been read of the document. */
struct cox_planning;

/** @schemas is borrowed: it brings older documents to the newest version, in memory. */
struct cox_planning *cox_planning_new(struct cox_schemas *schemas);
void cox_planning_free(struct cox_planning *planning);

/** Something besides the status has changed: read the configuration anew. */
void cox_planning_forget(struct cox_planning *planning);

/** What to plan from. */
struct cox_planning_input {
    const struct cox_xml *cib;      /**< the document */
    const struct cox_inflight *inflight;
    size_t n_inflight;
    cox_wall now;
};

/** What came of it. */
struct cox_planning_result {
    struct cox_plan *plan;          /**< the caller frees it before the next call */
    const struct cox_status *status; /**< borrowed until the next call */
    const struct cox_config *config; /**< borrowed until the next call */
    struct cox_diags *diags;        /**< the caller frees it; never NULL */
};

/**
 * Plan.
 * @return false with the error of cox_schemas_prepare() when the document cannot be used; @result is untouched then
 */
bool cox_planning_run(struct cox_planning *planning, const struct cox_planning_input *input,
                      struct cox_planning_result *result, GError **error);

/**
 * The document without its status, to be planned from when a later one cannot; the caller frees the text.
 * With it, @cib of a run is cox_planning_revive(): its configuration, and the status of the present document.
 */
char *cox_planning_preserve(const struct cox_xml *cib);

/** The caller owns it; NULL with COX_ERROR_SYNTAX or COX_ERROR_NO_INPUT when @path is no such text. */
struct cox_xmldoc *cox_planning_revive(const char *path, const struct cox_xml *cib, GError **error);

typedef struct cox_planning cox_planning; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_planning, cox_planning_free)

G_END_DECLS

#endif
