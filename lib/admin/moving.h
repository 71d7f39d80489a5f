/* lib/admin/moving.h - the constraints by which a resource is moved, banned and let go again.  Layer 4. */
#ifndef COX_ADMIN_MOVING_H
#define COX_ADMIN_MOVING_H

#include <stdbool.h>
#include <glib.h>

#include "admin/step.h"
#include "model/ids.h"

G_BEGIN_DECLS

/** What is wanted.  Clients know the constraints by their ids: cli-prefer-RSC and cli-ban-RSC-on-NODE. */
struct cox_moving {
    const char *rsc;
    const char *node;
    enum cox_role role; /**< COX_ROLE_PROMOTED: only the promoted one; else all */
    const char *until;  /**< time at which it ends ("2026-01-31 12:00:00Z"), or NULL */
    bool replaces;      /**< the constraint is there already: the new one takes its place in one change, so that nothing is placed without it */
};

/** Id of the constraint that keeps @rsc away from @node, or (@node NULL) that moves it somewhere.  Caller frees. */
char *cox_moving_id(const char *rsc, const char *node);

/** Keep the resource away from the node; the caller owns the step. */
struct cox_step *cox_moving_ban(const struct cox_moving *moving);

/** Move it there and keep it there; the caller owns the step. */
struct cox_step *cox_moving_prefer(const struct cox_moving *moving);

/**
 * The constraints of these kinds in the document of @root that concern @rsc (NULL: any), and (unless NULL) @node.
 * @return array of borrowed `struct cox_xml *`; the caller frees it
 */
GPtrArray *cox_moving_find(const struct cox_xml *root, const char *rsc, const char *node);

/** The time at which the constraint ends, as written, or NULL when it does not. */
const char *cox_moving_end(const struct cox_xml *constraint);

/** Remove a constraint; the caller owns the step. */
struct cox_step *cox_moving_clear(const struct cox_xml *constraint);

G_END_DECLS

#endif
