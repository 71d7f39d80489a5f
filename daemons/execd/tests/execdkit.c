/* daemons/execd/tests/execdkit.c - see execdkit.h. */
#include "execdkit.h"

#include <signal.h>
#include <unistd.h>

#include "base/error.h"
#include "runtime/loop.h"

/* Runs as long as OCF_RESKEY_seconds says, or until the gate is opened; is "running" while its file exists. */
static const char slow_agent[] =
    "#!/bin/sh\n"
    "trace=$OCF_RESKEY_trace state=$OCF_RESKEY_trace.$OCF_RESOURCE_INSTANCE\n"
    "t() { printf '%s %s %s %s\\n' \"$1\" \"$OCF_RESOURCE_INSTANCE\" \"$2\" $$ >>\"$trace\"; }\n"
    "w() { case $OCF_RESKEY_seconds in 0);; gate) until [ -e \"$trace.gate\" ]; do sleep 0.02; done;; *) sleep \"$OCF_RESKEY_seconds\";; esac; }\n"
    "[ \"$1\" = meta-data ] || t begin \"$1\"\n"
    "case $1 in\n"
    "start) w; : >\"$state\"; rc=0;;\n"
    "stop) w; rm -f \"$state\"; rc=0;;\n"
    "monitor) [ -e \"$state\" ] && rc=0 || rc=7;;\n"
    "hang) trap '' TERM HUP INT; sleep 100 & sleep 100; rc=0;;\n"
    "forks) sleep 77 & sleep 77 >/dev/null 2>&1 & rc=0;;\n"
    "flood) head -c 30000000 /dev/zero | tr '\\0' x; head -c 3000000 /dev/zero | tr '\\0' y >&2; echo 'ocf-exit-reason:flooded' >&2; rc=1;;\n"
    "killed) kill -KILL $$;;\n"
    "env) env >\"$trace.env\"; rc=0;;\n"
    "limits) { grep -E '^Sig(Blk|Ign|Cgt)' /proc/self/status; cat /proc/self/oom_score_adj; ulimit -c; ulimit -n; umask; pwd; ls /proc/self/fd; } >\"$trace.limits\"; rc=0;;\n"
    "meta-data) echo '<?xml version=\"1.0\"?><resource-agent name=\"slow\"><version>1.1</version></resource-agent>'; exit 0;;\n"
    "notify) exit 1;;\n"
    "tells) w; echo \"logs in with $OCF_RESKEY_password\" >&2; echo \"ocf-exit-reason:$OCF_RESKEY_password is wrong\" >&2; rc=1;;\n"
    "tells-much) printf 'ocf-exit-reason:%01020d%s\\n' 0 \"$OCF_RESKEY_password\" >&2; rc=1;;\n"
    "*) rc=3;;\n"
    "esac\n"
    "t end \"$1\"\nexit $rc\n";

static void
on_result(void *context, const struct cox_client_event *event)
{
    struct place *place = context;
    const struct cox_msg_exec_result *result = event->body;

    if (event->kind == COX_CLIENT_EVENT && event->message == COX_MSG_EXEC_RESULT) {
        for (guint i = 0; i < place->calls->len; i++) {
            if (g_array_index(place->calls, gint64, i) == result->call_id) {
                return; /* told again */
            }
        }
        g_array_append_val(place->calls, result->call_id);
        g_ptr_array_add(place->results, g_strdup_printf("%s %s %d %d/%d%s%s", result->rsc_id, result->task, (int) result->interval_ms,
                                                        (int) result->rc, (int) result->status, result->reason == NULL ? "" : " ",
                                                        result->reason == NULL ? "" : result->reason));
        place->last_began_at = result->began_at;
        place->last_exec_ms = result->exec_ms;
        place->last_is_first = result->is_first;
    }
}

int
place_setup(void **state)
{
    struct place *place = g_new0(struct place, 1);

    alarm(120);
    place->runtime = cox_loop_new(NULL); /* the default context: GDBus works in it */
    place->directory = agentkit_new();
    place->root = agentkit_new();
    place->trace = g_build_filename(place->root, "trace", NULL);
    place->log = g_build_filename(place->directory, "log", NULL);
    place->results = g_ptr_array_new_with_free_func(g_free);
    place->calls = g_array_new(FALSE, FALSE, sizeof(gint64));
    place->generation = place->coordinator = 1;
    agentkit_put(place->root, "resource.d/test/slow", slow_agent, 0755);
    agentkit_put(place->root, "resource.d/test/binary", "\x01\x02 no program", 0755);
    agentkit_put(place->root, "service", "#!/bin/sh\n[ \"$1\" = status ] && exit 3\nexit 0\n", 0755);
    *state = place;
    return 0;
}

int
place_teardown(void **state)
{
    struct place *place = *state;

    if (place->daemon != 0 && !place->has_ended) {
        place_end(place, SIGTERM);
    }
    cox_client_free(place->client);
    cox_runtime_free(place->runtime);
    agentkit_remove(place->directory);
    agentkit_remove(place->root);
    g_ptr_array_unref(place->results);
    g_array_unref(place->calls);
    g_free(place->trace);
    g_free(place->log);
    g_free(place->extra);
    g_free(place);
    return 0;
}

static void
on_end(void *context, cox_source_id id, const struct cox_child_result *result)
{
    struct place *place = context;

    (void) id;
    place->has_ended = true;
    place->end = *result;
    if (result->err_size > 0) {
        print_message("%s", result->err);
    }
}

static char *
daemon_path(void)
{
    const char *top = g_getenv("top_builddir");
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *here = g_path_get_dirname(self);

    return top != NULL ? g_build_filename(top, "daemons/execd/cox-execd", NULL) : g_build_filename(here, "../cox-execd", NULL);
}

void
place_start(struct place *place)
{
    g_autofree char *path = daemon_path();
    g_autofree char *log = g_strconcat("PCMK_logfile=", place->log, NULL);
    g_autofree char *root = g_strconcat("COX_OCF_ROOT=", place->root, NULL);
    g_autofree char *lsb = g_strconcat("COX_LSB_DIRECTORY=", place->root, NULL);
    g_autofree char *asan = g_strconcat("ASAN_OPTIONS=", g_getenv("ASAN_OPTIONS"), NULL);
    const char *const envp[] = { "PCMK_logfacility=none", log, root, lsb, asan, "PCMK_debug=yes", place->extra, NULL };
    const char *const argv[] = { path, "--keep-user", "--run-directory", place->directory, NULL };
    const struct cox_child_spec spec = { .argv = argv, .envp = envp, .out_limit_bytes = 65536, .err_limit_bytes = 65536 };

    place->has_ended = false;
    place->daemon = cox_runtime_spawn(place->runtime, &spec, on_end, place);
    if (place->client == NULL) {
        const struct cox_client_settings settings = { .daemon = COX_DAEMON_EXEC, .program = "test", .run_directory = place->directory,
                                                      .reconnects = true };

        place->client = cox_client_new(place->runtime, &settings);
        (void) cox_client_subscribe(place->client, "results", on_result, place);
    }
    while (!cox_client_is_up(place->client)) {
        if (place->has_ended) {
            fail_msg("the daemon ended");
        }
        (void) cox_runtime_step(place->runtime, true);
    }
}

void
place_end(struct place *place, int signo)
{
    assert_true(cox_runtime_child_signal(place->runtime, place->daemon, signo));
    while (!place->has_ended || cox_client_is_up(place->client)) {
        (void) cox_runtime_step(place->runtime, true);
    }
}

const void *
place_ask(struct place *place, struct cox_arena *arena, enum cox_message message, const void *body, enum cox_message expected,
          GError **error)
{
    struct cox_ask ask = { .call = { .message = message, .body = body, .timeout_ms = 60000 }, .expected = expected, .arena = arena };

    return cox_ask(place->runtime, place->client, &ask, error);
}

guint64
place_order_message(struct place *place, const struct cox_msg_exec_order *order, GError **error)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    const struct cox_msg_done *done = place_ask(place, arena, COX_MSG_EXEC_ORDER, order, COX_MSG_DONE, error);

    return done == NULL ? 0 : done->number;
}

guint64
place_order(struct place *place, const char *agent, const char *rsc, const char *task, gint64 interval_ms, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(agent == NULL ? "ocf:test:slow" : agent, ":", 3);
    bool has_provider = parts[2] != NULL;
    g_autofree char *key = g_strdup_printf("%u:1:0:test", ++place->n_keys);
    /* a task "start@1.5" takes 1.5 seconds, "start@gate" until place_open_gate() */
    g_auto(GStrv) words = g_strsplit(task, "@", 2);
    const struct cox_msg_pair params[] = { { "trace", place->trace }, { "seconds", words[1] == NULL ? "0" : words[1] },
                                           { "CRM_meta_timeout", "20000" }, { "CRM_meta_name", words[0] }, { "LD_PRELOAD", "/nonexistent.so" },
                                           { "bad name", "x" } };
    const struct cox_msg_exec_order order = {
        .rsc_id = rsc, .standard = parts[0], .provider = has_provider ? parts[1] : NULL, .type = has_provider ? parts[2] : parts[1],
        .task = words[0], .key = key, .interval_ms = interval_ms, .timeout_ms = strcmp(words[0], "hang") == 0 ? 300 : 20000,
        .generation = place->generation, .coordinator = place->coordinator, .n_params = G_N_ELEMENTS(params), .params = params,
    };

    return place_order_message(place, &order, error);
}

const char *
place_wait_results(struct place *place, guint n)
{
    while (place->results->len < n) {
        (void) cox_runtime_step(place->runtime, true);
    }
    assert_int_equal(place->results->len, n);
    return place->results->pdata[n - 1];
}

static void
on_passed(void *context)
{
    *(bool *) context = true;
}

void
place_pass(struct place *place, gint64 ms)
{
    bool is_over = false;

    (void) cox_runtime_timer(place->runtime, cox_usec_after_ms(cox_runtime_now(place->runtime), ms), on_passed, &is_over);
    while (!is_over) {
        (void) cox_runtime_step(place->runtime, true);
    }
}

char *
place_wait_trace(struct place *place, const char *line)
{
    for (;;) {
        char *text = NULL;

        if (g_file_get_contents(place->trace, &text, NULL, NULL) && strstr(text, line) != NULL) {
            return text;
        }
        g_free(text);
        place_pass(place, 5);
    }
}

void
place_check_no_overlap(struct place *place)
{
    g_autofree char *text = NULL;
    g_autoptr(GHashTable) busy = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

    assert_true(g_file_get_contents(place->trace, &text, NULL, NULL));
    {
        g_auto(GStrv) lines = g_strsplit(text, "\n", 0);

        for (gsize i = 0; lines[i] != NULL && lines[i][0] != '\0'; i++) {
            g_auto(GStrv) words = g_strsplit(lines[i], " ", 4);
            const char *running = g_hash_table_lookup(busy, words[1]);

            if (strcmp(words[0], "begin") == 0) {
                if (running != NULL) {
                    fail_msg("%s: %s begins while %s runs:\n%s", words[1], words[2], running, text);
                }
                g_hash_table_insert(busy, g_strdup(words[1]), g_strdup(words[2]));
            } else {
                assert_non_null(running);
                g_hash_table_remove(busy, words[1]);
            }
        }
    }
}

void
place_open_gate(struct place *place)
{
    g_autofree char *path = g_strconcat(place->trace, ".gate", NULL);

    assert_true(g_file_set_contents(path, "", 0, NULL));
}

guint
place_count(struct place *place, const char *line)
{
    g_autofree char *text = NULL;
    guint n = 0;

    (void) g_file_get_contents(place->trace, &text, NULL, NULL);
    for (const char *at = text; at != NULL && (at = strstr(at, line)) != NULL; at++) {
        n++;
    }
    return n;
}

gint64
place_stat(struct place *place, const char *name)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    const struct cox_msg_health_query query = { 0 };
    const struct cox_msg_health *health = place_ask(place, arena, COX_MSG_HEALTH_QUERY, &query, COX_MSG_HEALTH, NULL);

    assert_non_null(health);
    for (gsize i = 0; i < health->n_stats; i++) {
        if (strcmp(health->stats[i].name, name) == 0) {
            return health->stats[i].value;
        }
    }
    fail_msg("no number '%s'", name);
    return -1;
}
