/* daemons/controld/controld.h - the controller of a node: what its files share.  Layer 6.
 *
 *   controld.c the daemon: what it answers
 *   neighbours.c connections to the other daemons
 *   traits.c   what the history notes of an agent
 *   crew.c     membership, election and join: lib/election to and from the group
 *   realm.c    the coordinator: lib/control/reign to and from group, scheduler, fencer and document
 *   duty.c     the node: orders to the executor, results to the group and to its history
 *   ledger.c   that history (lib/control/oplog): into the document, and compared with it
 *   papers.c   the document: what it says, and what is written into it
 *   handlers.c requests of clients
 *   chronicle.c, facts.c: the timeline; wire.c structs of the engines to and from messages
 */
#ifndef COX_CONTROLD_CONTROLD_H
#define COX_CONTROLD_CONTROLD_H

#include <stdbool.h>
#include <glib.h>

#include "client/client.h"
#include "codec/graphread.h"
#include "control/oplog.h"
#include "control/reign.h"
#include "daemons/controld/neighbours.h"
#include "daemons/controld/traits.h"
#include "election/election.h"
#include "follow/follow.h"
#include "follow/permit.h"
#include "service/service.h"

G_BEGIN_DECLS

struct controld {
    struct cox_ctx *ctx;
    struct cox_runtime *runtime;
    struct cox_log *log;
    guint32 self;              /* 0: not known yet */
    char *uuid;                /* of this run, in transition keys */
    guint64 incarnation, life;      /* life: number of this boot */
    GHashTable *barred;             /* name -> guint64 *, the life: what was heard before the reign could be told */
    guint cores, action_limit, told_limit; /* of this host, as struct cox_reign_event; what the executor was told */
    struct controld_neighbours neighbours;
    struct controld_chronicle *chronicle;
    GArray *view, *members;    /* guint32: controllers in the group; nodes that are members */
    bool knows_nodes, is_admitted; /* members has those that had no controller when this one joined, too; a coordinator has let it in, once */
    struct cox_election *election; /* NULL: the document is not there yet */
    cox_source_id election_timer, reign_timer, bootstrap_timer;
    struct cox_election_message confirm; /* to be sent when the node's reports are ready */
    gint64 leaving_since_s;    /* seconds since 1970, what "shutdown" is set to */
    bool has_confirm, is_leaving, is_dismissed, is_released; /* is_dismissed: it may leave when its results are recorded; is_released: the node may leave, what it does now is not in the history */
    struct cox_term dismissed; /* by whom */
    const struct cox_msg_control_election *report; /* while a confirmation is handled */
    /* realm.c */
    struct cox_reign *reign;
    struct cox_codec_graph *graph;  /* that the reign uses */
    guint64 transition;
    GByteArray *plan_text;          /* body of the answer that is coming */
    struct cox_msg_sched_plan plan;
    guint32 plan_request;
    char *plan_input;
    /* duty.c */
    struct controld_traits *traits;
    struct cox_oplog *oplog;
    bool is_history_valid, has_erased; /* the document has the history of this life of the node; its attributes were erased since the last write that succeeded */
    guint64 written;                /* with that: fingerprint of the history that the document has for certain */
    bool is_recording, is_asking, must_compare; /* a change, or the question what is running, is under way; another document was taken over: it may be wrong */
    GPtrArray *errands, *held;      /* orders that are given to the executor again, when errand_timer ends; results that wait for others, for hold_timer */
    GHashTable *ordered, *followed; /* sets: orders that the executor has, or is being given, without a result; operations that some of these come after */
    cox_source_id errand_timer, hold_timer;
    cox_source_id retry_timer, record_timer;
    cox_usec record_by;
    gint64 noted, recorded;         /* highest call id noted, and in the document */
    struct cox_version recorded_version;
    GPtrArray *said_after, *said_now; /* struct controld_later: said when the document has what is noted now; the same, of the change under way */
    /* papers.c */
    struct cox_follow *follow;
    bool is_founder, must_bootstrap; /* who plans sees to it that the document knows all members; there is another one, or that failed a while ago */
    guint64 batch;                  /* of states of nodes being written */
    GString *states;                /* XML of the states in the batch */
    GPtrArray *erased;              /* owned ids of nodes to be erased in the batch */
    /* wishes.c */
    GPtrArray *wishes;              /* struct wish: asked for again when wish_timer ends */
    cox_source_id wish_timer;
    /* handlers.c */
    GArray *leavers;                /* cox_ticket of CONTROL_LEAVE */
    GPtrArray *refreshes, *batches; /* struct controld_refresh; writes of papers.c that are under way */
    struct cox_permit *permit;
    GHashTable *pleas;              /* set: refreshes that wait for it */
    guint64 n_refreshes;
};

extern const struct cox_service controld_service;

/* ---- wire.c ---- */

/* Send an election message; @extra (name, inflight, state, recorded; may be NULL) is put with it. */
void controld_wire_election(const struct cox_election_message *message, const struct cox_msg_control_election *extra,
                            void (*send)(void *context, const struct cox_msg_control_election *body), void *context);

/* And back; @excluded gets what the message borrows.  false: no kind that is known. */
bool controld_wire_election_read(const struct cox_msg_control_election *body, struct cox_election_message *message, GArray *excluded);

struct cox_msg_cib_state controld_wire_state(const struct cox_version *version);
struct cox_version controld_wire_version(const struct cox_msg_cib_state *state);

/* ---- crew.c ---- */

void controld_crew_view(struct cox_ctx *ctx, const guint32 *nodes, gsize n_nodes);
void controld_crew_lost(struct cox_ctx *ctx, const guint32 *nodes, gsize n_nodes);
void controld_crew_nodes(struct cox_ctx *ctx, const guint32 *nodes, gsize n_nodes);
bool controld_crew_on_message(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);

/* The document is there for the first time, or its options have changed. */
void controld_crew_document(struct controld *controld);
void controld_crew_leave(struct controld *controld);

/* What this node is running is known: the confirmation that waits may go. */
void controld_crew_confirm(struct controld *controld, const struct cox_msg_exec_inflight *inflight);
/* An order of this reign was refused: somebody here obeys a younger one. */
void controld_crew_outdated(struct controld *controld, guint64 generation);
bool controld_crew_is_obeyed(const struct controld *controld, guint32 sender, guint64 generation);

/* ---- realm.c ---- */

void controld_realm_start(struct controld *controld);

/* This node was elected: fencers are to refuse the orders of older coordinators. */
void controld_realm_elected(struct controld *controld, struct cox_term term);
void controld_realm_on_fencing(void *context, const struct cox_client_event *event);
void controld_realm_stop(struct controld *controld);
void controld_realm_step(struct controld *controld, const struct cox_reign_event *event);
bool controld_realm_on_result(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);
bool controld_realm_on_recorded(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);

/* ---- duty.c ---- */

void controld_duty_start(struct controld *controld);
void controld_duty_on_result(void *context, const struct cox_client_event *event);
/* Results that wait for others are told now: before anything that says more than they do. */
void controld_duty_tell(struct controld *controld);
/* What the document says of it (0: nothing); the executor is told what comes of that. */
void controld_duty_limit(struct controld *controld, guint option);
void controld_duty_on_exec(void *context, bool is_up, const GError *problem);
void controld_duty_stop(struct controld *controld);
bool controld_duty_on_order(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);

/* Whose orders count from now on, for the executor. */
void controld_duty_term(struct controld *controld, struct cox_term term);

/* The document is there, or is another one. */
void controld_duty_document(struct controld *controld);

/* Forget the history of a resource (NULL: of all), or only its failures; have one fail here.  @key comes back in the result. */
void controld_duty_refresh(struct controld *controld, const struct cox_msg_control_refresh *refresh, const char *key);
void controld_duty_fail(struct controld *controld, const struct cox_msg_control_fail *fail);

/* ---- papers.c ---- */

void controld_papers_start(struct controld *controld);
void controld_papers_stop(struct controld *controld);
void controld_papers_on_document(void *context, const struct cox_follow_news *news);

/* Value of a cluster option, or NULL; borrowed until the loop runs. */
const char *controld_papers_option(const struct controld *controld, const char *name);

/* Collect the state of a node, then write all that was collected. */
void controld_papers_node(struct controld *controld, const struct cox_reign_effect *effect);
void controld_papers_write(struct controld *controld, guint64 batch);

/* What a new cluster has to have in its configuration; the coordinator writes it. */
void controld_papers_bootstrap(struct controld *controld);

/* History of this node in the document; the caller frees the status that @node points into. */
struct cox_status *controld_papers_history(const struct controld *controld, const struct cox_node_status **node);

/* Tell everything that the document says, once more; names of members that are not known yet. */
void controld_papers_retell(struct controld *controld);
void controld_papers_names(struct controld *controld);

/* ---- handlers.c ---- */

bool controld_on_query(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);
bool controld_on_refresh(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);
bool controld_on_fail(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);
bool controld_on_leave(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);
bool controld_on_remove_node(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);

/* Who wants to leave and could not say so yet may be able to now; all are to know it when this node leaves, and each new keeper of attributes. */
void controld_leave_if_asked(struct controld *controld);
void controld_leave_still(struct controld *controld);
void controld_leave_on_attr(void *context, bool is_up, const GError *problem);
/* This node may leave; a result that answers a refresh has come, or (NULL) members have changed. */
void controld_may_leave(struct controld *controld);
void controld_refreshed(struct controld *controld, guint32 node, const struct cox_msg_control_result *result);
void controld_handlers_start(struct controld *controld);
void controld_handlers_stop(struct controld *controld);

G_END_DECLS

#endif
