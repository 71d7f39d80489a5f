/* Tests of daemons/controld/alerts.c: what alert agents are told */
#include "daemons/controld/alerts.h"

#include "base/testkit.h"
#include "fence/fencedevice.h"

struct told {
    guint n;
    enum cox_daemon daemon;
    guint message;
    char *kind, *node, *desc, *task;
    guint64 nodeid;
    gint64 rc, happened_us;
};

static guint32
ask(void *context, enum cox_daemon daemon, struct cox_client_call *call)
{
    struct told *told = context;
    const struct cox_msg_exec_alert *alert = call->body;

    told->n++;
    told->daemon = daemon;
    told->message = call->message;
    told->kind = g_strdup(alert->kind);
    told->node = g_strdup(alert->node);
    told->desc = g_strdup(alert->desc);
    told->task = g_strdup(alert->task);
    told->nodeid = alert->nodeid;
    told->rc = alert->rc;
    told->happened_us = alert->happened_us;
    return told->n;
}

static void
clear(struct told *told)
{
    g_free(told->kind);
    g_free(told->node);
    g_free(told->desc);
    g_free(told->task);
    *told = (struct told) { 0 };
}

static void
a_node_that_comes_or_goes_is_told_to_the_executor(void **state)
{
    struct told told = { 0 };
    const struct controld_neighbours neighbours = { .ask = ask, .context = &told };

    (void) state;
    controld_alert_node(&neighbours, "n2", 2, true);
    assert_true(told.n == 1 && told.daemon == COX_DAEMON_EXEC && told.message == COX_MSG_EXEC_ALERT && told.nodeid == 2);
    assert_string_equal(told.kind, "node");
    assert_string_equal(told.node, "n2");
    assert_string_equal(told.desc, "member");
    clear(&told);
    controld_alert_node(&neighbours, NULL, 17, false);
    assert_string_equal(told.node, "17");
    assert_string_equal(told.desc, "lost");
    clear(&told);
}

static void
a_fencing_that_is_over_is_told_in_words(void **state)
{
    struct told told = { 0 };
    const struct controld_neighbours neighbours = { .ask = ask, .context = &told };
    struct cox_msg_fence_event event = { .target = "n3", .action = COX_FENCE_REBOOT, .client = "cox-controld", .origin = "n1", .delegate = "n2",
                                         .state = 1, .done_at_us = 77, .id = "1.5" };

    (void) state;
    controld_alert_fencing(&neighbours, &event);
    assert_string_equal(told.kind, "fencing");
    assert_string_equal(told.node, "n3");
    assert_string_equal(told.task, "reboot");
    assert_string_equal(told.desc, "Operation reboot of n3 by n2 for cox-controld@n1: OK (ref=1.5)");
    assert_true(told.rc == 0 && told.happened_us == 77);
    clear(&told);
    event.state = 0;
    event.delegate = NULL;
    event.reason = "no power";
    controld_alert_fencing(&neighbours, &event);
    assert_string_equal(told.desc, "Operation reboot of n3 by <no-one> for cox-controld@n1: no power (ref=1.5)");
    assert_int_equal(told.rc, 1);
    clear(&told);
    event.state = 2; /* under way: nothing has happened yet */
    controld_alert_fencing(&neighbours, &event);
    assert_int_equal(told.n, 0);
}

static void
a_node_that_lives_although_it_was_fenced_is_critical(void **state)
{
    struct told told = { 0 };
    const struct controld_neighbours neighbours = { .ask = ask, .context = &told };

    (void) state;
    controld_alert_barred(&neighbours, "n3");
    assert_string_equal(told.kind, "fencing");
    assert_string_equal(told.node, "n3");
    assert_int_equal(told.rc, 1);
    assert_true(g_str_has_prefix(told.desc, "CRITICAL: n3 "));
    clear(&told);
}

COX_TEST_MAIN(cmocka_unit_test(a_node_that_comes_or_goes_is_told_to_the_executor), cmocka_unit_test(a_fencing_that_is_over_is_told_in_words),
              cmocka_unit_test(a_node_that_lives_although_it_was_fenced_is_critical))
