/* Tests of cox-execd with network resources: a real daemon, and testd in the place of cox-vrrpd and coxd, which does what the parameters say. */
#include "execdkit.h"

#include <signal.h>
#include <unistd.h>

#include "model/status.h"

enum { MAX_OTHERS = 4 };

struct other {
    cox_source_id child;
    bool has_ended;
};

struct net {
    struct place *place;
    char *diary, *gate;
    struct other others[MAX_OTHERS];
    guint n_others, n_keys;
};

/* An agent that must not run. */
static const char shell_version[] = "#!/bin/sh\necho \"forked $1\" >>\"${0%/resource.d/*}/forked\"\nexit 0\n";

static int
setup(void **state)
{
    struct net *net = g_new0(struct net, 1);

    if (place_setup((void **) &net->place) != 0) {
        return 1;
    }
    net->diary = g_build_filename(net->place->root, "diary", NULL);
    net->gate = g_build_filename(net->place->root, "gate", NULL);
    agentkit_put(net->place->root, "resource.d/coxswain/IPaddr", shell_version, 0755);
    *state = net;
    return 0;
}

static void
on_other_end(void *context, cox_source_id id, const struct cox_child_result *result)
{
    struct other *other = context;

    (void) id;
    (void) result;
    other->has_ended = true;
}

static void
end_other(struct net *net, struct other *other)
{
    if (!other->has_ended) {
        assert_true(cox_runtime_child_signal(net->place->runtime, other->child, SIGKILL));
    }
    while (!other->has_ended) {
        (void) cox_runtime_step(net->place->runtime, true);
    }
}

static int
teardown(void **state)
{
    struct net *net = *state;
    void *place = net->place;
    int status;

    for (guint i = 0; i < net->n_others; i++) {
        end_other(net, &net->others[i]);
    }
    status = place_teardown(&place);
    g_free(net->diary);
    g_free(net->gate);
    g_free(net);
    return status;
}

/* testd under the name of a daemon; @extra: one more variable of its environment, or NULL. */
static struct other *
start_other(struct net *net, const char *name, const char *extra)
{
    const char *top = g_getenv("top_builddir");
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *here = g_path_get_dirname(self);
    g_autofree char *testd = top != NULL ? g_build_filename(top, "lib/service/tests/testd", NULL)
                                         : g_build_filename(here, "../../../lib/service/tests/testd", NULL);
    g_autofree char *real = realpath(testd, NULL);
    g_autofree char *path = g_build_filename(net->place->root, name, NULL);
    g_autofree char *diary = g_strconcat("TESTD_DIARY=", net->diary, NULL);
    const char *const envp[] = { diary, "TESTD_LIFE_S=120", "PCMK_logfacility=none", "COX_CLUSTER=local", extra, NULL };
    const char *const argv[] = { path, "--keep-user", "--run-directory", net->place->directory, NULL };
    const struct cox_child_spec spec = { .argv = argv, .envp = envp, .shares_output = true };
    struct other *other = &net->others[net->n_others++];

    assert_true(net->n_others <= MAX_OTHERS && real != NULL);
    (void) unlink(path);
    assert_int_equal(symlink(real, path), 0);
    other->child = cox_runtime_spawn(net->place->runtime, &spec, on_other_end, other);
    return other;
}

/* Wait until a line is in the diary for the nth time. */
static void
wait_diary(struct net *net, const char *line, guint n)
{
    for (;;) {
        g_autofree char *text = NULL;
        guint found = 0;

        (void) g_file_get_contents(net->diary, &text, NULL, NULL);
        for (const char *at = text; at != NULL && (at = strstr(at, line)) != NULL; at++) {
            found++;
        }
        assert_true(found <= n);
        if (found == n) {
            return;
        }
        place_pass(net->place, 5);
    }
}

/* An order with up to two parameters for the daemon: "name=value". */
static void
order(struct net *net, const char *task, gint64 interval_ms, gint64 timeout_ms, const char *const *words)
{
    g_autofree char *key = g_strdup_printf("%u:1:0:net", ++net->n_keys);
    g_autofree char *first = words[0] == NULL ? NULL : g_strndup(words[0], strcspn(words[0], "="));
    g_autofree char *second = words[0] == NULL || words[1] == NULL ? NULL : g_strndup(words[1], strcspn(words[1], "="));
    const struct cox_msg_pair params[] = { { first, first == NULL ? NULL : strchr(words[0], '=') + 1 },
                                           { second, second == NULL ? NULL : strchr(words[1], '=') + 1 } };
    const struct cox_msg_exec_order message = { .rsc_id = "vip", .standard = "ocf", .provider = "coxswain", .type = "IPaddr", .task = task,
                                                .key = key, .interval_ms = interval_ms, .timeout_ms = timeout_ms,
                                                .n_params = second != NULL ? 2 : first != NULL, .params = params, .generation = 1, .coordinator = 1 };

    assert_true(place_order_message(net->place, &message, NULL) > 0);
}

#define WORDS(...) ((const char *const[]) { __VA_ARGS__, NULL, NULL })

static void
actions_are_the_daemons_and_no_agent_is_run(void **state)
{
    struct net *net = *state;
    g_autofree char *forked = g_build_filename(net->place->root, "forked", NULL);

    (void) start_other(net, "coxd", NULL);
    wait_diary(net, "start coxd", 1);
    place_start(net->place);
    order(net, "monitor", 0, 60000, WORDS("code=7"));
    wait_diary(net, "need cox-vrrpd coxd", 1); /* before it is there */
    (void) start_other(net, "cox-vrrpd", NULL);
    assert_string_equal(place_wait_results(net->place, 1), "vip monitor 0 7/0");
    order(net, "start", 0, 60000, WORDS("code=0"));
    assert_string_equal(place_wait_results(net->place, 2), "vip start 0 0/0");
    order(net, "promote", 0, 60000, WORDS("code=1", "reason=interface eth9 is missing"));
    assert_string_equal(place_wait_results(net->place, 3), "vip promote 0 1/0 interface eth9 is missing");
    order(net, "monitor", 50, 60000, WORDS("code=8"));
    assert_string_equal(place_wait_results(net->place, 4), "vip monitor 50 8/0");
    order(net, "dance", 0, 60000, WORDS("code=77", "reason= two\nlines"));
    assert_string_equal(place_wait_results(net->place, 5), "vip dance 0 1/0 two");
    order(net, "notify", 0, 60000, WORDS("code=1"));
    assert_string_equal(place_wait_results(net->place, 6), "vip notify 0 0/0"); /* never fails */
    wait_diary(net, "need cox-vrrpd coxd", 1); /* once is enough */
    assert_false(g_file_test(forked, G_FILE_TEST_EXISTS));
}

static void
a_daemon_that_dies_in_the_middle_is_asked_again(void **state)
{
    struct net *net = *state;
    g_autofree char *gate = g_strconcat("gate=", net->gate, NULL);
    struct other *first;

    place_start(net->place);
    first = start_other(net, "cox-vrrpd", NULL);
    order(net, "start", 0, 60000, WORDS(gate));
    wait_diary(net, "start vip IPaddr vrrp", 1);
    end_other(net, first);
    assert_true(g_file_set_contents(net->gate, "", 0, NULL));
    (void) start_other(net, "cox-vrrpd", NULL);
    assert_string_equal(place_wait_results(net->place, 1), "vip start 0 0/0");
    wait_diary(net, "start vip IPaddr vrrp", 2);
}

static void
an_executor_that_dies_in_the_middle_asks_again(void **state)
{
    struct net *net = *state;
    g_autofree char *gate = g_strconcat("gate=", net->gate, NULL);

    (void) start_other(net, "cox-vrrpd", NULL);
    place_start(net->place);
    order(net, "start", 0, 60000, WORDS(gate));
    wait_diary(net, "start vip IPaddr vrrp", 1);
    place_end(net->place, SIGKILL);
    assert_true(g_file_set_contents(net->gate, "", 0, NULL));
    place_start(net->place);
    assert_string_equal(place_wait_results(net->place, 1), "vip start 0 0/0");
    wait_diary(net, "start vip IPaddr vrrp", 2);
}

static void
time_is_over_and_an_operation_that_is_cancelled_is_forgotten(void **state)
{
    struct net *net = *state;
    g_autofree char *gate = g_strconcat("gate=", net->gate, NULL);
    g_autoptr(cox_arena) arena = cox_arena_new();
    const struct cox_msg_exec_cancel cancel = { .rsc_id = "vip", .task = "monitor", .interval_ms = 50, .generation = 1, .coordinator = 1 };

    place_start(net->place);
    order(net, "start", 0, 200, WORDS("code=0")); /* there is neither daemon nor supervisor */
    assert_true(g_str_has_prefix(place_wait_results(net->place, 1), "vip start 0 1/2"));
    (void) start_other(net, "cox-vrrpd", NULL);
    order(net, "monitor", 50, 60000, WORDS(gate));
    wait_diary(net, "monitor vip IPaddr vrrp", 1);
    assert_non_null(place_ask(net->place, arena, COX_MSG_EXEC_CANCEL, &cancel, COX_MSG_DONE, NULL));
    assert_string_equal(place_wait_results(net->place, 2), "vip monitor 50 1/1"); /* cancelled */
    order(net, "stop", 0, 60000, WORDS("code=0"));
    assert_string_equal(place_wait_results(net->place, 3), "vip stop 0 0/0");
}

static void
a_daemon_that_is_not_installed_is_said(void **state)
{
    struct net *net = *state;

    (void) start_other(net, "coxd", "TESTD_MISSING=cox-vrrpd");
    wait_diary(net, "start coxd", 1);
    place_start(net->place);
    order(net, "monitor", 0, 60000, WORDS("code=0"));
    assert_string_equal(place_wait_results(net->place, 1), "vip monitor 0 5/7 program 'cox-vrrpd' cannot be run: install it on this node");
}

static void
secrets_reach_the_daemon_and_no_result(void **state)
{
    struct net *net = *state;
    g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_MD5, "hunter two", -1);
    g_autofree char *log = NULL;

    net->place->extra = g_strdup_printf("COX_SECRETS_DIRECTORY=%s/secrets", net->place->root);
    agentkit_put(net->place->root, "secrets/vip/reason", "hunter two\n", 0600);
    agentkit_put(net->place->root, "secrets/vip/reason.sign", digest, 0600);
    (void) start_other(net, "cox-vrrpd", NULL);
    place_start(net->place);
    order(net, "start", 0, 60000, WORDS("code=1", "reason=lrm://"));
    assert_string_equal(place_wait_results(net->place, 1), "vip start 0 1/0 ***");
    order(net, "start", 0, 60000, WORDS("output=lrm://"));
    assert_true(g_str_has_prefix(place_wait_results(net->place, 2), "vip start 0 6/11"));
    place_end(net->place, SIGTERM);
    assert_true(g_file_get_contents(net->place->log, &log, NULL, NULL));
    assert_null(strstr(log, "hunter"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
COX_TEST_MAIN(TEST(actions_are_the_daemons_and_no_agent_is_run), TEST(a_daemon_that_dies_in_the_middle_is_asked_again),
              TEST(an_executor_that_dies_in_the_middle_asks_again), TEST(time_is_over_and_an_operation_that_is_cancelled_is_forgotten),
              TEST(a_daemon_that_is_not_installed_is_said), TEST(secrets_reach_the_daemon_and_no_result))
