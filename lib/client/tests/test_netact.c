/* Tests of lib/client/netact.c: a supervisor and a daemon of the test's own, frame by frame. */
#include "client/netact.h"

#include <sys/socket.h>
#include <unistd.h>
#include <glib/gstdio.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/testkit.h"
#include "client/client.h"
#include "client/tests/fakeside.h"
#include "runtime/loop.h"

struct place {
    GMainContext *context;
    struct cox_runtime *runtime;
    char *directory;
    struct fakeside supervisor, router;
    struct cox_netacts *netacts;
    struct cox_arena *arena;
    unsigned n_answers;
    int code;          /* of the last error; 0: none */
    gint64 rc;         /* else of the action */
    char *text;        /* of the error, or the reason */
    guint32 cancelled[2]; /* by an answer, whichever comes; 0: none */
};

static int
setup(void **state)
{
    struct place *place = g_new0(struct place, 1);

    alarm(60);
    place->context = g_main_context_new();
    place->runtime = cox_loop_new(place->context);
    place->directory = g_dir_make_tmp("netact-XXXXXX", NULL);
    place->arena = cox_arena_new();
    fakeside_open(&place->supervisor, place->directory, "coxd");
    fakeside_open(&place->router, place->directory, "vrrp");
    place->netacts = cox_netacts_new(place->runtime, "test", place->directory);
    *state = place;
    return 0;
}

static int
teardown(void **state)
{
    struct place *place = *state;

    cox_netacts_free(place->netacts);
    fakeside_close(&place->supervisor);
    fakeside_close(&place->router);
    cox_runtime_free(place->runtime);
    g_main_context_unref(place->context);
    (void) g_rmdir(place->directory);
    cox_arena_free(place->arena);
    g_free(place->directory);
    g_free(place->text);
    g_free(place);
    return 0;
}

static void
on_answer(void *context, const struct cox_msg_net_acted *acted, const GError *error)
{
    struct place *place = context;

    place->n_answers++;
    place->code = error == NULL ? 0 : error->code;
    place->rc = acted == NULL ? -1 : acted->code;
    g_free(place->text);
    place->text = g_strdup(error == NULL ? acted->reason : error->message);
    cox_netact_cancel(place->netacts, place->cancelled[0]);
    cox_netact_cancel(place->netacts, place->cancelled[1]);
}

static guint32
ask(struct place *place, const char *action, gint64 timeout_ms)
{
    char name[] = "ip", value[] = "192.0.2.1"; /* gone after this */
    const struct cox_msg_pair params[] = { { name, value } };
    const struct cox_msg_net_act act = { .rsc_id = "vip", .type = "IPaddr", .action = action, .n_params = 1, .params = params,
                                         .timeout_ms = timeout_ms };
    guint32 id = cox_netact_ask(place->netacts, &act, on_answer, place);

    memset(value, 'x', sizeof value - 1);
    assert_int_not_equal(id, 0);
    return id;
}

static void
refuse(const struct fakeside *side, guint32 id, enum cox_error code)
{
    g_autoptr(GError) error = g_error_new_literal(COX_ERROR, (int) code, "no such program");
    const struct cox_frame frame = { .kind = COX_FRAME_ERROR, .message = COX_MSG_FAILURE, .id = id };
    const struct cox_msg_failure failure = { .status = (guint64) code, .text = error->message };
    g_autoptr(GBytes) bytes = cox_frame_build_message(&frame, &failure, NULL);
    gsize size;
    const void *data = g_bytes_get_data(bytes, &size);

    assert_int_equal(send(side->fd, data, size, 0), size);
}

static guint32
look(struct place *place, struct fakeside *side, const void **body, enum cox_message expected)
{
    (void) cox_runtime_step(place->runtime, false);
    return fakeside_look(side, place->arena, body, expected);
}

static guint32
wait_for(struct place *place, struct fakeside *side, const void **body, enum cox_message expected)
{
    guint32 id = 0;

    while (id == 0) {
        id = look(place, side, body, expected);
        g_usleep(500);
    }
    return id;
}

/* The supervisor is asked for the router, and says that it comes. */
static void
give_router(struct place *place)
{
    const struct cox_msg_supervisor_need *need = NULL;
    const struct cox_msg_done done = { 0 };
    guint32 id = wait_for(place, &place->supervisor, (const void **) &need, COX_MSG_SUPERVISOR_NEED);

    assert_string_equal(need->daemon, "cox-vrrpd");
    fakeside_reply(&place->supervisor, id, COX_MSG_DONE, &done);
}

/* The router is asked for this. */
static guint32
expect_act(struct place *place, const char *action)
{
    const struct cox_msg_net_act *act = NULL;
    guint32 id = wait_for(place, &place->router, (const void **) &act, COX_MSG_NET_ACT);

    assert_string_equal(act->action, action);
    assert_string_equal(act->rsc_id, "vip");
    assert_string_equal(act->type, "IPaddr");
    assert_int_equal(act->n_params, 1);
    assert_string_equal(act->params[0].name, "ip");
    assert_string_equal(act->params[0].value, "192.0.2.1");
    return id;
}

static void
wait_for_answer(struct place *place, unsigned n)
{
    while (place->n_answers < n) {
        (void) cox_runtime_step(place->runtime, true);
    }
    assert_int_equal(place->n_answers, n);
}

static void
who_does_what_is_known(void **state)
{
    static const char *const routed[] = { "IPaddr", "IProute", "VirtualRouter" }, *const balanced[] = { "VirtualServer", "IPVSsync" };
    enum cox_daemon daemon = COX_DAEMON_N;

    (void) state;
    for (gsize i = 0; i < G_N_ELEMENTS(routed); i++) {
        assert_true(cox_netact_daemon("coxswain", routed[i], &daemon));
        assert_int_equal(daemon, COX_DAEMON_VRRP);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(balanced); i++) {
        assert_true(cox_netact_daemon("coxswain", balanced[i], &daemon));
        assert_int_equal(daemon, COX_DAEMON_LVS);
    }
    assert_true(cox_netact_daemon("pacemaker", "IPaddr", &daemon));
    assert_false(cox_netact_daemon("heartbeat", "IPaddr", &daemon));
    assert_false(cox_netact_daemon("coxswain", "IPaddr2", &daemon));
    assert_false(cox_netact_daemon(NULL, NULL, &daemon));
}

static void
the_daemon_is_wanted_once_and_answers(void **state)
{
    struct place *place = *state;
    const struct cox_msg_net_acted acted = { .code = 7, .reason = "not started" };
    const void *none = NULL;
    guint32 first, second;

    (void) ask(place, "monitor", 20000);
    (void) ask(place, "start", 0);
    give_router(place);
    first = expect_act(place, "monitor");
    second = expect_act(place, "start");
    fakeside_reply(&place->router, second, COX_MSG_NET_ACTED, &acted);
    wait_for_answer(place, 1);
    assert_int_equal(place->rc, 7);
    assert_string_equal(place->text, "not started");
    fakeside_reply(&place->router, first, COX_MSG_NET_ACTED, &acted);
    wait_for_answer(place, 2);
    (void) ask(place, "stop", 20000); /* it is connected: nobody need be asked for it */
    (void) expect_act(place, "stop");
    assert_int_equal(look(place, &place->supervisor, &none, COX_MSG_SUPERVISOR_NEED), 0);
}

static void
what_was_asked_of_one_that_died_is_asked_of_the_next(void **state)
{
    struct place *place = *state;
    const struct cox_msg_net_acted acted = { .code = 0 };

    (void) ask(place, "start", 20000);
    give_router(place);
    (void) expect_act(place, "start");
    fakeside_hang_up(&place->router);
    give_router(place); /* the supervisor knows, but may have been restarted as well */
    fakeside_reply(&place->router, expect_act(place, "start"), COX_MSG_NET_ACTED, &acted);
    wait_for_answer(place, 1);
    assert_int_equal(place->code, 0);
    assert_int_equal(place->rc, 0);
    assert_int_equal(place->router.n_visits, 2);
}

static void
a_supervisor_that_dies_is_asked_again_when_it_is_back(void **state)
{
    struct place *place = *state;
    const void *need = NULL;

    fakeside_close(&place->router); /* there is none yet */
    (void) ask(place, "start", 20000);
    (void) wait_for(place, &place->supervisor, &need, COX_MSG_SUPERVISOR_NEED);
    fakeside_hang_up(&place->supervisor);
    give_router(place);
    fakeside_open(&place->router, place->directory, "vrrp");
    (void) expect_act(place, "start");
}

static void
a_daemon_that_is_not_installed_fails_what_waits_for_it(void **state)
{
    struct place *place = *state;
    const void *need = NULL;
    guint32 id;

    place->cancelled[0] = ask(place, "start", 20000);
    place->cancelled[1] = ask(place, "monitor", 20000);
    fakeside_close(&place->router);
    id = wait_for(place, &place->supervisor, &need, COX_MSG_SUPERVISOR_NEED);
    refuse(&place->supervisor, id, COX_ERROR_NOT_INSTALLED);
    wait_for_answer(place, 1);
    assert_int_equal(place->code, COX_ERROR_NOT_INSTALLED);
    assert_string_equal(place->text, "no such program");
    assert_int_equal(look(place, &place->supervisor, &need, COX_MSG_SUPERVISOR_NEED), 0);
    assert_int_equal(place->n_answers, 1);
    fakeside_open(&place->router, place->directory, "vrrp");
}

static void
its_time_is_over_with_and_without_a_daemon(void **state)
{
    struct place *place = *state;

    (void) ask(place, "start", 50);
    wait_for_answer(place, 1);
    assert_int_equal(place->code, COX_ERROR_TIMEOUT);
    assert_string_equal(place->text, "cox-vrrpd did not answer within 50 ms");
    give_router(place);
    (void) ask(place, "start", 3000);
    (void) expect_act(place, "start");
    wait_for_answer(place, 2);
    assert_int_equal(place->code, COX_ERROR_TIMEOUT);
}

static void
what_makes_no_sense_is_an_error_and_a_refusal_is_told(void **state)
{
    struct place *place = *state;
    const struct cox_msg_done done = { 0 };

    (void) ask(place, "start", 0);
    give_router(place);
    fakeside_reply(&place->router, expect_act(place, "start"), COX_MSG_DONE, &done);
    wait_for_answer(place, 1);
    assert_int_equal(place->code, COX_ERROR_PROTOCOL);
    (void) ask(place, "dance", 0);
    refuse(&place->router, expect_act(place, "dance"), COX_ERROR_UNIMPLEMENTED);
    wait_for_answer(place, 2);
    assert_int_equal(place->code, COX_ERROR_UNIMPLEMENTED);
}

static void
who_is_cancelled_hears_nothing(void **state)
{
    struct place *place = *state;
    const struct cox_msg_net_acted acted = { .code = 0 };
    guint32 id = ask(place, "start", 0);
    guint32 request;

    give_router(place);
    request = expect_act(place, "start");
    cox_netact_cancel(place->netacts, id);
    cox_netact_cancel(place->netacts, id);
    cox_netact_cancel(place->netacts, 0);
    fakeside_reply(&place->router, request, COX_MSG_NET_ACTED, &acted);
    (void) ask(place, "stop", 0);
    fakeside_reply(&place->router, expect_act(place, "stop"), COX_MSG_NET_ACTED, &acted);
    wait_for_answer(place, 1);
    (void) ask(place, "monitor", 0); /* the end of all comes before its answer */
    cox_netacts_free(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
COX_TEST_MAIN(cmocka_unit_test(who_does_what_is_known), TEST(the_daemon_is_wanted_once_and_answers),
              TEST(what_was_asked_of_one_that_died_is_asked_of_the_next), TEST(a_supervisor_that_dies_is_asked_again_when_it_is_back),
              TEST(a_daemon_that_is_not_installed_fails_what_waits_for_it), TEST(its_time_is_over_with_and_without_a_daemon),
              TEST(what_makes_no_sense_is_an_error_and_a_refusal_is_told), TEST(who_is_cancelled_hears_nothing))
