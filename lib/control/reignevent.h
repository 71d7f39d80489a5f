/* lib/control/reignevent.h - what the engine of lib/control/reign.h hears and asks for.  Layer 4, pure. */
#ifndef COX_CONTROL_REIGNEVENT_H
#define COX_CONTROL_REIGNEVENT_H

#include <stdbool.h>
#include <glib.h>

#include "base/effects.h"
#include "base/monotime.h"
#include "base/walltime.h"
#include "cib/version.h"
#include "election/join.h"
#include "model/graph.h"
#include "model/inflight.h"
#include "transition/conduct.h"

G_BEGIN_DECLS

enum { COX_REIGN_MOST_ACTIONS = 1000000 }; /**< as a limit of a node: more makes no difference */

/** What a node is asked to do, or tells that it has done. */
enum cox_reign_order {
    COX_REIGN_RUN = 0,  /**< an operation */
    COX_REIGN_CANCEL,   /**< end a recurring operation */
    COX_REIGN_FORGET, COX_REIGN_CLEAR, /**< the history of a resource; the last failure of one */
    COX_REIGN_SHUTDOWN, /**< this node may leave */
    COX_REIGN_WITHDRAW, /**< an operation that was ordered is not wanted any more, if it has not begun */
    COX_REIGN_FOLLOW,   /**< in messages: RUN that comes after others; who does not know it does nothing */
};

/** What a node state says.  Texts borrowed; NULL: not there. */
struct cox_reign_state {
    const char *in_ccm, *crmd, *join;
    const char *expected; /**< DO_NODE: NULL leaves what is there */
};

/** An attribute of a node that is to be set.  Texts borrowed. */
struct cox_reign_attribute {
    const char *attribute, *value; /**< value NULL: deleted */
    bool is_pattern;               /**< a regular expression: all that match are deleted */
    bool may_wait;                 /**< nobody waits for it in the document: the next one comes at once, or the plan knows it */
};

/** A value that an attribute of a node has in the document, or will have.  Texts borrowed. */
struct cox_reign_value {
    const char *node, *name, *value; /**< node: its name */
};

enum cox_reign_event_kind {
    COX_REIGN_ON_VIEW = 0,   /**< the controllers that are there, and the nodes that are members */
    COX_REIGN_ON_NODE,       /**< a node's name, and what the document says of it; before the reign begins, and on changes */
    COX_REIGN_ON_LIFE,       /**< the controller of a node says in which boot the node is, and what it can carry */
    COX_REIGN_ON_TERM,       /**< who coordinates now; 0: nobody */
    COX_REIGN_ON_PHASE,      /**< a member has come so far (coordinator only); when it has joined, with what it is running */
    COX_REIGN_ON_MAY_PLAN,   /**< all members have reported */
    COX_REIGN_ON_RESULT,     /**< an order has ended, or a recurring operation has a new result */
    COX_REIGN_ON_RECORDED,   /**< results of a node up to a call id are in the document of this version: it says so, or one sees it there */
    COX_REIGN_ON_WRITTEN,    /**< what DO_WRITE asked for has been done, or not */
    COX_REIGN_ON_DOCUMENT,   /**< the document has changed */
    COX_REIGN_ON_LIST,       /**< its list of nodes has all members (is_ok), or lacks some, who are being put into it */
    COX_REIGN_ON_PLAN,       /**< the plan */
    COX_REIGN_ON_NO_PLAN,    /**< it could not be made */
    COX_REIGN_ON_FENCED,     /**< what DO_FENCE asked for has ended */
    COX_REIGN_ON_FENCE_NEWS, /**< somebody's fencing of a node succeeded */
    COX_REIGN_ON_BARRED,     /**< a node was reported down and is alive: it is not admitted in this life */
    COX_REIGN_ON_OPTIONS,
    COX_REIGN_ON_WANT,       /**< a person wants a new plan */
    COX_REIGN_ON_WAKE,
};

/** What has changed in the document, or-ed. */
enum cox_reign_change {
    COX_REIGN_CONFIGURATION = 1, /**< or anything else that a plan depends on but what follows */
    COX_REIGN_ATTRIBUTES = 2,    /**< transient attributes */
    COX_REIGN_HISTORY_GONE = 4,  /**< the history of a resource, or a node's state, was removed */
    COX_REIGN_RESULTS = 8,       /**< results were written: they are told by ON_RESULT */
};

struct cox_reign_event {
    enum cox_reign_event_kind kind;
    guint32 node;    /**< NODE, LIFE, TERM, PHASE, RESULT, RECORDED: cluster id */
    const char *name; /**< NODE; RESULT: node that it is about, when it is a remote one, else NULL; FENCED, FENCE_NEWS, BARRED: target */
    union {
        struct {
            const guint32 *controllers, *nodes;
            size_t n_controllers, n_nodes;
        } view;
        struct cox_reign_state state; /**< NODE */
        guint64 generation;           /**< TERM */
        struct {
            guint64 boot;             /**< a number that differs from boot to boot; 0: it cannot tell */
            guint cores, action_limit; /**< processors, 0: not told; operations at a time that its host wants in any case, 0: nothing said */
            bool takes_followers;     /**< it knows orders that come after others */
        } life;                       /**< LIFE */
        struct {
            enum cox_join_phase phase;
            const struct cox_inflight *inflight; /**< node NULL: its own */
            size_t n_inflight;
        } join;                                  /**< PHASE */
        struct {
            enum cox_reign_order order; /**< what ended: RUN, CANCEL, FORGET */
            const char *rsc_id, *task;
            gint64 interval_ms;
            int rc, status, target_rc;  /**< status of RUN COX_OP_STATUS_CANCELLED: it has not begun; target_rc: from its key; -1: unknown */
            gint64 call_id;
            cox_wall began;
            const char *history;        /**< RUN: all that the node knows of the resource, as the document will have it; NULL: wait for that */
            bool has_counts;            /**< RUN: count_now and time_now say what the document has; else wait for it */
            const char *count_now, *time_now; /**< values of the attributes that a failure of it changes (failure.h), or NULL */
        } result;
        struct {
            gint64 call_id;             /**< RECORDED */
            guint64 batch;              /**< WRITTEN */
            bool is_seen;               /**< RECORDED: one sees it in the document; else its node has said so */
            bool is_ok, is_unfencing;   /**< WRITTEN, FENCED, LIST; FENCED: it was "on", which proves nothing */
            cox_wall at;                /**< FENCED: when */
            guint64 life;               /**< FENCED, FENCE_NEWS: of the target, that was ended; BARRED: that goes on; 0: not known */
            struct cox_version version; /**< RECORDED, WRITTEN: the document that has it */
        } done;
        struct {
            unsigned int changes;       /**< enum cox_reign_change */
            const char *config, *object; /**< identity of the configuration; NULL: unchanged; id of what was changed last, or NULL */
            struct cox_version version;
            const struct cox_reign_value *values; /**< what the change says of transient attributes ... */
            size_t n_values;
            bool are_all_values;        /**< ... and nothing else */
            bool is_another;            /**< it is not the old one changed: versions of before say nothing */
            bool has_quorum;            /**< who keeps it here has quorum, and it says so */
        } document;
        struct {
            const struct cox_graph *graph; /**< must live while cox_reign_graph() is this one */
            cox_wall wall, recheck_by;     /**< now; when to plan again, or COX_WALL_NONE */
            bool has_crashed;              /**< NO_PLAN: the scheduler died, or missed its deadline */
        } plan;
        struct {
            gint64 recheck_ms, cluster_delay_ms; /**< cluster-recheck-interval; 0: never; cluster-delay; 0: as in struct cox_reign_config */
            guint fence_attempts;          /**< fencing-max-attempts */
            guint node_action_limit;       /**< node-action-limit: operations at a time on each node; 0: twice its cores */
            bool forgives_start;           /**< start-failure-is-fatal is false: until there is a plan, which says so as well */
        } options;
    };
};

enum cox_reign_effect_kind {
    COX_REIGN_DO_ORDER = 0, /**< to the controller of a node; answered by ON_RESULT, SHUTDOWN by its leaving */
    COX_REIGN_DO_WITHDRAW,  /**< to the controller of a node: an order; its ON_RESULT says then that it has not begun, or how it ended */
    COX_REIGN_DO_FENCE,     /**< answered by ON_FENCED */
    COX_REIGN_DO_SPARE,     /**< what was asked for with FENCE is not wanted any more, if no agent has begun; its ON_FENCED says what became of it */
    COX_REIGN_DO_ATTRIBUTE, /**< set an attribute of a node (in memory of the cluster until it ends); NULL deletes */
    COX_REIGN_DO_FORGET,    /**< all attributes of a node that has left in order: they are of a life that is over */
    COX_REIGN_DO_NODE,      /**< into the document: the state of a node */
    COX_REIGN_DO_ERASE,     /**< into the document: forget the history and attributes of a node that is proven to be down */
    COX_REIGN_DO_WRITE,     /**< end of what goes into the document together; answered by ON_WRITTEN */
    COX_REIGN_DO_PLAN,      /**< answered by ON_PLAN or ON_NO_PLAN */
    COX_REIGN_DO_SAVE,      /**< the configuration that crashed the scheduler, for developers */
    COX_REIGN_DO_SAY, COX_REIGN_DO_CLEAR, /**< it was set aside; planning works again */
    COX_REIGN_DO_BEGIN, COX_REIGN_DO_END, /**< a transition begins; it is over */
    COX_REIGN_DO_WAKE,      /**< ON_WAKE at this time; replaces the previous wish */
};

struct cox_reign_effect {
    enum cox_reign_effect_kind kind;
    guint32 node;            /**< ORDER, WITHDRAW, NODE, ERASE: cluster id */
    const char *name;        /**< of that node, or of the target of a fencing, or (ATTRIBUTE, FORGET) of the node */
    union {
        struct {
            enum cox_reign_order kind;
            const struct cox_action *action; /**< of the graph */
            const struct cox_opname *after;  /**< RUN: what it comes after, at the same executor; n_after elements */
            size_t n_after;
        } order;
        struct cox_conduct_identity withdraw;
        struct {
            const struct cox_action *action;
            const char *how;                 /**< reboot, off, on */
            guint64 life;                    /**< that is to end: the last one known here; 0: none is */
        } fence;
        struct cox_reign_attribute attribute;
        struct cox_reign_state state;
        guint64 batch;                       /**< WRITE */
        struct {
            struct cox_version version;      /**< from a document at least as new */
            bool is_fallback;
        } plan;
        struct {
            const char *config, *object, *fallback; /**< SAVE, SAY, CLEAR: as in supervise/planguard.h */
        } guard;
        struct {
            guint32 n_actions, n_failed;
            const char *cause;               /**< BEGIN: why, for people, or NULL */
            bool is_aborted;                 /**< END: another plan follows */
        } transition;
        cox_usec at;
    };
};
COX_EFFECTS_DEFINE(reign)

G_END_DECLS

#endif
