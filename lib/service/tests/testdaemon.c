/* lib/service/tests/testdaemon.c - see testdaemon.h. */
#include "service/tests/testdaemon.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <glib/gstdio.h>

#include "base/testkit.h"
#include "runtime/loop.h"

int
place_setup(void **state)
{
    struct place *place = g_new0(struct place, 1);

    alarm(300);
    place->context = g_main_context_new();
    place->runtime = cox_loop_new(place->context);
    place->directory = g_dir_make_tmp("cox-XXXXXX", NULL);
    place->socket = g_build_filename(place->directory, "attr.sock", NULL);
    place->out = g_string_new(NULL);
    place->err = g_string_new(NULL);
    *state = place;
    return place->directory == NULL;
}

int
place_teardown(void **state)
{
    struct place *place = *state;
    const char *name;
    GDir *dir;

    if (place->daemon != 0 && !place->has_ended) {
        cox_runtime_child_signal(place->runtime, place->daemon, SIGKILL);
        place_wait_end(place);
    }
    dir = g_dir_open(place->directory, 0, NULL);
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(place->directory, name, NULL);

        (void) remove(path);
    }
    if (dir != NULL) {
        g_dir_close(dir);
    }
    (void) g_rmdir(place->directory);
    cox_runtime_free(place->runtime);
    g_main_context_unref(place->context);
    g_free(place->directory);
    g_free(place->socket);
    g_string_free(place->out, TRUE);
    g_string_free(place->err, TRUE);
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
    g_string_assign(place->out, result->out);
    g_string_assign(place->err, result->err);
}

void
place_start(struct place *place, const char *argument, const char *environment)
{
    const char *top = g_getenv("top_builddir");
    g_autofree char *path = NULL;
    g_autofree char *log = g_strdup_printf("PCMK_logfile=%s/log", place->directory);
    /* a quarantine of freed memory would look like growth */
    g_autofree char *asan = g_strconcat("ASAN_OPTIONS=quarantine_size_mb=1:", g_getenv("ASAN_OPTIONS"), NULL);
    const char *const envp[] = { "PCMK_logfacility=none", "COX_CLUSTER=local", log, asan, "PCMK_debug=yes", place->is_hasty ? "TESTD_HASTY=1" : "TESTD=1",
                                 environment, NULL };
    const char *argv[] = { NULL, "--keep-user", "--run-directory", place->directory, argument, NULL };
    struct cox_child_spec spec = { .argv = argv, .envp = envp, .out_limit_bytes = 65536, .err_limit_bytes = 65536 };

    if (top != NULL) {
        path = g_build_filename(top, "lib/service/tests/testd", NULL);
    } else {
        g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
        g_autofree char *directory = g_path_get_dirname(self);

        path = g_build_filename(directory, "../../service/tests/testd", NULL);
    }
    argv[0] = path;
    place->has_ended = false;
    place->daemon = cox_runtime_spawn(place->runtime, &spec, on_end, place);
    place->pid = cox_runtime_child_pid(place->runtime, place->daemon);
}

void
place_start_ready(struct place *place)
{
    g_autoptr(cox_client) client = NULL;

    place_start(place, NULL, NULL);
    client = place_client(place, true);
    while (!cox_client_is_up(client)) {
        if (place->has_ended) {
            fail_msg("the daemon ended: %s", place->err->str);
        }
        (void) cox_runtime_step(place->runtime, true);
    }
}

void
place_wait_end(struct place *place)
{
    while (!place->has_ended) {
        (void) cox_runtime_step(place->runtime, true);
    }
}

struct cox_client *
place_client(struct place *place, bool reconnects)
{
    const struct cox_client_settings settings = {
        .daemon = COX_DAEMON_ATTR, .program = "test", .run_directory = place->directory, .reconnects = reconnects
    };

    return cox_client_new(place->runtime, &settings);
}

bool
place_note(struct place *place, struct cox_client *client, const char *order, guint64 *number, GError **error)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    const struct cox_msg_note note = { .topic = order, .number = number == NULL ? 0 : *number };
    struct cox_ask ask = { .call = { .message = COX_MSG_NOTE, .body = &note, .timeout_ms = 200000 },
                           .expected = g_str_has_prefix(order, "publish") || g_str_has_prefix(order, "tell") ? COX_MSG_DONE : COX_MSG_NOTE, .arena = arena };
    const struct cox_msg_note *answer = cox_ask(place->runtime, client, &ask, error);

    if (answer != NULL && number != NULL && ask.expected == COX_MSG_NOTE) {
        *number = answer->number;
    }
    return answer != NULL;
}

gint64
place_stat(struct place *place, struct cox_client *client, const char *name)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    const struct cox_msg_health_query query = { 0 };
    struct cox_ask ask = { .call = { .message = COX_MSG_HEALTH_QUERY, .body = &query, .timeout_ms = 200000 },
                           .expected = COX_MSG_HEALTH, .arena = arena };
    g_autoptr(GError) error = NULL;
    const struct cox_msg_health *health = cox_ask(place->runtime, client, &ask, &error);

    if (health == NULL) {
        fail_msg("health: %s", error->message);
    }
    for (gsize i = 0; i < health->n_stats; i++) {
        if (strcmp(health->stats[i].name, name) == 0) {
            return health->stats[i].value;
        }
    }
    fail_msg("no number '%s'", name);
    return -1;
}

int
place_raw(struct place *place)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

    g_strlcpy(address.sun_path, place->socket, sizeof address.sun_path);
    assert_int_equal(connect(fd, (const struct sockaddr *) &address, sizeof address), 0);
    return fd;
}

gsize
place_raw_wait_closed(struct place *place, int fd)
{
    g_autofree char *buffer = g_malloc(COX_FRAME_MAX_BYTES);
    gsize total = 0;

    (void) place;
    for (;;) {
        ssize_t n = recv(fd, buffer, COX_FRAME_MAX_BYTES, 0);

        if (n == 0 || (n < 0 && errno == ECONNRESET)) {
            close(fd);
            return total;
        }
        assert_true(n > 0);
        total += (gsize) n;
    }
}

int
place_raw_greeted(struct place *place)
{
    const struct cox_frame frame = { .kind = COX_FRAME_REQUEST, .message = COX_MSG_HELLO };
    const struct cox_msg_hello hello = { .level = 99, .program = "raw" };
    g_autoptr(GBytes) bytes = cox_frame_build_message(&frame, &hello, NULL);
    int fd = place_raw(place);
    guint8 buffer[256];
    struct cox_frame answer;
    ssize_t n;

    assert_int_equal(write(fd, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes)), g_bytes_get_size(bytes));
    n = recv(fd, buffer, sizeof buffer, 0);
    assert_true(n > 0 && cox_frame_parse(buffer, (gsize) n, &answer, NULL));
    assert_int_equal(answer.message, COX_MSG_WELCOME);
    return fd;
}
