/*
 * daemons/lvsd/tests/lvsd_fake.c - the daemon over a fake kernel that outlives it, and that kernel, in one program.
 *
 * usage: lvsd_fake kernel SOCKET                    be the kernel, until it is ended
 *        lvsd_fake show SOCKET                      what is in it, sorted, a line for each thing
 *        lvsd_fake count SOCKET                     how many messages it has got
 *        lvsd_fake use SOCKET ADDRESS PORT ACTIVE CONNS     what clients do to a server
 *        lvsd_fake vs SOCKET add|del ADDRESS PORT   what somebody else does (TCP, rr)
 *        lvsd_fake rs SOCKET add|del ADDRESS PORT SERVER PORT
 *        lvsd_fake sync SOCKET on|off master|backup NUMBER
 *        lvsd_fake query RUNDIR [SERVICE]           ask a daemon LB_QUERY, and print the answers
 *        lvsd_fake health RUNDIR                    and HEALTH_QUERY
 *        lvsd_fake order RUNDIR ORDER ADDRESS PORT [VALUE]
 *        lvsd_fake act RUNDIR RESOURCE TYPE ACTION [NAME=VALUE]...     NET_ACT: code and reason
 *        lvsd_fake [options of the daemon]          the daemon; the socket is in $LVSD_KERNEL
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* accept4() */
#endif
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/error.h"
#include "client/ask.h"
#include "daemons/lvsd/lvsd.h"
#include "netlink/ipvs_fake.h"
#include "runtime/loop.h"

/* Messages of this size are none for the kernel. */
enum { ASK_COUNT = 1, ASK_USE = 2, CLIENTS = 16, LIMIT_MS = 30000 };

/* ---- pieces over a stream: length, then bytes ---- */

static bool
put_piece(int fd, const void *data, guint32 size)
{
    return write(fd, &size, sizeof size) == (ssize_t) sizeof size && (size == 0 || write(fd, data, size) == (ssize_t) size);
}

static bool
get_all(int fd, void *data, size_t size)
{
    for (size_t at = 0; at < size;) {
        const ssize_t n = read(fd, (char *) data + at, size - at);

        if (n <= 0) {
            return false;
        }
        at += (size_t) n;
    }
    return true;
}

static GByteArray *
get_piece(int fd)
{
    GByteArray *piece = g_byte_array_new();
    guint32 size = 0;

    if (!get_all(fd, &size, sizeof size)) {
        g_byte_array_unref(piece);
        return NULL;
    }
    g_byte_array_set_size(piece, size);
    if (size > 0 && !get_all(fd, piece->data, size)) {
        g_byte_array_unref(piece);
        return NULL;
    }
    return piece;
}

/* ---- the kernel ---- */

static bool
serve(struct cox_ipvs_wire *wire, int fd)
{
    g_autoptr(GByteArray) asked = get_piece(fd);
    const guint8 *data = NULL;
    gssize size;

    if (asked == NULL) {
        return false;
    }
    if (asked->len == ASK_COUNT) {
        const guint32 n = cox_ipvs_fake_messages(wire);

        return put_piece(fd, &n, sizeof n);
    }
    if (asked->len == sizeof(struct cox_ipvs_dest) + ASK_USE) {
        struct cox_ipvs_dest use;

        memcpy(&use, asked->data, sizeof use);
        cox_ipvs_fake_use(wire, &use);
        return put_piece(fd, "", 0);
    }
    (void) wire->send(wire, asked);
    while ((size = wire->receive(wire, &data)) > 0) {
        if (!put_piece(fd, data, (guint32) size)) {
            return false;
        }
    }
    return put_piece(fd, "", 0);
}

static int
open_socket(const char *path, bool listens)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    g_strlcpy(address.sun_path, path, sizeof address.sun_path);
    if (listens) {
        (void) unlink(path);
    }
    if (fd < 0 || (listens ? bind(fd, (struct sockaddr *) &address, sizeof address) != 0 || listen(fd, CLIENTS) != 0
                           : connect(fd, (struct sockaddr *) &address, sizeof address) != 0)) {
        fprintf(stderr, "%s: %s\n", path, g_strerror(errno));
        exit(1);
    }
    return fd;
}

static G_NORETURN void
be_kernel(const char *path)
{
    struct cox_ipvs_wire *wire = cox_ipvs_fake_new();
    struct pollfd fds[CLIENTS + 1] = { { open_socket(path, true), POLLIN, 0 } };
    nfds_t n = 1;

    for (;;) {
        (void) poll(fds, n, -1);
        for (nfds_t i = n; i > 1; i--) {
            if (fds[i - 1].revents != 0 && !serve(wire, fds[i - 1].fd)) {
                close(fds[i - 1].fd);
                fds[i - 1] = fds[--n];
            }
        }
        if (fds[0].revents != 0 && n <= CLIENTS) {
            fds[n++] = (struct pollfd) { accept4(fds[0].fd, NULL, NULL, SOCK_CLOEXEC), POLLIN, 0 };
        }
    }
}

/* ---- the way to it ---- */

struct far {
    struct cox_ipvs_wire base;
    int fd;
    GQueue pieces;
    GByteArray *told;
};

static int
far_send(struct cox_ipvs_wire *wire, const GByteArray *messages)
{
    struct far *far = (struct far *) wire;
    GByteArray *piece;

    if (!put_piece(far->fd, messages->data, messages->len)) {
        return EPIPE;
    }
    while ((piece = get_piece(far->fd)) != NULL && piece->len > 0) {
        g_queue_push_tail(&far->pieces, piece);
    }
    if (piece == NULL) {
        return EPIPE;
    }
    g_byte_array_unref(piece);
    return 0;
}

static gssize
far_receive(struct cox_ipvs_wire *wire, const guint8 **data)
{
    struct far *far = (struct far *) wire;

    g_clear_pointer(&far->told, g_byte_array_unref);
    far->told = g_queue_pop_head(&far->pieces);
    *data = far->told == NULL ? NULL : far->told->data;
    return far->told == NULL ? 0 : (gssize) far->told->len;
}

static void
far_free(struct cox_ipvs_wire *wire)
{
    struct far *far = (struct far *) wire;

    g_clear_pointer(&far->told, g_byte_array_unref);
    g_queue_clear_full(&far->pieces, (GDestroyNotify) (void (*)(void)) g_byte_array_unref);
    close(far->fd);
    g_free(far);
}

static struct cox_ipvs *
open_far(const char *path, GError **error)
{
    struct far *far = g_new0(struct far, 1);

    far->base = (struct cox_ipvs_wire) { far_send, far_receive, far_free };
    far->fd = open_socket(path, false);
    g_queue_init(&far->pieces);
    return cox_ipvs_new_over(&far->base, error);
}

struct cox_ipvs *
cox_lvsd_open_kernel(GError **error)
{
    return open_far(g_getenv("LVSD_KERNEL"), error);
}

/* ---- what is in it ---- */

static gint
by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

static char *
service_text(const struct cox_ipvs_service *service)
{
    g_autofree char *where = cox_lvsd_endpoint(&service->address, service->port);
    g_autofree char *key = service->mark != 0 ? g_strdup_printf("fwmark %u ipv%u", service->mark, service->family)
                                              : g_strdup_printf("%s %s", service->protocol == 17 ? "udp" : service->protocol == 6 ? "tcp" : "sctp", where);

    return g_strdup_printf("%s %s flags %u persistent %u/%u%s%s", key, service->scheduler, service->flags, service->persist_s, service->persist_bits,
                           service->engine[0] == '\0' ? "" : " ", service->engine);
}

static char *
dest_text(const char *service, const struct cox_ipvs_dest *dest)
{
    g_autofree char *where = cox_lvsd_endpoint(&dest->address, dest->port);
    g_auto(GStrv) words = g_strsplit(service, " ", 3);

    return g_strdup_printf("%s %s -> %s weight %u method %u tunnel %u/%u/%u limits %u/%u", words[0], words[1], where, dest->weight, dest->method,
                           dest->tunnel, dest->tunnel_port, dest->tunnel_flags, dest->upper, dest->lower);
}

static void
show_rest(struct cox_ipvs *ipvs, GPtrArray *lines)
{
    g_autoptr(GArray) daemons = g_array_new(FALSE, FALSE, sizeof(struct cox_ipvs_daemon));
    struct cox_ipvs_timeouts timeouts = { 0 };

    (void) cox_ipvs_daemons(ipvs, daemons, NULL);
    for (guint i = 0; i < daemons->len; i++) {
        const struct cox_ipvs_daemon *daemon = &g_array_index(daemons, struct cox_ipvs_daemon, i);

        g_ptr_array_add(lines, g_strdup_printf("sync %s %s %u", daemon->is_backup ? "backup" : "master", daemon->interface, daemon->id));
    }
    (void) cox_ipvs_timeouts(ipvs, &timeouts, NULL);
    g_ptr_array_add(lines, g_strdup_printf("timeouts %u %u %u", timeouts.tcp, timeouts.tcp_fin, timeouts.udp));
}

static int
show(struct cox_ipvs *ipvs)
{
    g_autoptr(GArray) services = g_array_new(FALSE, FALSE, sizeof(struct cox_ipvs_service));
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);

    COX_BUG_ON(!cox_ipvs_services(ipvs, services, NULL));
    for (guint i = 0; i < services->len; i++) {
        const struct cox_ipvs_service *service = &g_array_index(services, struct cox_ipvs_service, i);
        g_autoptr(GArray) dests = g_array_new(FALSE, FALSE, sizeof(struct cox_ipvs_dest));
        char *text = service_text(service);

        g_ptr_array_add(lines, text);
        COX_BUG_ON(!cox_ipvs_dests(ipvs, service, dests, NULL));
        for (guint k = 0; k < dests->len; k++) {
            g_ptr_array_add(lines, dest_text(text, &g_array_index(dests, struct cox_ipvs_dest, k)));
        }
    }
    show_rest(ipvs, lines);
    g_ptr_array_sort(lines, by_text);
    for (guint i = 0; i < lines->len; i++) {
        puts(g_ptr_array_index(lines, i));
    }
    return 0;
}

/* ---- what others do ---- */

static struct cox_ip
ip_of(const char *text)
{
    struct cox_ip ip;

    COX_BUG_ON(!cox_ip_parse(text, &ip));
    return ip;
}

static int
change(struct cox_ipvs *ipvs, char **words, bool is_server)
{
    const bool adds = strcmp(words[0], "add") == 0;
    struct cox_ipvs_service service = { .address = ip_of(words[1]), .family = COX_IP_V4, .protocol = 6, .port = (guint16) atoi(words[2]), .scheduler = "rr" };
    struct cox_ipvs_dest dest = { .weight = 1 };
    struct cox_ipvs_change change = { adds ? COX_IPVS_ADD_SERVICE : COX_IPVS_DEL_SERVICE, &service, NULL, 0 };

    if (is_server) {
        dest.address = ip_of(words[3]);
        dest.port = (guint16) atoi(words[4]);
        change = (struct cox_ipvs_change) { adds ? COX_IPVS_ADD_DEST : COX_IPVS_DEL_DEST, &service, &dest, 0 };
    }
    return cox_ipvs_apply(ipvs, &change, 1) == 0 ? 0 : 1;
}

static int
set_sync(struct cox_ipvs *ipvs, char **words)
{
    const struct cox_ipvs_daemon daemon = { .is_backup = strcmp(words[1], "backup") == 0, .interface = "lo", .id = (guint32) atoi(words[2]) };

    return cox_ipvs_set_daemon(ipvs, &daemon, strcmp(words[0], "on") == 0, NULL) ? 0 : 1;
}

static int
use(int fd, char **words)
{
    struct cox_ipvs_dest dest = { .address = ip_of(words[0]), .port = (guint16) atoi(words[1]), .active = (guint32) atoi(words[2]) };
    g_autofree guint8 *room = g_malloc0(sizeof dest + ASK_USE);
    g_autoptr(GByteArray) answer = NULL;

    dest.traffic.conns = dest.traffic.conn_rate = (guint64) atoi(words[3]);
    dest.traffic.in_bytes = dest.traffic.conns * 100;
    memcpy(room, &dest, sizeof dest);
    answer = put_piece(fd, room, sizeof dest + ASK_USE) ? get_piece(fd) : NULL;
    return answer != NULL ? 0 : 1;
}

static int
count(int fd)
{
    guint32 n = 0;
    g_autoptr(GByteArray) piece = put_piece(fd, "?", ASK_COUNT) ? get_piece(fd) : NULL;

    COX_BUG_ON(piece == NULL || piece->len != sizeof n);
    memcpy(&n, piece->data, sizeof n);
    printf("%u\n", n);
    return 0;
}

/* ---- clients of the daemon ---- */

static const void *
ask(const char *directory, struct cox_arena *arena, enum cox_message message, const void *body, enum cox_message expected)
{
    g_autoptr(cox_runtime) runtime = cox_loop_new(NULL);
    const struct cox_client_settings settings = { .daemon = COX_DAEMON_LVS, .program = "lvsd_fake", .run_directory = directory };
    struct cox_client *client = cox_client_new(runtime, &settings);
    struct cox_ask asked = { .call = { .message = message, .body = body, .timeout_ms = LIMIT_MS }, .expected = expected, .arena = arena };
    g_autoptr(GError) error = NULL;
    const void *answer = cox_ask(runtime, client, &asked, &error);

    if (answer == NULL) {
        printf("error %d: %s\n", cox_error_status_of(error), error->message);
    }
    cox_client_free(client);
    return answer;
}

static void
print_server(const struct cox_msg_lb_server *server)
{
    printf("  %s %" G_GUINT64_FORMAT " %s order %s placed %d weight %d of %d %s active %d conns %d rate %d drain %s\n", server->address, server->port,
           server->state, server->order == NULL ? "-" : server->order, (int) server->is_placed, (int) server->weight, (int) server->configured,
           server->method, (int) server->active, server->n_traffic > 0 ? (int) server->traffic[0].conns : -1,
           server->n_traffic > 0 ? (int) server->traffic[0].conn_rate : -1, server->drain_ms > 0 ? "yes" : "no");
    for (gsize i = 0; i < server->n_checks; i++) {
        printf("    %s %s %s: %s\n", server->checks[i].kind, server->checks[i].target, server->checks[i].state,
               server->checks[i].words == NULL ? "-" : server->checks[i].words);
    }
}

static int
query(const char *directory, const char *service)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    struct cox_msg_lb_query body = { .service = service };
    const struct cox_msg_lb_state *state;

    do {
        state = ask(directory, arena, COX_MSG_LB_QUERY, &body, COX_MSG_LB_STATE);
        for (gsize i = 0; state != NULL && i < state->n_services; i++) {
            const struct cox_msg_lb_service *found = &state->services[i];

            printf("%s: %s, %s, quorum %s (%d of %d, needs %d), good %d of %d%s%s%s\n", found->name, found->n_fronts > 0 ? found->fronts[0] : "-",
                   found->scheduler, found->has_quorum ? "yes" : "no", (int) found->good_weight, (int) found->whole_weight, (int) found->quorum,
                   (int) found->n_good, (int) found->n_all, found->is_sorry ? ", sorry" : "", found->is_panic ? ", panic" : "",
                   found->is_suspended ? ", suspended" : "");
            for (gsize k = 0; k < found->n_servers; k++) {
                print_server(&found->servers[k]);
            }
        }
        body.from = state == NULL ? 0 : state->next;
    } while (body.from != 0);
    return state == NULL ? 1 : 0;
}

static int
health(const char *directory)
{
    static const struct cox_msg_health_query body = { 0 };
    g_autoptr(cox_arena) arena = cox_arena_new();
    const struct cox_msg_health *health = ask(directory, arena, COX_MSG_HEALTH_QUERY, &body, COX_MSG_HEALTH);

    for (gsize i = 0; health != NULL && i < health->n_stats; i++) {
        printf("%s=%" G_GINT64_FORMAT "\n", health->stats[i].name, health->stats[i].value);
    }
    for (gsize i = 0; health != NULL && i < health->n_complaints; i++) {
        puts(health->complaints[i]);
    }
    return health == NULL ? 1 : 0;
}

static int
order(const char *directory, char **words, int n)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    const struct cox_msg_lb_order body = { .order = words[0], .address = words[1], .port = (guint64) atoi(words[2]),
                                           .weight = n > 3 ? atoi(words[3]) : 0, .drain_ms = n > 3 ? atoi(words[3]) : 0 };
    const struct cox_msg_done *done = ask(directory, arena, COX_MSG_LB_ORDER, &body, COX_MSG_DONE);

    if (done != NULL) {
        printf("done in %d\n", (int) done->number);
    }
    return done == NULL ? 1 : 0;
}

static int
act(const char *directory, char **words, int n)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    struct cox_msg_pair *params = cox_arena_new_array(arena, struct cox_msg_pair, n);
    struct cox_msg_net_act body = { .rsc_id = words[0], .type = words[1], .action = words[2], .params = params };
    const struct cox_msg_net_acted *acted;

    for (int i = 3; i < n; i++) {
        char *value = strchr(words[i], '=');

        COX_BUG_ON(value == NULL);
        *value = '\0';
        params[body.n_params++] = (struct cox_msg_pair) { words[i], value + 1 };
    }
    acted = ask(directory, arena, COX_MSG_NET_ACT, &body, COX_MSG_NET_ACTED);
    if (acted != NULL) {
        printf("%d %s\n", (int) acted->code, acted->reason == NULL ? "" : acted->reason);
    }
    return acted == NULL ? 1 : 0;
}

static int
with_kernel(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    struct cox_ipvs *ipvs = open_far(argv[2], &error);
    int status = ipvs == NULL                      ? 1
                 : strcmp(argv[1], "show") == 0    ? show(ipvs)
                 : strcmp(argv[1], "sync") == 0    ? set_sync(ipvs, argv + 3)
                                                   : change(ipvs, argv + 3, argc > 6);

    cox_ipvs_free(ipvs);
    return status;
}

int
main(int argc, char **argv)
{
    const char *word = argc > 2 ? argv[1] : "";

    if (strcmp(word, "kernel") == 0) {
        be_kernel(argv[2]);
    }
    if (strcmp(word, "show") == 0 || (strcmp(word, "vs") == 0 && argc == 6) || (strcmp(word, "rs") == 0 && argc == 8)
        || (strcmp(word, "sync") == 0 && argc == 6)) {
        return with_kernel(argc, argv);
    }
    if (strcmp(word, "count") == 0) {
        return count(open_socket(argv[2], false));
    }
    if (strcmp(word, "use") == 0 && argc == 7) {
        return use(open_socket(argv[2], false), argv + 3);
    }
    if (strcmp(word, "health") == 0) {
        return health(argv[2]);
    }
    if (strcmp(word, "query") == 0) {
        return query(argv[2], argc > 3 ? argv[3] : NULL);
    }
    if (strcmp(word, "act") == 0 && argc >= 6) {
        return act(argv[2], argv + 3, argc - 3);
    }
    if (strcmp(word, "order") == 0 && argc >= 6) {
        return order(argv[2], argv + 3, argc - 3);
    }
    return cox_service_main(&cox_lvsd_service, argc, argv);
}
