/* daemons/controld/neighbours.h - the other daemons of this node, as the controller sees them; or stand-ins, in tests.  Layer 6. */
#ifndef COX_CONTROLD_NEIGHBOURS_H
#define COX_CONTROLD_NEIGHBOURS_H

#include <stdbool.h>
#include <glib.h>

#include "client/client.h"

G_BEGIN_DECLS

/** Connections that come back, or what a test puts in their place. */
struct controld_neighbours {
    guint32 (*ask)(void *context, enum cox_daemon daemon, struct cox_client_call *call);
    void (*receive)(void *context, enum cox_daemon daemon, guint32 id, const struct cox_sink *sink);
    void (*cancel)(void *context, enum cox_daemon daemon, guint32 id);
    void (*listen)(void *context);
    void (*free)(void *context);
    void *context;
};

/** What the real ones need; callbacks get @context. */
struct controld_neighbours_setup {
    struct cox_runtime *runtime;
    const char *run_directory;
    cox_client_event_fn on_result, on_fencing;  /**< events of the executor and the fencer */
    void (*on_exec)(void *context, bool is_up, const GError *problem);
    void (*on_attr)(void *context, bool is_up, const GError *problem);
    void *context;
};

/** Connections to scheduler, fencer, attribute keeper and executor; results come from controld_neighbours_listen() on. */
void controld_neighbours_connect(struct controld_neighbours *neighbours, const struct controld_neighbours_setup *setup);
void controld_neighbours_clear(struct controld_neighbours *neighbours);

static inline guint32
controld_neighbours_ask(const struct controld_neighbours *neighbours, enum cox_daemon daemon, struct cox_client_call *call)
{
    return neighbours->ask(neighbours->context, daemon, call);
}

static inline void
controld_neighbours_receive(const struct controld_neighbours *neighbours, enum cox_daemon daemon, guint32 id,
                            const struct cox_sink *sink)
{
    neighbours->receive(neighbours->context, daemon, id, sink);
}

static inline void
controld_neighbours_cancel(const struct controld_neighbours *neighbours, enum cox_daemon daemon, guint32 id)
{
    neighbours->cancel(neighbours->context, daemon, id);
}

/** From now on results may come; they wait for that. */
static inline void
controld_neighbours_listen(const struct controld_neighbours *neighbours)
{
    neighbours->listen(neighbours->context);
}

G_END_DECLS

#endif
