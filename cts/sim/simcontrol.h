/* cts/sim/simcontrol.h - what node_control.c, node_reign.c and node_duty.c share: the controller of a node.  For tests only. */
#ifndef COX_CTS_SIM_SIMCONTROL_H
#define COX_CTS_SIM_SIMCONTROL_H

#include "control/oplog.h"
#include "control/reign.h"
#include "cts/sim/simdaemon.h"
#include "cts/sim/simdoc.h"
#include "cts/sim/simplan.h"

/** A message of the group of controllers; in the arena of the sim. */
struct control_message {
    enum { CONTROL_ELECTION = 0, CONTROL_ORDER, CONTROL_RESULT, CONTROL_RECORDED } kind;
    struct cox_election_message election;
    const struct cox_inflight *inflight;  /* ELECTION: with CONFIRM */
    size_t n_inflight;
    gint64 call_id;                       /* RECORDED, CONFIRM: results up to here are in the document ... */
    struct cox_version version;           /* ... of this version */
    guint32 target;                       /* ORDER */
    guint64 generation;
    guint64 boot;                         /* ELECTION: of the sender's node */
    enum cox_reign_order order;           /* ORDER, RESULT */
    const char *rsc_id, *task, *key;
    gint64 interval_ms, timeout_ms;
    const struct cox_nvpair *params;      /* ORDER */
    size_t n_params;
    const struct cox_opname *after;       /* ORDER: what it comes after */
    size_t n_after;
    int rc, status;                       /* RESULT; call_id as well */
    cox_wall began;
    const char *history;                  /* RESULT: of the resource, as it will be in the document */
};

struct sim_control {
    struct cox_election *election; /* NULL: the document is not there yet */
    struct cox_reign *reign;
    struct cox_oplog *oplog;       /* NULL: the same */
    GArray *view, *members;        /* guint32: controllers; nodes */
    const struct control_message *report; /* while a confirmation is handled */
    /* the coordinator */
    struct sim_plan *plan;         /* that the reign uses */
    struct cox_version plan_version;
    guint64 plan_serial;
    bool wants_plan;
    guint64 transition;
    GString *states;               /* XML of node states in the batch */
    GPtrArray *erased;             /* owned ids */
    GPtrArray *fencings;           /* const char *: targets asked for */
    /* the node */
    struct cox_election_message confirm;
    bool has_erased;               /* attributes of this node, since the last write that succeeded */
    bool has_confirm, is_asking, is_recording, is_history_valid, must_compare, is_record_due, is_pausing;
    guint64 fingerprint;           /* of the history in the write that is under way */
    gint64 noted, recorded;
    struct cox_version recorded_version;
    GPtrArray *wishes;             /* struct sim_attr_wish that attrd has not answered */
    bool wants_to_leave;
    gint64 leaving_since_s;
    struct cox_term dismissed;
    bool is_dismissed;             /* it may leave when its results are recorded */
    GPtrArray *errands;            /* struct sim_errand that the executor has not answered */
    GPtrArray *said_after, *said_now; /* struct control_message: results told when the document has what is noted */
    GPtrArray *held;               /* struct control_message: results that wait for others */
};

enum { CONTROL_TIMER_ELECTION = 0, CONTROL_TIMER_REIGN, CONTROL_TIMER_DUTY, CONTROL_TIMER_RECORD, CONTROL_TIMER_HOLD };

/* node_control.c */

/* A copy of all that it names, in the arena. */
struct control_message *control_keep(struct sim *sim, const struct control_message *message);
void control_send(struct sim *sim, struct sim_node *node, const struct control_message *message);
/* The document is there for the first time, or its configuration has changed. */
void control_crew_document(struct sim *sim, struct sim_node *node);
void control_confirm(struct sim *sim, struct sim_node *node, const struct cox_inflight *inflight, size_t n);
/* An order of this reign was refused: somebody here obeys a younger one, and does not say which. */
void control_outdated(struct sim *sim, struct sim_node *node, guint64 generation);
bool control_obeys(const struct sim_node *node, guint32 sender, guint64 generation);

/* node_reign.c */

void control_reign(struct sim *sim, struct sim_node *node, const struct cox_reign_event *event);
struct cox_xml *control_section(struct sim *sim, const struct sim_node *node, const char *name);
void control_tell_reign(struct sim *sim, struct sim_node *node);
void control_tell_document(struct sim *sim, struct sim_node *node, unsigned int scope, const struct sim_touched *touched);
void control_leave_still(struct sim *sim, struct sim_node *node);
void control_set_attribute(struct sim *sim, struct sim_node *node, const struct sim_attr_wish *wish);

/* node_duty.c */

/* Is the node's software new enough for orders that come after others?  In one seed of four that of n2 is not. */
bool control_takes_followers(const struct sim *sim, guint node);
void control_on_order(struct sim *sim, struct sim_node *node, guint32 sender, const struct control_message *order);
void control_report(struct sim *sim, struct sim_node *node);
void control_duty_document(struct sim *sim, struct sim_node *node);
void control_duty_retry(struct sim *sim, struct sim_node *node);
void control_duty_record(struct sim *sim, struct sim_node *node);
/* Results that wait for others are told now. */
void control_duty_tell(struct sim *sim, struct sim_node *node);

#endif
