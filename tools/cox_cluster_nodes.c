/* tools/cox_cluster_nodes.c - verbs of cox that add a node to the cluster and take one out.  Layer 6. */
#include "tools/cox_cluster.h"

#include <string.h>

#include "base/error.h"
#include "tools/cox_priv.h"
#include "tools/cox_remote.h"

/* One of the nodes that run, but not @but.  @return false: nobody runs */
static bool
choose_running(struct cox_cluster_work *work, const char *but)
{
    cox_cluster_choose(work, NULL, true);
    if (but != NULL) {
        cox_cluster_choose(work, but, false);
    }
    cox_cluster_look(work);
    for (guint i = 0; i < work->nodes->len; i++) {
        const struct cox_remote *node = work->nodes->pdata[i];

        if (node->is_chosen && cox_cluster_is_running(node)) {
            cox_cluster_choose_only(work, node->name);
            return true;
        }
    }
    return false;
}

/* The step on one of the nodes that run; the others hear of it through corosync.  @return -1 when nobody runs: nothing to tell */
static int
tell_one(struct cox_cluster_work *work, const char *name, const char *done, const char *but)
{
    return choose_running(work, but) ? cox_cluster_step(work, name, done, COX_CLUSTER_STEP_MS) : -1;
}

/* A step has failed, and the change is made: what is to be done by hand, @commands up to NULL. */
static void
tell_rest(struct cox_cluster_work *work, const char *const *commands)
{
    for (guint i = 0; commands[i] != NULL; i++) {
        cox_out_error(work->ctx->out, "still to be done: %s", commands[i]);
    }
}

/* The node that is to be added is in corosync.conf, with this address: an earlier call has not come to its end. */
static bool
is_begun(const struct cox_cluster_work *work, const char *word)
{
    g_auto(GStrv) parts = g_strsplit(word, "=", 2);
    const struct cox_remote *node = cox_cluster_find(work, parts[0]);
    gsize length = parts[1] != NULL ? strcspn(parts[1], ",") : 0;

    return node != NULL && work->nodes->len > 1 && !cox_remote_is_here(node)
           && (parts[1] == NULL || (strlen(node->address) == length && strncmp(parts[1], node->address, length) == 0));
}

/* The new node among the others, chosen alone. */
static bool
take_in(struct cox_cluster_work *work, const char *word, const char *name, GError **error)
{
    struct cox_ring_node node;

    if (is_begun(work, word)) {
        work->again = cox_ring_get(work->ring, "totem.cluster_name");
    } else if (!cox_ring_add(work->ring, word, error)) {
        return false;
    } else if (cox_ring_node(work->ring, work->nodes->len, &node)) {
        (void) cox_remote_add(work->nodes, node.name, node.address);
    }
    cox_cluster_choose_only(work, name);
    return true;
}

/* The keys that the nodes have are compared; who has another one than the first is told so.  The caller frees it. */
static char *
common_key(struct cox_cluster_work *work)
{
    const struct cox_remote *first = NULL;

    for (guint i = 0; i < work->nodes->len; i++) {
        struct cox_remote *node = work->nodes->pdata[i];

        if (!node->is_chosen || !node->is_ok) {
            continue;
        }
        first = first == NULL ? node : first;
        if (strcmp(g_strstrip(node->out), g_strstrip(first->out)) != 0) {
            node->problem = g_strdup_printf("its key is not that of %s: copy the authkey that the running nodes use to it, and try again", first->name);
        }
    }
    return first == NULL ? NULL : g_strdup(first->out);
}

/* What the new node is to have; NULL with the exit status in @status.  Nothing is encrypted or signed, or the key is in corosync.conf: none. */
static char *
key_for_new(struct cox_cluster_work *work, int *status)
{
    const char *elsewhere = cox_ring_get(work->ring, "totem.keyfile");
    g_autofree char *key = NULL;

    if (!cox_ring_is_secured(work->ring) || (elsewhere == NULL && cox_ring_get(work->ring, "totem.key") != NULL)) {
        return g_strdup("-");
    }
    if (elsewhere != NULL && strcmp(elsewhere, "/etc/corosync/authkey") != 0) {
        *status = cox_tool_error(work->ctx, COX_ERROR_NOT_CONFIGURED, "corosync.conf: totem.keyfile is '%s', and only /etc/corosync/authkey is copied: "
                                 "move it there on all nodes first", elsewhere);
        return NULL;
    }
    (void) cox_remote_run(work->nodes, "key", NULL, COX_CLUSTER_STEP_MS);
    key = common_key(work);
    *status = cox_cluster_tell(work, "has the key");
    return *status == 0 ? g_steal_pointer(&key) : NULL;
}

/* The files to all, and corosync reads them; the new node begins. */
static int
add_chosen(struct cox_cluster_work *work, const char *name)
{
    g_autofree char *begin = g_strdup_printf("cox cluster start %s", name);
    const char *const rest[] = { "corosync-cfgtool -R", work->settings->starts ? begin : NULL, NULL };
    g_autofree char *key = NULL;
    int status = 0;

    if (work->nodes->len < 2) {
        return cox_tool_error(work->ctx, COX_ERROR_NOT_CONFIGURED, "corosync.conf has no nodelist: give it one with all nodes first");
    }
    cox_cluster_choose(work, name, false);
    key = key_for_new(work, &status);
    if (key == NULL) {
        return status;
    }
    status = cox_cluster_clear_fresh(work, name);
    status = status == 0 ? cox_cluster_distribute(work, key) : status;
    if (status != 0) {
        return status;
    }
    status = tell_one(work, "reload", "told all of the new configuration", name);
    if (status > 0) {
        tell_rest(work, rest);
        return status;
    }
    cox_cluster_choose_only(work, name);
    status = work->settings->starts ? cox_cluster_start(work) : 0;
    if (status != 0) {
        tell_rest(work, rest + 1);
    }
    return status;
}

int
cox_verb_cluster_add(struct cox_tool_ctx *ctx, char **arguments)
{
    g_auto(cox_cluster_work) work = { .ctx = ctx, .settings = ctx->settings };
    g_autofree char *name = g_strndup(arguments[0], strcspn(arguments[0], "="));
    GError *error = NULL;
    int status = 0;

    if (!cox_cluster_load(&work, &error) || !take_in(&work, arguments[0], name, &error)) {
        return cox_tool_fail(ctx, error);
    }
    status = cox_cluster_check(&work, true);
    if (status != 0) {
        return status;
    }
    cox_cluster_choose(&work, NULL, true);
    status = cox_cluster_check(&work, false);
    if (status == 0 && work.settings->change.is_dry) {
        cox_cluster_tell_dry(&work, "add the node");
        return 0;
    }
    return status != 0 ? status : add_chosen(&work, name);
}

/* The node that goes was looked at: it is stopped.  @return -1 when it is left as it is */
static int
empty(struct cox_cluster_work *work, const struct cox_remote *node)
{
    g_autofree char *program = cox_remote_program();
    g_autofree char *cluster = node->is_ok ? cox_remote_value(node, "cluster") : NULL;

    if (!node->is_ok && !work->settings->is_forced) {
        return cox_tool_error(work->ctx, COX_ERROR_GENERIC, "%s: %s; if it is down for good: --force", node->name, node->problem);
    }
    if (!node->is_ok) {
        cox_out_line(work->ctx->out, "%s: %s: left as it is; do not start it again before \"%s wipe\" there", node->name, node->problem, program);
        return -1;
    }
    if (cluster != NULL && *cluster != '\0' && g_strcmp0(cluster, cox_ring_get(work->ring, "totem.cluster_name")) != 0) {
        cox_out_line(work->ctx->out, "%s: it is in cluster '%s' now: left as it is", node->name, cluster);
        return -1;
    }
    cox_cluster_choose_only(work, node->name);
    return work->settings->change.is_dry ? 0 : cox_cluster_stop(work);
}

/* corosync.conf is without the node: all are told, and nothing is left of it. */
static int
let_go(struct cox_cluster_work *work, const struct cox_remote *node, bool is_emptied)
{
    const char *cluster = cox_ring_get(work->ring, "totem.cluster_name");
    g_autofree char *program = cox_remote_program();
    g_autofree char *forget = g_strdup_printf("forget %s", node->name);
    g_autofree char *wipe = g_strdup_printf("wipe %s", cluster);
    g_autofree char *by_hand = g_strdup_printf("crm_node --force --remove %s", node->name);
    g_autofree char *last = g_strdup_printf("ssh root@%s %s %s", node->address, program, wipe);
    const char *const rest[] = { "corosync-cfgtool -R", by_hand, last, NULL };
    guint next = 0;
    int status = tell_one(work, "reload", "told all of the new configuration", node->name);

    if (status <= 0) {
        next = 1;
        status = tell_one(work, forget, "has all forget the node", node->name);
    }
    if (status < 0) {
        cox_out_line(work->ctx->out, "no node runs: once they do, forget the node with: %s", by_hand);
    }
    if (status <= 0) {
        next = 2;
        cox_cluster_choose_only(work, node->name);
        status = is_emptied ? cox_cluster_step(work, wipe, "configuration, key and state removed", COX_CLUSTER_STEP_MS) : 0;
    }
    if (status != 0) {
        tell_rest(work, rest + next);
    }
    return status;
}

/* Not in corosync.conf: an earlier call has not come to its end, when the cluster manager knows the node. */
static bool
is_left_over(struct cox_cluster_work *work, const char *word)
{
    g_autoptr(cox_ring) scratch = cox_ring_new("scratch", COX_CLUSTER_TOKEN_MS, NULL);
    g_autofree char *known = NULL;
    struct cox_ring_node node;

    if (!cox_ring_add(scratch, word, NULL) || !cox_ring_node(scratch, 0, &node) || !choose_running(work, NULL)) {
        return false;
    }
    known = g_strdup_printf("known %s", node.name);
    if (!cox_remote_run(work->nodes, known, NULL, COX_CLUSTER_STEP_MS)) {
        return false;
    }
    (void) cox_remote_add(work->nodes, node.name, node.address);
    return true;
}

/* Reached, with quorum without the node, and if that does not run, it is not one that may still run resources. */
static int
may_go(struct cox_cluster_work *work, const struct cox_ring *before, const struct cox_remote *node)
{
    g_autofree char *clean = g_strdup_printf("clean %s", node->name);
    int status = 0;

    cox_cluster_choose(work, NULL, true);
    cox_cluster_look(work);
    cox_cluster_choose(work, node->name, false);
    status = cox_cluster_tell(work, "reached");
    if (status != 0 && !work->settings->is_forced) {
        cox_out_error(work->ctx->out, "nothing was changed on any node; nodes that are down: --force");
        return status;
    }
    cox_cluster_choose_only(work, node->name);
    status = cox_cluster_keep_quorum(work, before);
    if (status != 0 || cox_cluster_is_running(node)) {
        return status;
    }
    status = tell_one(work, clean, "knows that the node is off", node->name);
    return MAX(status, 0);
}

/* All others that were reached are chosen; exit status when there are some that were not. */
static int
choose_others(struct cox_cluster_work *work, const char *name)
{
    int status = 0;

    for (guint i = 0; i < work->nodes->len; i++) {
        struct cox_remote *node = work->nodes->pdata[i];
        bool is_other = strcmp(node->name, name) != 0;

        node->is_chosen = is_other && node->is_ok;
        if (is_other && !node->is_ok) {
            status = cox_tool_error(work->ctx, COX_ERROR_GENERIC, "%s: left as it is; copy /etc/corosync/corosync.conf to it before it starts again", node->name);
        }
    }
    return status;
}

/* The checks are done. */
static int
remove_node(struct cox_cluster_work *work, const struct cox_remote *node, bool is_in_ring)
{
    int missing = 0, status = 0, emptied = empty(work, node);

    if (emptied > 0) {
        return emptied;
    }
    if (work->settings->change.is_dry) {
        cox_cluster_tell_dry(work, "remove the node");
        return 0;
    }
    missing = choose_others(work, node->name);
    status = is_in_ring ? cox_cluster_distribute(work, "-") : 0;
    if (status == 0) {
        status = let_go(work, node, emptied == 0);
    }
    return status != 0 ? status : missing;
}

int
cox_verb_cluster_remove(struct cox_tool_ctx *ctx, char **arguments)
{
    g_auto(cox_cluster_work) work = { .ctx = ctx, .settings = ctx->settings };
    g_autofree char *name = g_strndup(arguments[0], strcspn(arguments[0], "="));
    g_autofree char *text = NULL;
    g_autoptr(cox_ring) before = NULL;
    struct cox_remote *node = NULL;
    GError *error = NULL;
    bool is_in_ring = false;
    int status = 0;

    if (!cox_cluster_load(&work, &error)) {
        return cox_tool_fail(ctx, error);
    }
    is_in_ring = cox_cluster_find(&work, name) != NULL;
    text = cox_ring_text(work.ring);
    before = cox_ring_parse(text, NULL);
    if (!cox_ring_remove(work.ring, name, &error) && (is_in_ring || !is_left_over(&work, arguments[0]))) {
        return cox_tool_fail(ctx, error);
    }
    g_clear_error(&error);
    node = cox_cluster_find(&work, name);
    if (cox_remote_is_here(node)) {
        return cox_tool_error(ctx, COX_ERROR_USAGE, "node '%s' is this one: remove it on another node", name);
    }
    status = may_go(&work, before, node);
    return status != 0 ? status : remove_node(&work, node, is_in_ring);
}
