/* lib/control/reign_priv.h - the state of the engine, for its files.  Layer 4, pure. */
#ifndef COX_CONTROL_REIGN_PRIV_H
#define COX_CONTROL_REIGN_PRIV_H

#include "control/failure.h"
#include "control/reign.h"
#include "fence/fenceretry.h"
#include "supervise/planguard.h"
#include "transition/conduct.h"
/* The four texts of a node state, owned. */
struct reign_texts {
    char *in_ccm, *crmd, *join, *expected;
};

struct reign_node {
    guint32 id;
    char *name;               /* NULL: not known yet */
    bool is_controller;       /* its controller is in the group */
    bool is_member;           /* the node is a member of the cluster */
    bool is_seen;             /* it has been one since this engine began */
    bool is_expected;         /* it was part of the crew and nobody said that it may leave */
    bool is_leaving;          /* it was told that it may leave */
    bool is_down;             /* proven; until it comes back */
    bool is_erased;           /* what the document knew of it is gone; with is_down */
    guint64 life;             /* as its controller has said since it came; else of the last one that has left; 0: not known */
    guint64 barred;           /* the life that was reported ended and is not; 0: none */
    guint cores, action_limit; /* as its controller has said; 0: not known, and nothing said */
    bool takes_followers, has_reported; /* the same; in this reign: what is in flight there is known */
    bool is_mute, is_unsure;  /* its results do not get into the document; that was replaced since it has said where they are */
    enum cox_join_phase phase;
    cox_usec away_until;      /* its controller is away: patience ends */
    cox_usec joined_at, fence_asked_at; /* its controller came into the group; the fencer was asked for it */
    struct reign_texts doc;   /* what the document says, or will when the batch is written */
    guint64 batch;            /* the last one that it was part of */
    bool is_expected_left;    /* it did not touch "expected" */
    bool is_seen_written;     /* the document was seen to say what was written last */
    gint64 heard, recorded, said; /* call ids of results; said: it told us itself that they are recorded */
    gint64 blind;             /* the same: the highest of which only the document will tell */
    struct cox_version needed; /* the document that has what it told, while its controller is there: who leaves may have told of one that loses */
    GPtrArray *histories;     /* struct reign_history: what the document does not have yet */
    cox_usec unrecorded_until; /* patience ends, while heard > recorded */
};

/* By which devices a node is unfenced, as they were configured when it was ordered; NULL: not told. */
struct reign_mark {
    char *all, *secure;
};

void cox_reign_mark_free(gpointer mark);

/* A fencing that waits for its time. */
struct reign_fence {
    char *target;
    cox_usec at;
};

struct cox_reign {
    struct cox_reign_config config;
    guint node_action_limit;          /* operations at a time on each node; 0: twice its cores */
    GPtrArray *nodes;                 /* struct reign_node, by id */
    GHashTable *barred;               /* name -> guint64 *, the life: nodes that were barred before their names were known */
    guint32 coordinator;
    guint64 generation;
    bool may_plan;
    /* the document */
    guint64 batch, batch_pending;     /* last one asked for; 0: none is under way */
    guint64 batch_answered;           /* the last one whose fate is known */
    bool is_batch_seen;               /* the one under way is in the document, perhaps not on disk yet */
    cox_usec write_retry_at;
    struct cox_version needed, asked; /* a plan must not be older (nor than what nodes need); of the plan under way */
    struct cox_version document;      /* the newest that we have seen ourselves */
    /* the plan */
    bool wants_plan, is_planning, is_stale, is_working, is_fallback;
    struct reign_causes *causes;      /* why: reigncause_priv.h */
    guint n_discards, n_wants;        /* n_wants: times that something asked for a plan */
    cox_usec plan_retry_at, attributes_until, list_until, recheck_at, recheck_by_at; /* list_until: members are missing in the document's list of nodes */
    gint64 recheck_ms;
    bool forgives_start;
    struct cox_planguard *guard;
    struct cox_planguard_effects guard_effects;
    cox_usec guard_at;
    /* the work */
    const struct cox_graph *graph;
    struct cox_conduct *conduct;
    cox_usec conduct_at;
    guint32 n_failed;
    struct cox_fenceretry retry;
    GPtrArray *fences;                /* struct reign_fence */
    GHashTable *fencing;              /* targets that the fencer was asked for, owned */
    GHashTable *unanswered;           /* the same of all our reigns, until it answers -> struct reign_asked */
    GHashTable *unfencing;            /* those of them that are unfenced -> struct reign_mark */
    bool wants_look;                  /* plan when the present work is done */
    GPtrArray *values;                /* struct reign_value: counts of failures that the document does not have yet, in their order */
    cox_usec values_until;            /* when it still has them not, they are none */
    cox_usec own_removal_until;       /* what disappears from the document until then is our own doing, once */
    cox_usec wake_at;
};

/* ---- reigntable.c ---- */

void cox_reign_node_free(gpointer node);

/* The node with this id, or NULL; or made. */
struct reign_node *cox_reign_node_find(const struct cox_reign *reign, guint32 id);
struct reign_node *cox_reign_node_ensure(struct cox_reign *reign, guint32 id);
struct reign_node *cox_reign_node_named(const struct cox_reign *reign, const char *name);

void cox_reign_texts_set(struct reign_texts *texts, const struct cox_reign_state *state);

/* It is proven to be down. */
void cox_reign_node_down(struct cox_reign *reign, struct reign_node *node);

struct cox_reign_effect *cox_reign_add(struct cox_reign_effects *out, enum cox_reign_effect_kind kind);
bool cox_reign_is_coordinator(const struct cox_reign *reign);

/* A plan must be made from this version at least. */
void cox_reign_need(struct cox_version *needed, const struct cox_version *version);
struct cox_version cox_reign_needed(const struct cox_reign *reign); /* a plan must see at least this document */

/* ---- reignnode.c ---- */

void cox_reign_nodes_on_view(struct cox_reign *reign, const struct cox_reign_event *event, cox_usec now,
                         struct cox_reign_effects *out);
void cox_reign_nodes_on_node(struct cox_reign *reign, const struct cox_reign_event *event, cox_usec now, struct cox_reign_effects *out);
void cox_reign_nodes_on_life(struct cox_reign *reign, const struct cox_reign_event *event, cox_usec now, struct cox_reign_effects *out);
void cox_reign_nodes_limit(struct cox_reign *reign, cox_usec now, struct cox_reign_effects *out); /* node-action-limit has changed */

/* A node was reported down and is alive. */
void cox_reign_nodes_on_barred(struct cox_reign *reign, const struct cox_reign_event *event, cox_usec now, struct cox_reign_effects *out);

/* Ask for the states that differ from what the document says. */
void cox_reign_nodes_write(struct cox_reign *reign, cox_usec now, struct cox_reign_effects *out);
void cox_reign_nodes_look(struct cox_reign *reign, bool is_another, bool has_quorum); /* the document has changed */
void cox_reign_nodes_on_written(struct cox_reign *reign, const struct cox_reign_event *event, cox_usec now);

/* When the next patience with a node ends, and what follows then. */
cox_usec cox_reign_nodes_deadline(const struct cox_reign *reign);
void cox_reign_nodes_on_wake(struct cox_reign *reign, cox_usec now, struct cox_reign_effects *out);

/* Is there a node whose controller is away for a moment, and nobody here knows what it was doing? */
bool cox_reign_nodes_unheard(const struct cox_reign *reign);

/* ---- reignstate.c ---- */

/* Its state stays what it was, because its controller is on its way back. */
bool cox_reign_state_is_kept(const struct reign_node *node);

/* Texts borrowed from @node or static. */
struct cox_reign_state cox_reign_state_wanted(const struct reign_node *node);

/* Does the document say so, as far as is known; and is that certain, of what it is to say? */
bool cox_reign_state_is_said(const struct reign_node *node, const struct cox_reign_state *state);
bool cox_reign_state_is_written(const struct cox_reign *reign, const struct reign_node *node);

/* ---- reignfacts.c ---- */

void cox_reign_history_free(gpointer history);
void cox_reign_value_free(gpointer value);

/* A result has been heard; up to @call_id they are in the document; those that were only seen there are not any more. */
void cox_reign_facts_note(struct reign_node *node, const struct cox_reign_event *event);
void cox_reign_facts_recorded(struct reign_node *node, gint64 call_id);
void cox_reign_facts_unseen(struct reign_node *node);

/* Is all known that a plan needs besides the document? */
bool cox_reign_facts_suffice(const struct cox_reign *reign);

/* A failure on @node (name) is counted; false: what the document has now is not known, so that the new value is not, either. */
bool cox_reign_facts_count(struct cox_reign *reign, const char *node, const struct cox_failure_count *count,
                           const struct cox_reign_event *event, cox_usec now);

/* The document shows values of attributes: is there nothing but what was counted here in it? */
bool cox_reign_facts_confirm(struct cox_reign *reign, const struct cox_reign_event *event);
void cox_reign_facts_forget_values(struct cox_reign *reign);

/* History and failures of a resource are to be forgotten. */
void cox_reign_facts_forget_rsc(struct cox_reign *reign, struct reign_node *node, const char *name, const char *rsc_id);

/* ---- reignwork.c ---- */

void cox_reign_fence_free(gpointer fence);

/* A transition, if one is under way, is over; wants_plan: aborted. */
void cox_reign_work_end(struct cox_reign *reign, struct cox_reign_effects *out);

/* Step the conduct and carry out what it asks for. */
void cox_reign_work_step(struct cox_reign *reign, const struct cox_conduct_event *event, cox_usec now, struct cox_reign_effects *out);

/* The cluster is not what the plan was made for. */
void cox_reign_want(struct cox_reign *reign, cox_usec now, struct cox_reign_effects *out);

/* Nodes that we have asked to be fenced and that are back: the fencer, which may be waiting for its turn, is to spare them. */
void cox_reign_work_spare(struct cox_reign *reign, struct cox_reign_effects *out);

void cox_reign_work_on_graph(struct cox_reign *reign, const struct cox_reign_event *event, cox_usec now, struct cox_reign_effects *out);
void cox_reign_work_on_result(struct cox_reign *reign, const struct cox_reign_event *event, cox_usec now, struct cox_reign_effects *out);
void cox_reign_work_on_fenced(struct cox_reign *reign, const struct cox_reign_event *event, cox_usec now, struct cox_reign_effects *out);
void cox_reign_work_on_wake(struct cox_reign *reign, cox_usec now, struct cox_reign_effects *out);

#endif
