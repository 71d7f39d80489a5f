/* Tests of lib/service against clients that break rules, by hand on bare sockets; a good client looks on all the time. */
#include "service/server.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/testkit.h"
#include "client/dial.h"
#include "service/tests/testdaemon.h"

static void
send_frame(int fd, const struct cox_frame *frame, const void *body)
{
    g_autoptr(GBytes) bytes = body == NULL ? cox_frame_build(frame) : cox_frame_build_message(frame, body, NULL);

    assert_int_equal(write(fd, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes)), g_bytes_get_size(bytes));
}

static char *
log_of(struct place *place)
{
    g_autofree char *path = g_build_filename(place->directory, "log", NULL);
    char *text = NULL;

    for (int i = 0; i < 200; i++) { /* the log has a writer of its own */
        g_free(text);
        assert_true(g_file_get_contents(path, &text, NULL, NULL));
        if (strstr(text, "CXW00") != NULL) {
            break;
        }
        g_usleep(5000);
    }
    return text;
}

/* The good client: is served as before, and nobody else is left. */
static void
all_is_well(struct place *place, struct cox_client *good)
{
    assert_true(place_note(place, good, "echo", NULL, NULL));
    assert_int_equal(place_stat(place, good, "clients"), 1);
    assert_false(place->has_ended);
}

static void
garbage_ends_the_connection_with_a_line_in_the_log(void **state)
{
    static const struct {
        const char *name, *bytes;
        gsize size;
    } cases[] = {
        { "one byte", "x", 1 },
        { "text", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", 27 },
        { "other version", "Cx\x09\0\1\0\0\0\0\0\0\0\0\0\0\0", 16 },
        { "unknown kind", "Cx\1\x63\1\0\0\0\0\0\0\0\0\0\0\0", 16 },
        { "length that lies", "Cx\1\0\1\0\0\0\0\0\0\0\xff\xff\xff\xff", 16 },
        { "cut field", "Cx\1\0\1\0\0\0\0\0\0\0\2\0\0\0\x0a\x7f", 18 },
        { "text that is none", "Cx\1\0\1\0\0\0\0\0\0\0\3\0\0\0\x0a\1\xff", 19 },
        { "no hello", "Cx\1\0\5\0\0\0\1\0\0\0\0\0\0\0", 16 },
    };
    struct place *place = *state;
    g_autoptr(cox_client) good = NULL;
    g_autofree char *log = NULL;

    place_start_ready(place);
    good = place_client(place, false);
    all_is_well(place, good);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        int fd = place_raw(place);

        assert_int_equal(write(fd, cases[i].bytes, cases[i].size), cases[i].size);
        if (place_raw_wait_closed(place, fd) != 0) {
            fail_msg("%s: was answered", cases[i].name);
        }
    }
    all_is_well(place, good);
    assert_int_equal(place_stat(place, good, "clients_evicted"), G_N_ELEMENTS(cases));
    log = log_of(place);
    assert_non_null(strstr(log, "warning: CXW004 client was disconnected because it broke a rule pid="));
}

static void
after_hello_rules_count_as_well(void **state)
{
    static const struct {
        const char *name;
        enum cox_frame_kind kind;
        guint16 message, flags;
        guint32 id;
    } cases[] = {
        { "an answer", COX_FRAME_REPLY, COX_MSG_DONE, 0, 1 },
        { "an event", COX_FRAME_EVENT, COX_MSG_DONE, 0, 1 },
        { "a body that nobody announced", COX_FRAME_DATA, 0, 0, 77 },
        { "credit that is no credit", COX_FRAME_CREDIT, COX_MSG_PING, 0, 1 },
    };
    struct place *place = *state;
    g_autoptr(cox_client) good = NULL;

    place_start_ready(place);
    good = place_client(place, false);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct cox_frame frame = { .kind = cases[i].kind, .message = cases[i].message, .flags = cases[i].flags, .id = cases[i].id };
        int fd = place_raw_greeted(place);

        send_frame(fd, &frame, NULL);
        assert_int_equal(place_raw_wait_closed(place, fd), 0);
    }
    all_is_well(place, good);
}

static void
a_frame_longer_than_allowed_ends_the_connection(void **state)
{
    struct place *place = *state;
    g_autoptr(cox_client) good = NULL;
    g_autofree char *big = g_strnfill(150000, 'x');
    int fd;

    place_start_ready(place);
    good = place_client(place, false);
    fd = place_raw_greeted(place);
    assert_int_equal(write(fd, big, 150000), 150000);
    assert_int_equal(place_raw_wait_closed(place, fd), 0);
    all_is_well(place, good);
}

static void
an_unknown_message_is_only_refused(void **state)
{
    const struct cox_frame unknown = { .kind = COX_FRAME_REQUEST, .message = 500, .id = 3 };
    const struct cox_frame malformed = { .kind = COX_FRAME_REQUEST, .message = COX_MSG_PING, .id = 4,
                                         .payload = (const guint8 *) "\x06\x01x", .payload_size = 3 };
    struct place *place = *state;
    guint8 buffer[512];
    int fd;

    place_start_ready(place);
    fd = place_raw_greeted(place);
    for (guint32 i = 3; i <= 4; i++) {
        struct cox_frame answer;
        ssize_t n;

        send_frame(fd, i == 3 ? &unknown : &malformed, NULL);
        n = recv(fd, buffer, sizeof buffer, 0);
        assert_true(n > 0 && cox_frame_parse(buffer, (gsize) n, &answer, NULL));
        assert_int_equal(answer.kind, COX_FRAME_ERROR);
        assert_int_equal(answer.id, i);
    }
    close(fd);
}

static void
one_who_never_says_hello_is_sent_away(void **state)
{
    struct place *place = *state;
    g_autoptr(cox_client) good = NULL;

    place_start_ready(place);
    good = place_client(place, false);
    assert_int_equal(place_raw_wait_closed(place, place_raw(place)), 0);
    all_is_well(place, good);
}

/* Send requests with large answers and read none. */
static void
ask_without_reading(int fd, const struct cox_msg_note *note)
{
    struct cox_frame frame = { .kind = COX_FRAME_REQUEST, .message = COX_MSG_NOTE };
    struct pollfd ready = { .fd = fd, .events = POLLOUT };

    for (frame.id = 1; frame.id < 20000; frame.id++) {
        g_autoptr(GBytes) bytes = cox_frame_build_message(&frame, note, NULL);

        if (send(fd, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
            if (errno != EAGAIN) {
                return; /* sent away */
            }
            frame.id--;
            assert_int_equal(poll(&ready, 1, 60000), 1);
        }
    }
    fail_msg("20,000 answers of 20,000 bytes wait for a client that does not read");
}

static void
one_who_does_not_read_its_answers_is_sent_away(void **state)
{
    struct place *place = *state;
    g_autoptr(cox_client) good = NULL;
    g_autofree char *text = g_strnfill(20000, 'x');
    const struct cox_msg_note note = { .topic = "echo", .text = text };
    int fd;

    place_start_ready(place);
    good = place_client(place, false);
    all_is_well(place, good);
    fd = place_raw_greeted(place);
    ask_without_reading(fd, &note);
    close(fd);
    all_is_well(place, good);
    assert_int_equal(place_stat(place, good, "clients_evicted"), 1);
    assert_int_equal(place_stat(place, good, "unsent_bytes"), 0);
}

/* Each of them stays below what one client may cost; testd lets 1 MiB wait for each and 4 MiB for all of one user. */
static void
what_waits_for_all_connections_of_one_user_is_limited_as_well(void **state)
{
    enum { CONNECTIONS = 10, REQUESTS = 45 };
    struct place *place = *state;
    g_autoptr(cox_client) good = NULL;
    g_autofree char *text = g_strnfill(20000, 'x');
    g_autofree char *log = NULL;
    const struct cox_msg_note note = { .topic = "echo", .text = text };
    int fds[CONNECTIONS];

    place_start_ready(place);
    good = place_client(place, false);
    for (int i = 0; i < CONNECTIONS; i++) {
        struct cox_frame frame = { .kind = COX_FRAME_REQUEST, .message = COX_MSG_NOTE };
        struct pollfd ready = { .events = POLLOUT };

        ready.fd = fds[i] = place_raw_greeted(place);
        for (frame.id = 1; frame.id <= REQUESTS; frame.id++) {
            g_autoptr(GBytes) bytes = cox_frame_build_message(&frame, &note, NULL);

            while (send(fds[i], g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), MSG_NOSIGNAL | MSG_DONTWAIT) < 0 && errno == EAGAIN) {
                assert_int_equal(poll(&ready, 1, 60000), 1);
            }
        }
        assert_true(place_note(place, good, "echo", NULL, NULL)); /* who reads is served */
    }
    while (place_stat(place, good, "clients_evicted") == 0) {
        assert_false(place->has_ended);
    }
    assert_true(place_stat(place, good, "unsent_bytes") <= 4 * 1024 * 1024);
    assert_true(place_stat(place, good, "clients_evicted") < CONNECTIONS);
    log = log_of(place);
    assert_non_null(strstr(log, "does not read what it asked for"));
    for (int i = 0; i < CONNECTIONS; i++) {
        close(fds[i]);
    }
}

/* A bare socket that has said hello, of another user of the cluster's group; -1: there is no such group here. */
static int
greeted_as(struct place *place, uid_t uid)
{
    const struct group *group = getgrnam(COX_DAEMON_CLUSTER_GROUP);
    int fd;

    if (group == NULL || geteuid() != 0) {
        return -1;
    }
    assert_int_equal(chmod(place->directory, 0755), 0);
    assert_int_equal(setegid(group->gr_gid), 0); /* the socket keeps what we are while it is connected */
    assert_int_equal(seteuid(uid), 0);
    fd = place_raw_greeted(place);
    assert_int_equal(seteuid(0), 0);
    assert_int_equal(setegid(0), 0);
    return fd;
}

/* Ask on @fd, of which nothing is read, until some 40 KB wait for it in the daemon. */
static void
let_some_wait(struct place *place, struct cox_client *good, int fd)
{
    g_autofree char *text = g_strnfill(20000, 'x');
    const struct cox_msg_note note = { .topic = "echo", .text = text };
    struct cox_frame frame = { .kind = COX_FRAME_REQUEST, .message = COX_MSG_NOTE };
    gint64 before = place_stat(place, good, "unsent_bytes");

    for (frame.id = 1; place_stat(place, good, "unsent_bytes") < before + 40000 && place_stat(place, good, "clients_evicted") == 0; frame.id++) {
        assert_true(frame.id < 1000); /* the socket itself takes some ten of them */
        send_frame(fd, &frame, &note);
    }
}

static void
ask_echo(int fd)
{
    const struct cox_frame frame = { .kind = COX_FRAME_REQUEST, .message = COX_MSG_NOTE, .id = 1 };
    const struct cox_msg_note note = { .topic = "echo", .text = "there?" };
    guint8 buffer[512];

    send_frame(fd, &frame, &note);
    assert_true(recv(fd, buffer, sizeof buffer, 0) > 0);
}

/* However little it is for each of them; who reads is served, of that user and of others. */
static void
many_connections_of_one_user_have_one_budget(void **state)
{
    enum { CONNECTIONS = 150, HOG = 65534, OTHER = 65533, BUDGET = 4 * 1024 * 1024 };
    struct place *place = *state;
    g_autoptr(cox_client) good = NULL;
    int fds[CONNECTIONS], other, reader, n = 0;

    place_start_ready(place);
    good = place_client(place, false);
    all_is_well(place, good);
    other = greeted_as(place, OTHER);
    if (other < 0) {
        skip();
    }
    reader = greeted_as(place, HOG);
    while (n < CONNECTIONS && place_stat(place, good, "clients_evicted") == 0) {
        fds[n] = greeted_as(place, HOG);
        let_some_wait(place, good, fds[n]);
        n++;
        assert_true(place_stat(place, good, "unsent_bytes") <= BUDGET);
        ask_echo(other);
        ask_echo(reader); /* what one does not read costs that one, not those of the same user that do */
    }
    assert_true(place_stat(place, good, "clients_evicted") > 0);
    assert_true(n < CONNECTIONS);
    for (int i = 0; i < n; i++) {
        close(fds[i]);
    }
    ask_echo(other);
    ask_echo(reader);
    close(other);
    close(reader);
    assert_true(place_note(place, good, "echo", NULL, NULL));
}

static void
strangers_have_less_time_to_read_than_our_own_daemons(void **state)
{
    const struct cox_frame frame = { .kind = COX_FRAME_REQUEST, .message = COX_MSG_SUBSCRIBE, .id = 1 };
    const struct cox_msg_subscribe subscribe = { .topic = "news" };
    struct place *place = *state;
    g_autoptr(cox_client) good = NULL;
    g_autofree char *log = NULL;
    guint64 number = 1000;
    guint8 answer[256];
    int fds[2];

    place_start_ready(place);
    good = place_client(place, false);
    all_is_well(place, good);
    fds[0] = place_raw_greeted(place);
    fds[1] = greeted_as(place, 65534);
    if (fds[1] < 0) {
        close(fds[0]);
        skip();
    }
    for (int i = 0; i < 2; i++) {
        send_frame(fds[i], &frame, &subscribe);
        assert_true(recv(fds[i], answer, sizeof answer, 0) > 0);
    }
    assert_true(place_note(place, good, "publish", &number, NULL)); /* a megabyte for each */
    for (int i = 0; i < 2; i++) {
        struct pollfd hangup = { .fd = fds[i] };

        assert_int_equal(poll(&hangup, 1, 60000), 1);
        close(fds[i]);
    }
    all_is_well(place, good);
    log = log_of(place);
    assert_non_null(strstr(log, "uid=65534 program=raw reason=\"has not read anything for 800 ms\""));
    assert_non_null(strstr(log, "uid=0 program=raw reason=\"has not read anything for 1200 ms\""));
}

static void
one_who_stops_reading_in_the_middle_is_sent_away_after_a_while(void **state)
{
    const struct cox_frame frame = { .kind = COX_FRAME_REQUEST, .message = COX_MSG_SUBSCRIBE, .id = 1 };
    const struct cox_msg_subscribe subscribe = { .topic = "news" };
    struct place *place = *state;
    g_autoptr(cox_client) good = NULL;
    guint64 number = 1000;
    guint8 answer[256];
    struct pollfd hangup;
    int fd;

    place_start_ready(place);
    good = place_client(place, false);
    fd = place_raw_greeted(place);
    send_frame(fd, &frame, &subscribe);
    assert_true(recv(fd, answer, sizeof answer, 0) > 0);
    assert_true(place_note(place, good, "publish", &number, NULL)); /* a megabyte for one who does not read */
    hangup = (struct pollfd) { .fd = fd };
    assert_int_equal(poll(&hangup, 1, 60000), 1);
    assert_true(hangup.revents & POLLHUP);
    close(fd);
    all_is_well(place, good);
}

static void
connections_of_one_user_are_limited_but_not_those_of_root(void **state)
{
    struct place *place = *state;
    g_autoptr(cox_client) good = NULL;
    int fds[420];
    unsigned int n = 0;

    place_start_ready(place);
    good = place_client(place, false);
    all_is_well(place, good);
    for (; n < G_N_ELEMENTS(fds); n++) { /* 400 is the limit of testd in all */
        fds[n] = place_raw(place);
        assert_true(place_note(place, good, "echo", NULL, NULL));
    }
    while (place_stat(place, good, "clients_accepted") < (gint64) n + 2) { /* with `good` and the one that waited for the start */
        assert_false(place->has_ended);
    }
    assert_true(place_stat(place, good, "clients_evicted") >= (gint64) n + 1 - 400);
    assert_true(place_stat(place, good, "clients") <= 400);
    for (unsigned int i = 0; i < n; i++) {
        close(fds[i]);
    }
    assert_true(place_note(place, good, "echo", NULL, NULL));
}

static void
thousands_of_short_connections_leave_nothing(void **state)
{
    struct place *place = *state;
    g_autoptr(cox_client) good = NULL;

    place_start_ready(place);
    good = place_client(place, false);
    for (int i = 0; i < 2000; i++) {
        int fd = place_raw(place);

        (void) !write(fd, "Cx", (size_t) i % 3);
        close(fd);
        if (i % 50 == 0) {
            assert_true(place_note(place, good, "echo", NULL, NULL));
        }
    }
    for (int i = 0; i < 100 && place_stat(place, good, "clients") > 1; i++) {
        g_usleep(1000);
    }
    all_is_well(place, good);
    assert_true(place_stat(place, good, "clients_accepted") >= 2000);
    assert_true(place_stat(place, good, "log_lines") < 2000); /* they cannot fill the log either */
}

/* Run @check as nobody; its result is the exit status. */
static int
as_nobody(int (*check)(struct place *place), struct place *place)
{
    pid_t pid = fork();
    int status = -1;

    if (pid == 0) {
        if (setgid(65534) != 0 || setuid(65534) != 0) {
            _exit(99);
        }
        _exit(check(place));
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int
try_to_connect(struct place *place)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);
    guint8 buffer[512];
    struct cox_frame answer;
    g_autoptr(GError) error = NULL;
    ssize_t n;

    g_strlcpy(address.sun_path, place->socket, sizeof address.sun_path);
    if (connect(fd, (const struct sockaddr *) &address, sizeof address) != 0) {
        return errno == EACCES ? 1 : 2;
    }
    n = recv(fd, buffer, sizeof buffer, 0);
    if (n <= 0 || !cox_frame_parse(buffer, (gsize) n, &answer, NULL) || answer.kind != COX_FRAME_ERROR) {
        return 3;
    }
    error = cox_frame_error(&answer);
    return g_error_matches(error, COX_ERROR, COX_ERROR_PERMISSION) && recv(fd, buffer, sizeof buffer, 0) == 0 ? 4 : 5;
}

static void
a_stranger_gets_nothing_but_a_refusal(void **state)
{
    struct place *place = *state;
    g_autoptr(cox_client) good = NULL;
    g_autofree char *log = NULL;

    if (geteuid() != 0) {
        skip(); /* only root can become somebody else */
    }
    place_start_ready(place);
    good = place_client(place, false);
    assert_int_equal(chmod(place->directory, 0755), 0);
    assert_int_equal(as_nobody(try_to_connect, place), 1); /* the socket's mode */
    assert_int_equal(chmod(place->socket, 0666), 0);       /* and without it, the daemon itself */
    assert_int_equal(as_nobody(try_to_connect, place), 4);
    all_is_well(place, good);
    assert_int_equal(place_stat(place, good, "clients_refused"), 1);
    log = log_of(place);
    assert_non_null(strstr(log, "CXW005 client was refused pid="));
    assert_non_null(strstr(log, "uid=65534"));
}

static int
serve_the_name(struct place *place)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);

    g_strlcpy(address.sun_path, place->socket, sizeof address.sun_path);
    if (bind(fd, (const struct sockaddr *) &address, sizeof address) != 0 || listen(fd, 5) != 0) {
        return 1;
    }
    (void) pause();
    return 0;
}

static void
a_client_does_not_talk_to_an_impostor(void **state)
{
    struct place *place = *state;
    g_autoptr(GError) error = NULL;
    pid_t pid;

    if (geteuid() != 0) {
        skip();
    }
    assert_int_equal(chmod(place->directory, 0777), 0);
    pid = fork();
    if (pid == 0) {
        _exit(setgid(65534) == 0 && setuid(65534) == 0 ? serve_the_name(place) : 9);
    }
    for (int i = 0; i < 1000; i++) {
        int fd;

        g_clear_error(&error);
        fd = cox_dial(place->directory, COX_DAEMON_ATTR, &error);
        assert_int_equal(fd, -1);
        if (g_error_matches(error, COX_ERROR, COX_ERROR_PERMISSION)) {
            break;
        }
        g_usleep(2000);
    }
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    assert_non_null(strstr(error->message, "who is not cox-attrd"));
    assert_non_null(strstr(error->message, "'65534'"));
}

static void
a_directory_that_others_may_write_to_is_refused(void **state)
{
    struct place *place = *state;

    assert_int_equal(chmod(place->directory, 0777), 0);
    place_start(place, NULL, NULL);
    place_wait_end(place);
    assert_int_equal(place->end.exit_status, 73);
    assert_non_null(strstr(place->err->str, "may write to"));
}

static int
setup_hasty(void **state)
{
    int failed = place_setup(state);

    ((struct place *) *state)->is_hasty = true;
    return failed;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup_hasty, place_teardown)
COX_TEST_MAIN(TEST(garbage_ends_the_connection_with_a_line_in_the_log), TEST(after_hello_rules_count_as_well),
              TEST(a_frame_longer_than_allowed_ends_the_connection), TEST(an_unknown_message_is_only_refused),
              TEST(one_who_never_says_hello_is_sent_away), TEST(one_who_does_not_read_its_answers_is_sent_away),
              cmocka_unit_test_setup_teardown(what_waits_for_all_connections_of_one_user_is_limited_as_well, place_setup, place_teardown),
              cmocka_unit_test_setup_teardown(many_connections_of_one_user_have_one_budget, place_setup, place_teardown),
              TEST(strangers_have_less_time_to_read_than_our_own_daemons),
              TEST(one_who_stops_reading_in_the_middle_is_sent_away_after_a_while),
              TEST(connections_of_one_user_are_limited_but_not_those_of_root),
              TEST(thousands_of_short_connections_leave_nothing), TEST(a_stranger_gets_nothing_but_a_refusal),
              TEST(a_client_does_not_talk_to_an_impostor), TEST(a_directory_that_others_may_write_to_is_refused))
