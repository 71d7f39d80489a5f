/* lib/fence/fenceconf.h - devices, levels and node attributes as configured.  Layer 3, pure. */
#ifndef COX_FENCE_FENCECONF_H
#define COX_FENCE_FENCECONF_H

#include <stddef.h>
#include <glib.h>

#include "base/arena.h"
#include "fence/fencedevice.h"
#include "fence/fencelevel.h"

G_BEGIN_DECLS

struct cox_fenceconf {
    GPtrArray *devices;      /**< struct cox_fencedevice */
    bool is_partial;         /**< there are more, of agents that have not said yet what they can do */
    GPtrArray *levels;       /**< struct cox_fencelevel */
    struct cox_arena *arena; /**< of the levels */
    GHashTable *attributes;  /**< "node\nname" -> value */
};

void cox_fenceconf_init(struct cox_fenceconf *conf);
void cox_fenceconf_clear(struct cox_fenceconf *conf);

/** Replace all devices; @timeout_ms: fencing-timeout.  What their agents have said stays: each operation asks anew. */
void cox_fenceconf_set_devices(struct cox_fenceconf *conf, const struct cox_fencedevice_def *defs, size_t n,
                               gint64 timeout_ms);

/** Replace all levels; copied. */
void cox_fenceconf_set_levels(struct cox_fenceconf *conf, const struct cox_fencelevel *levels, size_t n);

/** Node attribute @name of @node; NULL: it has none. */
void cox_fenceconf_set_attribute(struct cox_fenceconf *conf, const char *node, const char *name, const char *value);

/** Append the levels that apply to @target to @levels (struct cox_fencelevel *, borrowed). */
void cox_fenceconf_levels_of(const struct cox_fenceconf *conf, const char *target, GPtrArray *levels);

G_END_DECLS

#endif
