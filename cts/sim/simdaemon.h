/* cts/sim/simdaemon.h - what the stand-ins for the daemons of a node offer each other.  For tests only. */
#ifndef COX_CTS_SIM_SIMDAEMON_H
#define COX_CTS_SIM_SIMDAEMON_H

#include "cts/sim/sim.h"

#include "attr/attr.h"
#include "cib/version.h"
#include "election/election.h"
#include "fence/fence.h"
#include "model/nvset.h"
#include "replica/replica.h"

/* ---- node_cib.c ---- */

/** Answer to a change. */
struct sim_answer {
    bool is_ok;               /* kept or provisional */
    struct cox_version version;
};

/**
 * Ask the cibd of the node for a change (text as in simdoc.h); @answer is called in process @asker with a struct sim_answer as
 * data and with @number; also when cibd is not there or dies.
 */
struct sim_ask {
    enum sim_daemon asker;
    bool is_of_client; /* what it changes is unlike anything else: SIM_LAW_KEPT looks for it */
    GString *change; /* freed */
    void (*answer)(struct sim *sim, struct sim_node *node, struct sim_call *call);
    guint64 number;
};
void sim_cib_ask(struct sim *sim, struct sim_node *node, const struct sim_ask *ask);
bool sim_cib_has_quorum(const struct sim_node *node);
void sim_cib_start(struct sim *sim, struct sim_node *node);
void sim_cib_stop(struct sim *sim, struct sim_node *node);
void sim_cib_mail(struct sim *sim, struct sim_node *node, const struct cox_testbus_mail *mail);
void sim_cib_wake(struct sim *sim, struct sim_node *node, guint timer);
struct cox_replica_status sim_cib_status(const struct sim_node *node);
struct sim_state *sim_cib_doc(const struct sim_node *node);
void sim_disk_free(struct sim_disk *disk);

/* ---- node_control.c, node_duty.c ---- */

/** A result as the executor keeps it until it is taken. */
struct sim_result {
    guint rsc;
    const char *task, *key;
    gint64 interval_ms, call_id, exec_ms;
    const struct cox_nvpair *params;
    size_t n_params;
    struct cox_exec_result result;
    cox_wall began;
};

void sim_control_start(struct sim *sim, struct sim_node *node);
void sim_control_stop(struct sim *sim, struct sim_node *node);
void sim_control_mail(struct sim *sim, struct sim_node *node, const struct cox_testbus_mail *mail);
void sim_control_wake(struct sim *sim, struct sim_node *node, guint timer);
/** The document has changed; number: enum cox_patchscope, or-ed; data: struct sim_touched, or NULL: it is another one. */
void sim_control_on_document(struct sim *sim, struct sim_node *node, struct sim_call *call);
void sim_control_on_result(struct sim *sim, struct sim_node *node, struct sim_call *call);   /* data: struct sim_result */
void sim_control_on_exec_up(struct sim *sim, struct sim_node *node, struct sim_call *call);
void sim_control_on_inflight(struct sim *sim, struct sim_node *node, struct sim_call *call); /* data: GArray in the arena */
void sim_control_on_refused(struct sim *sim, struct sim_node *node, struct sim_call *call);  /* number: generation that is too old */
void sim_control_on_gone(struct sim *sim, struct sim_node *node, struct sim_call *call);     /* data: errand; number: as below */
void sim_control_on_fenced(struct sim *sim, struct sim_node *node, struct sim_call *call);   /* data: target; boot; number: ok */
void sim_control_on_fence_news(struct sim *sim, struct sim_node *node, struct sim_call *call); /* the same */
void sim_control_on_barred(struct sim *sim, struct sim_node *node, struct sim_call *call);     /* data: node; boot */
void sim_control_on_fence_up(struct sim *sim, struct sim_node *node, struct sim_call *call);
void sim_control_on_attr_up(struct sim *sim, struct sim_node *node, struct sim_call *call);
void sim_control_on_attr_done(struct sim *sim, struct sim_node *node, struct sim_call *call);  /* data: struct sim_attr_wish */
/** Is it the coordinator, with nothing to do? */
void sim_control_on_leave(struct sim *sim, struct sim_node *node, struct sim_call *call);
void sim_control_on_want(struct sim *sim, struct sim_node *node, struct sim_call *call);
bool sim_control_is_idle(const struct sim_node *node);
const char *sim_control_waits_for(const struct sim_node *node); /* NULL: nothing, or actions */
struct cox_term sim_control_term(const struct sim_node *node);
/** Would the scheduler do nothing with the document of this node? */
bool sim_control_has_nothing_to_do(struct sim *sim, struct sim_node *node, char **what);

/* ---- node_exec.c ---- */

/** What the executor says of an errand: taken (RUN) or done; its reign is over. */
enum sim_errand_answer { SIM_ERRAND_DONE = 1, SIM_ERRAND_REFUSED };

/** An order, a cancellation or something to forget on its way from controld to execd. */
struct sim_errand {
    int kind;             /* enum cox_reign_order */
    const char *rsc_id, *task, *key;
    gint64 interval_ms, timeout_ms, start_delay_ms;
    const struct cox_nvpair *params;
    size_t n_params;
    struct cox_exec_term term;
    const struct cox_opname *after; /* what it comes after */
    size_t n_after;
    guint64 given;        /* the reign under which the executor was asked last */
    bool has_last;        /* of a recurring one: what was told of it last */
    struct cox_exec_result last;
};

void sim_exec_start(struct sim *sim, struct sim_node *node);
void sim_exec_stop(struct sim *sim, struct sim_node *node);
void sim_exec_wake(struct sim *sim, struct sim_node *node, guint timer);
void sim_exec_on_errand(struct sim *sim, struct sim_node *node, struct sim_call *call);
void sim_exec_on_term(struct sim *sim, struct sim_node *node, struct sim_call *call);     /* data: struct cox_exec_term */
void sim_exec_on_query(struct sim *sim, struct sim_node *node, struct sim_call *call);    /* what is in flight */
void sim_exec_on_taken(struct sim *sim, struct sim_node *node, struct sim_call *call);    /* number: call id */
void sim_exec_on_ended(struct sim *sim, struct sim_node *node, struct sim_call *call);    /* data: struct sim_agent */
void sim_exec_tell(struct sim *sim, struct sim_node *node);                               /* results nobody took */
struct sim_run *sim_run_new(void);
/** Of controld: fingerprints of the history that was written, in this life of the node; the document has one of them. */
struct sim_mark {
    bool is_set;
    guint64 written, next;
};
struct sim_mark *sim_run_mark(struct sim_run *run);
/** Of controld: the youngest reign that was obeyed in this life of the node. */
struct cox_term *sim_run_control_term(struct sim_run *run);
void sim_run_free(struct sim_run *run);

/* ---- node_fence.c ---- */

void sim_fence_start(struct sim *sim, struct sim_node *node);
void sim_fence_stop(struct sim *sim, struct sim_node *node);
void sim_fence_mail(struct sim *sim, struct sim_node *node, const struct cox_testbus_mail *mail);
void sim_fence_wake(struct sim *sim, struct sim_node *node, guint timer);
void sim_fence_on_asked(struct sim *sim, struct sim_node *node, struct sim_call *call); /* data: target; boot; number: action */
void sim_fence_on_unwanted(struct sim *sim, struct sim_node *node, struct sim_call *call);
void sim_fence_on_ended(struct sim *sim, struct sim_node *node, struct sim_call *call); /* data: struct sim_fencing */

/** A run of the fake fence device. */
struct sim_fencing {
    guint node; /* where it runs */
    guint64 run;
    const char *device, *command, *target;
    bool is_ok, cuts, hangs, is_killed;
    guint n_boots; /* of its node, as it began */
    guint64 life;  /* of the fencer that began it */
};
/** simtruth.c: the device begins to work. */
void sim_device_run(struct sim *sim, struct sim_node *node, struct sim_fencing *fencing);
void sim_device_kill(struct sim *sim, struct sim_node *node, struct sim_fencing *fencing);

/* ---- node_attr.c ---- */

void sim_attr_start(struct sim *sim, struct sim_node *node);
void sim_attr_stop(struct sim *sim, struct sim_node *node);
void sim_attr_mail(struct sim *sim, struct sim_node *node, const struct cox_testbus_mail *mail);
void sim_attr_wake(struct sim *sim, struct sim_node *node, guint timer);
void sim_attr_on_request(struct sim *sim, struct sim_node *node, struct sim_call *call); /* data: struct sim_attr_wish */
void sim_attr_on_replaced(struct sim *sim, struct sim_node *node, struct sim_call *call);

struct sim_attr_wish {
    const char *node, *name, *value;
    bool is_pattern, may_wait;
};

/* ---- simtruth.c: agents ---- */

/** The agent begins; its end is told to execd. */
struct sim_agent *sim_agent_begin(struct sim *sim, struct sim_node *node, const struct sim_agent *model);
/** All agents of the node are gone, whatever they were doing. */
void sim_agents_end(struct sim *sim, const struct sim_node *node);
void sim_agent_kill(struct sim *sim, struct sim_agent *agent);

/* ---- simlaws.c ---- */

void sim_violate(struct sim *sim, enum sim_law law, const char *format, ...) G_GNUC_PRINTF(3, 4);
const char *sim_violation(const struct sim *sim, enum sim_law *law); /* NULL: none */
void sim_laws_init(struct sim *sim);
void sim_laws_clear(struct sim *sim);
void sim_laws_on_active(struct sim *sim);
void sim_laws_on_begin(struct sim *sim, const struct sim_agent *agent);
void sim_laws_on_told(struct sim *sim, const struct sim_node *node, const struct sim_result *result);
void sim_laws_on_promoted(struct sim *sim);
void sim_laws_on_demoted(struct sim *sim, guint node); /* or found not to be promoted; on_inactive says so as well */
void sim_laws_on_released(struct sim *sim, const struct sim_node *node);
void sim_laws_on_left(struct sim *sim, const struct sim_node *node);
void sim_laws_on_asked(struct sim *sim, const struct sim_node *asker, const struct sim_node *target); /* a coordinator asks for its fencing */
void sim_laws_on_fencing(struct sim *sim, const struct sim_node *target);
void sim_laws_on_inactive(struct sim *sim, guint node, guint rsc); /* a clean stop, or a probe, or the node's power is off */
void sim_laws_on_place(struct sim *sim, const struct sim_node *node);
void sim_laws_on_kept(struct sim *sim, const struct sim_node *node, guint64 change, guint64 term);
void sim_laws_on_established(struct sim *sim, const struct sim_node *node, guint64 term);
void sim_laws_on_order(struct sim *sim, const struct sim_node *node, const struct sim_agent *agent);
void sim_laws_on_obeyed(struct sim *sim, const struct sim_node *node, const struct cox_exec_term *term);
void sim_laws_on_boot(struct sim *sim, guint node);
void sim_laws_on_life(struct sim *sim, guint node); /* its fencer is about to name the boot */
void sim_laws_on_transition(struct sim *sim, guint node, bool begins);
void sim_laws_check_time(struct sim *sim);
/** Everything must be at rest and as it should be; false: not yet, @why says what is missing. */
bool sim_laws_is_settled(struct sim *sim, char **why);

#endif
