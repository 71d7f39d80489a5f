/* daemons/schedd/planning.h - from the document, as a tree that changes, to a plan; what did not change is not read again.  Layer 6. */
#ifndef COX_SCHEDD_PLANNING_H
#define COX_SCHEDD_PLANNING_H

#include <stdbool.h>
#include <glib.h>

#include "base/diag.h"
#include "base/walltime.h"
#include "cib/cib.h"
#include "cib/overlay.h"
#include "cib/schemas.h"
#include "model/config.h"
#include "model/inflight.h"
#include "model/plan.h"
#include "sched/planner.h"
#include "xml/xmldoc.h"

G_BEGIN_DECLS

/** What has been read of the document. */
struct cox_planning;

/** @schemas is borrowed: it brings older documents to the newest version, in memory. */
struct cox_planning *cox_planning_new(struct cox_schemas *schemas);
void cox_planning_free(struct cox_planning *planning);

/** Something besides the status has changed: read the configuration anew. */
void cox_planning_forget(struct cox_planning *planning);

/* ---- a document that is followed: its status is read once, then only what changes ---- */

/** The document @cib is what @patch (NULL: no patch, another document) has made of the one before.  Call it once for each change. */
void cox_planning_patched(struct cox_planning *planning, struct cox_cib *cib, const struct cox_xml *patch);

/** Inside a transaction of @cib that will be rolled back, after cox_overlay_put(). */
void cox_planning_overlaid(struct cox_planning *planning, struct cox_cib *cib, const struct cox_overlay *overlay);

/** After the plan, when that transaction has been rolled back: nothing is in flight any more, either. */
void cox_planning_restored(struct cox_planning *planning, struct cox_cib *cib);

/** From now on every plan is made of the whole status, and of all resources. */
void cox_planning_full_only(struct cox_planning *planning);

/**
 * From now on each plan for which the document was not read as a whole is compared with a full one for which it is; the process ends with the
 * first line that differs.  Always so in a build with --enable-debug.
 */
void cox_planning_compare(struct cox_planning *planning);

/** How plans came about: borrowed. */
const struct cox_planner_stats *cox_planning_stats(const struct cox_planning *planning);

/** What to plan from. */
struct cox_planning_input {
    const struct cox_xml *cib;      /**< the document */
    const struct cox_inflight *inflight;
    size_t n_inflight;
    cox_wall now;
    bool is_followed;               /**< the functions above have been told of all that happened to it; false: read all of its status */
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
