/* lib/service/server.c - accept, keep account, send away.  Layer 5. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* accept4 */
#endif
#include "service/server.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/error.h"
#include "runtime/environment.h"

enum {
    BACKLOG = 128,
    ACCEPT_ROUND = 16,          /* accepted before clients have their turn */
    SWEEP_MS = 2500,
    LATE_MS = 1000,             /* a sweep that comes so much later is not about the clients */
    LINES_PER_SWEEP = 20,       /* about clients that misbehave; they must not fill the log */
};

struct cox_server {
    struct cox_server_setup setup;
    struct cox_session_setup connection_setup;
    int fd;
    char *path;
    cox_source_id watch, sweep_timer, bury_timer;
    cox_usec sweep_due;
    bool has_overslept;
    GHashTable *connections; /* serial -> struct cox_session, owns them */
    GQueue dead;             /* struct cox_session that are gone, until the loop is free */
    guint64 last_serial;
    bool has_cluster_user, has_cluster_group;
    uid_t cluster_uid;
    gid_t cluster_gid;
    unsigned int n_lines, n_unsaid;
    struct cox_server_stats stats;
};

/* Clients that are gone are buried from the loop: they may be in the middle of a call. */
static void
bury(void *context)
{
    struct cox_server *server = context;
    struct cox_session *connection;

    server->bury_timer = 0;
    while ((connection = g_queue_pop_head(&server->dead)) != NULL) {
        guint64 serial = cox_session_serial(connection);

        cox_session_free(connection);
        server->setup.gone(server->setup.context, serial);
    }
}

static bool
may_say(struct cox_server *server)
{
    if (server->n_lines >= LINES_PER_SWEEP) {
        server->n_unsaid++;
        return false;
    }
    server->n_lines++;
    return true;
}

static void
on_gone(void *context, struct cox_session *connection, const GError *reason)
{
    struct cox_server *server = context;
    const struct cox_channel_peer *peer = cox_session_peer(connection);
    guint64 serial = cox_session_serial(connection);
    gpointer key = NULL;

    if (!g_hash_table_steal_extended(server->connections, &serial, &key, NULL)) {
        return;
    }
    g_free(key);
    g_queue_push_tail(&server->dead, connection);
    if (server->bury_timer == 0) {
        server->bury_timer = cox_runtime_defer(server->setup.runtime, bury, server);
    }
    if (g_error_matches(reason, COX_ERROR, COX_ERROR_DISCONNECTED)) {
        cox_log_line(server->setup.log, COX_LOG_TRACE, "client left pid=%d uid=%u program=%s", (int) peer->pid,
                     (unsigned int) peer->uid, cox_session_program(connection));
    } else if (g_error_matches(reason, COX_ERROR, COX_ERROR_PERMISSION)) {
        server->stats.n_refused++;
        if (may_say(server)) {
            cox_log_event(server->setup.log, COX_EVENT_CLIENT_REFUSED, "pid=%d uid=%u reason=\"%s\"", (int) peer->pid,
                          (unsigned int) peer->uid, reason->message);
        }
    } else {
        server->stats.n_evicted++;
        if (may_say(server)) {
            cox_log_event(server->setup.log, COX_EVENT_CLIENT_EVICTED, "pid=%d uid=%u program=%s reason=\"%s\"",
                          (int) peer->pid, (unsigned int) peer->uid, cox_session_program(connection), reason->message);
        }
    }
}

static bool
is_privileged(const struct cox_server *server, uid_t uid)
{
    return uid == 0 || uid == geteuid() || (server->has_cluster_user && uid == server->cluster_uid);
}

enum cox_access_role
cox_server_role(const struct cox_server *server, const struct cox_channel_peer *peer)
{
    if (is_privileged(server, peer->uid)) {
        return COX_ROLE_ADMIN;
    }
    if (server->has_cluster_group) {
        bool is_member = peer->gid == server->cluster_gid;

        for (gsize i = 0; i < peer->n_groups; i++) {
            is_member |= peer->groups[i] == server->cluster_gid;
        }
        return is_member ? COX_ROLE_WRITE : COX_ROLE_NONE;
    }
    return COX_ROLE_NONE;
}

/* The connections of a user. */
struct share {
    gsize n, unsent_bytes;       /* in all */
    struct cox_session *largest; /* for which most waits */
};

static struct share
share_of(const struct cox_server *server, uid_t uid)
{
    struct share share = { 0 };
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, server->connections);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        if (cox_session_peer(value)->uid == uid) {
            share.n++;
            share.unsent_bytes += cox_session_unsent_bytes(value);
            share.largest = share.largest == NULL || cox_session_unsent_bytes(value) > cox_session_unsent_bytes(share.largest) ? value : share.largest;
        }
    }
    return share;
}

/* Who reads has nothing waiting, and costs no more than this look; when a user has too much, whoever reads least has to go. */
static bool
may_queue(void *context, struct cox_session *connection)
{
    const struct cox_server *server = context;
    const struct cox_limits *limits = server->setup.limits;
    gsize own = cox_session_unsent_bytes(connection);
    uid_t uid = cox_session_peer(connection)->uid;
    struct share share;

    if (own == 0 || own > limits->unsent_per_client) {
        return own == 0;
    }
    for (share = share_of(server, uid); share.unsent_bytes > limits->unsent_per_uid; share = share_of(server, uid)) {
        if (share.largest == connection) {
            return false;
        }
        cox_session_evict(share.largest);
    }
    return true;
}

static void
on_request(void *context, struct cox_session *connection, const struct cox_frame *frame)
{
    const struct cox_server *server = context;

    server->setup.request(server->setup.context, connection, frame);
}

static void
on_cancelled(void *context, struct cox_session *connection, guint32 id)
{
    const struct cox_server *server = context;

    server->setup.cancelled(server->setup.context, connection, id);
}

static const struct cox_session_handlers connection_handlers = { on_request, on_cancelled, on_gone, may_queue };

static void sweep(void *context);

static void
plan_sweep(struct cox_server *server, cox_usec now)
{
    server->sweep_due = cox_usec_after_ms(now, SWEEP_MS);
    server->sweep_timer = cox_runtime_timer(server->setup.runtime, server->sweep_due, sweep, server);
}

static void
sweep(void *context)
{
    struct cox_server *server = context;
    cox_usec now = cox_runtime_now(server->setup.runtime);
    GList *all = g_hash_table_get_values(server->connections);
    /* Woken much too late we, or the whole machine, stood still: no client could get rid of anything.  Once. */
    bool has_overslept = now > cox_usec_after_ms(server->sweep_due, LATE_MS) && !server->has_overslept;

    server->sweep_timer = 0;
    server->has_overslept = has_overslept;
    for (GList *link = all; link != NULL && !has_overslept; link = link->next) {
        cox_session_check(link->data, now);
    }
    g_list_free(all);
    if (server->n_unsaid > 0) {
        cox_log_line(server->setup.log, COX_LOG_NOTICE, "more clients misbehaved lines=%u", server->n_unsaid);
    }
    server->n_lines = server->n_unsaid = 0;
    if (g_hash_table_size(server->connections) > 0) {
        plan_sweep(server, now);
    }
}

static void
admit(struct cox_server *server, int fd)
{
    struct cox_channel_peer peer;
    struct cox_session *connection;
    g_autoptr(GError) refusal = NULL;

    if (!cox_channel_peer_of(fd, &peer)) {
        close(fd);
        return;
    }
    server->stats.n_accepted++;
    connection = cox_session_new(&server->connection_setup, fd, &peer, cox_server_role(server, &peer), ++server->last_serial);
    if (cox_session_role(connection) == COX_ROLE_NONE) {
        refusal = g_error_new(COX_ERROR, COX_ERROR_PERMISSION, "user '%u': may not talk to %s; join the group '%s'",
                              (unsigned int) peer.uid, server->setup.name, COX_DAEMON_CLUSTER_GROUP);
    } else if (g_hash_table_size(server->connections) >= server->setup.limits->connections
               || (!is_privileged(server, peer.uid)
                   && share_of(server, peer.uid).n >= server->setup.limits->connections_per_uid)) {
        refusal = g_error_new(COX_ERROR, COX_ERROR_TRY_AGAIN, "user '%u': too many connections; close some",
                              (unsigned int) peer.uid);
    }
    g_hash_table_insert(server->connections, g_memdup2(&server->last_serial, sizeof server->last_serial), connection);
    if (refusal != NULL) {
        cox_session_refuse(connection, refusal);
    }
    if (server->sweep_timer == 0) {
        plan_sweep(server, cox_runtime_now(server->setup.runtime));
    }
}

static void
on_knock(void *context, int fd, unsigned int events)
{
    struct cox_server *server = context;

    (void) events;
    for (int i = 0; i < ACCEPT_ROUND; i++) {
        int client = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

        if (client >= 0) {
            admit(server, client);
        } else if (errno != EINTR && errno != ECONNABORTED) {
            if (errno != EAGAIN && may_say(server)) {
                cox_log_event(server->setup.log, COX_EVENT_ACCEPT_FAILED, "error=\"%s\"", g_strerror(errno));
            }
            return;
        }
    }
}

static int
listen_at(const char *path, bool has_group, gid_t group, GError **error)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    mode_t before;
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    bool good;

    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
    } else if (fd >= 0) {
        g_strlcpy(address.sun_path, path, sizeof address.sun_path);
        (void) unlink(path);
        before = umask(0117); /* 0660 from the first moment on */
        good = bind(fd, (const struct sockaddr *) &address, sizeof address) == 0;
        umask(before);
        if (good && has_group) {
            (void) !chown(path, (uid_t) -1, group); /* without the right to do it only root and our own user get in */
        }
        if (good && listen(fd, BACKLOG) == 0) {
            return fd;
        }
    }
    g_set_error(error, COX_ERROR, COX_ERROR_CANNOT_CREATE, "cannot listen at '%s': %s", path, g_strerror(errno));
    if (fd >= 0) {
        close(fd);
    }
    return -1;
}

static void
free_connection(gpointer data)
{
    cox_session_free(data);
}

struct cox_server *
cox_server_new(const struct cox_server_setup *setup, GError **error)
{
    struct cox_server *server = g_new0(struct cox_server, 1);

    server->setup = *setup;
    server->has_cluster_user = cox_environment_user(COX_DAEMON_CLUSTER_USER, &server->cluster_uid, NULL);
    server->has_cluster_group = cox_environment_group(COX_DAEMON_CLUSTER_GROUP, &server->cluster_gid);
    server->path = cox_environment_socket_path(setup->run_directory, setup->name);
    server->connections = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, free_connection);
    g_queue_init(&server->dead);
    server->connection_setup = (struct cox_session_setup) {
        setup->runtime, setup->limits, &connection_handlers, server, setup->name, setup->boot
    };
    server->fd = listen_at(server->path, server->has_cluster_group, server->cluster_gid, error);
    if (server->fd < 0) {
        cox_server_free(server);
        return NULL;
    }
    server->watch = cox_runtime_watch(setup->runtime, server->fd, COX_WATCH_READ, on_knock, server);
    return server;
}

void
cox_server_close_door(struct cox_server *server)
{
    if (server != NULL && server->fd >= 0) {
        cox_runtime_cancel(server->setup.runtime, server->watch);
        close(server->fd);
        (void) unlink(server->path);
        server->fd = -1;
    }
}

void
cox_server_free(struct cox_server *server)
{
    if (server == NULL) {
        return;
    }
    cox_server_close_door(server);
    cox_runtime_cancel(server->setup.runtime, server->sweep_timer);
    cox_runtime_cancel(server->setup.runtime, server->bury_timer);
    g_queue_clear_full(&server->dead, free_connection);
    g_hash_table_destroy(server->connections);
    g_free(server->path);
    g_free(server);
}

struct cox_session *
cox_server_find(const struct cox_server *server, guint64 serial)
{
    return g_hash_table_lookup(server->connections, &serial);
}

bool
cox_server_has_subscriber(const struct cox_server *server, const char *topic)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, server->connections);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        if (cox_session_follows(value, topic)) {
            return true;
        }
    }
    return false;
}

void
cox_server_publish(struct cox_server *server, const char *topic, enum cox_message message, GBytes *payload, GBytes *large)
{
    GList *all = g_hash_table_get_values(server->connections);

    for (GList *link = all; link != NULL; link = link->next) {
        cox_session_publish(link->data, topic, message, payload, large);
    }
    g_list_free(all);
}

struct cox_server_stats
cox_server_stats(const struct cox_server *server)
{
    struct cox_server_stats stats = server->stats;
    GHashTableIter iter;
    gpointer value;

    stats.n_clients = g_hash_table_size(server->connections);
    g_hash_table_iter_init(&iter, server->connections);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        stats.unsent_bytes += (gint64) cox_session_unsent_bytes(value);
    }
    return stats;
}
