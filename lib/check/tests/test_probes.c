/* lib/check/tests/test_probes.c - real probes of small servers on loopback, of good and of hostile ones. */
#include "base/testkit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check/probes.h"
#include "runtime/loop.h"

/* What a server of this test does with each that connects. */
struct server {
    const char *greeting;     /* said at once, or NULL */
    const char *reply;        /* said when something has come, or NULL */
    bool closes;              /* after the last of them */
    bool is_endless;          /* says 'x' for ever */
    bool drips;               /* one byte each 20 ms, for ever */
    struct cox_runtime *runtime;
    int fd;
    guint16 port;
    cox_source_id watch;
    GPtrArray *peers;         /* of struct peer */
    char heard[4096];         /* by the last one */
};

struct peer {
    struct server *server;
    int fd;
    cox_source_id watch, timer;
    bool has_replied;
};

struct world {
    struct cox_runtime *runtime;
    struct cox_probes *probes;
    guint64 last;             /* number of the last probe */
    bool is_told, is_good;
    struct cox_lvs_answer answer;
    char *text;
};

static void
free_peer(gpointer data)
{
    struct peer *peer = data;

    cox_runtime_cancel(peer->server->runtime, peer->watch);
    cox_runtime_cancel(peer->server->runtime, peer->timer);
    close(peer->fd);
    g_free(peer);
}

static void
drip(void *context)
{
    struct peer *peer = context;
    struct cox_runtime *runtime = peer->server->runtime;

    peer->timer = 0;
    if (send(peer->fd, "2", 1, MSG_NOSIGNAL) == 1) {
        peer->timer = cox_runtime_timer(runtime, cox_usec_after_ms(cox_runtime_now(runtime), 20), drip, peer);
    }
}

static void
on_peer(void *context, int fd, unsigned int events)
{
    struct peer *peer = context;
    struct server *server = peer->server;
    static const char flood[8192] = { 'x' };

    if (server->is_endless && events & COX_WATCH_WRITE) {
        (void) send(fd, flood, sizeof flood, MSG_NOSIGNAL);
    }
    if (!(events & (COX_WATCH_READ | COX_WATCH_HANGUP))) {
        return;
    }
    char data[4096];
    const ssize_t n = recv(fd, data, sizeof data - 1, 0);

    if (n <= 0 || (server->reply == NULL && server->closes)) {
        g_ptr_array_remove(server->peers, peer);
        return;
    }
    if (server->reply != NULL && !peer->has_replied) {
        memcpy(server->heard, data, (size_t) n);
        server->heard[n] = '\0';
        peer->has_replied = true;
        (void) send(fd, server->reply, strlen(server->reply), MSG_NOSIGNAL);
        if (server->closes) {
            g_ptr_array_remove(server->peers, peer);
        }
    }
}

static void
on_connect(void *context, int fd, unsigned int events)
{
    struct server *server = context;
    struct peer *peer = g_new0(struct peer, 1);

    (void) events;
    peer->server = server;
    peer->fd = accept(fd, NULL, NULL);
    assert_int_equal(fcntl(peer->fd, F_SETFL, O_NONBLOCK), 0);
    peer->watch = cox_runtime_watch(server->runtime, peer->fd, COX_WATCH_READ | (server->is_endless ? COX_WATCH_WRITE : 0U), on_peer, peer);
    g_ptr_array_add(server->peers, peer);
    if (server->greeting != NULL) {
        (void) send(peer->fd, server->greeting, strlen(server->greeting), MSG_NOSIGNAL);
        if (server->closes && server->reply == NULL) {
            g_ptr_array_remove(server->peers, peer);
            return;
        }
    }
    if (server->drips) {
        drip(peer);
    }
}

static int
bound(int type, guint16 *port)
{
    struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof in;
    const int fd = socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    assert_int_equal(bind(fd, (const struct sockaddr *) &in, size), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *) &in, &size), 0);
    *port = ntohs(in.sin_port);
    return fd;
}

static void
serve(struct world *world, struct server *server)
{
    server->runtime = world->runtime;
    server->fd = bound(SOCK_STREAM, &server->port);
    assert_int_equal(listen(server->fd, 5), 0);
    server->peers = g_ptr_array_new_with_free_func(free_peer);
    server->watch = cox_runtime_watch(server->runtime, server->fd, COX_WATCH_READ, on_connect, server);
}

static void
stop_serving(struct server *server)
{
    cox_runtime_cancel(server->runtime, server->watch);
    close(server->fd);
    g_ptr_array_unref(server->peers);
}

static void
on_answer(void *context, guint64 number, const struct cox_lvs_answer *answer)
{
    struct world *world = context;

    assert_int_equal(number, world->last);
    assert_false(world->is_told);
    world->is_told = true;
    world->is_good = answer->is_good;
    world->answer = *answer;
    g_free(world->text);
    world->text = g_strdup(answer->text);
}

static void
begin(struct world *world)
{
    memset(world, 0, sizeof *world);
    world->runtime = cox_loop_new(NULL);
    world->probes = cox_probes_new(&(struct cox_probe_config) { .runtime = world->runtime, .on_answer = on_answer, .context = world, .node = "here" });
}

static void
finish(struct world *world)
{
    assert_int_equal(cox_probes_count(world->probes), 0);
    cox_probes_free(world->probes);
    cox_runtime_free(world->runtime);
    g_free(world->text);
}

/* Probe until it has answered; what it took in ms. */
static gint64
probe(struct world *world, const struct cox_lvs_check *check)
{
    const cox_usec begun = cox_runtime_now(world->runtime);

    world->is_told = false;
    cox_probes_begin(world->probes, ++world->last, check);
    assert_false(world->is_told);
    while (!world->is_told) {
        cox_runtime_step(world->runtime, true);
    }
    return (cox_runtime_now(world->runtime) - begun) / COX_USEC_PER_MS;
}

static void
assert_answer(const struct world *world, const char *why)
{
    if (world->is_good != (why == NULL) || (why != NULL && strstr(world->text, why) == NULL)) {
        fail_msg("wanted %s, got %s", why != NULL ? why : "good", world->is_good ? "good" : world->text);
    }
}

static struct cox_lvs_check
check_of(enum cox_lvs_check_kind kind, guint16 port)
{
    struct cox_lvs_check check;

    cox_lvs_check_init(&check, kind);
    check.path.to = (struct cox_ip) { .family = 4, .bytes = { 127, 0, 0, 1 } };
    check.path.to_port = port;
    check.timeout_ms = 20000;
    return check;
}

static void
connections_are_made_or_refused(void **state)
{
    struct server server = { 0 };
    struct world world;
    struct cox_lvs_check check;
    guint16 closed;

    (void) state;
    begin(&world);
    serve(&world, &server);
    check = check_of(COX_LVS_CHECK_TCP, server.port);
    probe(&world, &check);
    assert_answer(&world, NULL);
    check.path.from = (struct cox_ip) { .family = 4, .bytes = { 127, 0, 0, 9 } };
    probe(&world, &check);
    assert_answer(&world, NULL);
    check.path.from.bytes[0] = 203; /* is not ours */
    probe(&world, &check);
    assert_answer(&world, "Cannot assign requested address");
    close(bound(SOCK_STREAM, &closed));
    check = check_of(COX_LVS_CHECK_TCP, closed);
    probe(&world, &check);
    assert_answer(&world, "Connection refused");
    stop_serving(&server);
    finish(&world);
}

static void
dialogues_are_led(void **state)
{
    static const struct {
        enum cox_lvs_check_kind kind;
        struct server server;
        const char *send, *expect, *why, *heard;
        gint64 timeout_ms;
    } cases[] = {
        { COX_LVS_CHECK_SMTP, { .greeting = "220 mx\r\n", .reply = "250 hello\r\n" }, NULL, NULL, NULL, "HELO here\r\n", 0 },
        { COX_LVS_CHECK_SMTP, { .greeting = "554 busy\r\n" }, NULL, NULL, "554 busy", NULL, 0 },
        { COX_LVS_CHECK_SMTP, { .greeting = "22", .closes = true }, NULL, NULL, "closed in the middle", NULL, 0 },
        { COX_LVS_CHECK_SMTP, { .is_endless = true }, NULL, NULL, "too long", NULL, 0 },
        { COX_LVS_CHECK_SMTP, { .drips = true }, NULL, NULL, "no answer in time", NULL, 200 },
        { COX_LVS_CHECK_SMTP, { 0 }, NULL, NULL, "no answer in time", NULL, 100 },
        { COX_LVS_CHECK_TALK, { .greeting = "+OK" }, NULL, "+OK", NULL, NULL, 0 },
        { COX_LVS_CHECK_TALK, { .reply = "PONG" }, "PING", "PONG", NULL, "PING", 0 },
        { COX_LVS_CHECK_TALK, { .reply = "ERR" }, "PING", "PONG", "another way", "PING", 0 },
        { COX_LVS_CHECK_TALK, { .reply = "PO", .closes = true }, "PING", "PONG", "too short", NULL, 0 },
        { COX_LVS_CHECK_TALK, { .is_endless = true }, NULL, "y", "another way", NULL, 0 },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct server server = cases[i].server;
        struct world world;
        struct cox_lvs_check check;

        begin(&world);
        serve(&world, &server);
        check = check_of(cases[i].kind, server.port);
        if (cases[i].kind == COX_LVS_CHECK_TALK) {
            check.talk.send = (const guint8 *) cases[i].send;
            check.talk.send_bytes = cases[i].send != NULL ? strlen(cases[i].send) : 0;
            check.talk.expect = (const guint8 *) cases[i].expect;
            check.talk.expect_bytes = strlen(cases[i].expect);
        }
        check.timeout_ms = cases[i].timeout_ms != 0 ? cases[i].timeout_ms : check.timeout_ms;
        const gint64 took_ms = probe(&world, &check);

        assert_answer(&world, cases[i].why);
        assert_true(cases[i].timeout_ms == 0 || took_ms >= cases[i].timeout_ms);
        if (cases[i].heard != NULL) {
            assert_string_equal(server.heard, cases[i].heard);
        }
        stop_serving(&server);
        finish(&world);
    }
}

static void
pages_are_fetched(void **state)
{
    static const struct {
        struct server server;
        struct cox_lvs_url url;
        enum cox_lvs_http_version version;
        const char *why, *heard;
        gint64 timeout_ms;
    } cases[] = {
        { { .reply = "HTTP/1.0 200 OK\r\n\r\nhello", .closes = true }, { .path = "/x?y", .host = "www.example" }, COX_LVS_HTTP_1_0, NULL,
          "GET /x?y HTTP/1.0\r\n", 0 },
        { { .reply = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" }, { .path = "/", .host = "www.example" }, COX_LVS_HTTP_1_1, NULL,
          "Host: www.example\r\n", 0 },
        { { .reply = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n" }, { .path = "/", .regex = "^hello$" },
          COX_LVS_HTTP_1_1, NULL, "Connection: close\r\n", 0 },
        { { .reply = "HTTP/1.0 503 Busy\r\n\r\n", .closes = true }, { .path = "/" }, COX_LVS_HTTP_1_0, "status (503", NULL, 0 },
        { { .reply = "HTTP/1.0 301 Go\r\nLocation: /other\r\n\r\n", .closes = true }, { .path = "/" }, COX_LVS_HTTP_1_0, "status (301", NULL, 0 },
        { { .reply = "rubbish\r\n\r\n", .closes = true }, { .path = "/" }, COX_LVS_HTTP_1_0, "Unsupported protocol", NULL, 0 },
        { { .reply = "", .closes = true }, { .path = "/" }, COX_LVS_HTTP_1_0, "returned nothing", NULL, 0 },
        { { .reply = "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello", .closes = true }, { .path = "/" }, COX_LVS_HTTP_1_1, "partial", NULL, 0 },
        { { .greeting = "HTTP/1.0 200 OK\r\n\r\n", .is_endless = true }, { .path = "/" }, COX_LVS_HTTP_1_0, "too long", NULL, 0 },
        { { .greeting = "HTTP/1.0 200 OK\r\nX: ", .is_endless = true }, { .path = "/" }, COX_LVS_HTTP_1_0, "", NULL, 0 },
        { { .greeting = "HTTP/1.0 200 OK\r\n\r\n", .drips = true }, { .path = "/" }, COX_LVS_HTTP_1_0, "ime", NULL, 300 },
        { { 0 }, { .path = "/" }, COX_LVS_HTTP_1_0, "ime", NULL, 100 },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct server server = cases[i].server;
        struct world world;
        struct cox_lvs_check check;

        begin(&world);
        serve(&world, &server);
        check = check_of(COX_LVS_CHECK_HTTP, server.port);
        check.http.urls = &cases[i].url;
        check.http.n_urls = 1;
        check.http.version = cases[i].version;
        check.timeout_ms = cases[i].timeout_ms != 0 ? cases[i].timeout_ms : check.timeout_ms;
        probe(&world, &check);
        assert_answer(&world, cases[i].why);
        if (cases[i].heard != NULL && strstr(server.heard, cases[i].heard) == NULL) {
            fail_msg("case %zu: heard %s", i, server.heard);
        }
        stop_serving(&server);
        finish(&world);
    }
}

static void
all_pages_must_be_good(void **state)
{
    static const struct cox_lvs_range range[] = { { 200, 200 } };
    const struct cox_lvs_url urls[] = { { .path = "/1", .codes = range, .n_codes = 1 }, { .path = "/2", .regex = "hello" }, { .path = "/3", .regex = "goodbye" } };
    struct server server = { .reply = "HTTP/1.0 200 OK\r\n\r\nhello", .closes = true };
    struct world world;
    struct cox_lvs_check check;

    (void) state;
    begin(&world);
    serve(&world, &server);
    check = check_of(COX_LVS_CHECK_HTTP, server.port);
    probe(&world, &check);
    assert_answer(&world, "no page is configured");
    check.http.urls = urls;
    check.http.n_urls = 2;
    probe(&world, &check);
    assert_answer(&world, NULL);
    assert_non_null(strstr(server.heard, "GET /2 "));
    check.http.n_urls = 3;
    probe(&world, &check);
    assert_answer(&world, "/3: the regular expression does not match");
    check.http.is_tls = true; /* and it does not speak TLS */
    probe(&world, &check);
    assert_answer(&world, "/1: ");
    stop_serving(&server);
    finish(&world);
}

static void
programs_and_files_are_asked(void **state)
{
    static const struct {
        const char *command, *user, *why;
        enum cox_lvs_weigh weigh;
        gint64 value, timeout_ms;
    } cases[] = {
        { "/bin/true", NULL, NULL, COX_LVS_WEIGH_NOT, 0, 0 },
        { "/bin/sh -c 'exit 7'", NULL, "exit status 7", COX_LVS_WEIGH_NOT, 0, 0 },
        { "/bin/sh -c 'exit 7'", NULL, NULL, COX_LVS_WEIGH_STATUS, 7, 0 },
        { "/bin/echo 1.5 2", NULL, NULL, COX_LVS_WEIGH_LOAD, 1500, 0 },
        { "/bin/sh -c 'kill -9 $$'", NULL, "signal 9", COX_LVS_WEIGH_NOT, 0, 0 },
        { "/nowhere/program", NULL, "cannot be started", COX_LVS_WEIGH_NOT, 0, 0 },
        { "/bin/echo 'open", NULL, "'/bin/echo 'open'", COX_LVS_WEIGH_NOT, 0, 0 },
        { "/bin/sleep 60", NULL, "no answer in time", COX_LVS_WEIGH_NOT, 0, 200 },
        { "/bin/true", "nobody-here", "no user 'nobody-here'", COX_LVS_WEIGH_NOT, 0, 0 },
    };
    g_autofree char *path = NULL;
    struct world world;
    struct cox_lvs_check check;
    const int fd = g_file_open_tmp("probe-XXXXXX", &path, NULL);

    (void) state;
    begin(&world);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        check = check_of(COX_LVS_CHECK_PROGRAM, 0);
        check.program.script.command = cases[i].command;
        check.program.script.user = cases[i].user;
        check.program.weigh = cases[i].weigh;
        check.timeout_ms = cases[i].timeout_ms != 0 ? cases[i].timeout_ms : check.timeout_ms;
        probe(&world, &check);
        assert_answer(&world, cases[i].why);
        assert_int_equal(world.answer.value, cases[i].value);
    }
    check = check_of(COX_LVS_CHECK_FILE, 0);
    check.file.path = path;
    check.file.weigh = COX_LVS_WEIGH_STATUS;
    assert_int_equal(write(fd, "-30\n", 4), 4);
    close(fd);
    probe(&world, &check);
    assert_answer(&world, NULL);
    assert_int_equal(world.answer.value, -30);
    unlink(path);
    probe(&world, &check);
    assert_answer(&world, "cannot be read");
    while (cox_runtime_step(world.runtime, false)) { /* what was killed is reaped */
    }
    g_usleep(100000);
    while (cox_runtime_step(world.runtime, false)) {
    }
    finish(&world);
}

/* An echo of datagrams that replaces their second and third byte (of a question of DNS it makes an answer: refused). */
static void
on_datagram(void *context, int fd, unsigned int events)
{
    struct sockaddr_storage from;
    socklen_t size = sizeof from;
    guint8 data[600];
    const ssize_t n = recvfrom(fd, data, sizeof data, 0, (struct sockaddr *) &from, &size);

    (void) context;
    (void) events;
    if (n > 3) {
        data[2] |= 0x80;
        data[3] = 5;
    }
    (void) sendto(fd, data, (size_t) MAX(n, 0), 0, (struct sockaddr *) &from, size);
}

static void
datagrams_are_exchanged(void **state)
{
    static const guint8 payload[] = { 1, 2, 3, 4 }, reply[] = { 1, 2, 0x83, 5 };
    struct world world;
    struct cox_lvs_check check;
    guint16 port, closed;
    const int fd = bound(SOCK_DGRAM, &port);

    (void) state;
    begin(&world);
    const cox_source_id watch = cox_runtime_watch(world.runtime, fd, COX_WATCH_READ, on_datagram, NULL);

    check = check_of(COX_LVS_CHECK_UDP, port);
    check.udp.payload = payload;
    check.udp.payload_bytes = sizeof payload;
    check.udp.is_reply_wanted = true;
    check.udp.reply = reply;
    check.udp.reply_bytes = sizeof reply;
    probe(&world, &check);
    assert_answer(&world, NULL);
    check.udp.min_bytes = 5;
    probe(&world, &check);
    assert_answer(&world, "too short");
    check = check_of(COX_LVS_CHECK_DNS, port);
    check.dns.name = "example.com";
    probe(&world, &check);
    assert_answer(&world, "refused (5)");
    check.dns.name = "a..b";
    probe(&world, &check);
    assert_answer(&world, "'a..b' is no name");
    cox_runtime_cancel(world.runtime, watch); /* now it is mute */
    check.dns.name = ".";
    check.timeout_ms = 100;
    probe(&world, &check);
    assert_answer(&world, "no answer in time");
    check = check_of(COX_LVS_CHECK_UDP, port);
    check.timeout_ms = 100;
    probe(&world, &check);
    assert_answer(&world, NULL); /* nobody says that it is closed */
    close(bound(SOCK_DGRAM, &closed));
    check = check_of(COX_LVS_CHECK_UDP, closed);
    probe(&world, &check);
    assert_answer(&world, "Connection refused");
    close(fd);
    finish(&world);
}

static void
echoes_come_back(void **state)
{
    struct world world;
    struct cox_lvs_check check;
    const int fd = socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP), raw = fd < 0 ? socket(AF_INET, SOCK_RAW, IPPROTO_ICMP) : -1;

    (void) state;
    if (fd < 0 && raw < 0) {
        skip(); /* neither root nor in net.ipv4.ping_group_range */
    }
    close(MAX(fd, raw));
    begin(&world);
    check = check_of(COX_LVS_CHECK_PING, 0);
    probe(&world, &check);
    assert_answer(&world, NULL);
    check.path.to = (struct cox_ip) { .family = 6, .bytes = { [15] = 1 } };
    check.timeout_ms = 2000;
    probe(&world, &check);
    assert_true(world.is_good || strstr(world.text, "cannot send") != NULL); /* a machine without IPv6 */
    finish(&world);
}

static void
what_is_cancelled_says_nothing(void **state)
{
    static const enum cox_lvs_check_kind kinds[] = { COX_LVS_CHECK_TCP, COX_LVS_CHECK_SMTP, COX_LVS_CHECK_HTTP, COX_LVS_CHECK_UDP, COX_LVS_CHECK_PROGRAM };
    const struct cox_lvs_url url = { .path = "/" };
    struct server server = { 0 };
    struct world world;

    (void) state;
    begin(&world);
    serve(&world, &server);
    for (int early = 0; early < 2; early++) {
        for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
            struct cox_lvs_check check = check_of(kinds[i], server.port);

            if (kinds[i] == COX_LVS_CHECK_HTTP) {
                check.http.urls = &url;
                check.http.n_urls = 1;
            } else if (kinds[i] == COX_LVS_CHECK_PROGRAM) {
                check.program.script.command = "/bin/sleep 60";
            }
            world.is_told = true; /* on_answer() would fail */
            cox_probes_begin(world.probes, ++world.last, &check);
            while (early == 1 && kinds[i] != COX_LVS_CHECK_TCP && kinds[i] != COX_LVS_CHECK_UDP && cox_runtime_step(world.runtime, false)) {
            }
            cox_probes_cancel(world.probes, world.last);
        }
    }
    for (int i = 0; i < 20; i++) {
        while (cox_runtime_step(world.runtime, false)) {
        }
        g_usleep(10000);
    }
    stop_serving(&server);
    finish(&world);
}

COX_TEST_MAIN(cmocka_unit_test(connections_are_made_or_refused), cmocka_unit_test(dialogues_are_led), cmocka_unit_test(pages_are_fetched),
              cmocka_unit_test(all_pages_must_be_good), cmocka_unit_test(programs_and_files_are_asked), cmocka_unit_test(datagrams_are_exchanged),
              cmocka_unit_test(echoes_come_back), cmocka_unit_test(what_is_cancelled_says_nothing))
