/* lib/fence/fence_priv.h - the state of the engine, for its files.  Layer 3, pure. */
#ifndef COX_FENCE_FENCE_PRIV_H
#define COX_FENCE_FENCE_PRIV_H

#include "fence/fence.h"
#include "fence/fenceconf.h"
#include "fence/fencehistory.h"
#include "fence/fencelocal.h"

struct cox_fence {
    struct cox_fence_config config;
    char *name;
    guint32 self;
    guint64 serial, attempts;
    bool has_quorum;
    struct cox_fenceconf conf;
    GPtrArray *ops;              /* struct cox_fenceop, in the order of the bus */
    struct cox_fencehistory history;
    struct cox_fencelocal local;
    struct cox_fencewatch watch;
    cox_wall wall;
    cox_usec wake_at;
};

/* ---- fencesay.c ---- */

struct cox_fence_effect *cox_fence_add(struct cox_fence_effects *out, enum cox_fence_effect_kind kind);

/* A message to all, to be completed. */
struct cox_fence_message *cox_fence_send(struct cox_fence_effects *out, enum cox_fence_message_kind kind, struct cox_fence_id id);

/* To who asked here: the operation is over. */
void cox_fence_tell_finished(const struct cox_fence *fence, struct cox_fence_id id, bool is_ok, const char *reason,
                             struct cox_fence_effects *out);

/* The origin says that it is over. */
void cox_fence_finish(struct cox_fence *fence, struct cox_fenceop *op, bool is_ok, const char *reason, struct cox_fence_effects *out);

void cox_fence_ask(struct cox_fence *fence, const struct cox_fence_request *request, struct cox_fence_effects *out);

/* ---- fencedoubt.c ---- */

/* All steps of an operation of this node are done, say the devices. */
void cox_fence_conclude(struct cox_fence *fence, struct cox_fenceop *op, cox_usec now, struct cox_fence_effects *out);

void cox_fence_doubt_on_message(struct cox_fence *fence, const struct cox_fence_message *message, struct cox_fence_effects *out);

/* The doubted node speaks, in this life. */
void cox_fence_doubt_on_hello(struct cox_fence *fence, const struct cox_fence_message *message, struct cox_fence_effects *out);

void cox_fence_doubt_on_lost(struct cox_fence *fence, const guint32 *nodes, size_t n, struct cox_fence_effects *out);

/* The connection to the others is gone, perhaps. */
void cox_fence_doubt_on_view(struct cox_fence *fence, struct cox_fence_effects *out);

void cox_fence_doubt_on_wake(struct cox_fence *fence, cox_usec now, struct cox_fence_effects *out);

/* Nodes that should be down and are not: bar them, and fence them again when their pause is over. */
void cox_fence_deal_with_liars(struct cox_fence *fence, cox_usec now, struct cox_fence_effects *out);

#endif
