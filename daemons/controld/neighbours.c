/* daemons/controld/neighbours.c - the other daemons of this node, as the controller sees them.  Layer 6. */
#include "daemons/controld/neighbours.h"

struct live {
    struct controld_neighbours_setup setup;
    struct cox_client *clients[COX_DAEMON_N]; /* NULL: not needed */
};

static guint32
ask(void *context, enum cox_daemon daemon, struct cox_client_call *call)
{
    return cox_client_send(((struct live *) context)->clients[daemon], call);
}

static void
receive(void *context, enum cox_daemon daemon, guint32 id, const struct cox_sink *sink)
{
    cox_client_receive(((struct live *) context)->clients[daemon], id, sink);
}

static void
cancel(void *context, enum cox_daemon daemon, guint32 id)
{
    cox_client_cancel(((struct live *) context)->clients[daemon], id);
}

static void
listen_to_results(void *context)
{
    struct live *live = context;

    (void) cox_client_subscribe(live->clients[COX_DAEMON_EXEC], "results", live->setup.on_result, live->setup.context);
}

static void
free_live(void *context)
{
    struct live *live = context;

    for (int i = 0; i < COX_DAEMON_N; i++) {
        cox_client_free(live->clients[i]);
    }
    g_free(live);
}

void
controld_neighbours_connect(struct controld_neighbours *neighbours, const struct controld_neighbours_setup *setup)
{
    static const enum cox_daemon daemons[] = { COX_DAEMON_SCHED, COX_DAEMON_FENCE, COX_DAEMON_ATTR, COX_DAEMON_EXEC };
    struct live *live = g_new0(struct live, 1);

    live->setup = *setup;
    for (size_t i = 0; i < G_N_ELEMENTS(daemons); i++) {
        const struct cox_client_settings settings = { .daemon = daemons[i],
                                                      .program = "cox-controld",
                                                      .run_directory = setup->run_directory,
                                                      .reconnects = true,
                                                      .changed = daemons[i] == COX_DAEMON_EXEC   ? setup->on_exec
                                                                 : daemons[i] == COX_DAEMON_ATTR ? setup->on_attr
                                                                                                 : NULL,
                                                      .context = setup->context };

        live->clients[daemons[i]] = cox_client_new(setup->runtime, &settings);
    }
    (void) cox_client_subscribe(live->clients[COX_DAEMON_FENCE], "fencing", setup->on_fencing, setup->context);
    *neighbours = (struct controld_neighbours) { ask, receive, cancel, listen_to_results, free_live, live };
}

void
controld_neighbours_clear(struct controld_neighbours *neighbours)
{
    if (neighbours->free != NULL) {
        neighbours->free(neighbours->context);
    }
    *neighbours = (struct controld_neighbours) { NULL, NULL, NULL, NULL, NULL, NULL };
}
