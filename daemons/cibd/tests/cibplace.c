/* daemons/cibd/tests/cibplace.c - a directory, a cox-cibd for one node alone in it, and a follower.  For tests only. */
#include "daemons/cibd/tests/cibplace.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>
#include <glib/gstdio.h>

#include "base/error.h"
#include "base/testkit.h"
#include "client/ask.h"
#include "runtime/loop.h"

enum { PATIENCE_S = 60 };

int
cibplace_setup(void **state)
{
    struct cibplace *place = g_new0(struct cibplace, 1);
    const char *memory = g_getenv("COX_TEST_MEMORY");

    alarm(3 * PATIENCE_S);
    place->context = g_main_context_new();
    place->runtime = cox_loop_new(place->context);
    /* in memory where possible: what a disk takes for a sync on a busy machine is none of these tests' business */
    if (memory == NULL && g_access("/dev/shm", W_OK) == 0) {
        memory = "/dev/shm";
    }
    place->directory = g_mkdtemp(g_build_filename(memory == NULL ? g_get_tmp_dir() : memory, "cox-XXXXXX", NULL));
    place->cib_directory = g_build_filename(place->directory, "cib", NULL);
    *state = place;
    return place->directory == NULL;
}

static void
remove_all(const char *directory)
{
    GDir *dir = g_dir_open(directory, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(directory, name, NULL);

        if (g_file_test(path, G_FILE_TEST_IS_DIR) && !g_file_test(path, G_FILE_TEST_IS_SYMLINK)) {
            remove_all(path);
        } else {
            (void) g_unlink(path);
        }
    }
    if (dir != NULL) {
        g_dir_close(dir);
    }
    (void) g_rmdir(directory);
}

int
cibplace_teardown(void **state)
{
    struct cibplace *place = *state;

    g_clear_pointer(&place->follow, cox_follow_free);
    g_clear_pointer(&place->other, cox_follow_free);
    if (place->daemon != 0 && !place->has_ended) {
        cibplace_end(place, SIGKILL);
    }
    remove_all(place->directory);
    cox_runtime_free(place->runtime);
    g_main_context_unref(place->context);
    g_free(place->directory);
    g_free(place->cib_directory);
    g_free(place->text);
    g_free(place);
    alarm(0);
    return 0;
}

static void
on_end(void *context, cox_source_id id, const struct cox_child_result *result)
{
    struct cibplace *place = context;

    (void) id;
    place->has_ended = true;
    place->exit_status = result->end == COX_CHILD_EXITED ? result->exit_status : -1;
}

static void
on_changed(void *context, const struct cox_follow_news *news)
{
    struct cibplace *place = context;

    place->n_whole += news->patch == NULL;
    place->n_patches += news->patch != NULL;
}

static void
on_lost(void *context, const GError *problem)
{
    (void) problem;
    ((struct cibplace *) context)->n_losses++;
}

bool
cibplace_is_current(struct cibplace *place)
{
    return cox_follow_is_current(place->follow);
}

void
cibplace_start(struct cibplace *place, const char *wrapper)
{
    const char *top = g_getenv("top_builddir");
    g_autofree char *path = g_build_filename(top == NULL ? "." : top, place->program == NULL ? "daemons/cibd/cox-cibd" : place->program, NULL);
    g_autofree char *cib = g_strconcat("COX_CIB_DIRECTORY=", place->cib_directory, NULL);
    g_autofree char *schemas = g_strconcat("COX_SCHEMA_DIRECTORY=", g_getenv("COX_SCHEMA_DIRECTORY"), NULL);
    g_autofree char *log = g_strdup_printf("PCMK_logfile=%s/log", place->directory);
    g_autofree char *asan = g_strconcat("ASAN_OPTIONS=", g_getenv("ASAN_OPTIONS"), NULL);
    const char *const envp[] = { "COX_CLUSTER=local", "PCMK_logfacility=none", cib, schemas, log, asan, NULL };
    g_autofree char *command = wrapper == NULL ? NULL : g_strdup_printf("%s %s --keep-user --run-directory %s", wrapper, path, place->directory);
    const char *const direct[] = { path, "--keep-user", "--run-directory", place->directory, NULL };
    const char *const wrapped[] = { "/bin/sh", "-c", command, NULL };
    const struct cox_child_spec spec = { .argv = wrapper == NULL ? direct : wrapped, .envp = envp, .shares_output = true };
    const struct cox_follow_settings settings = {
        .program = "test", .run_directory = place->directory, .changed = on_changed, .lost = on_lost, .context = place,
    };

    place->has_ended = false;
    place->daemon = cox_runtime_spawn(place->runtime, &spec, on_end, place);
    if (place->follow == NULL) {
        place->follow = cox_follow_new(place->runtime, &settings);
    }
    cibplace_wait(place, cibplace_is_current, "the follower has the document");
}

void
cibplace_end(struct cibplace *place, int signo)
{
    (void) cox_runtime_child_signal(place->runtime, place->daemon, signo);
    while (!place->has_ended || (place->follow != NULL && cox_follow_is_current(place->follow))) {
        (void) cox_runtime_step(place->runtime, true); /* the follower notices, too */
    }
}

static void
on_tick(void *context)
{
    *(bool *) context = true;
}

void
cibplace_wait(struct cibplace *place, bool (*holds)(struct cibplace *place), const char *what)
{
    cox_usec end = cox_usec_after_ms(cox_runtime_now(place->runtime), PATIENCE_S * 1000);

    while (!holds(place)) {
        bool has_ticked = false; /* what is waited for may come from elsewhere: look again after a while */
        cox_source_id tick = cox_runtime_timer(place->runtime, cox_usec_after_ms(cox_runtime_now(place->runtime), 20), on_tick, &has_ticked);

        (void) cox_runtime_step(place->runtime, true);
        cox_runtime_cancel(place->runtime, tick);
        if (cox_usec_is_due(end, cox_runtime_now(place->runtime))) {
            fail_msg("not in %d s: %s", PATIENCE_S, what);
        }
    }
}

static void
on_answer(void *context, const struct cox_follow_answer *answer)
{
    struct cibplace *place = context;

    place->n_answers++;
    place->code = answer->error == NULL ? 0 : answer->error->code;
    place->outcome = answer->outcome;
    g_free(place->text);
    place->text = g_strdup(answer->error == NULL ? "" : answer->error->message);
}

int
cibplace_change(struct cibplace *place, const struct cox_follow_change *given)
{
    struct cox_follow_change change = *given;
    unsigned before = place->n_answers;

    change.fn = on_answer;
    change.context = place;
    cox_follow_change(place->follow, &change);
    while (place->n_answers == before) {
        (void) cox_runtime_step(place->runtime, true);
    }
    return place->code;
}

int
cibplace_modify(struct cibplace *place, const char *section, const char *xml)
{
    const struct cox_follow_change change = { .kind = COX_EDIT_MODIFY, .section = section, .text = xml, .allows_creation = true };

    return cibplace_change(place, &change);
}

/* ---- plain requests ---- */

static bool
on_data(void *context, const guint8 *data, gsize size, GError **error)
{
    (void) error;
    g_string_append_len(context, (const char *) data, (gssize) size);
    return true;
}

static void
on_data_end(void *context, const GError *problem)
{
    (void) context;
    (void) problem;
}

static struct cox_client *
client_of(struct cibplace *place)
{
    const struct cox_client_settings settings = {
        .daemon = COX_DAEMON_CIB, .program = "test", .run_directory = place->directory, .reconnects = true,
    };

    return cox_client_new(place->runtime, &settings);
}

char *
cibplace_query(struct cibplace *place, const struct cox_msg_cib_query *query)
{
    g_autoptr(cox_client) client = client_of(place);
    g_autoptr(cox_arena) arena = cox_arena_new();
    g_autoptr(GString) text = g_string_new(NULL);
    const struct cox_sink sink = { on_data, on_data_end, text };
    struct cox_ask ask = { .call = { .message = COX_MSG_CIB_QUERY, .body = query, .timeout_ms = PATIENCE_S * 1000 },
                           .expected = COX_MSG_CIB_CONTENT, .arena = arena, .sink = &sink };
    g_autoptr(GError) error = NULL;

    if (cox_ask(place->runtime, client, &ask, &error) == NULL) {
        place->code = error->code;
        return NULL;
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

char *
cibplace_pairs(struct cibplace *place, enum cox_message message, const void *body)
{
    g_autoptr(cox_client) client = client_of(place);
    g_autoptr(cox_arena) arena = cox_arena_new();
    GString *text = NULL;
    struct cox_ask ask = { .call = { .message = message, .body = body, .timeout_ms = PATIENCE_S * 1000 }, .expected = COX_MSG_CIB_PAIRS,
                           .arena = arena };
    g_autoptr(GError) error = NULL;
    const struct cox_msg_cib_pairs *pairs = cox_ask(place->runtime, client, &ask, &error);

    place->code = pairs == NULL ? error->code : 0;
    if (pairs == NULL) {
        return NULL;
    }
    place->outcome = (enum cox_cib_outcome) pairs->outcome;
    text = g_string_new(NULL);
    for (gsize i = 0; i < pairs->n_pairs; i++) {
        g_string_append_printf(text, "%s %s=%s\n", pairs->pairs[i].id, pairs->pairs[i].name, pairs->pairs[i].value);
    }
    return g_string_free(text, FALSE);
}

char *
cibplace_complaints(struct cibplace *place)
{
    g_autoptr(cox_client) client = client_of(place);
    g_autoptr(cox_arena) arena = cox_arena_new();
    const struct cox_msg_health_query query = { 0 };
    struct cox_ask ask = { .call = { .message = COX_MSG_HEALTH_QUERY, .body = &query, .timeout_ms = PATIENCE_S * 1000 },
                           .expected = COX_MSG_HEALTH, .arena = arena };
    const struct cox_msg_health *health = cox_ask(place->runtime, client, &ask, NULL);
    GString *text = g_string_new(NULL);

    assert_non_null(health);
    for (gsize i = 0; i < health->n_complaints; i++) {
        g_string_append_printf(text, "%s\n", health->complaints[i]);
    }
    return g_string_free(text, FALSE);
}

char *
cibplace_file(const struct cibplace *place, const char *name)
{
    return g_build_filename(place->cib_directory, name, NULL);
}
