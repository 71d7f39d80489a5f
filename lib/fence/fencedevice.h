/* lib/fence/fencedevice.h - a fence device: whom it can fence, by what name, how long and after what delay.  Layer 3, pure. */
#ifndef COX_FENCE_FENCEDEVICE_H
#define COX_FENCE_FENCEDEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

G_BEGIN_DECLS

enum cox_fence_action {
    COX_FENCE_REBOOT = 0,
    COX_FENCE_OFF,
    COX_FENCE_ON,
    COX_FENCE_LIST,
    COX_FENCE_STATUS,
    COX_FENCE_MONITOR,
    COX_FENCE_N_ACTIONS /**< number of actions, not an action */
};

/** "reboot", "off", ...; never NULL. */
const char *cox_fence_action_text(enum cox_fence_action action);

/** How to learn which nodes a device can fence (pcmk_host_check). */
enum cox_fence_check {
    COX_FENCE_CHECK_STATIC = 0, /**< host list and host map */
    COX_FENCE_CHECK_LIST,       /**< the agent's list action */
    COX_FENCE_CHECK_STATUS,     /**< the agent's status action for the node */
    COX_FENCE_CHECK_NONE,       /**< any node */
};

enum cox_fence_answer {
    COX_FENCE_NO = 0,
    COX_FENCE_YES,
    COX_FENCE_ASK_AGENT, /**< a list or status run decides */
};

/** A device as configuration and agent metadata say; all texts borrowed, NULL for what is not set. */
struct cox_fencedevice_def {
    const char *id;
    const char *host_check, *host_list, *host_map, *delay_base, *delay_max; /**< pcmk_* */
    int priority;
    int action_limit;                                 /**< pcmk_action_limit; below 1: any number */
    gint64 timeout_ms[COX_FENCE_N_ACTIONS];           /**< pcmk_X_timeout; 0: fencing-timeout */
    guint retries[COX_FENCE_N_ACTIONS];               /**< pcmk_X_retries; 0: the default of 2 tries */
    const char *action_names[COX_FENCE_N_ACTIONS];    /**< pcmk_X_action */
    bool can[COX_FENCE_N_ACTIONS];                    /**< the agent's metadata lists the action */
    bool is_automatic;                                /**< its `on` unfences */
    bool is_on_target;                                /**< its `on` must run on the target */
    bool is_banned_here;                              /**< a constraint keeps it from this node */
    gint64 watchdog_ms;                               /**< not 0: no agent is run, see fencewatchdog.h */
};

/** A device ready for use. */
struct cox_fencedevice {
    struct cox_fencedevice_def def; /**< texts owned by this struct; defaults filled in */
    enum cox_fence_check check;
    GPtrArray *hosts;               /**< char *: nodes of host list and host map */
    GHashTable *ports;              /**< node -> what the agent calls it */
    GHashTable *delays;             /**< node -> gint64 *, ms */
    gint64 delay_base_ms, delay_max_ms;
    GPtrArray *listed;              /**< char *: what the agent's list said last, or NULL */
    GHashTable *status;             /**< node -> GINT_TO_POINTER(enum cox_fence_answer): what status said */
};

/** A copy of @def, parsed.  Odd texts count as not set.  @timeout_ms: fencing-timeout. */
struct cox_fencedevice *cox_fencedevice_new(const struct cox_fencedevice_def *def, gint64 timeout_ms);

/** Free.  NULL is allowed. */
void cox_fencedevice_free(struct cox_fencedevice *device);

/** Can it fence @target, as far as is known?  @target is compared without regard to case in what the agent listed. */
enum cox_fence_answer cox_fencedevice_knows(const struct cox_fencedevice *device, const char *target);

/** What the agent calls @target: the mapped name, else the node's. */
const char *cox_fencedevice_port(const struct cox_fencedevice *device, const char *target);

/**
 * The output of the agent's list action: lines `port[,alias...]`, separated by newline, comma, semicolon or blanks; the
 * words on and off, and lines with "invalid" or "variable", do not count.
 */
void cox_fencedevice_take_list(struct cox_fencedevice *device, const char *output);

/** The exit status of the agent's status action: 0 (on) and 2 (off) mean that it knows the node. */
void cox_fencedevice_take_status(struct cox_fencedevice *device, const char *target, int exit_status);

/** Forget what the agent has said (list, and status of @target). */
void cox_fencedevice_forget(struct cox_fencedevice *device, const char *target);

/**
 * Delay before off or reboot of @target: the base (per node or common) plus something between nothing and what is left
 * up to the maximum, drawn from @seed.  Nodes of a split that fence each other must have different seeds.
 */
gint64 cox_fencedevice_delay_ms(const struct cox_fencedevice *device, const char *target, guint64 seed);

/** The longest that the delay can be. */
gint64 cox_fencedevice_delay_limit_ms(const struct cox_fencedevice *device, const char *target);

G_END_DECLS

#endif
