/* lib/fence/fence_priv.h - the state of the engine, for its files.  Layer 3, pure. */
#ifndef COX_FENCE_FENCE_PRIV_H
#define COX_FENCE_FENCE_PRIV_H

#include "fence/fence.h"
#include "fence/fenceconf.h"
#include "fence/fencegreet.h"
#include "fence/fencehistory.h"
#include "fence/fencelocal.h"
#include "fence/fencewatchdog.h"

struct cox_fence {
    struct cox_fence_config config;
    char *name;
    guint32 self;
    guint64 serial, attempts;
    bool has_quorum;
    cox_usec quorum_until;       /* without quorum: until then it may come back by itself */
    struct cox_fenceconf conf;
    GPtrArray *ops;              /* struct cox_fenceop, in the order of the bus */
    struct cox_fencehistory history;
    struct cox_fencelocal local;
    struct cox_fencewatch watch;
    struct cox_fencegreet greet;
    cox_wall wall;
    cox_usec wake_at;
};

/* ---- fencesay.c ---- */

struct cox_fence_effect *cox_fence_add(struct cox_fence_effects *out, enum cox_fence_effect_kind kind);

/* A message to all, to be completed. */
struct cox_fence_message *cox_fence_send(struct cox_fence_effects *out, enum cox_fence_message_kind kind, struct cox_fence_id id);

/* How an operation has ended. */
struct cox_fence_end {
    bool is_ok;
    const char *reason;
    guint64 life;        /* of its target, that it ended */
};

/* To who asked here: the operation is over. */
void cox_fence_tell_finished(const struct cox_fence *fence, struct cox_fence_id id, const struct cox_fence_end *end,
                             struct cox_fence_effects *out);

/* The leader says that it is over. */
void cox_fence_finish(struct cox_fence *fence, struct cox_fenceop *op, bool is_ok, const char *reason, struct cox_fence_effects *out);

void cox_fence_ask(struct cox_fence *fence, const struct cox_fence_request *request, cox_usec now, struct cox_fence_effects *out);

/* The request itself, to all. */
void cox_fence_request_all(const struct cox_fence *fence, struct cox_fence_id id, const struct cox_fence_request *request,
                           struct cox_fence_effects *out);

/* ---- fenceanswer.c ---- */

/* Which devices can do it from here, as far as is known by now; to all. */
void cox_fence_answer(struct cox_fence *fence, const struct cox_fenceop *op, struct cox_fence_effects *out);

/* Look for devices that can do it, and tell its leader. */
void cox_fence_begin_asking(struct cox_fence *fence, struct cox_fenceop *op, cox_usec now, struct cox_fence_effects *out);

/* The devices are others now, and perhaps not all: what is being looked for may be among them. */
void cox_fence_learn(struct cox_fence *fence, bool is_partial, cox_usec now, struct cox_fence_effects *out);

/* ---- fencequorum.c ---- */

/* Quorum is gained or lost. */
void cox_fence_set_quorum(struct cox_fence *fence, bool has_quorum, cox_usec now);

/* Quorum is away, but may come back in a moment. */
bool cox_fence_is_patient(const struct cox_fence *fence, cox_usec now);

/* @op cannot go on without quorum, which may come back. */
void cox_fence_stall(const struct cox_fence *fence, struct cox_fenceop *op);

/* An operation of this node that was stalled and need not wait any longer, working again; or NULL.  Ask until NULL. */
struct cox_fenceop *cox_fence_next_unstalled(struct cox_fence *fence, cox_usec now);

/* ---- fencejoin.c ---- */

/* Somebody is new: tell it what it has to know. */
void cox_fence_greet(struct cox_fence *fence, bool is_spokesman, cox_usec now, struct cox_fence_effects *out);

/* Ask for what was held back, if all that is under way is known by now. */
void cox_fence_release(struct cox_fence *fence, cox_usec now, struct cox_fence_effects *out);

void cox_fence_on_underway(struct cox_fence *fence, guint32 sender, const struct cox_fence_message *message, cox_usec now,
                           struct cox_fence_effects *out);
void cox_fence_on_hello(struct cox_fence *fence, guint32 sender, const struct cox_fence_message *message, struct cox_fence_effects *out);

/* ---- fencewithdraw.c ---- */

/* A client of this node does not want it any more. */
void cox_fence_withdraw(const struct cox_fence *fence, const struct cox_fence_request *request, struct cox_fence_effects *out);

void cox_fence_on_withdraw(struct cox_fence *fence, const struct cox_fence_message *message, struct cox_fence_effects *out);

/* ---- fencedoubt.c ---- */

/* All steps of an operation of this node are done, say the devices. */
void cox_fence_conclude(struct cox_fence *fence, struct cox_fenceop *op, cox_usec now, struct cox_fence_effects *out);

void cox_fence_doubt_on_message(struct cox_fence *fence, const struct cox_fence_message *message, struct cox_fence_effects *out);

/* The doubted node speaks, in this life. */
void cox_fence_doubt_on_hello(struct cox_fence *fence, const struct cox_fence_message *message, struct cox_fence_effects *out);

void cox_fence_doubt_on_lost(struct cox_fence *fence, const guint32 *nodes, size_t n, cox_usec now, struct cox_fence_effects *out);

/* The connection to the others is gone, perhaps. */
void cox_fence_doubt_on_view(struct cox_fence *fence, struct cox_fence_effects *out);

void cox_fence_doubt_on_wake(struct cox_fence *fence, cox_usec now, struct cox_fence_effects *out);

/* Nodes that should be down and are not: bar them, and fence them again when their pause is over. */
void cox_fence_deal_with_liars(struct cox_fence *fence, cox_usec now, struct cox_fence_effects *out);

#endif
