/* cts/bench/bench_ipc.c - how often a request goes round between a client and a daemon, against a bare socket pair.  Layer 6. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <glib/gstdio.h>

#include "base/error.h"
#include "client/ask.h"
#include "runtime/loop.h"
#include "service/service.h"

enum { BARE_ROUNDS = 100000, ROUNDS = 50000, LARGE_BYTES = 200 * 1024 * 1024 };

/* The daemon: pings are answered by the skeleton; `note` gives a large body. */

static gssize
zeros(void *context, guint8 *buffer, gsize max, GError **error)
{
    guint64 *left = context;
    gsize n = (gsize) MIN((guint64) max, *left);

    (void) error;
    memset(buffer, 0, n);
    *left -= n;
    return (gssize) n;
}

static bool
on_note(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    const struct cox_msg_note *note = request->body;
    struct cox_source source = { zeros, g_free, g_memdup2(&note->number, sizeof note->number) };

    (void) ctx;
    (void) error;
    cox_reply_set(reply, COX_MSG_NOTE, note);
    cox_reply_set_source(reply, &source);
    return true;
}

static const struct cox_op ops[] = { { COX_MSG_NOTE, on_note, COX_FROM_LOCAL, COX_ROLE_READ } };
static const struct cox_service service = { .daemon = COX_DAEMON_ATTR, .ops = ops, .n_ops = 1 };

/* The denominator: 24 bytes there and back over a socket pair, poll and recv on both sides. */
static double
bare_pair(void)
{
    struct pollfd ready = { .events = POLLIN };
    char bytes[24] = "";
    gint64 begin;
    int fds[2];
    pid_t pid;

    COX_BUG_ON(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds) != 0);
    pid = fork();
    if (pid == 0) {
        close(fds[0]);
        ready.fd = fds[1];
        while (poll(&ready, 1, -1) == 1 && recv(fds[1], bytes, sizeof bytes, 0) > 0) {
            (void) !send(fds[1], bytes, sizeof bytes, 0);
        }
        _exit(0);
    }
    close(fds[1]);
    ready.fd = fds[0];
    begin = g_get_monotonic_time();
    for (int i = 0; i < BARE_ROUNDS; i++) {
        (void) !send(fds[0], bytes, sizeof bytes, 0);
        (void) poll(&ready, 1, -1);
        COX_BUG_ON(recv(fds[0], bytes, sizeof bytes, 0) <= 0);
    }
    begin = g_get_monotonic_time() - begin;
    close(fds[0]);
    waitpid(pid, NULL, 0);
    return BARE_ROUNDS * 1e6 / (double) begin;
}

struct pinger {
    struct cox_client *client;
    guint8 *padding;
    gsize padding_size;
    unsigned int n_sent, n_done;
};

static void send_ping(struct pinger *pinger);

static void
on_pong(void *context, const struct cox_client_reply *reply)
{
    struct pinger *pinger = context;

    COX_BUG_ON(reply->error != NULL);
    pinger->n_done++;
    if (pinger->n_sent < ROUNDS) {
        send_ping(pinger);
    }
}

static void
send_ping(struct pinger *pinger)
{
    const struct cox_msg_ping ping = { .token = ++pinger->n_sent, .padding = { pinger->padding, pinger->padding_size } };
    struct cox_client_call call = { .message = COX_MSG_PING, .body = &ping, .fn = on_pong, .context = pinger };

    (void) cox_client_send(pinger->client, &call);
}

static double
pings(struct cox_runtime *runtime, struct cox_client *client, unsigned int outstanding, gsize size)
{
    struct pinger pinger = { client, g_malloc0(size), size, 0, 0 };
    gint64 begin = g_get_monotonic_time();

    for (unsigned int i = 0; i < outstanding; i++) {
        send_ping(&pinger);
    }
    while (pinger.n_done < ROUNDS) {
        (void) cox_runtime_step(runtime, true);
    }
    g_free(pinger.padding);
    return ROUNDS * 1e6 / (double) (g_get_monotonic_time() - begin);
}

static bool
drop(void *context, const guint8 *data, gsize size, GError **error)
{
    (void) data;
    (void) error;
    *(guint64 *) context += size;
    return true;
}

static void
ended(void *context, const GError *problem)
{
    (void) context;
    COX_BUG_ON(problem != NULL);
}

static double
large(struct cox_runtime *runtime, struct cox_client *client)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    guint64 received = 0;
    const struct cox_sink sink = { drop, ended, &received };
    const struct cox_msg_note note = { .number = LARGE_BYTES };
    struct cox_ask ask = { .call = { .message = COX_MSG_NOTE, .body = &note }, .expected = COX_MSG_NOTE, .arena = arena, .sink = &sink };
    gint64 begin = g_get_monotonic_time();

    COX_BUG_ON(cox_ask(runtime, client, &ask, NULL) == NULL || received != LARGE_BYTES);
    return LARGE_BYTES / 1048576.0 * 1e6 / (double) (g_get_monotonic_time() - begin);
}

static void
clean(const char *directory)
{
    static const char *const names[] = { "attr.sock", "attr.lock", "cox-attrd.flight" };

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(directory, names[i], NULL);

        (void) remove(path);
    }
    (void) g_rmdir(directory);
}

int
main(void)
{
    static const unsigned int outstanding[] = { 1, 16, 64 };
    g_autofree char *directory = g_dir_make_tmp("bench-XXXXXX", NULL);
    char *argv[] = { g_strdup("cox-attrd"), g_strdup("--keep-user"), g_strdup("--run-directory"), directory, NULL };
    struct cox_client_settings settings = { .daemon = COX_DAEMON_ATTR, .program = "bench", .run_directory = directory, .reconnects = true };
    double bare = bare_pair();
    g_autoptr(cox_runtime) runtime = NULL;
    struct cox_client *client;
    pid_t pid = fork();

    if (pid == 0) {
        g_setenv("PCMK_logfacility", "none", TRUE);
        _exit(cox_service_main(&service, 4, argv));
    }
    alarm(300);
    printf("bare pair of sockets, 24 bytes, 1 outstanding: %.0f/s\n", bare);
    runtime = cox_loop_new(NULL);
    client = cox_client_new(runtime, &settings);
    for (size_t i = 0; i < G_N_ELEMENTS(outstanding); i++) {
        double rate = pings(runtime, client, outstanding[i], 0);

        printf("ping through client and daemon, %2u outstanding: %.0f/s (%.2f of the bare pair)\n", outstanding[i], rate, rate / bare);
    }
    printf("ping with 1,000 bytes, 16 outstanding: %.0f/s\n", pings(runtime, client, 16, 1000));
    printf("large body: %.0f MiB/s\n", large(runtime, client));
    cox_client_free(client);
    kill(pid, SIGTERM);
    waitpid(pid, NULL, 0);
    clean(directory);
    for (int i = 0; i < 3; i++) {
        g_free(argv[i]);
    }
    return 0;
}
