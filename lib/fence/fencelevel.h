/* lib/fence/fencelevel.h - topology: which devices must fence a node together, and in what order it is tried.  Layer 3, pure. */
#ifndef COX_FENCE_FENCELEVEL_H
#define COX_FENCE_FENCELEVEL_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "fence/fencedevice.h"

G_BEGIN_DECLS

enum cox_fence_target_kind {
    COX_FENCE_TARGET_NAME = 0,
    COX_FENCE_TARGET_PATTERN,   /**< regular expression */
    COX_FENCE_TARGET_ATTRIBUTE, /**< node attribute with this value */
};

/** A level as configured; all texts borrowed. */
struct cox_fencelevel {
    enum cox_fence_target_kind kind;
    const char *target;             /**< NAME, PATTERN; ATTRIBUTE: the attribute's name */
    const char *value;              /**< ATTRIBUTE */
    guint index;                    /**< 1 to 9; lower ones are tried first */
    const char *const *devices;     /**< ids, in order */
    size_t n_devices;
};

/** Does the level apply to node @name?  @attribute: the node's value of the level's attribute, or NULL. */
bool cox_fencelevel_matches(const struct cox_fencelevel *level, const char *name, const char *attribute);

/** Are both for the same targets, and at the same place? */
bool cox_fencelevel_is_same(const struct cox_fencelevel *a, const struct cox_fencelevel *b);

/** One thing to be done by one device. */
struct cox_fencestep {
    guint device; /**< index into the devices given */
    enum cox_fence_action action;
};

/**
 * Steps that fence a node by all @n @devices together, in order; appended to @steps (struct cox_fencestep).
 *
 * Several devices, or one whose agent cannot reboot: reboot means off by all of them, then on by those whose `on` is not
 * left to unfencing, so that a node with two power supplies is off at one moment.
 *
 * @return how many of the steps must succeed; failures of those after them do not matter, because the node is off
 */
guint cox_fencelevel_steps(const struct cox_fencedevice *const *devices, guint n, enum cox_fence_action action,
                           GArray *steps);

G_END_DECLS

#endif
