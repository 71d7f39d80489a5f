/* tools/cox_cluster.c - verbs of cox about the cluster as a whole: which nodes it has, start and stop.  Layer 6. */
#include "tools/cox_cluster.h"

#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "admin/ring.h"
#include "base/error.h"
#include "runtime/environment.h"
#include "tools/cox_priv.h"
#include "tools/cox_remote.h"

enum { KEY_BYTES = 256, TOKEN_MS = 3000, STEP_MS = 60000, START_MS = 120000 };

/* What a verb works with. */
struct cluster_work {
    struct cox_tool_ctx *ctx;
    const struct cox_settings *settings;
    struct cox_ring *ring;
    GPtrArray *nodes; /* struct cox_remote */
};

static void
cluster_work_clear(struct cluster_work *work)
{
    g_clear_pointer(&work->ring, cox_ring_free);
    g_clear_pointer(&work->nodes, g_ptr_array_unref);
}
typedef struct cluster_work cluster_work; /* for g_auto only */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(cluster_work, cluster_work_clear)

/* ---- steps ------------------------------------------------------------------------------------------------ */

/* A line for each node on which the step has ended; exit status. */
static int
tell(struct cluster_work *work, const char *done)
{
    int status = 0;

    for (guint i = 0; i < work->nodes->len; i++) {
        const struct cox_remote *node = work->nodes->pdata[i];

        if (!node->is_chosen) {
            continue;
        }
        cox_out_leaf(work->ctx->out, "node", "name", node->name, "step", done, "problem", node->problem, NULL);
        if (node->problem == NULL) {
            cox_out_line(work->ctx->out, "%s: %s", node->name, done);
        } else {
            status = cox_tool_error(work->ctx, COX_ERROR_GENERIC, "%s: %s", node->name, node->problem);
        }
    }
    return status;
}

static int
step(struct cluster_work *work, const char *name, const char *done, gint64 timeout_ms)
{
    (void) cox_remote_run(work->nodes, name, NULL, timeout_ms);
    return tell(work, done);
}

/* Everything as it was on the nodes that were asked; what could not be taken back is said. */
static void
take_back(struct cluster_work *work)
{
    (void) cox_remote_run(work->nodes, "undo", NULL, STEP_MS);
    for (guint i = 0; i < work->nodes->len; i++) {
        const struct cox_remote *node = work->nodes->pdata[i];

        if (node->is_chosen && !node->is_ok) {
            cox_out_error(work->ctx->out, "%s: /etc/corosync may be changed: it could not be taken back: %s; remedy: run \"cox-cluster-node undo\" there",
                          node->name, node->problem);
        } else if (node->is_chosen) {
            cox_out_line(work->ctx->out, "%s: as before", node->name);
        }
    }
}

/* The new files on all nodes that are chosen, or on none of them. */
static int
distribute(struct cluster_work *work, const char *key)
{
    g_autofree char *text = cox_ring_text(work->ring);
    g_autofree char *input = g_strdup_printf("%s\n%s", key, text);
    int status = 0;

    (void) cox_remote_run(work->nodes, "put", input, STEP_MS);
    status = tell(work, "has the new configuration beside the old one");
    if (status == 0) {
        (void) cox_remote_run(work->nodes, "commit", NULL, STEP_MS);
        status = tell(work, "uses the new configuration");
    }
    if (status != 0) {
        take_back(work);
        return status;
    }
    (void) cox_remote_run(work->nodes, "done", NULL, STEP_MS); /* what is left of it harms nobody */
    return 0;
}

/* ---- looking ---------------------------------------------------------------------------------------------- */

static void
choose(struct cluster_work *work, const char *name, bool is_chosen)
{
    for (guint i = 0; i < work->nodes->len; i++) {
        struct cox_remote *node = work->nodes->pdata[i];

        if (name == NULL || strcmp(node->name, name) == 0) {
            node->is_chosen = is_chosen;
        }
    }
}

static void
nodes_of_ring(struct cluster_work *work)
{
    struct cox_ring_node node;

    work->nodes = cox_remotes_new();
    for (guint i = 0; cox_ring_node(work->ring, i, &node); i++) {
        (void) cox_remote_add(work->nodes, node.name, node.address);
    }
}

/* The cluster of this node. */
static bool
load(struct cluster_work *work, GError **error)
{
    const char *directory = cox_environment_get("COX_COROSYNC_DIRECTORY");
    g_autofree char *path = g_build_filename(directory != NULL ? directory : "/etc/corosync", "corosync.conf", NULL);
    g_autofree char *text = NULL;
    g_autoptr(GError) problem = NULL;

    if (!g_file_get_contents(path, &text, NULL, &problem)) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_CONFIGURED, "this node is in no cluster: %s; make one: cox cluster create", problem->message);
        return false;
    }
    work->ring = cox_ring_parse(text, error);
    if (work->ring == NULL) {
        return false;
    }
    nodes_of_ring(work);
    return true;
}

/* Is there something that a new cluster would break? */
static char *
objection(const struct cox_remote *node)
{
    g_autofree char *runs = cox_remote_value(node, "runs");
    g_autofree char *state = cox_remote_value(node, "state");
    g_autofree char *cluster = cox_remote_value(node, "cluster");

    if (runs != NULL) {
        return g_strdup_printf("%s runs: the node is in a cluster already (%s); take it out there first: cox cluster remove, or stop", runs,
                               cluster != NULL ? cluster : "without a name");
    }
    if (state != NULL) {
        return g_strdup_printf("%s is there: the node was in a cluster; if that is no more: \"cox-cluster-node wipe\" there", state);
    }
    /* "debian" is what the package of corosync has. */
    if (cluster != NULL && *cluster != '\0' && strcmp(cluster, "debian") != 0) {
        return g_strdup_printf("corosync.conf of cluster '%s' is there; if that is no more: \"cox-cluster-node wipe\" there", cluster);
    }
    return NULL;
}

/* Nodes that are chosen: reached, the same versions on all; and if @are_new, in no cluster. */
static int
check(struct cluster_work *work, bool are_new)
{
    const struct cox_remote *first = NULL;
    int status = 0;

    (void) cox_remote_run(work->nodes, "check", NULL, STEP_MS);
    for (guint i = 0; i < work->nodes->len; i++) {
        struct cox_remote *node = work->nodes->pdata[i];

        if (!node->is_chosen || !node->is_ok) {
            continue;
        }
        first = first == NULL ? node : first;
        for (const char *const *key = (const char *const[]) { "version", "corosync", NULL }; *key != NULL && node->problem == NULL; key++) {
            g_autofree char *here = cox_remote_value(node, *key);
            g_autofree char *there = cox_remote_value(first, *key);

            if (g_strcmp0(here, there) != 0) {
                node->problem = g_strdup_printf("%s is %s, on %s it is %s: install the same", strcmp(*key, "version") == 0 ? "coxswain" : *key,
                                                here, first->name, there);
            }
        }
        if (node->problem == NULL && are_new) {
            node->problem = objection(node);
        }
    }
    status = tell(work, are_new ? "reached, in no cluster" : "reached");
    if (status != 0) {
        cox_out_error(work->ctx->out, "nothing was changed on any node");
    }
    return status;
}

static void
tell_dry(struct cluster_work *work, const char *action)
{
    g_autofree char *text = cox_ring_text(work->ring);

    cox_out_line(work->ctx->out, "would %s, with this corosync.conf on all nodes:", action);
    cox_out_raw(work->ctx->out, text);
}

/* ---- verbs ------------------------------------------------------------------------------------------------ */

static int
start_chosen(struct cluster_work *work)
{
    return step(work, "start", "started", START_MS);
}

static int
stop_chosen(struct cluster_work *work)
{
    /* All managers before the first corosync: who leaves in order never looks lost. */
    int status = step(work, "stop-manager", "cluster manager stopped", 0);

    return status != 0 ? status : step(work, "stop-ring", "corosync stopped", STEP_MS);
}

static bool
token_of(const struct cox_settings *settings, guint *token_ms, GError **error)
{
    guint64 value = TOKEN_MS;

    if (settings->token != NULL && !g_ascii_string_to_unsigned(settings->token, 10, 1, G_MAXINT, &value, NULL)) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "--token '%s' is no number of milliseconds", settings->token);
        return false;
    }
    *token_ms = (guint) value;
    return true;
}

static char *
new_key(void)
{
    guchar bytes[KEY_BYTES];

    COX_BUG_ON(getrandom(bytes, sizeof bytes, 0) != (gssize) sizeof bytes); /* cannot fail for so few */
    return g_base64_encode(bytes, sizeof bytes);
}

int
cox_verb_cluster_create(struct cox_tool_ctx *ctx, char **arguments)
{
    g_auto(cluster_work) work = { .ctx = ctx, .settings = ctx->settings };
    g_autofree char *key = NULL;
    GError *error = NULL;
    guint token_ms = 0;
    int status = 0;

    if (!token_of(work.settings, &token_ms, &error) || (work.ring = cox_ring_new(arguments[0], token_ms, &error)) == NULL) {
        return cox_tool_fail(ctx, error);
    }
    for (guint i = 1; arguments[i] != NULL; i++) {
        if (!cox_ring_add(work.ring, arguments[i], &error)) {
            return cox_tool_fail(ctx, error);
        }
    }
    nodes_of_ring(&work);
    status = check(&work, true);
    if (status != 0) {
        return status;
    }
    if (work.settings->change.is_dry) {
        tell_dry(&work, "create the cluster");
        return 0;
    }
    key = new_key();
    status = distribute(&work, key);
    return status == 0 && work.settings->starts ? start_chosen(&work) : status;
}

/* The nodes that are named, or all. */
static bool
choose_named(struct cluster_work *work, char **names, GError **error)
{
    if (names[0] == NULL) {
        return true;
    }
    choose(work, NULL, false);
    for (guint i = 0; names[i] != NULL; i++) {
        bool is_known = false;

        for (guint k = 0; k < work->nodes->len; k++) {
            is_known = is_known || strcmp(((struct cox_remote *) work->nodes->pdata[k])->name, names[i]) == 0;
        }
        if (!is_known) {
            g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "node '%s' is not in the cluster", names[i]);
            return false;
        }
        choose(work, names[i], true);
    }
    return true;
}

static guint
n_chosen(const struct cluster_work *work)
{
    guint n = 0;

    for (guint i = 0; i < work->nodes->len; i++) {
        n += ((const struct cox_remote *) work->nodes->pdata[i])->is_chosen ? 1 : 0;
    }
    return n;
}

int
cox_verb_cluster_start(struct cox_tool_ctx *ctx, char **arguments)
{
    g_auto(cluster_work) work = { .ctx = ctx, .settings = ctx->settings };
    GError *error = NULL;
    int status = 0;

    if (!load(&work, &error) || !choose_named(&work, arguments, &error)) {
        return cox_tool_fail(ctx, error);
    }
    status = check(&work, false);
    return status != 0 || work.settings->change.is_dry ? status : start_chosen(&work);
}

int
cox_verb_cluster_stop(struct cox_tool_ctx *ctx, char **arguments)
{
    g_auto(cluster_work) work = { .ctx = ctx, .settings = ctx->settings };
    GError *error = NULL;
    guint left = 0;
    int status = 0;

    if (!load(&work, &error) || !choose_named(&work, arguments, &error)) {
        return cox_tool_fail(ctx, error);
    }
    left = work.nodes->len - n_chosen(&work);
    if (left > 0 && left * 2 <= work.nodes->len && g_strcmp0(cox_ring_get(work.ring, "quorum.two_node"), "1") != 0 && !work.settings->is_forced) {
        return cox_tool_error(ctx, COX_ERROR_QUORUM, "the %u nodes that are left of %u have no quorum and stop everything, too: stop all, or --force", left,
                              work.nodes->len);
    }
    status = check(&work, false);
    return status != 0 || work.settings->change.is_dry ? status : stop_chosen(&work);
}

int
cox_verb_cluster_destroy(struct cox_tool_ctx *ctx, char **arguments)
{
    g_auto(cluster_work) work = { .ctx = ctx, .settings = ctx->settings };
    GError *error = NULL;
    int status = 0;

    (void) arguments;
    if (!load(&work, &error)) {
        return cox_tool_fail(ctx, error);
    }
    if (!work.settings->is_forced && !work.settings->change.is_dry) {
        return cox_tool_error(ctx, COX_ERROR_UNSAFE, "this stops all resources and removes the configuration of cluster '%s' on its %u nodes: --force",
                              cox_ring_get(work.ring, "totem.cluster_name"), work.nodes->len);
    }
    status = check(&work, false);
    if (status != 0 || work.settings->change.is_dry) {
        return status;
    }
    status = stop_chosen(&work);
    return status != 0 ? status : step(&work, "wipe", "configuration, key and state removed", STEP_MS);
}

/* The step on one of the nodes that run; the others hear of it through corosync.  Nobody runs: nothing to tell. */
static int
tell_one(struct cluster_work *work, const char *name, const char *done, const char *but)
{
    choose(work, NULL, true);
    if (but != NULL) {
        choose(work, but, false);
    }
    (void) cox_remote_run(work->nodes, "check", NULL, STEP_MS);
    for (guint i = 0; i < work->nodes->len; i++) {
        struct cox_remote *node = work->nodes->pdata[i];
        g_autofree char *runs = node->is_chosen && node->is_ok ? cox_remote_value(node, "runs") : NULL;

        if (runs != NULL) {
            choose(work, NULL, false);
            choose(work, node->name, true);
            return step(work, name, done, STEP_MS);
        }
    }
    return 0;
}

int
cox_verb_cluster_add(struct cox_tool_ctx *ctx, char **arguments)
{
    g_auto(cluster_work) work = { .ctx = ctx, .settings = ctx->settings };
    g_autofree char *name = g_strndup(arguments[0], strcspn(arguments[0], "="));
    g_autofree char *key = NULL;
    struct cox_ring_node node;
    GError *error = NULL;
    int status = 0;

    if (!load(&work, &error) || !cox_ring_add(work.ring, arguments[0], &error)) {
        return cox_tool_fail(ctx, error);
    }
    for (guint i = 0; cox_ring_node(work.ring, i, &node); i++) {
        if (i == work.nodes->len) {
            choose(&work, NULL, false);
            (void) cox_remote_add(work.nodes, node.name, node.address);
            status = check(&work, true);
            break;
        }
    }
    if (status != 0) {
        return status;
    }
    choose(&work, NULL, true);
    status = check(&work, false);
    if (status != 0 || work.settings->change.is_dry) {
        if (status == 0) {
            tell_dry(&work, "add the node");
        }
        return status;
    }
    choose(&work, name, false);
    status = step(&work, "key", "has the key", STEP_MS);
    if (status != 0) {
        return status;
    }
    key = g_strdup(((struct cox_remote *) work.nodes->pdata[0])->out);
    choose(&work, name, true);
    status = distribute(&work, g_strstrip(key));
    if (status == 0) {
        status = tell_one(&work, "reload", "told all of the new configuration", name);
    }
    choose(&work, NULL, false);
    choose(&work, name, true);
    return status == 0 && work.settings->starts ? start_chosen(&work) : status;
}

/* Away from the node that goes: what runs there is moved, and it is stopped. */
static int
empty(struct cluster_work *work, const char *name)
{
    int status = 0;

    choose(work, NULL, false);
    choose(work, name, true);
    (void) cox_remote_run(work->nodes, "check", NULL, STEP_MS);
    for (guint i = 0; i < work->nodes->len; i++) {
        const struct cox_remote *node = work->nodes->pdata[i];

        if (node->is_chosen && !node->is_ok && work->settings->is_forced) {
            cox_out_line(work->ctx->out, "%s: %s: left as it is, do not start it again", node->name, node->problem);
            return -1;
        }
        if (node->is_chosen && !node->is_ok) {
            return cox_tool_error(work->ctx, COX_ERROR_GENERIC, "%s: %s; if it is down for good: --force", node->name, node->problem);
        }
    }
    if (work->settings->change.is_dry) {
        return 0;
    }
    status = stop_chosen(work);
    return status;
}

int
cox_verb_cluster_remove(struct cox_tool_ctx *ctx, char **arguments)
{
    g_auto(cluster_work) work = { .ctx = ctx, .settings = ctx->settings };
    const char *name = arguments[0];
    g_autofree char *forget = g_strdup_printf("forget %s", name);
    char host[256] = "";
    GError *error = NULL;
    int status = 0, emptied = 0;

    if (!load(&work, &error) || !cox_ring_remove(work.ring, name, &error)) {
        return cox_tool_fail(ctx, error);
    }
    if (gethostname(host, sizeof host - 1) == 0 && strcmp(host, name) == 0) {
        return cox_tool_error(ctx, COX_ERROR_USAGE, "node '%s' is this one: remove it on another node", name);
    }
    choose(&work, name, false);
    status = check(&work, false);
    if (status != 0) {
        return status;
    }
    emptied = empty(&work, name);
    if (emptied > 0 || work.settings->change.is_dry) {
        if (emptied <= 0) {
            tell_dry(&work, "remove the node");
        }
        return MAX(emptied, 0);
    }
    choose(&work, NULL, true);
    choose(&work, name, false);
    status = distribute(&work, "-");
    if (status == 0) {
        status = tell_one(&work, "reload", "told all of the new configuration", name);
    }
    if (status == 0) {
        status = tell_one(&work, forget, "has all forget the node", name);
    }
    choose(&work, NULL, false);
    choose(&work, name, true);
    return status == 0 && emptied == 0 ? step(&work, "wipe", "configuration, key and state removed", STEP_MS) : status;
}
