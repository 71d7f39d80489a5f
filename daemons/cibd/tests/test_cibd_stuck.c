/* Tests of daemons/cibd with a disk, or a name service, that hangs (stuck.c): everything else goes on, and status says what hangs. */
#include <stdio.h>
#include <unistd.h>
#include <glib/gstdio.h>

#include "base/error.h"
#include "base/testkit.h"
#include "client/ask.h"
#include "daemons/cibd/tests/cibplace.h"
#include "xml/xpath.h"

#define DUMMY(id) "<primitive id=\"" id "\" class=\"ocf\" provider=\"heartbeat\" type=\"Dummy\"/>"

/* The supervisor asks every second and kills after ten. */
enum { LIVENESS_MS = 1000 };

static char *
stuck_file(const struct cibplace *place)
{
    return g_build_filename(place->directory, "stuck", NULL);
}

static void
set_stuck(const struct cibplace *place, bool is_stuck)
{
    g_autofree char *path = stuck_file(place);

    if (is_stuck) {
        assert_true(g_file_set_contents(path, "", 0, NULL));
    } else {
        assert_int_equal(g_unlink(path), 0);
    }
}

static void
start(struct cibplace *place, const char *variable)
{
    g_autofree char *path = stuck_file(place);
    g_autofree char *wrapper = g_strdup_printf("%s=%s exec", variable, path);

    place->program = "daemons/cibd/tests/cibd_stuck";
    cibplace_start(place, wrapper);
}

/* Ask as the supervisor does. */
static void
assert_alive(struct cibplace *place)
{
    const struct cox_client_settings settings = { .daemon = COX_DAEMON_CIB, .program = "test", .run_directory = place->directory };
    g_autoptr(cox_client) client = cox_client_new(place->runtime, &settings);
    g_autoptr(cox_arena) arena = cox_arena_new();
    g_autoptr(GError) error = NULL;
    const struct cox_msg_ping ping = { 0 };
    struct cox_ask ask = { .call = { .message = COX_MSG_PING, .body = &ping, .timeout_ms = LIVENESS_MS }, .expected = COX_MSG_PONG,
                           .arena = arena };

    if (cox_ask(place->runtime, client, &ask, &error) == NULL) {
        fail_msg("no answer to a liveness request: %s", error->message);
    }
}

static bool
has_resource(struct cibplace *place)
{
    return cox_xpath_first(cox_cib_root(cox_follow_cib(place->follow)), "//primitive[@id='early']") != NULL;
}

static bool
says_so(struct cibplace *place)
{
    g_autofree char *complaints = cibplace_complaints(place);

    assert_alive(place);
    return strstr(complaints, "disk has not answered for") != NULL;
}

static bool
is_silent(struct cibplace *place)
{
    g_autofree char *complaints = cibplace_complaints(place);

    return strstr(complaints, "disk") == NULL;
}

static bool
has_logged(struct cibplace *place)
{
    g_autofree char *path = g_build_filename(place->directory, "log", NULL);
    g_autofree char *log = NULL;

    return g_file_get_contents(path, &log, NULL, NULL) && strstr(log, "CXE035 the document's disk does not answer directory=") != NULL
           && strstr(log, "the document's disk answers again after_ms=") != NULL;
}

static bool
has_answer(struct cibplace *place)
{
    return place->n_answers == 2;
}

static void
count_answer(void *context, const struct cox_follow_answer *answer)
{
    struct cibplace *place = context;

    place->n_answers++;
    place->code = answer->error == NULL ? 0 : answer->error->code;
    place->outcome = answer->outcome;
}

static void
a_disk_that_hangs_holds_up_only_the_answers_to_changes(void **state)
{
    struct cibplace *place = *state;
    struct cox_follow_change change = { .kind = COX_EDIT_MODIFY, .section = "resources", .text = DUMMY("early"), .allows_creation = true,
                                        .timeout_ms = 300 };

    start(place, "COX_TEST_STUCK_DISK");
    set_stuck(place, true);
    assert_int_equal(cibplace_change(place, &change), COX_ERROR_TIMEOUT); /* not on a disk: nobody says that it is done */
    cibplace_wait(place, has_resource, "the change is in the document all the same");
    change = (struct cox_follow_change) { .kind = COX_EDIT_MODIFY, .section = "resources", .text = DUMMY("late"), .allows_creation = true,
                                          .fn = count_answer, .context = place };
    cox_follow_change(place->follow, &change);
    cibplace_wait(place, says_so, "status says that the disk hangs");
    assert_int_equal(place->n_answers, 1);
    set_stuck(place, false);
    cibplace_wait(place, has_answer, "the change is answered when the disk goes on");
    assert_int_equal(place->code, 0);
    assert_int_equal(place->outcome, COX_CIB_KEPT);
    cibplace_wait(place, is_silent, "and nobody complains any more");
    cibplace_wait(place, has_logged, "the log tells both");
    cibplace_end(place, SIGKILL);
    start(place, "COX_TEST_STUCK_DISK");
    cibplace_wait(place, has_resource, "nothing was lost");
}

/* ---- names ---- */

struct outcome {
    bool is_over;
    int code;
};

static void
on_reply(void *context, const struct cox_client_reply *reply)
{
    struct outcome *outcome = context;

    outcome->is_over = true;
    outcome->code = reply->error == NULL ? 0 : reply->error->code;
}

static void
a_name_service_that_hangs_holds_up_only_those_whose_name_is_asked_for(void **state)
{
    struct cibplace *place = *state;
    const struct cox_client_settings settings = { .daemon = COX_DAEMON_CIB, .program = "test", .run_directory = place->directory };
    /* Acting for somebody whose groups are not said: they have to be looked up. */
    const struct cox_msg_cib_query query = { .section = "nodes", .user = "nobody" };
    struct outcome outcome = { 0 };
    struct cox_client_call call = { .message = COX_MSG_CIB_QUERY, .body = &query, .fn = on_reply, .context = &outcome };
    g_autoptr(cox_client) client = NULL;
    unsigned int n_changes = 0;

    start(place, "COX_TEST_STUCK_NAMES");
    set_stuck(place, true);
    client = cox_client_new(place->runtime, &settings);
    (void) cox_client_send(client, &call);
    while (!outcome.is_over) {
        g_autofree char *xml = g_strdup_printf("<node_state id='1' uname='n%u'/>", n_changes++);

        assert_int_equal(cibplace_modify(place, "status", xml), 0);
        assert_alive(place);
    }
    assert_int_equal(outcome.code, COX_ERROR_PRIVILEGE); /* after two seconds, in words: the name service does not answer */
    assert_true(n_changes > 5);
    set_stuck(place, false);
    do {
        outcome.is_over = false;
        (void) cox_client_send(client, &call);
        while (!outcome.is_over) {
            (void) cox_runtime_step(place->runtime, true);
        }
    } while (outcome.code == COX_ERROR_PRIVILEGE); /* until the worker has come back */
    assert_int_equal(outcome.code, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, cibplace_setup, cibplace_teardown)
COX_TEST_MAIN(TEST(a_disk_that_hangs_holds_up_only_the_answers_to_changes),
              TEST(a_name_service_that_hangs_holds_up_only_those_whose_name_is_asked_for))
