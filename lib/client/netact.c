/* lib/client/netact.c - have a network resource's action done by the daemon that does it.  Layer 5. */
#include "client/netact.h"

#include "base/arena.h"
#include "base/error.h"
#include "client/client.h"

static const struct {
    const char *type;
    enum cox_daemon daemon;
} types[] = {
    { "IPaddr", COX_DAEMON_VRRP },       { "IProute", COX_DAEMON_VRRP },  { "VirtualRouter", COX_DAEMON_VRRP },
    { "VirtualServer", COX_DAEMON_LVS }, { "IPVSsync", COX_DAEMON_LVS },
};

/* A daemon that does actions. */
struct door {
    struct cox_netacts *netacts;
    enum cox_daemon daemon;
    struct cox_client *client; /* NULL until it is needed */
    bool is_asked_for;         /* the supervisor has not answered yet */
};

struct netact {
    struct door *door;
    guint32 id;
    struct cox_arena *arena;   /* @body lies here: it may be sent again */
    struct cox_msg_net_act body;
    cox_usec deadline;         /* COX_USEC_NEVER: none */
    guint32 request;
    cox_netact_fn fn;
    void *context;
};

struct cox_netacts {
    struct cox_runtime *runtime;
    char *program, *run_directory;
    struct cox_client *supervisor; /* NULL until it is needed */
    struct door doors[COX_DAEMON_N];
    GHashTable *acts;              /* id -> struct netact, owns them */
    guint32 last_id;
};

static void send_act(struct netact *act);
static void ask_for_daemon(struct door *door);

bool
cox_netact_daemon(const char *provider, const char *type, enum cox_daemon *daemon)
{
    bool is_ours = g_strcmp0(provider, "coxswain") == 0 || g_strcmp0(provider, "pacemaker") == 0; /* a link to it */

    for (gsize i = 0; i < G_N_ELEMENTS(types); i++) {
        if (is_ours && g_strcmp0(type, types[i].type) == 0) {
            *daemon = types[i].daemon;
            return true;
        }
    }
    return false;
}

static void
free_act(gpointer data)
{
    struct netact *act = data;

    if (act->request != 0) {
        cox_client_cancel(act->door->client, act->request);
    }
    cox_arena_free(act->arena);
    g_free(act);
}

struct cox_netacts *
cox_netacts_new(struct cox_runtime *runtime, const char *program, const char *run_directory)
{
    struct cox_netacts *netacts = g_new0(struct cox_netacts, 1);

    netacts->runtime = runtime;
    netacts->program = g_strdup(program);
    netacts->run_directory = g_strdup(run_directory);
    netacts->acts = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, free_act);
    for (int i = 0; i < COX_DAEMON_N; i++) {
        netacts->doors[i] = (struct door) { .netacts = netacts, .daemon = (enum cox_daemon) i };
    }
    return netacts;
}

void
cox_netacts_free(struct cox_netacts *netacts)
{
    if (netacts == NULL) {
        return;
    }
    g_hash_table_destroy(netacts->acts);
    for (int i = 0; i < COX_DAEMON_N; i++) {
        cox_client_free(netacts->doors[i].client);
    }
    cox_client_free(netacts->supervisor);
    g_free(netacts->program);
    g_free(netacts->run_directory);
    g_free(netacts);
}

static struct cox_client *
connect_to(const struct cox_netacts *netacts, enum cox_daemon daemon)
{
    const struct cox_client_settings settings = { .daemon = daemon, .program = netacts->program, .run_directory = netacts->run_directory,
                                                  .reconnects = true };

    return cox_client_new(netacts->runtime, &settings);
}

static const char *
name_of(const struct door *door)
{
    return cox_daemon_row(door->daemon)->process;
}

static void
end(struct netact *act, const struct cox_msg_net_acted *acted, const GError *error)
{
    g_hash_table_steal(act->door->netacts->acts, GUINT_TO_POINTER(act->id));
    act->fn(act->context, acted, error);
    free_act(act);
}

static void
end_late(struct netact *act)
{
    g_autoptr(GError) error = g_error_new(COX_ERROR, COX_ERROR_TIMEOUT, "%s did not answer within %" G_GINT64_FORMAT " ms", name_of(act->door),
                                          act->body.timeout_ms);

    end(act, NULL, error);
}

/* ---- the daemon is wanted ---- */

/* The supervisor cannot give us this daemon: nobody will answer, unless one is connected all the same. */
static void
fail_all(struct door *door, const GError *error)
{
    g_autoptr(GList) ids = g_hash_table_get_keys(door->netacts->acts);

    for (GList *link = ids; link != NULL && !cox_client_is_up(door->client); link = link->next) {
        struct netact *act = g_hash_table_lookup(door->netacts->acts, link->data); /* a callback may have cancelled it */

        if (act != NULL && act->door == door) {
            end(act, NULL, error);
        }
    }
}

static bool
is_waited_for(const struct door *door)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, door->netacts->acts);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        if (((const struct netact *) value)->door == door) {
            return !cox_client_is_up(door->client);
        }
    }
    return false;
}

static void
on_needed(void *context, const struct cox_client_reply *reply)
{
    struct door *door = context;

    door->is_asked_for = false;
    if (g_error_matches(reply->error, COX_ERROR, COX_ERROR_DISCONNECTED)) { /* a supervisor that dies: the next one is asked */
        if (is_waited_for(door)) {
            ask_for_daemon(door);
        }
    } else if (reply->error != NULL) {
        fail_all(door, reply->error);
    }
}

static void
ask_for_daemon(struct door *door)
{
    const struct cox_msg_supervisor_need need = { .daemon = name_of(door) };
    struct cox_client_call call = { .message = COX_MSG_SUPERVISOR_NEED, .body = &need, .fn = on_needed, .context = door };

    if (door->is_asked_for) {
        return;
    }
    door->is_asked_for = true;
    if (door->netacts->supervisor == NULL) {
        door->netacts->supervisor = connect_to(door->netacts, COX_DAEMON_SUPERVISOR);
    }
    (void) cox_client_send(door->netacts->supervisor, &call);
}

/* ---- the action ---- */

static void
on_acted(void *context, const struct cox_client_reply *reply)
{
    struct netact *act = context;
    bool is_late = reply->error != NULL && cox_usec_is_due(act->deadline, cox_runtime_now(act->door->netacts->runtime));

    act->request = 0;
    if (g_error_matches(reply->error, COX_ERROR, COX_ERROR_DISCONNECTED) && !is_late) {
        send_act(act);
    } else if (is_late || g_error_matches(reply->error, COX_ERROR, COX_ERROR_TIMEOUT)) {
        end_late(act);
    } else if (reply->error == NULL && reply->message != COX_MSG_NET_ACTED) {
        g_autoptr(GError) error = g_error_new(COX_ERROR, COX_ERROR_PROTOCOL, "%s gave an answer that makes no sense (message %d)", name_of(act->door),
                                              (int) reply->message);

        end(act, NULL, error);
    } else {
        end(act, reply->error == NULL ? reply->body : NULL, reply->error);
    }
}

static void
send_act(struct netact *act)
{
    struct door *door = act->door;
    struct cox_msg_net_act body = act->body;
    struct cox_client_call call = { .message = COX_MSG_NET_ACT, .body = &body, .fn = on_acted, .context = act };

    if (cox_usec_is_set(act->deadline)) {
        call.timeout_ms = body.timeout_ms = MAX(1, (act->deadline - cox_runtime_now(door->netacts->runtime)) / COX_USEC_PER_MS);
    }
    if (door->client == NULL) {
        door->client = connect_to(door->netacts, door->daemon);
    }
    if (!cox_client_is_up(door->client)) {
        ask_for_daemon(door);
    }
    act->request = cox_client_send(door->client, &call);
}

static void
copy_body(struct netact *act, const struct cox_msg_net_act *body)
{
    struct cox_msg_pair *params = NULL;

    act->arena = cox_arena_new();
    params = cox_arena_new_array(act->arena, struct cox_msg_pair, body->n_params);
    for (gsize i = 0; i < body->n_params; i++) {
        params[i] = (struct cox_msg_pair) { cox_arena_strdup(act->arena, body->params[i].name), cox_arena_strdup(act->arena, body->params[i].value) };
    }
    act->body = (struct cox_msg_net_act) { .rsc_id = cox_arena_strdup(act->arena, body->rsc_id),
                                           .type = cox_arena_strdup(act->arena, body->type),
                                           .action = cox_arena_strdup(act->arena, body->action),
                                           .n_params = body->n_params,
                                           .params = params,
                                           .timeout_ms = body->timeout_ms };
}

guint32
cox_netact_ask(struct cox_netacts *netacts, const struct cox_msg_net_act *act, cox_netact_fn fn, void *context)
{
    struct netact *mine = g_new0(struct netact, 1);
    enum cox_daemon daemon = COX_DAEMON_N;

    COX_BUG_ON(!cox_netact_daemon("coxswain", act->type, &daemon));
    do {
        mine->id = ++netacts->last_id;
    } while (mine->id == 0 || g_hash_table_contains(netacts->acts, GUINT_TO_POINTER(mine->id)));
    mine->door = &netacts->doors[daemon];
    copy_body(mine, act);
    mine->deadline = act->timeout_ms > 0 ? cox_usec_after_ms(cox_runtime_now(netacts->runtime), act->timeout_ms) : COX_USEC_NEVER;
    mine->fn = fn;
    mine->context = context;
    g_hash_table_insert(netacts->acts, GUINT_TO_POINTER(mine->id), mine);
    send_act(mine);
    return mine->id;
}

void
cox_netact_cancel(struct cox_netacts *netacts, guint32 id)
{
    (void) g_hash_table_remove(netacts->acts, GUINT_TO_POINTER(id));
}
