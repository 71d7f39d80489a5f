/* lib/control/oplog.h - the history of operations of one node: kept by its controller, written into the document.  Layer 4, pure.
 *
 * The controller of a node is the one who knows what has been done there.  The document has a copy, which may be behind, or be
 * that of a side that lost: after each join it is compared and corrected.
 */
#ifndef COX_CONTROL_OPLOG_H
#define COX_CONTROL_OPLOG_H

#include <stdbool.h>
#include <glib.h>

#include "base/walltime.h"
#include "model/nvset.h"
#include "model/status.h"

G_BEGIN_DECLS

/** A result as the executor tells it.  Texts borrowed. */
struct cox_oplog_result {
    const char *rsc_id, *standard, *provider, *type;
    const char *task;
    const char *key;              /**< transition key "action:transition:target:cluster"; NULL: nobody ordered it */
    const char *reason;           /**< exit reason or NULL */
    const char *feature_set;      /**< crm_feature_set */
    gint64 interval_ms, queue_ms, exec_ms, call_id;
    int rc, status;               /**< status: enum cox_op_status */
    cox_wall began;
    const struct cox_nvpair *params; /**< as they were ordered: parameters, CRM_meta_*, crm_feature_set */
    size_t n_params;
    const char *restart_params;   /**< blank before, between and behind: those that need a restart; NULL: not known */
    const char *secure_params;    /**< the same: those that are secret; NULL: none */
};

struct cox_oplog;

/** An empty history of the node. */
struct cox_oplog *cox_oplog_new(const char *node_id, const char *node_name);
void cox_oplog_free(struct cox_oplog *log);

/** Take over what @node (NULL: nothing) says instead of what is there; nothing counts as changed then. */
void cox_oplog_load(struct cox_oplog *log, const struct cox_node_status *node);

/**
 * Note a result.  Notifications leave no trace; a start, stop or migrate_to ends the recurring operations of the resource; a demotion
 * of what was started or promoted again after its last failure ends that failure.
 */
void cox_oplog_note(struct cox_oplog *log, const struct cox_oplog_result *result);

/**
 * A migrate_to was ordered elsewhere that brings a resource to this node: a migrate_from is noted as pending until a migrate_from, a
 * start or a stop here tells more.  Its source alone will say that it was sent, and the source may be lost with all that it knew: then
 * nobody but this history knows that the resource may be here.  Of @order task, rc, status and call_id are ignored.
 */
void cox_oplog_expect(struct cox_oplog *log, const struct cox_oplog_result *order);

/** A recurring operation has been cancelled. */
void cox_oplog_cancelled(struct cox_oplog *log, const char *rsc_id, const char *task, gint64 interval_ms);

/** Forget the resource. */
void cox_oplog_forget(struct cox_oplog *log, const char *rsc_id);

/** Forget its last failure. */
void cox_oplog_clear_failure(struct cox_oplog *log, const char *rsc_id);

/** Everything counts as changed: it is to be written as it is. */
void cox_oplog_touch(struct cox_oplog *log);

/** Is this what @node (NULL: nothing) says of the node's resources?  Only identity and results are compared. */
bool cox_oplog_is_same(const struct cox_oplog *log, const struct cox_node_status *node);

/**
 * A number for what cox_oplog_is_same() compares: histories that differ have, for all practical purposes, different ones.
 * Kept where it outlives the controller but not the node, it tells whether the document has the history that was written last.
 */
guint64 cox_oplog_fingerprint(const struct cox_node_status *node);

/** The node's history; borrowed until the next call. */
const struct cox_node_status *cox_oplog_node(const struct cox_oplog *log);

/** Memory that the history takes: in proportion to what it says, not to how much has happened. */
size_t cox_oplog_bytes(const struct cox_oplog *log);

/** What has to be done to the document. */
struct cox_oplog_changes {
    struct cox_status *status; /**< one node with the resources to be written, entries complete; NULL: none */
    GPtrArray *gone_ops;       /**< owned ids of entries that must not be there */
    GPtrArray *gone_rscs;      /**< owned ids of resources that must not be there */
};

/** What is known of one resource, as a status of its own, entries complete; NULL: nothing.  The caller frees it. */
struct cox_status *cox_oplog_part(const struct cox_oplog *log, const char *rsc_id);

/** Is there something to be taken? */
bool cox_oplog_has_changes(const struct cox_oplog *log);

/** What has changed since the last call; @changes is given to cox_oplog_changes_clear().  false: nothing. */
bool cox_oplog_take(struct cox_oplog *log, struct cox_oplog_changes *changes);
void cox_oplog_changes_clear(struct cox_oplog_changes *changes);

/** Third field of a transition key: the result that was wanted; -1 when there is none. */
int cox_oplog_target_rc(const char *key);

/**
 * How an operation ended, for people: "ok"; "degraded" (OCF 1.1: active or promoted as wanted, but may fail soon); "found running" (a probe that was
 * to find nothing); "timed out", "cancelled", "not installed" or "failed".  @target_rc as above; static.
 */
const char *cox_oplog_outcome(enum cox_op_status status, int rc, int target_rc);

typedef struct cox_oplog cox_oplog; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_oplog, cox_oplog_free)

G_END_DECLS

#endif
