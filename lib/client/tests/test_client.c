/* Tests of lib/client/client.c against a daemon of the test's own, frame by frame; the real ones are in lib/service/tests/test_service.c. */
#include "client/client.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <glib/gstdio.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/testkit.h"
#include "runtime/loop.h"

/* The daemon's side, which does what the test says; and what the client has heard. */
struct place {
    GMainContext *context;
    struct cox_runtime *runtime;
    char *directory, *path;
    int listener, daemon;
    struct cox_client *client;
    unsigned n_ups, n_answers;
    int code; /* of the last answer; 0: success */
    guint64 token;
};

static int
setup(void **state)
{
    struct place *place = g_new0(struct place, 1);
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    place->context = g_main_context_new();
    place->runtime = cox_loop_new(place->context);
    place->directory = g_dir_make_tmp("client-XXXXXX", NULL);
    place->path = g_build_filename(place->directory, "cib.sock", NULL);
    place->listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0);
    place->daemon = -1;
    g_strlcpy(address.sun_path, place->path, sizeof address.sun_path);
    *state = place;
    return bind(place->listener, (struct sockaddr *) &address, sizeof address) == 0 && listen(place->listener, 1) == 0 ? 0 : -1;
}

static int
teardown(void **state)
{
    struct place *place = *state;

    cox_client_free(place->client);
    cox_runtime_free(place->runtime);
    g_main_context_unref(place->context);
    close(place->listener);
    close(place->daemon);
    (void) remove(place->path);
    (void) g_rmdir(place->directory);
    g_free(place->path);
    g_free(place->directory);
    g_free(place);
    return 0;
}

static void
on_changed(void *context, bool is_up, const GError *problem)
{
    struct place *place = context;

    (void) problem;
    place->n_ups += is_up;
}

static void
on_answer(void *context, const struct cox_client_reply *reply)
{
    struct place *place = context;

    place->n_answers++;
    place->code = reply->error == NULL ? 0 : reply->error->code;
    place->token = reply->error == NULL ? ((const struct cox_msg_pong *) reply->body)->token : 0;
}

/* A client that has made a call at once, and the connection as the daemon has taken it. */
static void
connect_and_call(struct place *place, bool reconnects)
{
    const struct cox_client_settings settings = { .daemon = COX_DAEMON_CIB, .program = "test", .run_directory = place->directory,
                                                  .reconnects = reconnects, .changed = on_changed, .context = place };
    const struct cox_msg_ping ping = { .token = 7 };
    struct cox_client_call call = { .message = COX_MSG_PING, .body = &ping, .fn = on_answer, .context = place };

    place->client = cox_client_new(place->runtime, &settings);
    assert_false(cox_client_is_reached(place->client));
    assert_int_not_equal(cox_client_send(place->client, &call), 0);
    while (!cox_client_is_reached(place->client)) {
        (void) cox_runtime_step(place->runtime, true);
    }
    assert_false(cox_client_is_up(place->client));
    place->daemon = accept(place->listener, NULL, NULL);
    assert_true(place->daemon >= 0);
}

/* The next frame that the client has sent: its message, or 0 when it has sent nothing. */
static unsigned
next_message(const struct place *place, guint32 *id)
{
    guint8 buffer[4096];
    ssize_t size = recv(place->daemon, buffer, sizeof buffer, MSG_DONTWAIT);
    struct cox_frame frame;

    if (size < 0) {
        assert_int_equal(errno, EAGAIN);
        return 0;
    }
    assert_true(cox_frame_parse(buffer, (gsize) size, &frame, NULL));
    *id = frame.id;
    return frame.message;
}

static void
reply(const struct place *place, guint32 id, enum cox_message message, const void *body)
{
    const struct cox_frame frame = { .kind = COX_FRAME_REPLY, .message = (guint16) message, .id = id };
    g_autoptr(GBytes) bytes = cox_frame_build_message(&frame, body, NULL);
    gsize size;
    const void *data = g_bytes_get_data(bytes, &size);

    assert_int_equal(send(place->daemon, data, size, 0), size);
}

static void
wait_for_answer(struct place *place)
{
    while (place->n_answers == 0) {
        (void) cox_runtime_step(place->runtime, true);
    }
    assert_int_equal(place->n_answers, 1);
}

/* Whatever level the daemon names: it is never above ours, and one below reads what we sent. */
static void
who_does_not_connect_again_asks_before_it_is_greeted(void **state)
{
    struct place *place = *state;
    const struct cox_msg_welcome welcome = { .level = COX_FRAME_LEVEL, .daemon = "cib", .boot = 5 };
    const struct cox_msg_pong pong = { .token = 7 };
    guint32 hello = 0, ping = 0, none = 0;

    connect_and_call(place, false);
    assert_int_equal(next_message(place, &hello), COX_MSG_HELLO);
    assert_int_equal(next_message(place, &ping), COX_MSG_PING);
    assert_int_equal(next_message(place, &none), 0);
    reply(place, hello, COX_MSG_WELCOME, &welcome);
    reply(place, ping, COX_MSG_PONG, &pong);
    wait_for_answer(place);
    assert_int_equal(place->code, 0);
    assert_int_equal(place->token, 7);
    assert_int_equal(place->n_ups, 1);
    assert_int_equal(cox_client_boot(place->client), 5);
    assert_int_equal(next_message(place, &none), 0); /* not sent twice */
}

static void
who_connects_again_asks_when_it_is_greeted(void **state)
{
    struct place *place = *state;
    const struct cox_msg_welcome welcome = { .level = 0, .daemon = "cib", .boot = 5 };
    guint32 hello = 0, ping = 0;

    connect_and_call(place, true);
    assert_int_equal(next_message(place, &hello), COX_MSG_HELLO);
    assert_int_equal(next_message(place, &ping), 0);
    reply(place, hello, COX_MSG_WELCOME, &welcome);
    while (!cox_client_is_up(place->client)) {
        (void) cox_runtime_step(place->runtime, true);
    }
    assert_int_equal(next_message(place, &ping), COX_MSG_PING);
    assert_int_equal(place->n_answers, 0);
}

static void
a_refusal_instead_of_the_greeting_is_the_answer(void **state)
{
    struct place *place = *state;
    g_autoptr(GError) refusal = g_error_new_literal(COX_ERROR, COX_ERROR_PERMISSION, "not you");
    g_autoptr(GBytes) bytes = NULL;
    gsize size;
    const void *data;

    connect_and_call(place, false);
    bytes = cox_frame_build_error(0, refusal);
    data = g_bytes_get_data(bytes, &size);
    assert_int_equal(send(place->daemon, data, size, 0), size);
    wait_for_answer(place);
    assert_int_equal(place->code, COX_ERROR_PERMISSION);
    assert_int_equal(place->n_ups, 0);
    assert_int_equal(cox_client_boot(place->client), 0);
}

static void
a_daemon_that_hangs_up_before_it_greets_loses_the_call(void **state)
{
    struct place *place = *state;

    connect_and_call(place, false);
    close(place->daemon);
    place->daemon = -1;
    wait_for_answer(place);
    assert_int_equal(place->code, COX_ERROR_DISCONNECTED);
    assert_false(cox_client_is_reached(place->client));
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

COX_TEST_MAIN(EACH(who_does_not_connect_again_asks_before_it_is_greeted), EACH(who_connects_again_asks_when_it_is_greeted),
              EACH(a_refusal_instead_of_the_greeting_is_the_answer), EACH(a_daemon_that_hangs_up_before_it_greets_loses_the_call))
