/* lib/control/reign.h - what the coordinator of a cluster does while it reigns: the engine.  Layer 4, pure.
 *
 * Election and join are lib/election's; this engine begins where they end.  It keeps the table of nodes and what the document
 * says of them, asks for plans, has them carried out (lib/transition/conduct), and takes what comes of it.
 *
 *              may plan                 wanted, nothing unwritten            a graph
 *     SUBJECT ---------> IDLE ------------------------------> PLANNING ----------------> WORKING
 *        ^                ^  ^                                   |  ^                      |   |
 *        |                |  '-- it was empty, or all is done ---+--'- something changed --'   |
 *        '- another one   '----------------------------------------------- all done -----------'
 *           reigns
 *
 * A plan is asked for only when the document has every result that this engine has heard of, all that it has written
 * itself, and all members in its list of nodes; so a plan never overlooks what is known.  What changes while a plan is made makes it worthless: it is asked for
 * again.  What changes while one is carried out holds back what has not begun; actions in flight stay facts.
 *
 * A node whose controller vanished while the node itself is still a member is waited for a while; only a node that is gone, or
 * whose controller stays away, is reported lost.
 */
#ifndef COX_CONTROL_REIGN_H
#define COX_CONTROL_REIGN_H

#include <stdbool.h>
#include <glib.h>

#include "control/reignevent.h"

G_BEGIN_DECLS

struct cox_reign_config {
    guint32 self;            /**< cluster node id of this node, not 0 */
    gint64 cluster_delay_ms; /**< what messages may take, besides an action's own timeout */
    gint64 process_grace_ms; /**< a controller may be away for so long while its node is there */
    gint64 settle_ms;        /**< at most so long counts of failures are waited for, or believed, that are not in the document */
    gint64 record_grace_ms;  /**< a node that cannot write its results into the document for so long is not fit to be a member */
    gint64 retry_ms;         /**< pause after a write that failed, or a plan that could not be made */
    guint crash_limit;       /**< a configuration that crashes the scheduler so often is set aside */
};

enum cox_reign_phase {
    COX_REIGN_SUBJECT = 0, /**< another one coordinates, or nobody */
    COX_REIGN_GATHERING,   /**< coordinator; the members have not all reported */
    COX_REIGN_PLANNING,
    COX_REIGN_WORKING,
    COX_REIGN_IDLE,
};

struct cox_reign;

/** An engine that knows no node and does not coordinate.  @config is copied. */
struct cox_reign *cox_reign_new(const struct cox_reign_config *config);

/** Free.  NULL is allowed. */
void cox_reign_free(struct cox_reign *reign);

/**
 * How many operations run at a time on a node, 0: any number.
 *
 * @param host   what its host wants, or 0
 * @param option node-action-limit, or 0
 * @param cores  processors of the node; 0: not known
 */
guint cox_reign_action_limit(guint host, guint option, guint cores);

/** What a patch with @scope (enum cox_patchscope, or-ed) changes: enum cox_reign_change, or-ed. */
unsigned int cox_reign_changes(unsigned int scope);

/** One step.  Total: what concerns an unknown node, an older batch or a plan that nobody asked for is ignored. */
void cox_reign_step(struct cox_reign *reign, const struct cox_reign_event *event, cox_usec now,
                    struct cox_reign_effects *out);

enum cox_reign_phase cox_reign_phase(const struct cox_reign *reign);

/** The graph that is carried out, or was last; NULL: none.  Any other one may be freed. */
const struct cox_graph *cox_reign_graph(const struct cox_reign *reign);

/** Append what is in flight to @list (struct cox_inflight, texts borrowed until the next step): input of the plan. */
void cox_reign_inflight(const struct cox_reign *reign, GArray *list);

/**
 * Append what a plan has to know besides the document, as it is not in there yet (texts borrowed until the next step): to @histories
 * (const char *) status elements in the order in which they are to be laid over it, to @values (struct cox_reign_value) attributes.
 */
void cox_reign_facts(const struct cox_reign *reign, GPtrArray *histories, GArray *values);

/** Why nothing happens although something should: a sentence for people, or NULL; borrowed until the next step. */
const char *cox_reign_waits_for(const struct cox_reign *reign);

/** Name of a node, or NULL; id of a node, or 0. */
const char *cox_reign_node_name(const struct cox_reign *reign, guint32 node);
guint32 cox_reign_node_id(const struct cox_reign *reign, const char *name);

typedef struct cox_reign cox_reign; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_reign, cox_reign_free)

G_END_DECLS

#endif
