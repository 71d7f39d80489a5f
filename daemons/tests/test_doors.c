/* All daemons of a node alone below a real coxd, and people at every socket of them: garbage, lies, and a user who may only look. */
#include "client/ask.h"

#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <glib/gstdio.h>

#include "base/error.h"
#include "base/testkit.h"
#include "client/dial.h"
#include "proto/frame.h"
#include "proto/marshal.h"
#include "runtime/loop.h"

enum { LIMIT_S = 280, ANSWER_MS = 20000, NOBODY = 65534 };

static const char *const programs[] = { "cibd/cox-cibd", "execd/cox-execd",   "fenced/cox-fenced",  "attrd/cox-attrd",
                                        "schedd/cox-schedd", "controld/cox-controld", "execd/cox-agent-keeper" };

struct node {
    GMainContext *context;
    struct cox_runtime *runtime;
    char *directory, *programs;
    cox_source_id child;
    bool has_ended;
    struct cox_child_result end;
};

/* ---- the node ---- */

static void
on_end(void *context, cox_source_id id, const struct cox_child_result *result)
{
    struct node *node = context;

    (void) id;
    node->has_ended = true;
    node->end = *result;
}

static char *
built(const char *name)
{
    const char *top = g_getenv("top_builddir");
    g_autofree char *path = g_build_filename(top == NULL ? "." : top, "daemons", name, NULL);

    return g_canonicalize_filename(path, NULL);
}

static const void *
ask(struct node *node, enum cox_daemon daemon, struct cox_client_call *call, enum cox_message expected, struct cox_arena *arena)
{
    const struct cox_client_settings settings = { .daemon = daemon, .program = "test", .run_directory = node->directory };
    g_autoptr(cox_client) client = cox_client_new(node->runtime, &settings);
    struct cox_ask question = { .call = *call, .expected = expected, .arena = arena };

    question.call.timeout_ms = ANSWER_MS;
    return cox_ask(node->runtime, client, &question, NULL);
}

static const struct cox_msg_supervisor_state *
state_of(struct node *node, struct cox_arena *arena)
{
    static const struct cox_msg_supervisor_query query = { 0 };
    struct cox_client_call call = { .message = COX_MSG_SUPERVISOR_QUERY, .body = &query };

    return ask(node, COX_DAEMON_SUPERVISOR, &call, COX_MSG_SUPERVISOR_STATE, arena);
}

/* It leads itself: everything has begun. */
static bool
leads(struct node *node)
{
    static const struct cox_msg_control_query query = { 0 };
    struct cox_client_call call = { .message = COX_MSG_CONTROL_QUERY, .body = &query };
    g_autoptr(cox_arena) arena = cox_arena_new();
    const struct cox_msg_supervisor_state *state = state_of(node, arena);
    const struct cox_msg_control_state *control;

    if (state == NULL || g_strcmp0(state->state, "running") != 0) {
        return false;
    }
    control = ask(node, COX_DAEMON_CONTROL, &call, COX_MSG_CONTROL_STATE, arena);
    return control != NULL && control->coordinator != NULL && g_strcmp0(control->phase, "S_IDLE") == 0;
}

static int
setup(void **state)
{
    struct node *node = g_new0(struct node, 1);
    g_autofree char *coxd = built("coxd/coxd");
    g_autofree char *where = NULL, *log = NULL, *cib = NULL, *inputs = NULL, *schemas = NULL, *asan = NULL;

    *state = node;
    alarm(LIMIT_S);
    node->context = g_main_context_new();
    node->runtime = cox_loop_new(node->context);
    node->directory = g_access("/dev/shm", W_OK) == 0 ? g_mkdtemp(g_strdup("/dev/shm/cox-XXXXXX")) : g_dir_make_tmp("cox-XXXXXX", NULL);
    node->programs = g_build_filename(node->directory, "programs", NULL);
    assert_int_equal(g_chmod(node->directory, 0755) | g_mkdir(node->programs, 0755), 0);
    for (gsize i = 0; i < G_N_ELEMENTS(programs); i++) {
        g_autofree char *target = built(programs[i]);
        g_autofree char *name = g_path_get_basename(programs[i]);
        g_autofree char *link = g_build_filename(node->programs, name, NULL);

        assert_int_equal(symlink(target, link), 0);
    }
    where = g_strconcat("COX_DAEMON_DIRECTORY=", node->programs, NULL);
    log = g_strconcat("PCMK_logfile=", node->directory, "/log", NULL);
    cib = g_strconcat("COX_CIB_DIRECTORY=", node->directory, "/cib", NULL);
    inputs = g_strconcat("COX_PENGINE_DIRECTORY=", node->directory, "/pe", NULL);
    schemas = g_strconcat("COX_SCHEMA_DIRECTORY=", g_getenv("COX_SCHEMA_DIRECTORY"), NULL);
    asan = g_strconcat("ASAN_OPTIONS=", g_getenv("ASAN_OPTIONS"), NULL);
    {
        /* Nothing may be started again unnoticed, and a machine that stands still must not look like a daemon that does. */
        const char *const envp[] = { where, log, cib, inputs, schemas, asan, "PCMK_logfacility=none", "COX_CLUSTER=local",
                                     "COX_LIVENESS_MS=60000", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL };
        const char *const argv[] = { coxd, "--keep-user", "--run-directory", node->directory, NULL };
        const struct cox_child_spec spec = { .argv = argv, .envp = envp, .shares_output = true };

        node->child = cox_runtime_spawn(node->runtime, &spec, on_end, node);
    }
    while (!leads(node)) {
        assert_false(node->has_ended);
        g_usleep(20000);
    }
    return 0;
}

static void
remove_all(const char *path)
{
    g_autoptr(GDir) dir = g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *below = g_build_filename(path, name, NULL);

        remove_all(below);
    }
    (void) g_remove(path);
}

static int
teardown(void **state)
{
    struct node *node = *state;

    if (!node->has_ended) { /* a killed supervisor would leave its daemons behind */
        cox_runtime_child_signal(node->runtime, node->child, SIGTERM);
        while (!node->has_ended) {
            (void) cox_runtime_step(node->runtime, true);
        }
    }
    remove_all(node->directory);
    cox_runtime_free(node->runtime);
    g_main_context_unref(node->context);
    g_free(node->directory);
    g_free(node->programs);
    g_free(node);
    alarm(0);
    return 0;
}

/* All daemons are those that were started, and end in order without a leak (sanitizers make that a status). */
static void
all_is_well_to_the_end(struct node *node)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    const struct cox_msg_supervisor_state *state = state_of(node, arena);
    g_autofree char *path = g_build_filename(node->directory, "log", NULL);
    g_autofree char *log = NULL;
    g_auto(GStrv) lines = NULL;
    guint n_ends = 0;

    assert_non_null(state);
    for (gsize i = 0; i < state->n_daemons; i++) {
        if (state->daemons[i].restarts != 0 || g_strcmp0(state->daemons[i].state, "running") != 0) {
            fail_msg("%s is %s after %d restarts", state->daemons[i].name, state->daemons[i].state, (int) state->daemons[i].restarts);
        }
    }
    cox_runtime_child_signal(node->runtime, node->child, SIGTERM);
    while (!node->has_ended) {
        (void) cox_runtime_step(node->runtime, true);
    }
    assert_int_equal(node->end.end, COX_CHILD_EXITED);
    assert_int_equal(node->end.exit_status, 0);
    assert_true(g_file_get_contents(path, &log, NULL, NULL));
    lines = g_strsplit(log, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        if (strstr(*line, "daemon ended daemon=") != NULL) {
            n_ends++;
            if (strstr(*line, "status=0 signal=0") == NULL) {
                fail_msg("%s", *line);
            }
        }
    }
    assert_int_equal(n_ends, 6);
}

/* ---- by hand ---- */

static bool
send_bytes(int fd, const void *data, gsize size)
{
    struct pollfd ready = { .fd = fd, .events = POLLOUT };

    while (send(fd, data, size, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
        if (errno != EAGAIN || poll(&ready, 1, ANSWER_MS) != 1) {
            return false;
        }
    }
    return true;
}

/* The next frame that comes: its size; 0: closed; -1: nothing came. */
static ssize_t
next_frame(int fd, guint8 *buffer, gsize size, int timeout_ms)
{
    struct pollfd ready = { .fd = fd, .events = POLLIN };
    ssize_t n;

    if (poll(&ready, 1, timeout_ms) != 1) {
        return -1;
    }
    n = recv(fd, buffer, size, MSG_DONTWAIT);
    return MAX(n, 0);
}

/* A connection that has said hello; -1: not let in. */
static int
greeted(const char *directory, enum cox_daemon daemon)
{
    const struct cox_frame head = { .kind = COX_FRAME_REQUEST, .message = COX_MSG_HELLO, .id = 1 };
    const struct cox_msg_hello hello = { .level = COX_FRAME_LEVEL, .program = "visitor" };
    g_autoptr(GBytes) bytes = cox_frame_build_message(&head, &hello, NULL);
    g_autofree guint8 *buffer = g_malloc(COX_FRAME_MAX_BYTES);
    struct cox_frame answer;
    g_autoptr(GError) error = NULL;
    ssize_t n = -1;
    int fd = cox_dial(directory, daemon, &error);

    if (fd >= 0 && send_bytes(fd, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes))) {
        n = next_frame(fd, buffer, COX_FRAME_MAX_BYTES, ANSWER_MS);
    }
    if (n > 0 && cox_frame_parse(buffer, (gsize) n, &answer, NULL) && answer.message == COX_MSG_WELCOME) {
        return fd;
    }
    print_error("not let in: %s\n", error != NULL ? error->message : n == 0 ? "closed" : n < 0 ? "no answer" : "refused");
    if (fd >= 0) {
        close(fd);
    }
    return -1;
}

/* ---- garbage ---- */

static void
expect_closed(const char *directory, enum cox_daemon daemon, const void *data, gsize size)
{
    guint8 buffer[512];
    int fd = cox_dial(directory, daemon, NULL);

    assert_true(fd >= 0);
    (void) send_bytes(fd, data, size);
    if (next_frame(fd, buffer, sizeof buffer, ANSWER_MS) != 0) {
        fail_msg("%s answers %d bytes of garbage", cox_daemon_row(daemon)->process, (int) size);
    }
    close(fd);
}

/* Root could end the node with an empty message of these; that would be no fault. */
static bool
is_order_to_end(unsigned int message)
{
    return message == COX_MSG_SUPERVISOR_STOP || message == COX_MSG_CONTROL_LEAVE;
}

/* A message of every number, and of some that do not exist, with bytes that mean nothing; each third announces a body that never comes. */
static void
send_nonsense(GRand *rand, const char *directory, enum cox_daemon daemon, unsigned int message)
{
    guint8 noise[400], buffer[512];
    const struct cox_frame frame = {
        .kind = (enum cox_frame_kind) g_rand_int_range(rand, 0, g_rand_int_range(rand, 0, 4) == 0 ? COX_FRAME_N_KINDS : 1), .message = (guint16) message,
        .flags = message % 3 == 0 ? COX_FRAME_HAS_BODY : 0, .id = 2, .payload = noise, .payload_size = (gsize) g_rand_int_range(rand, 0, sizeof noise),
    };
    g_autoptr(GBytes) bytes = NULL;
    int fd = greeted(directory, daemon);

    if (fd < 0) {
        fail_msg("%s does not let in the one who brings message %u", cox_daemon_row(daemon)->process, message);
    }
    for (gsize i = 0; i < sizeof noise; i++) {
        noise[i] = (guint8) g_rand_int_range(rand, 0, g_rand_boolean(rand) ? 256 : 16);
    }
    bytes = cox_frame_build(&frame);
    (void) send_bytes(fd, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    (void) next_frame(fd, buffer, sizeof buffer, 5); /* some answers come later, some never */
    close(fd);
}

static void
garbage_at_every_door_ends_nothing_but_the_visit(void **state)
{
    static const char *const cases[] = { "x", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "Cx\x09", "Cx\1\x63" };
    struct node *node = *state;
    g_autofree char *big = g_strnfill(150000, 'x');
    g_autofree char *path = g_build_filename(node->directory, "log", NULL);
    g_autofree char *log = NULL;
    GRand *rand = g_rand_new_with_seed(9);

    for (int daemon = 0; daemon < COX_DAEMON_EVERY_N; daemon++) {
        g_autofree char *line = g_strdup_printf("%s[", cox_daemon_row((enum cox_daemon) daemon)->process);

        for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
            expect_closed(node->directory, (enum cox_daemon) daemon, cases[i], strlen(cases[i]));
        }
        expect_closed(node->directory, (enum cox_daemon) daemon, big, 150000);
        for (unsigned int message = 0; message <= 260; message++) {
            if (!is_order_to_end(message)) {
                send_nonsense(rand, node->directory, (enum cox_daemon) daemon, message);
            }
        }
    }
    g_rand_free(rand);
    while (!leads(node)) { /* it may have been told to forget all histories */
        assert_false(node->has_ended);
    }
    assert_true(g_file_get_contents(path, &log, NULL, NULL));
    for (int daemon = 0; daemon < COX_DAEMON_EVERY_N; daemon++) { /* each says so */
        g_autofree char *pattern = g_strdup_printf("%s\\[[0-9]+\\] warning: CXW004 ", cox_daemon_row((enum cox_daemon) daemon)->process);

        if (!g_regex_match_simple(pattern, log, 0, 0)) {
            fail_msg("no line of %s", cox_daemon_row((enum cox_daemon) daemon)->process);
        }
    }
    all_is_well_to_the_end(node);
}

/* ---- a user who may only look ---- */

#define RULES                                                                                                                             \
    "<cib><configuration><crm_config><cluster_property_set id='s'><nvpair id='s-a' name='enable-acl' value='true'/></cluster_property_set>" \
    "</crm_config><acls><acl_role id='look'><acl_permission id='look-1' kind='read' xpath='/cib'/></acl_role>"                           \
    "<acl_target id='nobody'><role id='look'/></acl_target></acls></configuration></cib>"

/* What everybody may ask who may read the document. */
static const unsigned int harmless[] = {
    COX_MSG_PING, COX_MSG_HEALTH_QUERY, COX_MSG_SUBSCRIBE, COX_MSG_UNSUBSCRIBE, COX_MSG_CIB_QUERY, COX_MSG_ATTR_QUERY,
    COX_MSG_EXEC_INFLIGHT_QUERY, COX_MSG_EXEC_METADATA_QUERY, COX_MSG_FENCE_HISTORY_QUERY, COX_MSG_FENCE_DEVICES_QUERY,
    COX_MSG_CONTROL_QUERY, COX_MSG_SUPERVISOR_QUERY,
};

/* A text that makes sense in a field of that name. */
static const char *
plausible(const char *field, const char *self)
{
    static const struct {
        const char *field, *text;
    } texts[] = {
        { "command", "modify" }, { "section", "crm_config" }, { "topic", "results" },    { "user", "root" },
        { "xml", "<cluster_property_set id='s'><nvpair id='s-a' name='enable-acl' value='false'/></cluster_property_set>" },
        { "standard", "ocf" },   { "provider", "heartbeat" }, { "type", "Dummy" },        { "task", "start" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        if (strcmp(texts[i].field, field) == 0) {
            return texts[i].text;
        }
    }
    return strcmp(field, "node") == 0 || strcmp(field, "target") == 0 ? self : "visitor";
}

/* Fill a body: texts, and each number with @number; without @user a field of that name stays empty. */
static void *
fill(const struct cox_schema *schema, const char *self, guint64 number, bool has_user)
{
    guint8 *body = g_malloc0(schema->size_bytes);

    for (const struct cox_field *field = schema->fields; field->number != 0; field++) {
        switch (field->type) {
        case COX_FIELD_U64:
            *(guint64 *) (void *) (body + field->offset) = number;
            break;
        case COX_FIELD_I64:
            *(gint64 *) (void *) (body + field->offset) = (gint64) number;
            break;
        case COX_FIELD_TEXT:
            if (strcmp(field->name, "pattern") != 0 && strcmp(field->name, "xpath") != 0 && (has_user || strcmp(field->name, "user") != 0)) {
                *(const char **) (void *) (body + field->offset) = plausible(field->name, self);
            }
            break;
        case COX_FIELD_BYTES:
        case COX_FIELD_TEXTS:
        case COX_FIELD_RECORDS:
            break;
        }
    }
    return body;
}

/* Is the request answered with anything but an error? */
static bool
is_granted(const char *directory, enum cox_daemon daemon, unsigned int message, const void *body)
{
    const struct cox_frame head = { .kind = COX_FRAME_REQUEST, .message = (guint16) message, .id = 2 };
    g_autoptr(GBytes) bytes = cox_frame_build_message(&head, body, NULL);
    g_autofree guint8 *buffer = g_malloc(COX_FRAME_MAX_BYTES);
    struct cox_frame answer;
    int fd = greeted(directory, daemon);
    ssize_t n = -1;

    if (fd >= 0 && send_bytes(fd, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes))) {
        n = next_frame(fd, buffer, COX_FRAME_MAX_BYTES, ANSWER_MS);
    }
    close(fd);
    return n < 0 || (n > 0 && (!cox_frame_parse(buffer, (gsize) n, &answer, NULL) || answer.kind != COX_FRAME_ERROR));
}

/* In a process of user nobody in the cluster's group: what was granted goes to @out, a line each. */
static void
try_everything(const char *directory, const char *self, FILE *out)
{
    for (int daemon = 0; daemon < COX_DAEMON_EVERY_N; daemon++) {
        for (unsigned int message = 1; message < COX_MSG_END; message++) {
            const struct cox_schema *schema = cox_messages_schema(message);

            for (unsigned int i = 0; schema != NULL && i < 4; i++) {
                g_autofree void *body = fill(schema, self, i % 2, i >= 2);

                if (is_granted(directory, (enum cox_daemon) daemon, message, body)) {
                    fprintf(out, "%u %s %s\n", message, cox_daemon_row((enum cox_daemon) daemon)->process, schema->name);
                }
            }
        }
    }
}

/* What the cluster would show a change in: its configuration, attributes and histories. */
static char *
document(struct node *node)
{
    static const struct cox_msg_cib_query query = { 0 };
    struct cox_client_call call = { .message = COX_MSG_CIB_QUERY, .body = &query };
    g_autoptr(cox_arena) arena = cox_arena_new();
    const struct cox_msg_cib_content *content = ask(node, COX_DAEMON_CIB, &call, COX_MSG_CIB_CONTENT, arena);

    assert_non_null(content);
    assert_int_equal(content->n_state, 1);
    return g_strdup_printf("%d.%d.%d %s", (int) content->state->admin_epoch, (int) content->state->epoch, (int) content->state->num_updates,
                           content->state->digest);
}

static char *
own_name(struct node *node)
{
    static const struct cox_msg_control_query query = { 0 };
    struct cox_client_call call = { .message = COX_MSG_CONTROL_QUERY, .body = &query };
    g_autoptr(cox_arena) arena = cox_arena_new();
    const struct cox_msg_control_state *state = ask(node, COX_DAEMON_CONTROL, &call, COX_MSG_CONTROL_STATE, arena);

    assert_non_null(state);
    return g_strdup(state->node);
}

static void
set_rules(struct node *node)
{
    static const struct cox_msg_cib_change change = { .command = "modify", .flags = 1, .xml = RULES };
    struct cox_client_call call = { .message = COX_MSG_CIB_CHANGE, .body = &change };
    g_autoptr(cox_arena) arena = cox_arena_new();

    assert_non_null(ask(node, COX_DAEMON_CIB, &call, COX_MSG_CIB_CHANGED, arena));
    while (!leads(node)) {
        assert_false(node->has_ended);
    }
}

static void
who_may_only_read_changes_nothing_whatever_he_asks(void **state)
{
    struct node *node = *state;
    const struct group *group = getgrnam(COX_DAEMON_CLUSTER_GROUP);
    g_autofree char *path = g_build_filename(node->directory, "granted", NULL);
    g_autofree char *before = NULL, *after = NULL, *self = NULL, *granted = NULL;
    g_auto(GStrv) lines = NULL;
    FILE *out;
    pid_t pid;
    int status = -1;

    if (geteuid() != 0 || group == NULL) {
        skip(); /* needs root, and the cluster's group */
    }
    set_rules(node);
    self = own_name(node);
    before = document(node);
    out = fopen(path, "w");
    assert_non_null(out);
    pid = fork();
    if (pid == 0) {
        gid_t gid = group->gr_gid;

        if (setgroups(1, &gid) != 0 || setgid(gid) != 0 || setuid(NOBODY) != 0) {
            _exit(99);
        }
        alarm(LIMIT_S);
        try_everything(node->directory, self, out);
        fprintf(out, "end\n");
        fclose(out);
        _exit(0);
    }
    fclose(out);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    assert_true(g_file_get_contents(path, &granted, NULL, NULL));
    assert_true(g_str_has_suffix(granted, "end\n"));
    lines = g_strsplit(granted, "\n", -1);
    for (char **line = lines; **line != 'e'; line++) {
        bool is_harmless = false;

        for (gsize i = 0; i < G_N_ELEMENTS(harmless); i++) {
            is_harmless |= harmless[i] == (unsigned int) atoi(*line);
        }
        if (!is_harmless) {
            fail_msg("granted to somebody who may only read: %s", *line);
        }
    }
    assert_non_null(strstr(granted, " cox-cibd cib_query\n")); /* he was there, and heard */
    after = document(node);
    assert_string_equal(after, before);
    all_is_well_to_the_end(node);
}

/* ---- a user who may not see everything ---- */

#define NARROW_RULES                                                                                                                      \
    "<cib><configuration><crm_config><cluster_property_set id='s'><nvpair id='s-a' name='enable-acl' value='true'/></cluster_property_set>" \
    "</crm_config><acls><acl_role id='narrow'><acl_permission id='narrow-1' kind='read' xpath='//nvpair[@name=&quot;open&quot;]'/>"        \
    "</acl_role><acl_target id='nobody'><role id='narrow'/></acl_target></acls></configuration></cib>"

static void
set_attribute(struct node *node, const char *name, bool is_private)
{
    const struct cox_msg_attr_update update = { .name = name, .value = "1", .kind = is_private };
    struct cox_client_call call = { .message = COX_MSG_ATTR_UPDATE, .body = &update };
    g_autoptr(cox_arena) arena = cox_arena_new();

    assert_non_null(ask(node, COX_DAEMON_ATTR, &call, COX_MSG_DONE, arena));
}

/* "NAME ..." as attrd tells this process; NULL with an error. */
static char *
attributes(struct node *node)
{
    static const struct cox_msg_attr_query query = { .node = "*" };
    struct cox_client_call call = { .message = COX_MSG_ATTR_QUERY, .body = &query };
    g_autoptr(cox_arena) arena = cox_arena_new();
    const struct cox_msg_attr_values *values = ask(node, COX_DAEMON_ATTR, &call, COX_MSG_ATTR_VALUES, arena);
    g_autoptr(GString) names = g_string_new(NULL);

    for (gsize i = 0; values != NULL && i < values->n_values; i++) {
        g_string_append_printf(names, "%s ", values->values[i].name);
    }
    return values == NULL ? NULL : g_strdup(names->str);
}

/* Like attributes(), of user nobody in the cluster's group; "" also when he is refused. */
static char *
attributes_for_nobody(struct node *node, gid_t gid)
{
    char buffer[4096] = "";
    int ends[2], status = -1;
    ssize_t n;
    pid_t pid;

    assert_int_equal(pipe(ends), 0);
    pid = fork();
    if (pid == 0) {
        g_autofree char *names = NULL;

        if (setgroups(1, &gid) != 0 || setgid(gid) != 0 || setuid(NOBODY) != 0) {
            _exit(99);
        }
        alarm(LIMIT_S);
        names = attributes(node);
        _exit(names != NULL && write(ends[1], names, strlen(names)) < 0 ? 98 : 0);
    }
    close(ends[1]);
    n = read(ends[0], buffer, sizeof(buffer) - 1);
    close(ends[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    return g_strndup(buffer, (gsize) MAX(n, 0));
}

static void
attributes_that_rules_hide_are_not_told(void **state)
{
    struct node *node = *state;
    static const struct cox_msg_cib_change change = { .command = "modify", .flags = 1, .xml = NARROW_RULES };
    struct cox_client_call call = { .message = COX_MSG_CIB_CHANGE, .body = &change };
    const struct group *group = getgrnam(COX_DAEMON_CLUSTER_GROUP);
    g_autoptr(cox_arena) arena = cox_arena_new();
    g_autofree char *before = NULL, *mine = NULL, *his = NULL;

    if (geteuid() != 0 || group == NULL) {
        skip(); /* needs root, and the cluster's group */
    }
    set_attribute(node, "open", false);
    set_attribute(node, "closed", false);
    set_attribute(node, "secret", true);
    before = attributes_for_nobody(node, group->gr_gid);
    assert_non_null(strstr(before, "closed "));
    assert_non_null(ask(node, COX_DAEMON_CIB, &call, COX_MSG_CIB_CHANGED, arena));
    do { /* attrd may hear of the rules, and the document of the value, a little later */
        g_free(his);
        his = attributes_for_nobody(node, group->gr_gid);
    } while (strcmp(his, "open ") != 0);
    mine = attributes(node);
    assert_true(strstr(mine, "closed ") != NULL && strstr(mine, "secret ") != NULL);
    all_is_well_to_the_end(node);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
COX_TEST_MAIN(TEST(garbage_at_every_door_ends_nothing_but_the_visit), TEST(who_may_only_read_changes_nothing_whatever_he_asks),
              TEST(attributes_that_rules_hide_are_not_told))
