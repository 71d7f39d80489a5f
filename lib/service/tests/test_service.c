/* Tests of lib/service and lib/client together: a real daemon, real sockets, well-behaved clients. */
#include "service/service.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/error.h"
#include "base/testkit.h"
#include "runtime/loop.h"
#include "service/instance.h"
#include "service/tests/testdaemon.h"

static void
health_is_answered_with_numbers_and_complaints(void **state)
{
    struct place *place = *state;
    g_autoptr(cox_client) client = NULL;
    g_autoptr(cox_arena) arena = cox_arena_new();
    const struct cox_msg_health_query query = { 0 };
    struct cox_ask ask = { .call = { .message = COX_MSG_HEALTH_QUERY, .body = &query }, .expected = COX_MSG_HEALTH, .arena = arena };
    const struct cox_msg_health *health;

    place_start_ready(place);
    client = place_client(place, false);
    health = cox_ask(place->runtime, client, &ask, NULL);
    assert_string_equal(health->daemon, "cox-attrd");
    assert_int_equal(health->pid, place->pid);
    assert_string_equal(health->state, "running");
    assert_int_equal(health->n_complaints, 1);
    assert_string_equal(health->complaints[0], "the disk is slow");
    assert_int_equal(place_stat(place, client, "answer"), 42);
    assert_int_equal(place_stat(place, client, "clients"), 1);
    assert_int_equal(cox_client_role(client), COX_ROLE_ADMIN);
    assert_true(cox_client_boot(client) > 0);
    assert_int_equal(cox_client_peer_pid(client), place->pid);
}

static void
errors_come_back_with_code_and_text(void **state)
{
    struct place *place = *state;
    g_autoptr(cox_client) client = NULL;
    g_autoptr(GError) unknown = NULL;
    g_autoptr(GError) not_for_clients = NULL;
    g_autoptr(cox_arena) arena = cox_arena_new();
    const struct cox_msg_done done = { 0 };
    struct cox_ask ask = { .call = { .message = COX_MSG_DONE, .body = &done }, .expected = COX_MSG_DONE, .arena = arena };

    place_start_ready(place);
    client = place_client(place, false);
    assert_false(place_note(place, client, "nosuch", NULL, &unknown));
    assert_true(g_error_matches(unknown, COX_ERROR, COX_ERROR_NOT_FOUND));
    assert_string_equal(unknown->message, "order 'nosuch': unknown; try another");
    assert_null(cox_ask(place->runtime, client, &ask, &not_for_clients)); /* an order of peers only */
    assert_true(g_error_matches(not_for_clients, COX_ERROR, COX_ERROR_UNIMPLEMENTED));
}

struct crowd {
    unsigned int n_answers, n_wrong;
};

struct member {
    struct crowd *crowd;
    guint64 expected;
};

static void
on_pong(void *context, const struct cox_client_reply *reply)
{
    struct member *member = context;

    member->crowd->n_answers++;
    if (reply->error != NULL || reply->message != COX_MSG_PONG
        || ((const struct cox_msg_pong *) reply->body)->token != member->expected++) {
        member->crowd->n_wrong++;
    }
}

static void
two_hundred_clients_with_fifty_requests_each_are_all_answered_in_order(void **state)
{
    enum { CLIENTS = 200, REQUESTS = 50 };
    struct place *place = *state;
    struct cox_client *clients[CLIENTS];
    struct member members[CLIENTS];
    struct crowd crowd = { 0 };

    place_start_ready(place);
    for (int i = 0; i < CLIENTS; i++) {
        clients[i] = place_client(place, true); /* the backlog may be full for a moment */
        members[i] = (struct member) { &crowd, 0 };
        for (int j = 0; j < REQUESTS; j++) {
            const struct cox_msg_ping ping = { .token = (guint64) j };
            struct cox_client_call call = { .message = COX_MSG_PING, .body = &ping, .fn = on_pong, .context = &members[i] };

            assert_true(cox_client_send(clients[i], &call) != 0);
        }
    }
    while (crowd.n_answers < CLIENTS * REQUESTS) {
        (void) cox_runtime_step(place->runtime, true);
    }
    assert_int_equal(crowd.n_wrong, 0);
    assert_int_equal(place_stat(place, clients[0], "clients"), CLIENTS);
    for (int i = 0; i < CLIENTS; i++) {
        cox_client_free(clients[i]);
    }
}

static void
deferred_answers_come_later_at_once_or_to_nobody(void **state)
{
    struct place *place = *state;
    struct cox_client *dying;
    g_autoptr(cox_client) client = NULL;
    const struct cox_msg_note note = { .topic = "later", .number = 50 };
    struct cox_client_call call = { .message = COX_MSG_NOTE, .body = &note };
    guint64 number = 20;

    place_start_ready(place);
    client = place_client(place, false);
    assert_true(place_note(place, client, "later", &number, NULL));
    assert_int_equal(number, 20);
    assert_true(place_note(place, client, "at once", &number, NULL));
    dying = place_client(place, false);
    assert_true(place_note(place, dying, "echo", &number, NULL));
    for (int i = 0; i < 20; i++) {
        (void) cox_client_send(dying, &call);
    }
    (void) cox_runtime_step(place->runtime, false);
    cox_client_free(dying);
    number = 100; /* by then the answers for the dead have come due */
    assert_true(place_note(place, client, "later", &number, NULL));
    assert_int_equal(place_stat(place, client, "requests_waiting"), 0);
    assert_int_equal(place_stat(place, client, "clients_evicted"), 0);
}

static void
count_answers(void *context, const struct cox_client_reply *reply)
{
    unsigned int *n = context;

    (void) reply;
    ++*n;
}

static void
too_many_unanswered_requests_wait_and_cancelled_ones_make_room(void **state)
{
    struct place *place = *state;
    g_autoptr(cox_client) client = NULL;
    g_autoptr(cox_client) other = NULL;
    const struct cox_msg_note never = { .topic = "never" };
    const struct cox_msg_ping ping = { 0 };
    struct cox_client_call call = { .message = COX_MSG_NOTE, .body = &never };
    unsigned int n_answers = 0;
    guint32 ids[64];

    place_start_ready(place);
    client = place_client(place, false);
    other = place_client(place, false);
    for (int i = 0; i < 63; i++) { /* the limit of testd is 64 */
        ids[i] = cox_client_send(client, &call);
    }
    call = (struct cox_client_call) { .message = COX_MSG_PING, .body = &ping, .fn = count_answers, .context = &n_answers };
    (void) cox_client_send(client, &call);
    while (n_answers < 1) { /* still below the limit */
        (void) cox_runtime_step(place->runtime, true);
    }
    call = (struct cox_client_call) { .message = COX_MSG_NOTE, .body = &never, .timeout_ms = 100, .fn = count_answers,
                                      .context = &n_answers };
    ids[63] = cox_client_send(client, &call);
    assert_int_equal(place_stat(place, other, "requests_waiting"), 64);
    while (n_answers < 2) { /* the timeout: its cancellation cannot be read yet */
        (void) cox_runtime_step(place->runtime, true);
    }
    assert_int_equal(place_stat(place, other, "requests_waiting"), 64);
    cox_client_cancel(client, ids[0]);
    assert_int_equal(cox_client_waiting(client), 62);
    assert_int_equal(place_stat(place, other, "clients"), 2); /* made to wait, not sent away */
}

/* A sink that checks the bytes that testd makes up. */
struct taker {
    guint64 received;
    bool has_ended, is_good;
};

static bool
take(void *context, const guint8 *data, gsize size, GError **error)
{
    struct taker *taker = context;

    (void) error;
    for (gsize i = 0; i < size; i++) {
        taker->is_good &= data[i] == (guint8) ((taker->received + i) / 256);
    }
    taker->received += size;
    return true;
}

static void
taken(void *context, const GError *problem)
{
    struct taker *taker = context;

    taker->has_ended = true;
    taker->is_good &= problem == NULL;
}

static gint64
memory_kib(pid_t pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/status", (int) pid);
    g_autofree char *text = NULL;
    const char *at;

    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    at = strstr(text, "VmHWM:");
    assert_non_null(at);
    return g_ascii_strtoll(at + 6, NULL, 10);
}

static void
large_bodies_travel_both_ways_in_little_memory(void **state)
{
    enum { SIZE = 48 * 1024 * 1024 };
    struct place *place = *state;
    g_autoptr(cox_client) client = NULL;
    g_autoptr(cox_arena) arena = cox_arena_new();
    g_autoptr(GBytes) bytes = g_bytes_new_take(g_malloc0(SIZE), SIZE);
    struct taker taker = { .is_good = true };
    const struct cox_sink sink = { take, taken, &taker };
    const struct cox_msg_note note = { .topic = "large", .number = SIZE };
    struct cox_ask down = { .call = { .message = COX_MSG_NOTE, .body = &note }, .expected = COX_MSG_NOTE, .arena = arena,
                            .sink = &sink };
    struct cox_ask up = { .call = { .message = COX_MSG_NOTE, .body = &note }, .expected = COX_MSG_NOTE, .arena = arena };
    const struct cox_msg_note *answer;
    gint64 before;

    place_start_ready(place);
    client = place_client(place, false);
    assert_int_equal(place_stat(place, client, "answer"), 42);
    before = memory_kib(place->pid);
    assert_non_null(cox_ask(place->runtime, client, &down, NULL));
    assert_true(taker.has_ended && taker.is_good);
    assert_true(taker.received == SIZE);
    up.call.source = cox_source_of_bytes(bytes);
    answer = cox_ask(place->runtime, client, &up, NULL);
    assert_non_null(answer);
    assert_int_equal(answer->number, SIZE);
    if (memory_kib(place->pid) > before + 16 * 1024) { /* a sixth of what went through, sanitizers included */
        fail_msg("memory grew from %d to %d KiB", (int) before, (int) memory_kib(place->pid));
    }
}

static void
a_body_that_is_refused_ignored_or_too_long_ends_with_an_answer(void **state)
{
    static const struct {
        const char *order;
        gsize size;
        enum cox_error expected;
    } cases[] = {
        { "count", 60 * 1024 * 1024, COX_ERROR_SYNTAX },         /* more than testd likes */
        { "ignore body", 3 * 1024 * 1024, COX_ERROR_PROTOCOL },  /* it answers `done`, not `note` */
        { "count", 1000, COX_ERROR_OK },
    };
    struct place *place = *state;
    g_autoptr(cox_client) client = NULL;

    place_start_ready(place);
    client = place_client(place, false);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(cox_arena) arena = cox_arena_new();
        g_autoptr(GBytes) bytes = g_bytes_new_take(g_malloc0(cases[i].size), cases[i].size);
        const struct cox_msg_note note = { .topic = cases[i].order };
        struct cox_ask ask = { .call = { .message = COX_MSG_NOTE, .body = &note, .source = cox_source_of_bytes(bytes) },
                               .expected = COX_MSG_NOTE, .arena = arena };
        g_autoptr(GError) error = NULL;

        (void) cox_ask(place->runtime, client, &ask, &error);
        assert_int_equal(error == NULL ? COX_ERROR_OK : error->code, cases[i].expected);
    }
    assert_true(place_note(place, client, "echo", NULL, NULL)); /* the connection is as good as before */
}

static void
bodies_that_are_given_up_make_room_for_others(void **state)
{
    struct place *place = *state;
    g_autoptr(cox_client) client = NULL;
    const struct cox_msg_note large = { .topic = "large", .number = 8 * 1024 * 1024 }, ignored = { .topic = "ignore body" };
    unsigned int n_answers = 0;

    place_start_ready(place);
    client = place_client(place, false);
    for (unsigned int i = 1; i <= 10; i++) { /* testd lets four be under way */
        g_autoptr(GBytes) bytes = g_bytes_new_take(g_malloc0(1024 * 1024), 1024 * 1024);
        struct cox_client_call call = { .message = COX_MSG_NOTE, .body = &ignored, .source = cox_source_of_bytes(bytes),
                                        .fn = count_answers, .context = &n_answers };

        assert_true(cox_client_send(client, &call) != 0);
        while (n_answers < i) { /* comes before the body has gone out */
            assert_true(cox_client_waiting(client) > 0);
            (void) cox_runtime_step(place->runtime, true);
        }
    }
    for (unsigned int i = 1; i <= 10; i++) {
        struct cox_client_call call = { .message = COX_MSG_NOTE, .body = &large, .fn = count_answers, .context = &n_answers };
        guint32 id = cox_client_send(client, &call);

        while (n_answers < 10 + i) {
            (void) cox_runtime_step(place->runtime, true);
        }
        cox_client_cancel(client, id); /* while its body comes */
    }
    assert_true(place_note(place, client, "echo", NULL, NULL));
    assert_int_equal(place_stat(place, client, "clients_evicted"), 0);
}

/* What a subscriber has seen. */
struct reader {
    struct cox_client *client;
    unsigned int n_begun, n_events, n_lost, n_failed;
    guint64 last_number, lost;
    struct taker taker;
};

static void
on_news(void *context, const struct cox_client_event *event)
{
    struct reader *reader = context;
    const struct cox_msg_note *note = event->body;
    const struct cox_sink sink = { take, taken, &reader->taker };

    switch (event->kind) {
    case COX_CLIENT_SUBSCRIBED:
        reader->n_begun++;
        break;
    case COX_CLIENT_EVENT:
        reader->n_events++;
        reader->last_number = note->number;
        break;
    case COX_CLIENT_LOST:
        reader->n_lost++;
        reader->lost += event->lost;
        break;
    case COX_CLIENT_FAILED:
        reader->n_failed++;
        break;
    }
    if (event->has_body) {
        cox_client_receive(reader->client, event->id, &sink);
    }
}

static void
subscribers_get_events_in_order_and_no_others(void **state)
{
    struct place *place = *state;
    struct reader reader = { 0 }, closed = { 0 }, unknown = { 0 };
    g_autoptr(cox_client) client = NULL;
    guint64 number = 100;
    guint32 id;

    place_start_ready(place);
    client = reader.client = place_client(place, false);
    id = cox_client_subscribe(client, "news", on_news, &reader);
    cox_client_subscribe(client, "closed", on_news, &closed);
    cox_client_subscribe(client, "nosuch", on_news, &unknown);
    while (reader.n_begun + closed.n_failed + unknown.n_failed < 3) {
        (void) cox_runtime_step(place->runtime, true);
    }
    assert_true(place_note(place, client, "publish", &number, NULL));
    assert_int_equal(reader.n_events, 100); /* events went out before the answer */
    assert_int_equal(reader.last_number, 100);
    cox_client_unsubscribe(client, id);
    assert_true(place_note(place, client, "publish", &number, NULL));
    assert_int_equal(reader.n_events, 100);
    assert_int_equal(reader.n_lost, 0);
}

static void
a_large_event_is_streamed_and_the_next_one_waits_for_it(void **state)
{
    struct place *place = *state;
    struct reader reader = { .taker = { .is_good = true } };
    g_autoptr(cox_client) client = NULL;
    guint64 number = 5 * 1024 * 1024;

    place_start_ready(place);
    client = reader.client = place_client(place, false);
    cox_client_subscribe(client, "news", on_news, &reader);
    while (reader.n_begun < 1) {
        (void) cox_runtime_step(place->runtime, true);
    }
    assert_true(place_note(place, client, "publish large", &number, NULL));
    while (reader.n_events < 2) {
        assert_true(cox_client_is_up(client));
        (void) cox_runtime_step(place->runtime, true);
    }
    assert_int_equal(reader.last_number, 2);
    assert_true(reader.taker.has_ended);
    assert_int_equal(reader.taker.received, 5 * 1024 * 1024);
}

/* The subscriber has a loop of its own, which stands still while the other client has the daemon publish. */
static void
a_subscriber_that_falls_behind_is_told_what_it_lost(void **state)
{
    struct place *place = *state;
    struct reader reader = { 0 };
    g_autoptr(GMainContext) context = g_main_context_new();
    struct cox_runtime *own = cox_loop_new(context);
    const struct cox_client_settings settings = { .daemon = COX_DAEMON_ATTR, .program = "idler",
                                                  .run_directory = place->directory };
    g_autoptr(cox_client) client = NULL;
    guint64 number = 1000; /* of 1,000 bytes each: testd lets 256 KiB wait */

    place_start_ready(place);
    client = place_client(place, false);
    reader.client = cox_client_new(own, &settings);
    cox_client_subscribe(reader.client, "news", on_news, &reader);
    while (reader.n_begun < 1) {
        (void) cox_runtime_step(own, true);
    }
    assert_true(place_note(place, client, "publish", &number, NULL));
    assert_int_equal(reader.n_events, 0);
    while (reader.n_lost < 1) {
        assert_true(cox_client_is_up(reader.client));
        (void) cox_runtime_step(own, true);
    }
    assert_int_equal(reader.n_events + reader.lost, 1000);
    assert_true(reader.n_events > 100 && reader.lost > 0);
    number = 5;
    assert_true(place_note(place, client, "publish", &number, NULL));
    while (reader.n_events + reader.lost < 1005) { /* it has its turn again */
        assert_true(cox_client_is_up(reader.client));
        (void) cox_runtime_step(own, true);
    }
    assert_int_equal(reader.n_lost, 1);
    assert_int_equal(reader.last_number, 5);
    cox_client_free(reader.client);
    cox_runtime_free(own);
}

static void
what_is_told_to_the_group_comes_back_to_its_only_member(void **state)
{
    struct place *place = *state;
    struct reader reader = { 0 };
    g_autoptr(cox_client) client = NULL;
    guint64 number = 77;

    place_start_ready(place);
    client = reader.client = place_client(place, false);
    cox_client_subscribe(client, "news", on_news, &reader);
    assert_true(place_note(place, client, "tell the group", &number, NULL));
    while (reader.n_events < 2) {
        assert_true(cox_client_is_up(client));
        (void) cox_runtime_step(place->runtime, true);
    }
    assert_int_equal(reader.last_number, 77);
    assert_int_equal(place_stat(place, client, "peer_messages"), 2);
}

static void
on_lost_call(void *context, const struct cox_client_reply *reply)
{
    GError **error = context;

    *error = reply->error == NULL ? NULL : g_error_copy(reply->error);
}

static void
a_client_finds_its_daemon_again_and_its_subscriptions_with_it(void **state)
{
    struct place *place = *state;
    struct reader reader = { 0 };
    g_autoptr(cox_client) client = NULL;
    g_autoptr(GError) lost = NULL;
    const struct cox_msg_note never = { .topic = "never" };
    struct cox_client_call call = { .message = COX_MSG_NOTE, .body = &never, .fn = on_lost_call, .context = &lost };
    guint64 number = 3, boot;

    place_start_ready(place);
    client = reader.client = place_client(place, true);
    cox_client_subscribe(client, "news", on_news, &reader);
    (void) cox_client_send(client, &call);
    assert_true(place_note(place, client, "echo", &number, NULL));
    boot = cox_client_boot(client);
    assert_int_equal(cox_client_peer_pid(client), place->pid);
    cox_runtime_child_signal(place->runtime, place->daemon, SIGKILL);
    place_wait_end(place);
    while (lost == NULL) {
        (void) cox_runtime_step(place->runtime, true);
    }
    assert_true(g_error_matches(lost, COX_ERROR, COX_ERROR_DISCONNECTED));
    assert_int_equal(cox_client_peer_pid(client), 0);
    place_start(place, NULL, NULL);
    assert_true(place_note(place, client, "publish", &number, NULL)); /* waits for the connection */
    assert_int_equal(reader.n_begun, 2);
    assert_int_equal(reader.last_number, 3);
    assert_true(cox_client_boot(client) != boot);
    assert_int_equal(cox_client_peer_pid(client), place->pid);
}

static void
without_a_daemon_a_request_fails_or_times_out(void **state)
{
    struct place *place = *state;
    g_autoptr(cox_client) once = place_client(place, false);
    g_autoptr(cox_client) patient = place_client(place, true);
    g_autoptr(cox_arena) arena = cox_arena_new();
    const struct cox_msg_ping ping = { 0 };
    struct cox_ask ask = { .call = { .message = COX_MSG_PING, .body = &ping, .timeout_ms = 150 }, .expected = COX_MSG_PONG,
                           .arena = arena };
    g_autoptr(GError) refused = NULL;
    g_autoptr(GError) again = NULL;
    g_autoptr(GError) late = NULL;

    assert_null(cox_ask(place->runtime, once, &ask, &refused));
    assert_true(g_error_matches(refused, COX_ERROR, COX_ERROR_DISCONNECTED));
    assert_non_null(strstr(refused->message, place->socket));
    assert_null(cox_ask(place->runtime, once, &ask, &again));
    assert_true(g_error_matches(again, COX_ERROR, COX_ERROR_DISCONNECTED));
    assert_null(cox_ask(place->runtime, patient, &ask, &late));
    assert_true(g_error_matches(late, COX_ERROR, COX_ERROR_TIMEOUT));
}

static void
an_orderly_stop_tells_systemd_and_leaves_nothing_behind(void **state)
{
    struct place *place = *state;
    g_autofree char *notify = g_build_filename(place->directory, "notify", NULL);
    g_autofree char *environment = g_strconcat("NOTIFY_SOCKET=", notify, NULL);
    g_autofree char *log_path = g_build_filename(place->directory, "log", NULL);
    g_autofree char *log = NULL;
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    char said[64] = "";

    g_strlcpy(address.sun_path, notify, sizeof address.sun_path);
    assert_int_equal(bind(fd, (const struct sockaddr *) &address, sizeof address), 0);
    place_start(place, NULL, environment);
    assert_true(recv(fd, said, sizeof said - 1, 0) > 0);
    assert_string_equal(said, "READY=1");
    assert_int_equal(cox_instance_holder(place->directory, "attr"), place->pid);
    cox_runtime_child_signal(place->runtime, place->daemon, SIGTERM);
    memset(said, 0, sizeof said);
    assert_true(recv(fd, said, sizeof said - 1, 0) > 0);
    assert_string_equal(said, "STOPPING=1");
    place_wait_end(place);
    assert_int_equal(place->end.end, COX_CHILD_EXITED);
    assert_int_equal(place->end.exit_status, 0);
    assert_int_equal(access(place->socket, F_OK), -1);
    assert_int_equal(cox_instance_holder(place->directory, "attr"), 0);
    assert_true(g_file_get_contents(log_path, &log, NULL, NULL));
    assert_non_null(strstr(log, "notice: ready version="));
    assert_non_null(strstr(log, "notice: stopped status=0"));
    close(fd);
}

static void
a_second_instance_is_refused_and_names_the_first(void **state)
{
    struct place *place = *state;
    g_autofree char *expected = NULL;
    cox_source_id first;
    g_autoptr(cox_client) client = NULL;

    place_start_ready(place);
    first = place->daemon;
    expected = g_strdup_printf("runs already as process %d", (int) place->pid);
    place_start(place, NULL, NULL);
    place_wait_end(place);
    assert_int_equal(place->end.exit_status, 108);
    assert_non_null(strstr(place->err->str, expected));
    place->daemon = first;
    place->has_ended = false;
    client = place_client(place, false);
    assert_true(place_note(place, client, "echo", NULL, NULL)); /* the first has not suffered */
}

static void
a_daemon_that_died_hard_does_not_hinder_the_next(void **state)
{
    struct place *place = *state;

    place_start_ready(place);
    cox_runtime_child_signal(place->runtime, place->daemon, SIGKILL);
    place_wait_end(place);
    assert_int_equal(access(place->socket, F_OK), 0);
    place_start_ready(place);
}

static void
words_on_the_command_line_are_answered(void **state)
{
    static const struct {
        const char *argument, *expected;
        int status;
        bool is_error;
    } cases[] = {
        { "--version", "Coxswain ", 0, false },
        { "--help", "keeps the attributes of nodes", 0, false },
        { "metadata", "<resource-agent name=\"cox-attrd\"", 0, false },
        { "--nosuch", "cox-attrd: Unknown option --nosuch", 64, true },
        { "nosuch", "'nosuch': not understood", 64, true },
    };
    struct place *place = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const GString *text = cases[i].is_error ? place->err : place->out;

        place_start(place, cases[i].argument, NULL);
        place_wait_end(place);
        assert_int_equal(place->end.exit_status, cases[i].status);
        if (strstr(text->str, cases[i].expected) == NULL) {
            fail_msg("%s: got '%s'", cases[i].argument, text->str);
        }
    }
}

static void
the_log_level_can_be_changed_while_running(void **state)
{
    struct place *place = *state;
    g_autoptr(cox_client) client = NULL;
    g_autoptr(cox_arena) arena = cox_arena_new();
    const struct cox_msg_log_level level = { .level = COX_LOG_TRACE }, nonsense = { .level = 99 };
    struct cox_ask ask = { .call = { .message = COX_MSG_LOG_LEVEL, .body = &level }, .expected = COX_MSG_DONE, .arena = arena };
    g_autoptr(GError) error = NULL;

    place_start_ready(place);
    client = place_client(place, false);
    assert_non_null(cox_ask(place->runtime, client, &ask, NULL));
    ask.call.body = &nonsense;
    assert_null(cox_ask(place->runtime, client, &ask, &error));
    assert_true(g_error_matches(error, COX_ERROR, COX_ERROR_INVALID_PARAM));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, place_setup, place_teardown)
COX_TEST_MAIN(TEST(health_is_answered_with_numbers_and_complaints), TEST(errors_come_back_with_code_and_text),
              TEST(two_hundred_clients_with_fifty_requests_each_are_all_answered_in_order),
              TEST(deferred_answers_come_later_at_once_or_to_nobody),
              TEST(too_many_unanswered_requests_wait_and_cancelled_ones_make_room),
              TEST(large_bodies_travel_both_ways_in_little_memory),
              TEST(a_body_that_is_refused_ignored_or_too_long_ends_with_an_answer),
              TEST(bodies_that_are_given_up_make_room_for_others), TEST(subscribers_get_events_in_order_and_no_others), TEST(a_large_event_is_streamed_and_the_next_one_waits_for_it),
              TEST(a_subscriber_that_falls_behind_is_told_what_it_lost),
              TEST(what_is_told_to_the_group_comes_back_to_its_only_member),
              TEST(a_client_finds_its_daemon_again_and_its_subscriptions_with_it),
              TEST(without_a_daemon_a_request_fails_or_times_out), TEST(an_orderly_stop_tells_systemd_and_leaves_nothing_behind),
              TEST(a_second_instance_is_refused_and_names_the_first), TEST(a_daemon_that_died_hard_does_not_hinder_the_next),
              TEST(words_on_the_command_line_are_answered), TEST(the_log_level_can_be_changed_while_running))
