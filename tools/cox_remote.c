/* tools/cox_remote.c - do the same on several nodes at once, through ssh.  Layer 6. */
#include "tools/cox_remote.h"

#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>

#include "runtime/environment.h"
#include "runtime/loop.h"
#include "runtime/runtime.h"

enum { OUTPUT_BYTES = 64 << 20, NOT_THERE = 127, SSH_FAILED = 255 };

/* One step on one node. */
struct run {
    struct cox_remote *node;
    guint *left;
};

static void
free_node(gpointer data)
{
    struct cox_remote *node = data;

    g_free(node->name);
    g_free(node->address);
    g_free(node->out);
    g_free(node->problem);
    g_free(node->input);
    g_free(node);
}

GPtrArray *
cox_remotes_new(void)
{
    return g_ptr_array_new_with_free_func(free_node);
}

struct cox_remote *
cox_remote_add(GPtrArray *nodes, const char *name, const char *address)
{
    struct cox_remote *node = g_new0(struct cox_remote, 1);

    node->name = g_strdup(name);
    node->address = g_strdup(address);
    node->is_chosen = true;
    g_ptr_array_add(nodes, node);
    return node;
}

/* The address without port; loopback, which Debian gives to the host's name, is one; NULL: of no protocol that ssh has. */
static GBytes *
bytes_of(const struct sockaddr *address)
{
    static const guchar loopback[] = { 127, 0, 0, 1 };

    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *four = (const struct sockaddr_in *) (const void *) address;
        const guchar *bytes = (const guchar *) &four->sin_addr;

        return g_bytes_new(bytes[0] == loopback[0] ? loopback : bytes, sizeof four->sin_addr);
    }
    if (address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *six = (const struct sockaddr_in6 *) (const void *) address;

        return g_bytes_new(&six->sin6_addr, sizeof six->sin6_addr);
    }
    return NULL;
}

static bool
is_own(const struct addrinfo *address)
{
    g_autoptr(GBytes) wanted = NULL;
    struct ifaddrs *all = NULL;
    bool is_found = false;

    if (getifaddrs(&all) != 0) {
        return false;
    }
    wanted = bytes_of(address->ai_addr);
    for (const struct ifaddrs *at = all; at != NULL && !is_found && wanted != NULL; at = at->ifa_next) {
        g_autoptr(GBytes) own = at->ifa_addr == NULL ? NULL : bytes_of(at->ifa_addr);

        is_found = own != NULL && g_bytes_equal(own, wanted);
    }
    freeifaddrs(all);
    return is_found;
}

bool
cox_remote_is_here(const struct cox_remote *node)
{
    const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
    struct addrinfo *found = NULL;
    bool is_here = false;

    if (getaddrinfo(node->address, NULL, &hints, &found) != 0) {
        return false;
    }
    for (const struct addrinfo *at = found; at != NULL && !is_here; at = at->ai_next) {
        is_here = is_own(at);
    }
    freeaddrinfo(found);
    return is_here;
}

char *
cox_remote_program(void)
{
    const char *directory = cox_environment_get("COX_DAEMON_DIRECTORY");

    return g_build_filename(directory != NULL ? directory : COX_DAEMONDIR, "cox-cluster-node", NULL);
}

/* Words to run @step; NULL: there is no ssh. */
static char **
command_of(const struct cox_remote *node, const char *step)
{
    g_autofree char *program = cox_remote_program();
    const char *ssh = cox_environment_get("COX_SSH");
    g_auto(GStrv) words = NULL;
    g_autofree char *path = NULL;
    g_autofree char *target = g_strdup_printf("root@%s", node->address);
    g_autofree char *remote = g_strdup_printf("%s %s", program, step);
    g_autoptr(GStrvBuilder) made = g_strv_builder_new();

    if (cox_remote_is_here(node)) {
        g_auto(GStrv) steps = g_strsplit(step, " ", -1);

        g_strv_builder_add(made, program);
        g_strv_builder_addv(made, (const char **) (guintptr) steps);
        return g_strv_builder_end(made);
    }
    words = g_strsplit(ssh != NULL ? ssh : COX_SSH_USUAL, " ", -1);
    path = g_find_program_in_path(words[0]);
    if (path == NULL) {
        return NULL;
    }
    g_strv_builder_add(made, path);
    g_strv_builder_addv(made, (const char **) (guintptr) (words + 1));
    g_strv_builder_add_many(made, target, remote, NULL);
    return g_strv_builder_end(made);
}

/* The last line that is not empty. */
static char *
last_line(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (guint i = g_strv_length(lines); i > 0; i--) {
        if (*g_strstrip(lines[i - 1]) != '\0') {
            return g_strdup(lines[i - 1]);
        }
    }
    return NULL;
}

static char *
problem_of(const struct cox_remote *node, const struct cox_child_result *child)
{
    g_autofree char *said = last_line(child->err);
    g_autofree char *program = cox_remote_program();

    if (child->end == COX_CHILD_NOT_STARTED) {
        return g_strdup_printf("cannot be started: %s", g_strerror(child->start_errno));
    }
    if (child->end == COX_CHILD_TIMED_OUT) {
        return g_strdup("no answer in time");
    }
    if (child->exit_status == SSH_FAILED) {
        return g_strdup_printf("not reached with ssh as root@%s: %s", node->address, said != NULL ? said : "no reason told");
    }
    if (child->exit_status == NOT_THERE) {
        return g_strdup_printf("%s is not there: is coxswain installed?", program);
    }
    return said != NULL ? g_steal_pointer(&said) : g_strdup_printf("exit status %d", child->exit_status);
}

static void
on_end(void *context, cox_source_id id, const struct cox_child_result *child)
{
    struct run *run = context;
    struct cox_remote *node = run->node;

    (void) id;
    node->is_ok = child->end == COX_CHILD_EXITED && child->exit_status == 0;
    node->out = g_strdup(child->out);
    node->problem = node->is_ok ? NULL : problem_of(node, child);
    *run->left -= 1;
    g_free(run);
}

static void
begin(struct cox_runtime *runtime, struct cox_remote *node, struct cox_child_spec *spec, guint *left)
{
    struct run *run = NULL;

    if (spec->argv == NULL) {
        node->problem = g_strdup("there is no ssh in PATH: install openssh-client");
        return;
    }
    run = g_new0(struct run, 1);
    run->node = node;
    run->left = left;
    *left += 1;
    (void) cox_runtime_spawn(runtime, spec, on_end, run);
}

bool
cox_remote_run(GPtrArray *nodes, const char *step, const char *input, gint64 timeout_ms)
{
    GMainContext *context = g_main_context_new();
    struct cox_runtime *runtime = cox_loop_new(context);
    g_auto(GStrv) envp = g_get_environ();
    guint left = 0;
    bool is_ok = true;

    for (guint i = 0; i < nodes->len; i++) {
        struct cox_remote *node = nodes->pdata[i];
        const char *text = node->input != NULL ? node->input : input;
        g_auto(GStrv) argv = node->is_chosen ? command_of(node, step) : NULL;
        struct cox_child_spec spec = { .argv = (const char *const *) argv, .envp = (const char *const *) envp, .input = text,
                                       .input_size = text == NULL ? 0 : strlen(text), .out_limit_bytes = OUTPUT_BYTES,
                                       .err_limit_bytes = OUTPUT_BYTES, .timeout_ms = timeout_ms };

        if (node->is_chosen) {
            node->is_ok = false;
            g_clear_pointer(&node->out, g_free);
            g_clear_pointer(&node->problem, g_free);
            begin(runtime, node, &spec, &left);
        }
    }
    while (left > 0) {
        (void) cox_runtime_step(runtime, true);
    }
    for (guint i = 0; i < nodes->len; i++) {
        const struct cox_remote *node = nodes->pdata[i];

        is_ok = is_ok && (!node->is_chosen || node->is_ok);
    }
    cox_runtime_free(runtime);
    g_main_context_unref(context);
    return is_ok;
}

char *
cox_remote_value(const struct cox_remote *node, const char *key)
{
    g_auto(GStrv) lines = g_strsplit(node->out != NULL ? node->out : "", "\n", -1);
    gsize length = strlen(key);

    for (guint i = 0; lines[i] != NULL; i++) {
        if (strncmp(lines[i], key, length) == 0 && lines[i][length] == '=') {
            return g_strdup(lines[i] + length + 1);
        }
    }
    return NULL;
}
