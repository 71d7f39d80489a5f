/* lib/sched/work_priv.h - the only mutable state of a scheduler run: nodes, instances, scores.  Layer 3, private.
 *
 * Passes run in the order of the table in sched.c.  Each member says which pass writes it (see the table for names);
 * later passes only read it.  Everything lives in work->arena unless said otherwise.
 */
#ifndef COX_SCHED_WORK_PRIV_H
#define COX_SCHED_WORK_PRIV_H

#include "base/arena.h"
#include "base/diag.h"
#include "model/plan.h"
#include "sched/sched.h"

struct sched_rsc;
struct sched_action; /* action_priv.h */
struct sched_placer; /* assign_priv.h */
struct sched_explain; /* explain_priv.h */
struct sched_footprint; /* footprint_priv.h */

/* ---- nodes (pass "nodes", then "node_state"; fencing reasons may be added until "propagate") ---- */

enum sched_node_kind {
    SCHED_NODE_MEMBER = 0,
    SCHED_NODE_REMOTE, /**< remote node or guest node: reached through the connection resource remote_rsc */
    SCHED_NODE_PING,
};

struct sched_node {
    cox_node_id idx; /**< in work->nodes */
    const char *id, *name;
    enum sched_node_kind kind;
    bool is_guest;                          /**< remote_rsc runs inside a container resource (guest or bundle node) */
    bool is_bundle_node;                    /**< the guest node of a bundle's replica */
    bool is_removed;                        /**< only the history of its removed connection tells of it */
    const struct cox_node_def *def;         /**< NULL when only the status or a resource knows it */
    const struct cox_node_status *status;   /**< NULL when there is no node_state */
    struct cox_nvlist attrs;                /**< permanent, then transient attributes win as the field has it */
    const guint32 *attr_order;              /**< [attrs.n_pairs]: attrs by name (attr_index_priv.h) */
    struct cox_nvlist permanent;            /**< permanent only */
    struct cox_nvlist utilization;          /**< as configured */
    gint64 *capacity;                       /**< [work->n_resources_kinds]: what is left, by utilization name index */
    bool is_online, is_standby, is_standby_onfail, is_maintenance, is_pending, is_unclean, is_unseen;
    bool is_shutdown, is_expected_up, is_dc;
    bool was_online;                        /**< is_online when its history was read: it may come up in this plan */
    bool was_unclean;                       /**< is_unclean when its history was read */
    bool resources_disallowed;              /**< rsc_discovery_enabled == false / probes off for this remote node */
    bool discovery_enabled;                 /**< probes wanted (default true) */
    bool remote_was_fenced, remote_requires_reset, remote_maintenance;
    bool is_fixed;                          /**< health or other score already applied */
    cox_score health_score;                 /**< sum of health attributes by strategy */
    int health;                             /**< -1 red, 0 yellow, 1 green (for display) */
    int priority;                           /**< sum of priorities of what runs here (priority-fencing-delay) */
    const char *fence_reason;               /**< first reason why it must be fenced, NULL if none */
    bool fence_priority_delay;              /**< the delay applies to this fencing */
    struct sched_rsc *remote_rsc;           /**< connection resource, or NULL */
    GPtrArray *running;                     /**< struct sched_rsc * active here (pass "history"); glib-owned by work */
    struct sched_rsc **owners;              /**< [status->resources->len] whose entry it is where the id alone says so,
                                                 else NULL (pass "history"); NULL as a whole: not read */
    guint8 *is_quiet;                       /**< [status->resources->len] bool: an entry that has an owner and asks for
                                                 nothing unless that is active here (pass "history") */
    guint32 n_assigned;                     /**< primitives assigned here so far (pass "assign") */
    bool is_shutdown_lock_target;
};

/* ---- resources ---- */

enum sched_on_fail {
    SCHED_ON_FAIL_IGNORE = 0,
    SCHED_ON_FAIL_DEMOTE,
    SCHED_ON_FAIL_RESTART, /**< "recover" */
    SCHED_ON_FAIL_RESTART_CONTAINER,
    SCHED_ON_FAIL_RESET_REMOTE,
    SCHED_ON_FAIL_BAN, /**< leave failed and ban */
    SCHED_ON_FAIL_BLOCK,
    SCHED_ON_FAIL_STOP,
    SCHED_ON_FAIL_STANDBY,
    SCHED_ON_FAIL_FENCE,
};

enum sched_requires {
    SCHED_REQUIRES_NOTHING = 0,
    SCHED_REQUIRES_QUORUM,
    SCHED_REQUIRES_FENCING,
    SCHED_REQUIRES_UNFENCING,
};

enum sched_multiple_active {
    SCHED_MULTIPLE_STOP_START = 0,
    SCHED_MULTIPLE_STOP_ONLY,
    SCHED_MULTIPLE_BLOCK,
    SCHED_MULTIPLE_STOP_UNEXPECTED,
};

/** Score of one instance on one node. A cell that is not present means: the node was never allowed (opt-in). */
struct sched_cell {
    cox_score score;
    bool is_present;
    guint8 discovery; /**< enum cox_discovery */
};

/** Typed meta-attributes (pass "resources"; defaults and rules applied). Units in names. */
struct sched_meta {
    gint64 failure_timeout_ms;
    enum cox_role target_role; /**< UNKNOWN when not set */
    int priority;
    cox_score stickiness;
    bool has_stickiness;
    cox_score migration_threshold;
    gint64 reconnect_ms;       /**< remote connections: how long to wait before trying again, 0 for at once */
    enum sched_requires requires_;
    enum sched_multiple_active multiple_active;
    bool is_managed, is_maintenance, is_critical, allow_migrate, allow_unhealthy, notify;
    /* clones */
    int clone_max, clone_node_max, clone_min, promoted_max, promoted_node_max;
    bool is_unique, is_ordered, is_interleaved, is_promotable;
};

/** Constraint rows by resource; filled by pass "constraints". */
struct sched_colocation {
    const char *id;
    struct sched_rsc *dependent, *primary;
    enum cox_role dependent_role, primary_role;
    const char *node_attribute; /**< NULL: node name */
    cox_score score;
    bool influence; /**< dependent's preferences count for the primary */
    bool is_internal; /**< group members, bundle parts */
    bool is_void;     /**< a wish that a must of the same two forbids */
    guint32 idx;      /**< in work->colocations */
};

/** A location preference applied to one resource. */
struct sched_location {
    const char *id;
    struct sched_rsc *rsc;
    enum cox_role role_filter; /**< UNKNOWN: any; PROMOTED: only for choosing promoted instances */
    cox_score *scores;         /**< [work->n_nodes] */
    bool *listed;              /**< [work->n_nodes] */
    bool is_of_rule;           /**< the nodes are those for which a rule holds, or of some health: none is named */
    bool has_discovery;
    enum cox_discovery discovery;
};

enum { SCHED_HOT_BYTES = 128 };

/** A growing list of pointers in the arena. */
struct sched_vec {
    void **items;
    guint32 n, room;
};

/**
 * One resource, instance or collective.  What is asked for every entry of the history and for every probe (that is, for each
 * resource on each node) comes first: two neighbouring lines of the cache, which then holds all of a large cluster.
 */
struct sched_rsc {
    _Alignas(SCHED_HOT_BYTES) guint32 idx; /**< in work->rscs, parents before children */
    enum cox_variant variant;
    enum cox_role role;          /**< pass "history" */
    enum cox_role next_role;
    guint64 active;              /**< sets of nodes below 64 (the others: node_sets): those in running_on, and ... */
    guint64 known;               /**< ... where a probe or other result is known (pass "history") */
    struct sched_rsc *parent;    /**< NULL at the top */
    const char *recorded_id;     /**< id under which a node's history had it (pass "history"), NULL if none or as id */
    GPtrArray *dangling_migrations; /**< struct sched_node *, or NULL */
    bool is_orphan, is_implicit; /**< implicit: bundle's container, address, connection, or guest's connection */
    bool is_managed;             /**< effective: meta, maintenance modes, parent */
    bool is_blocked;             /**< no action may be taken */
    bool is_failed, is_failure_ignored, is_fence_device; /**< fence device: standard "stonith" */
    bool is_disabled;            /**< target-role Stopped (or Unpromoted for a promotable) */

    struct sched_node *partial_migration_source, *partial_migration_target;
    struct sched_node *remote_node; /**< the node this connection resource makes reachable, or NULL */
    const char *standard, *provider, *type; /**< primitives */
    struct sched_meta meta;      /* its first members belong to the above */

    guint64 *node_sets;          /**< words of active and of known for nodes from 64 on, alternating; NULL if none */
    const char *id;              /**< with instance number, e.g. "rsc:1" */
    const char *history_id;      /**< lrm_resource id that belongs to it: "rsc" for anonymous instances, else id */
    int instance;                /**< clone instance number, -1 if none */
    int replica;                 /**< bundle replica number, -1 outside bundles */
    struct sched_rsc *top;       /**< outermost ancestor (itself at the top); the bundle for what is inside one */
    struct sched_rsc *container; /**< what it runs inside (guest's VM, bundle replica's container), or NULL */
    GPtrArray *children;         /**< struct sched_rsc *; group members, clone instances, bundle: see bundle_priv.h */
    struct sched_vec running_on; /**< struct sched_node * in the order in which they were found (pass "history") */
    struct sched_vec actions;    /**< struct sched_action * (pass "actions") */

    const struct cox_rsc_def *def; /**< NULL for orphans made up from history */
    const char *external_address; /**< where the world reaches what runs in a bundle's replica, or NULL */
    GPtrArray *fillers;          /**< struct sched_rsc *: resources whose container is this one; NULL if none */
    bool is_orphan_container_filler, removed_needs_cleanup;
    bool is_start_pending, is_migrating_pending;
    bool has_stop_needed;        /**< pe_rsc_stop: must be stopped first */
    bool is_failed_inactive;     /**< is_failed because of a node where it was not active */
    bool has_demote_needed;      /**< on-fail=demote: it goes down before it may be promoted again */
    bool stop_if_fail, stop_unexpected;
    bool is_maintenance;
    bool is_clocked;             /**< its history means something else from some time on (pass "history") */
    bool detected_multiple;      /**< found active on too many nodes (handled by multiple-active) */

    const struct cox_nvsets *param_sets; /**< instance attributes (resolve with params_on_node) */

    struct cox_nvlist meta_raw;  /**< resolved meta-attributes incl. defaults */
    struct cox_nvlist utilization;
    gint64 *need;                /**< [work->n_utilization] amounts by utilization name index, or NULL */
    bool keeps_room;             /**< what it needs is taken where it is active, wherever it is assigned (pass "assign") */
    const char *pending_task;
    struct sched_node *pending_node;
    gint64 lock_time_s;          /**< shutdown lock, 0 = none */
    struct sched_node *lock_node;

    /* placement (passes "locations" to "assign"); the lists are NULL when empty */
    struct sched_cell *cells;    /**< [work->n_nodes] */
    GPtrArray *with_this;        /**< struct sched_colocation * where it is the primary, strongest first */
    GPtrArray *this_with;        /**< struct sched_colocation * where it is the dependent, strongest first */
    GPtrArray *locations;        /**< struct sched_location * */
    GPtrArray *ticket_constraints; /**< struct sched_ticket_use * */
    struct sched_node *assigned; /**< NULL: stopped */
    bool is_assigned;            /**< decided (assigned may be NULL) */
    bool is_assigning;           /**< loop guard */
    const char *next_role_reason;
    bool is_choosing_roles;      /**< promotable clones: instances have their places, roles are next */
    bool was_promoted_candidate;
    int promotion_score;         /**< pass "assign" of promotable clones; valid if has_promotion_score */
    bool has_promotion_score;
    int sort_index;              /**< promotable clones: order of instances */
    cox_score rank;              /**< meta.priority at first; of promotable instances what speaks for promotion */
    guint32 *counts;             /**< [work->n_nodes] collectives: instances assigned so far, by node; or NULL */
    guint32 *kept;               /**< as counts: instances that nobody may stop where they are, and that are not counted there */
    GPtrArray *all_this_with, *all_with_this; /**< as above with what comes from ancestors; NULL until asked for */
    bool is_merging;             /**< loop guard of score merging */
    bool has_exclusive_discovery;
    bool has_promotion_added;    /**< promotion scores are in the instances' cells */

    /* actions (pass "actions") */
    bool is_restarting, is_reload_only, is_reloading;
    int promoted_count;          /**< clones: instances to be promoted */
    void *bundle;                /**< struct sched_bundle * (bundle_priv.h) for bundles, else NULL */
};

struct sched_ticket {
    const char *id;
    const struct cox_ticket_state *state; /**< NULL: only named in a constraint */
    bool is_granted, is_standby;
};

struct sched_ticket_use {
    const char *id;
    struct sched_ticket *ticket;
    struct sched_rsc *rsc;
    enum sched_loss_policy { SCHED_LOSS_STOP = 0, SCHED_LOSS_DEMOTE, SCHED_LOSS_FENCE, SCHED_LOSS_FREEZE } loss_policy;
    enum cox_role role; /**< UNKNOWN = any */
};

enum sched_no_quorum {
    SCHED_NO_QUORUM_STOP = 0,
    SCHED_NO_QUORUM_FREEZE,
    SCHED_NO_QUORUM_IGNORE,
    SCHED_NO_QUORUM_DEMOTE,
    SCHED_NO_QUORUM_FENCE,
};

/** Cluster options as values (pass "options"). */
struct sched_options {
    struct cox_nvlist raw; /**< everything set in cluster_property_set, new names added for old ones */
    enum sched_no_quorum no_quorum_policy;
    bool fencing_enabled, startup_fencing, concurrent_fencing, fence_remote_without_quorum;
    const char *fencing_action;     /**< "reboot" or "off" */
    gint64 fencing_timeout_ms, watchdog_timeout_ms, priority_fencing_delay_ms, node_pending_timeout_ms, cluster_delay_ms;
    bool have_watchdog;
    bool symmetric, maintenance_mode, stop_all, stop_orphans, cancel_orphan_actions, start_failure_fatal, startup_probes;
    bool shutdown_lock;
    gint64 shutdown_lock_limit_ms;
    int batch_limit, migration_limit;
    const char *placement_strategy; /**< default, utilization, minimal, balanced */
    const char *health_strategy;    /**< none, migrate-on-red, only-green, progressive, custom */
    cox_score health_base, health_green, health_yellow, health_red;
    const char *cluster_name, *dc_version, *stack;
};

/** A failure that is still remembered, for plan.cluster.failures. */
struct sched_failure {
    const struct cox_op_history *op;
    struct sched_rsc *rsc;
    struct sched_node *node;
};

/** A wish for a clear_failcount action that waits for placement; found by pass "history", granted by pass "actions". */
struct sched_clear {
    struct sched_rsc *rsc;
    struct sched_node *node;
    const char *reason;
    const struct cox_op_history *changed; /**< only if parameters are others than this one's; NULL: in any case */
};

/** An action that the state of things asks for as it is read; pass "actions" makes it before all others, in this order. */
struct sched_wish {
    enum sched_wish_kind {
        SCHED_WISH_RECURRING, /**< operations that go on, of the entry @at of the node's history */
        SCHED_WISH_STOP,
        SCHED_WISH_STOP_ACTIVE, /**< if it is active there, and what failed in it is managed */
        SCHED_WISH_FAIL,      /**< it has failed, on the same condition; granted once the histories of all members were read */
        SCHED_WISH_DEMOTE,
        SCHED_WISH_CLEAR,     /**< of the count of failures */
        SCHED_WISH_FENCE,
    } kind;
    struct sched_rsc *rsc;
    struct sched_node *node;
    guint at;
    const char *reason;
    const struct cox_op_history *changed; /**< of SCHED_WISH_CLEAR: only if parameters are others than this one's; or NULL */
    const struct sched_rsc *filler; /**< of SCHED_WISH_STOP_ACTIVE and SCHED_WISH_FAIL: what failed in the container @rsc */
};

struct sched_work {
    const struct cox_sched_input *input;
    const struct cox_config *config;
    const struct cox_status *status;
    gint64 now_s;               /**< input->now in seconds */
    cox_wall recheck_by;        /**< lowered by whoever depends on time */
    struct cox_diags *diags;
    struct cox_arena *arena;    /**< of the plan; also holds scratch that lives as long */
    struct sched_options opt;
    bool has_quorum;
    GPtrArray *nodes;           /**< struct sched_node *, in the order in which the field sorts its node list: by name */
    guint32 n_nodes;
    struct sched_rsc *spare_rscs; /**< [n_spare_rscs] room for more (sched_rsc_room) */
    guint32 n_spare_rscs;
    GPtrArray *rscs;            /**< struct sched_rsc *, all, in order of creation; parents first */
    GPtrArray *tops;            /**< struct sched_rsc *, top level: highest priority first, then as configured; then orphans */
    GHashTable *rsc_by_id;      /**< id -> struct sched_rsc * (instances by "rsc:N", and by their plain def id -> first) */
    struct sched_rsc **rsc_of_history; /**< [status->n_history_ids]: whose history it is on every node, where the id alone
                                            says so; else NULL (pass "history") */
    struct sched_rsc **rsc_of_def; /**< [config->n_resources]: top-level or group member; clone child: instance 0's */
    struct sched_node *dc;
    GPtrArray *tickets;         /**< struct sched_ticket * */
    const char **utilization_names; /**< names of utilization attributes, index = column of need and capacity */
    guint32 n_utilization;
    GPtrArray *colocations;     /**< struct sched_colocation * */
    guint n_merges;             /**< resources that the present merge of scores has come to (sched_merge_scores()) */
    GPtrArray *locations;       /**< struct sched_location * */
    GPtrArray *failures;        /**< struct sched_failure * */
    GPtrArray *clears;          /**< struct sched_clear * */
    GArray *wishes;             /**< struct sched_wish, not yet granted */
    GPtrArray *actions;         /**< struct sched_action *, index = id - 1 (action_priv.h) */
    GHashTable *action_by_key;  /**< see action.c */
    GArray *scores;             /**< struct cox_score_entry, only with input->with_scores */
    GPtrArray *utilization_lines;
    GPtrArray *notes;           /**< const char *, only with input->with_scores or with_utilization */
    bool has_remote_nodes, has_fence_device, has_unfencing_device;
    void *order_data;           /**< constraints' orderings, owned by order.c */
    struct sched_explain *explain; /**< recorder of reasons; NULL unless the input asks for them */
    struct sched_footprint *footprint; /**< what the planner wants to know; NULL unless it asks */
    const struct sched_placer *placers; /**< [variants] how each kind of resource is assigned (assign_priv.h) */
};

/* ---- boundary functions between the passes' files (each defined in the file named) ---- */

/* attrs.c: values with rules resolved. */
/** Attribute of @node for rules: #uname, #id, #kind, #is_dc, #cluster-name, #site-name and all attrs; or NULL. */
const char *sched_node_attr(const struct sched_work *work, const struct sched_node *node, const char *name);
/** Resolve meta-attributes of a definition (own sets, ancestors as the field inherits them, rsc_defaults). */
void sched_attrs_meta(struct sched_work *work, struct sched_rsc *rsc);
/** Instance parameters as seen on @node (NULL: no node). The caller clears @list. */
void sched_attrs_params(struct sched_work *work, const struct sched_rsc *rsc, const struct sched_node *node,
                        struct cox_nvlist *list);
/** Text of a boolean ("true", "yes", "1", "on", any case) or @fallback for NULL and nonsense. */
bool sched_attrs_bool(const char *text, bool fallback);
/** Interval/timeout text to milliseconds, @fallback_ms for NULL or nonsense. */
gint64 sched_attrs_msec(const char *text, gint64 fallback_ms);

static inline void
sched_wish(struct sched_work *work, enum sched_wish_kind kind, struct sched_rsc *rsc, struct sched_node *node)
{
    const struct sched_wish wish = { .kind = kind, .rsc = rsc, .node = node };

    g_array_append_val(work->wishes, wish);
}

/* node.c */
struct sched_node *sched_node_find(const struct sched_work *work, const char *name);
struct sched_node *sched_node_find_id(const struct sched_work *work, const char *id);
/** Mark for fencing; the first reason stays.  Knows remote, guest and bundle nodes (guest: its container is failed). */
void sched_node_fence(struct sched_work *work, struct sched_node *node, const char *reason, bool priority_delay);
/** May and can the cluster fence it (guests: stop the container)? */
bool sched_node_can_fence(const struct sched_work *work, const struct sched_node *node);
/** Can it run resources now: online, not standby, not shutting down, not unclean, not in maintenance ... */
bool sched_node_available(const struct sched_work *work, const struct sched_node *node, bool consider_score,
                          const struct sched_rsc *rsc, bool consider_guest);

/* rsc.c */
struct sched_rsc *sched_rsc_find(const struct sched_work *work, const char *id);
/** The single node it is active on, NULL if none; with several the one the field prefers (online, clean first). */
struct sched_node *sched_rsc_active_node(const struct sched_rsc *rsc, guint32 *n_all, guint32 *n_clean);
/** The word of a set of @rsc that has the bit idx % 64 for the node @idx. */
static inline guint64
sched_rsc_word(const struct sched_rsc *rsc, bool of_active, guint32 idx)
{
    if (idx < 64) {
        return of_active ? rsc->active : rsc->known;
    }
    return rsc->node_sets[2 * (idx / 64 - 1) + (of_active ? 0 : 1)];
}
/** Is it active there?  (@node NULL: no) */
static inline bool
sched_rsc_is_active_on(const struct sched_rsc *rsc, const struct sched_node *node)
{
    return node != NULL && ((sched_rsc_word(rsc, true, node->idx) >> (node->idx % 64)) & 1) != 0;
}
/** Is the result of a probe or another operation known there? */
static inline bool
sched_rsc_is_known_on(const struct sched_rsc *rsc, const struct sched_node *node)
{
    return ((sched_rsc_word(rsc, false, node->idx) >> (node->idx % 64)) & 1) != 0;
}
/** Of a group: do its members start one after the other? */
bool sched_rsc_is_ordered(const struct sched_rsc *group);
/** Of a group: must its members be on one node?  Those of a cloned group must always. */
bool sched_rsc_is_collocated(const struct sched_rsc *group);
/** Of a primitive that is active: can nobody stop it?  It is not managed, or a later member of its group is not. */
bool sched_rsc_stays(const struct sched_rsc *rsc);
void sched_rsc_note_known(struct sched_rsc *rsc, const struct sched_node *node);
/** It is active there; was that new? */
bool sched_rsc_note_active(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *node);
void sched_vec_add(struct sched_work *work, struct sched_vec *vec, void *item);
/** Put @item on a list that is made with its first element. */
void sched_list_add(GPtrArray **list, void *item);
/** Is it of another agent than its history tells of? */
bool sched_rsc_is_changed(const struct sched_rsc *rsc, const struct cox_rsc_history *history);
/** Is @rsc inside (or itself) @ancestor? */
bool sched_rsc_is_inside(const struct sched_rsc *rsc, const struct sched_rsc *ancestor);
/** Fail count of @rsc (whole resource, all operations) on @node; 0 if none or expired and allowed to expire. */
cox_score sched_failcount(struct sched_work *work, const struct sched_rsc *rsc, const struct sched_node *node,
                          gint64 *last_failure_s, bool consider_timeout);
/** Does migration-threshold ban it from @node?  @which: the instance or clone whose threshold counts. */
bool sched_failcount_bans(struct sched_work *work, struct sched_rsc *rsc, const struct sched_node *node,
                          struct sched_rsc **which);

/* ---- passes ---- */

void sched_options_run(struct sched_work *work);    /* options.c       (state) */
void sched_nodes_run(struct sched_work *work);      /* node.c          (state) */
void sched_rscs_run(struct sched_work *work);       /* rsc.c           (state) */
void sched_node_state_run(struct sched_work *work); /* node_state.c    (state) */
void sched_history_run(struct sched_work *work);    /* history.c       (state): roles, failures, orphans, blocks */
void sched_cluster_fill(struct sched_work *work, struct cox_cluster *cluster); /* cluster.c (state): frozen view */
void sched_amounts_run(struct sched_work *work);     /* amounts.c      (assign): utilization as numbers */
void sched_constraints_run(struct sched_work *work); /* constraints.c  (assign): locations, colocations, tickets */
void sched_orders_run(struct sched_work *work);      /* order.c        (actions): rsc_order into order_data */
void sched_early_run(struct sched_work *work);       /* actions.c      (actions): what history and changes ask for */
void sched_assign_run(struct sched_work *work);      /* assign.c       (assign): scores, placement, roles */
void sched_actions_run(struct sched_work *work);     /* actions.c      (actions): probes, actions, orderings, fencing */
void sched_propagate_run(struct sched_work *work);   /* propagate.c    (actions): required / blocked by worklist */
void sched_graph_fill(struct sched_work *work, struct cox_plan *plan); /* graph.c (actions): graph and changes */

#endif
