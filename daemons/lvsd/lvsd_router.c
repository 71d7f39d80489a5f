/* daemons/lvsd/lvsd_router.c - the virtual router that synchronization of connections follows, as cox-vrrpd tells of it.  Layer 6. */
#include "daemons/lvsd/lvsd.h"

#include <string.h>

#include "base/error.h"
#include "client/client.h"

enum { UNHEARD_MS = 1000, AWAY_MS = 5000 };

struct cox_lvsd_router {
    struct cox_lvsd *lvsd;
    struct cox_client *client; /* NULL until one is followed */
    char *name;                /* NULL: none */
    enum cox_lvs_role role;    /* NONE: not heard yet */
    guint32 asked;             /* number of the question that is under way; 0: none */
    cox_source_id timer;       /* for whoever is not heard */
};

static void
take(struct cox_lvsd_router *router, enum cox_lvs_role role, const char *why)
{
    const struct cox_lvs_event event = { .kind = COX_LVS_ON_ROUTER, .name = router->name, .role = role };
    struct cox_lvsd *lvsd = router->lvsd;

    cox_runtime_cancel(lvsd->runtime, router->timer);
    router->timer = 0;
    if (role == router->role) {
        return;
    }
    router->role = role;
    cox_log_line(lvsd->log, COX_LOG_NOTICE, "connections are synchronized as %s router=%s reason=\"%s\"", role == COX_LVS_ROLE_MASTER ? "master" : "backup",
                 router->name, why);
    cox_lvsd_step(lvsd, &event);
}

static void
take_states(struct cox_lvsd_router *router, const struct cox_msg_router_state *state)
{
    for (gsize i = 0; router->name != NULL && i < state->n_routers; i++) {
        const struct cox_msg_router *one = &state->routers[i];

        if (g_strcmp0(one->name, router->name) == 0 && one->state != NULL) {
            take(router, strcmp(one->state, "MASTER") == 0 ? COX_LVS_ROLE_MASTER : COX_LVS_ROLE_BACKUP, one->state);
        }
    }
}

static void
on_unheard(void *context)
{
    struct cox_lvsd_router *router = context;

    router->timer = 0;
    if (router->name != NULL) {
        take(router, COX_LVS_ROLE_BACKUP, "cox-vrrpd does not say what it is");
    }
}

/* A router that is not there is backup.  Without an answer another question follows the next connection. */
static void
on_answer(void *context, const struct cox_client_reply *reply)
{
    struct cox_lvsd_router *router = context;

    router->asked = 0;
    if (reply->error == NULL && reply->message == COX_MSG_ROUTER_STATE) {
        take_states(router, reply->body);
    } else if (g_error_matches(reply->error, COX_ERROR, COX_ERROR_NOT_FOUND)) {
        take(router, COX_LVS_ROLE_BACKUP, reply->error->message);
    }
}

static void
ask(struct cox_lvsd_router *router)
{
    const struct cox_msg_router_query query = { .name = router->name };
    struct cox_client_call call = { .message = COX_MSG_ROUTER_QUERY, .body = &query, .fn = on_answer, .context = router };

    cox_client_cancel(router->client, router->asked);
    router->asked = router->name == NULL ? 0 : cox_client_send(router->client, &call);
}

static void
on_event(void *context, const struct cox_client_event *event)
{
    struct cox_lvsd_router *router = context;

    if (event->kind == COX_CLIENT_SUBSCRIBED || event->kind == COX_CLIENT_LOST) {
        ask(router);
    } else if (event->kind == COX_CLIENT_EVENT && event->message == COX_MSG_ROUTER_STATE) {
        take_states(router, event->body);
    }
}

static void
wait_for_word(struct cox_lvsd_router *router, gint64 limit_ms)
{
    struct cox_runtime *runtime = router->lvsd->runtime;

    cox_runtime_cancel(runtime, router->timer);
    router->timer = cox_runtime_timer(runtime, cox_usec_after_ms(cox_runtime_now(runtime), limit_ms), on_unheard, router);
}

static void
on_changed(void *context, bool is_up, const GError *problem)
{
    struct cox_lvsd_router *router = context;

    (void) problem;
    if (!is_up && router->name != NULL) {
        wait_for_word(router, AWAY_MS);
    }
}

static void
connect_client(struct cox_lvsd_router *router)
{
    const struct cox_client_settings settings = { .daemon = COX_DAEMON_VRRP, .program = "cox-lvsd", .reconnects = true,
                                                  .run_directory = cox_service_run_directory(router->lvsd->ctx), .changed = on_changed,
                                                  .context = router };

    router->client = cox_client_new(router->lvsd->runtime, &settings);
    (void) cox_client_subscribe(router->client, "routers", on_event, router);
}

void
cox_lvsd_router_follow(struct cox_lvsd_router *router, const char *name)
{
    if (g_strcmp0(name, router->name) == 0) {
        return;
    }
    wait_for_word(router, UNHEARD_MS);
    g_free(router->name);
    router->name = g_strdup(name);
    router->role = COX_LVS_ROLE_NONE;
    if (router->client != NULL) {
        ask(router);
    } else {
        connect_client(router);
    }
}

struct cox_lvsd_router *
cox_lvsd_router_new(struct cox_lvsd *lvsd)
{
    struct cox_lvsd_router *router = g_new0(struct cox_lvsd_router, 1);

    router->lvsd = lvsd;
    return router;
}

void
cox_lvsd_router_free(struct cox_lvsd_router *router)
{
    if (router != NULL) {
        cox_runtime_cancel(router->lvsd->runtime, router->timer);
        cox_client_free(router->client);
        g_free(router->name);
        g_free(router);
    }
}
