/* lib/fence/fencebuild.h - fence devices and levels from the configuration.  Layer 3, pure. */
#ifndef COX_FENCE_FENCEBUILD_H
#define COX_FENCE_FENCEBUILD_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "base/arena.h"
#include "base/diag.h"
#include "fence/fencedevice.h"
#include "fence/fencelevel.h"
#include "model/config.h"
#include "model/status.h"

G_BEGIN_DECLS

/** What the meta-data of an agent says, as far as it matters here. */
struct cox_fencemeta {
    const char *agent;               /**< e.g. fence_ipmilan */
    const char *const *actions;      /**< names that it lists; NULL at the end */
    bool has_plug, has_port;         /**< parameters of these names */
    bool is_automatic, is_on_target; /**< of its `on` */
};

/** A device that was added at run time.  Borrowed. */
struct cox_fencebuild_added {
    const char *id, *agent;
    const char *const *params;          /**< "name=value" */
    size_t n_params;
};

struct cox_fencebuild_input {
    const struct cox_config *config;
    const struct cox_status *status;    /**< for node attributes; may be NULL */
    const char *node;                   /**< this one */
    cox_wall now;
    const struct cox_fencemeta *agents; /**< those whose meta-data is known */
    size_t n_agents;
    gint64 sbd_ms;                      /**< SBD_WATCHDOG_TIMEOUT of this node; 0: not known */
    const struct cox_fencebuild_added *added; /**< devices that count as well, where nothing of that id is configured */
    size_t n_added;
    const struct cox_fencelevel *added_levels; /**< levels that count as well, where none of that target and index is configured */
    size_t n_added_levels;
    bool is_two_node;                   /**< each of two nodes keeps quorum when it is alone */
};

/** A parameter of an agent. */
struct cox_fenceparam {
    const char *name, *value;
};

/** A device as it is run. */
struct cox_fencebuilt {
    const char *id, *agent;
    const struct cox_fenceparam *params; /**< what the agent gets besides action, nodename and target parameter */
    size_t n_params;
    const char *target_param; /**< the parameter that gets the target (plug, port, or as configured), or NULL: none */
};

/** An attribute of a node that some level asks for; value NULL: it has none. */
struct cox_fencebuild_attribute {
    const char *node, *name, *value;
};

struct cox_fencebuild {
    struct cox_arena *arena;                /**< owns everything below */
    const struct cox_fencedevice_def *defs; /**< for the engine */
    const struct cox_fencebuilt *devices;   /**< the same devices, in the same order */
    size_t n_devices;
    const struct cox_fencelevel *levels;
    size_t n_levels;
    const struct cox_fencebuild_attribute *attributes;
    size_t n_attributes;
    const char *const *unknown_agents; /**< agents of devices whose meta-data is not among the input's: get it, and build again */
    size_t n_unknown_agents;
    gint64 fencing_timeout_ms;
    bool has_idle_watchdogs;           /**< watchdogs are wanted and refused, because of is_two_node */
    bool panics;                       /**< fencing-reaction is panic, not stop */
    cox_wall next;                     /**< when rules may change something; COX_WALL_NONE: never */
};

/**
 * Every primitive of class stonith, in groups and clones as well, that is not meant to be stopped (target-role of itself or of what it is part
 * of) is a device.  Whether the resource runs somewhere, is managed, or in maintenance is of no interest; a device whose agent's meta-data
 * is not known cannot do anything yet.  Where the cluster has watchdogs (have-watchdog) and fencing-watchdog-timeout says how long they take, there is
 * one more for all cluster nodes, called "watchdog", which comes after all others, unless one of agent fence_watchdog is configured.  With is_two_node watchdogs can do nothing: who is alone keeps
 * quorum, and is fed.
 *
 * @param diags  gets what is questionable in the configuration; may be NULL
 */
struct cox_fencebuild *cox_fencebuild_new(const struct cox_fencebuild_input *input, struct cox_diags *diags);

/** Free.  NULL is allowed. */
void cox_fencebuild_free(struct cox_fencebuild *build);

/** The device with this id, or NULL. */
const struct cox_fencebuilt *cox_fencebuild_find(const struct cox_fencebuild *build, const char *id);

typedef struct cox_fencebuild cox_fencebuild; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_fencebuild, cox_fencebuild_free)

G_END_DECLS

#endif
