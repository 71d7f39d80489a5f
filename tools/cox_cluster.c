/* tools/cox_cluster.c - verbs of cox about the cluster as a whole, and the steps of which they consist.  Layer 6. */
#include "tools/cox_cluster.h"

#include <string.h>
#include <sys/random.h>

#include "base/error.h"
#include "runtime/environment.h"
#include "tools/cox_priv.h"
#include "tools/cox_remote.h"

enum { KEY_BYTES = 256, START_MS = 120000 };

void
cox_cluster_work_clear(struct cox_cluster_work *work)
{
    g_clear_pointer(&work->ring, cox_ring_free);
    g_clear_pointer(&work->nodes, g_ptr_array_unref);
}

/* ---- steps ------------------------------------------------------------------------------------------------ */

int
cox_cluster_tell(struct cox_cluster_work *work, const char *done)
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

int
cox_cluster_step(struct cox_cluster_work *work, const char *name, const char *done, gint64 timeout_ms)
{
    (void) cox_remote_run(work->nodes, name, NULL, timeout_ms);
    return cox_cluster_tell(work, done);
}

/* Everything as it was on the nodes that were asked; what could not be taken back is said. */
static void
take_back(struct cox_cluster_work *work, guint64 run)
{
    g_autofree char *undo = g_strdup_printf("undo %" G_GINT64_MODIFIER "x", run);
    g_autofree char *program = cox_remote_program();

    (void) cox_remote_run(work->nodes, undo, NULL, COX_CLUSTER_STEP_MS);
    for (guint i = 0; i < work->nodes->len; i++) {
        const struct cox_remote *node = work->nodes->pdata[i];

        if (node->is_chosen && !node->is_ok) {
            cox_out_error(work->ctx->out, "%s: /etc/corosync may be changed: it could not be taken back: %s; remedy: run \"%s %s\" there",
                          node->name, node->problem, program, undo);
        } else if (node->is_chosen) {
            cox_out_line(work->ctx->out, "%s: as before", node->name);
        }
    }
}

static void
random_bytes(void *bytes, gsize size)
{
    COX_BUG_ON(getrandom(bytes, size, 0) != (gssize) size); /* cannot fail for so few */
}

/* The new files on all nodes that are chosen, or on none of them.  What earlier calls have left there is not touched by this one's "undo". */
int
cox_cluster_distribute(struct cox_cluster_work *work, const char *key)
{
    guint64 run = 0;
    g_autofree char *text = cox_ring_text(work->ring);
    g_autofree char *input = g_strdup_printf("%s\n%s", key, text);
    g_autofree char *put = NULL, *commit = NULL, *done = NULL;
    int status = 0;

    random_bytes(&run, sizeof run);
    put = g_strdup_printf("put %" G_GINT64_MODIFIER "x", run);
    commit = g_strdup_printf("commit %" G_GINT64_MODIFIER "x", run);
    done = g_strdup_printf("done %" G_GINT64_MODIFIER "x", run);
    (void) cox_remote_run(work->nodes, put, input, COX_CLUSTER_STEP_MS);
    status = cox_cluster_tell(work, "has the new configuration beside the old one");
    if (status == 0) {
        (void) cox_remote_run(work->nodes, commit, NULL, COX_CLUSTER_STEP_MS);
        status = cox_cluster_tell(work, "uses the new configuration");
    }
    if (status != 0) {
        take_back(work, run);
        return status;
    }
    (void) cox_remote_run(work->nodes, done, NULL, COX_CLUSTER_STEP_MS); /* what is left of it goes with the next put */
    return 0;
}

/* ---- looking ---------------------------------------------------------------------------------------------- */

struct cox_remote *
cox_cluster_find(const struct cox_cluster_work *work, const char *name)
{
    for (guint i = 0; i < work->nodes->len; i++) {
        struct cox_remote *node = work->nodes->pdata[i];

        if (strcmp(node->name, name) == 0) {
            return node;
        }
    }
    return NULL;
}

void
cox_cluster_choose(struct cox_cluster_work *work, const char *name, bool is_chosen)
{
    for (guint i = 0; i < work->nodes->len; i++) {
        struct cox_remote *node = work->nodes->pdata[i];

        if (name == NULL || strcmp(node->name, name) == 0) {
            node->is_chosen = is_chosen;
        }
    }
}

void
cox_cluster_choose_only(struct cox_cluster_work *work, const char *name)
{
    cox_cluster_choose(work, NULL, false);
    cox_cluster_choose(work, name, true);
}

static void
nodes_of_ring(struct cox_cluster_work *work)
{
    struct cox_ring_node node;

    work->nodes = cox_remotes_new();
    for (guint i = 0; cox_ring_node(work->ring, i, &node); i++) {
        (void) cox_remote_add(work->nodes, node.name, node.address);
    }
}

bool
cox_cluster_load(struct cox_cluster_work *work, GError **error)
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

bool
cox_cluster_is_running(const struct cox_remote *node)
{
    g_autofree char *runs = node->is_ok ? cox_remote_value(node, "runs") : NULL;

    return runs != NULL;
}

/* Is there something that a new cluster would break? */
static char *
objection(const struct cox_cluster_work *work, const struct cox_remote *node)
{
    g_autofree char *program = cox_remote_program();
    g_autofree char *runs = cox_remote_value(node, "runs");
    g_autofree char *state = cox_remote_value(node, "state");
    g_autofree char *cluster = cox_remote_value(node, "cluster");
    g_autofree char *fresh = cox_remote_value(node, "fresh");

    if (fresh != NULL || (work->again != NULL && runs == NULL && g_strcmp0(cluster, work->again) == 0)) {
        return NULL;
    }
    if (runs != NULL) {
        return g_strdup_printf("%s runs: the node is in a cluster already (%s); take it out there first: cox cluster remove, or stop", runs,
                               cluster != NULL && *cluster != '\0' ? cluster : "without a name");
    }
    if (state != NULL) {
        return g_strdup_printf("%s is there: the node was in a cluster; if that is no more: \"%s wipe\" there", state, program);
    }
    /* "debian" is what the package of corosync has. */
    if (cluster != NULL && *cluster != '\0' && strcmp(cluster, "debian") != 0) {
        return g_strdup_printf("corosync.conf of cluster '%s' is there; if that is no more: \"%s wipe\" there", cluster, program);
    }
    return NULL;
}

/* Who answers there, and is it the machine that is meant? */
static char *
other_host(const struct cox_cluster_work *work, const struct cox_remote *node)
{
    g_autofree char *host = cox_remote_value(node, "hostname");

    if (work->settings->is_forced || cox_ring_is_host(node->name, host != NULL ? host : "")) {
        return NULL;
    }
    return g_strdup_printf("the host at %s is called '%s': mend the address or the name; if the node is to have another name than its host: --force",
                           node->address, host != NULL ? host : "");
}

static char *
other_version(const struct cox_remote *node, const struct cox_remote *first)
{
    for (const char *const *key = (const char *const[]) { "version", "corosync", NULL }; *key != NULL; key++) {
        g_autofree char *here = cox_remote_value(node, *key);
        g_autofree char *there = cox_remote_value(first, *key);

        if (g_strcmp0(here, there) != 0) {
            return g_strdup_printf("%s is %s, on %s it is %s: install the same", strcmp(*key, "version") == 0 ? "coxswain" : *key, here, first->name, there);
        }
    }
    return NULL;
}

void
cox_cluster_look(struct cox_cluster_work *work)
{
    (void) cox_remote_run(work->nodes, "check", NULL, COX_CLUSTER_STEP_MS);
}

/* Nodes that are chosen: reached, the same versions on all; and if @are_new, the hosts that are meant, in no cluster. */
int
cox_cluster_check(struct cox_cluster_work *work, bool are_new)
{
    const struct cox_remote *first = NULL;
    int status = 0;

    cox_cluster_look(work);
    for (guint i = 0; i < work->nodes->len; i++) {
        struct cox_remote *node = work->nodes->pdata[i];

        if (!node->is_chosen || !node->is_ok) {
            continue;
        }
        first = first == NULL ? node : first;
        node->problem = other_version(node, first);
        if (node->problem == NULL && are_new) {
            node->problem = other_host(work, node);
        }
        if (node->problem == NULL && are_new) {
            node->problem = objection(work, node);
        }
    }
    status = cox_cluster_tell(work, are_new ? "reached, in no cluster" : "reached");
    if (status != 0) {
        cox_out_error(work->ctx->out, "nothing was changed on any node");
    }
    return status;
}

/* Of the nodes that are chosen and were looked at those that have answered stay; exit status for the others, which are named. */
static int
keep_reached(struct cox_cluster_work *work)
{
    int status = cox_cluster_tell(work, "reached");

    for (guint i = 0; i < work->nodes->len; i++) {
        struct cox_remote *node = work->nodes->pdata[i];

        node->is_chosen = node->is_chosen && node->is_ok;
    }
    return status;
}

/* Would nodes go on without quorum, when those that are chosen stop?  All were looked at; who did not answer may run or not: what is worse counts. */
int
cox_cluster_keep_quorum(struct cox_cluster_work *work, const struct cox_ring *ring)
{
    guint now = 0, left = 0, left_perhaps = 0;

    for (guint i = 0; i < work->nodes->len; i++) {
        const struct cox_remote *node = work->nodes->pdata[i];
        bool runs = cox_cluster_is_running(node), perhaps = runs || !node->is_ok;

        now += perhaps ? 1 : 0;
        left += runs && !node->is_chosen ? 1 : 0;
        left_perhaps += perhaps && !node->is_chosen ? 1 : 0;
    }
    if (work->settings->is_forced || left_perhaps == 0 || !cox_ring_has_quorum(ring, now) || cox_ring_has_quorum(ring, left)) {
        return 0;
    }
    return cox_tool_error(work->ctx, COX_ERROR_QUORUM, "%u of %u nodes would be left running; they have no quorum and stop everything, too: stop all, or --force",
                          left, work->nodes->len);
}

/* What the package of corosync began on new nodes: all, or the one that is named. */
int
cox_cluster_clear_fresh(struct cox_cluster_work *work, const char *name)
{
    guint n = 0;
    int status = 0;

    for (guint i = 0; i < work->nodes->len; i++) {
        struct cox_remote *node = work->nodes->pdata[i];
        g_autofree char *fresh = cox_remote_value(node, "fresh");

        node->is_chosen = fresh != NULL && (name == NULL || strcmp(node->name, name) == 0);
        n += node->is_chosen ? 1 : 0;
    }
    status = n == 0 ? 0 : cox_cluster_step(work, "clear", "the cluster that the package of corosync began is stopped", START_MS);
    cox_cluster_choose(work, NULL, true);
    return status;
}

void
cox_cluster_tell_dry(struct cox_cluster_work *work, const char *action)
{
    g_autofree char *text = cox_ring_text(work->ring);

    cox_out_line(work->ctx->out, "would %s, with this corosync.conf on all nodes:", action);
    cox_out_raw(work->ctx->out, text);
}

/* ---- verbs ------------------------------------------------------------------------------------------------ */

int
cox_cluster_start(struct cox_cluster_work *work)
{
    return cox_cluster_step(work, "start", "started", START_MS);
}

int
cox_cluster_stop(struct cox_cluster_work *work)
{
    /* All managers before the first corosync: who leaves in order never looks lost. */
    int status = cox_cluster_step(work, "stop-manager", "cluster manager stopped", 0);

    return status != 0 ? status : cox_cluster_step(work, "stop-ring", "corosync stopped", COX_CLUSTER_STEP_MS);
}

static bool
token_of(const struct cox_settings *settings, guint *token_ms, GError **error)
{
    guint64 value = COX_CLUSTER_TOKEN_MS;

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

    random_bytes(bytes, sizeof bytes);
    return g_base64_encode(bytes, sizeof bytes);
}

int
cox_verb_cluster_create(struct cox_tool_ctx *ctx, char **arguments)
{
    g_auto(cox_cluster_work) work = { .ctx = ctx, .settings = ctx->settings };
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
    status = cox_cluster_check(&work, true);
    if (status != 0) {
        return status;
    }
    if (work.settings->change.is_dry) {
        cox_cluster_tell_dry(&work, "create the cluster");
        return 0;
    }
    key = new_key();
    status = cox_cluster_clear_fresh(&work, NULL);
    status = status == 0 ? cox_cluster_distribute(&work, key) : status;
    return status == 0 && work.settings->starts ? cox_cluster_start(&work) : status;
}

/* The nodes that are named, or all. */
static bool
choose_named(struct cox_cluster_work *work, char **names, GError **error)
{
    if (names[0] == NULL) {
        return true;
    }
    cox_cluster_choose(work, NULL, false);
    for (guint i = 0; names[i] != NULL; i++) {
        if (cox_cluster_find(work, names[i]) == NULL) {
            g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "node '%s' is not in the cluster", names[i]);
            return false;
        }
        cox_cluster_choose(work, names[i], true);
    }
    return true;
}

int
cox_verb_cluster_start(struct cox_tool_ctx *ctx, char **arguments)
{
    g_auto(cox_cluster_work) work = { .ctx = ctx, .settings = ctx->settings };
    GError *error = NULL;
    int missing = 0, status = 0;

    if (!cox_cluster_load(&work, &error) || !choose_named(&work, arguments, &error)) {
        return cox_tool_fail(ctx, error);
    }
    cox_cluster_look(&work);
    missing = keep_reached(&work);
    if (!work.settings->change.is_dry) {
        status = cox_cluster_start(&work);
    }
    return status != 0 ? status : missing;
}

int
cox_verb_cluster_stop(struct cox_tool_ctx *ctx, char **arguments)
{
    g_auto(cox_cluster_work) work = { .ctx = ctx, .settings = ctx->settings };
    GError *error = NULL;
    int missing = 0, status = 0;

    if (!cox_cluster_load(&work, &error) || !choose_named(&work, arguments, &error)) {
        return cox_tool_fail(ctx, error);
    }
    cox_cluster_choose(&work, NULL, true);
    cox_cluster_look(&work);
    (void) choose_named(&work, arguments, NULL);
    status = cox_cluster_keep_quorum(&work, work.ring);
    if (status != 0) {
        return status;
    }
    missing = keep_reached(&work);
    if (!work.settings->change.is_dry) {
        status = cox_cluster_stop(&work);
    }
    return status != 0 ? status : missing;
}

int
cox_verb_cluster_destroy(struct cox_tool_ctx *ctx, char **arguments)
{
    g_auto(cox_cluster_work) work = { .ctx = ctx, .settings = ctx->settings };
    g_autofree char *program = cox_remote_program();
    GError *error = NULL;
    int missing = 0, status = 0;

    (void) arguments;
    if (!cox_cluster_load(&work, &error)) {
        return cox_tool_fail(ctx, error);
    }
    if (!work.settings->is_forced && !work.settings->change.is_dry) {
        return cox_tool_error(ctx, COX_ERROR_UNSAFE, "this stops all resources and removes the configuration of cluster '%s' on its %u nodes: --force",
                              cox_ring_get(work.ring, "totem.cluster_name"), work.nodes->len);
    }
    cox_cluster_look(&work);
    missing = keep_reached(&work);
    if (work.settings->change.is_dry) {
        return missing;
    }
    if (missing != 0) {
        cox_out_error(ctx->out, "nodes that are not reached are left as they are; when they are back, stop both there, and: \"%s wipe\"", program);
    }
    status = cox_cluster_stop(&work);
    status = status != 0 ? status : cox_cluster_step(&work, "wipe", "configuration, key and state removed", COX_CLUSTER_STEP_MS);
    return status != 0 ? status : missing;
}
