/* lib/sched/digest.c - did the parameters of an operation change since it ran?  Layer 3, pure. */
#include <string.h>

#include "base/interval.h"
#include "model/param_digest.h"
#include "sched/planner_priv.h"

/* Is @name one of the words of @list? */
static bool
is_listed(const char *list, const char *name)
{
    size_t length = strlen(name);
    const char *at = list;

    while ((at = strstr(at, name)) != NULL) {
        if ((at == list || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0')) {
            return true;
        }
        at += length;
    }
    return false;
}

/* Digest of the parameters named by @names (or, with @keep false, of all others); NULL @names: of all. */
static char *
digest_subset(const struct cox_nvlist *all, const char *names, bool keep)
{
    g_autofree struct cox_nvpair *pairs = g_new0(struct cox_nvpair, all->n_pairs + 1);
    size_t n = 0;

    for (size_t i = 0; i < all->n_pairs; i++) {
        if (names == NULL || is_listed(names, all->pairs[i].name) == keep) {
            pairs[n++] = all->pairs[i];
        }
    }
    return cox_param_digest(pairs, n);
}

static void
collect(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *node, const struct cox_op_history *op,
        struct cox_nvlist *all)
{
    const char *task = (op->interval_ms > 0) ? op->operation : "start";
    struct sched_action action = { .rsc = rsc,
                                   .node = node,
                                   .task = sched_task_parse(task),
                                   .text = task,
                                   .interval_ms = op->interval_ms };

    sched_op_params(work, &action, sched_op_find(rsc, task, op->interval_ms, true), all);
    sched_attrs_params(work, rsc, node, all);
    if (op->interval_ms > 0) {
        struct cox_nvlist meta = { 0 };

        sched_op_meta(work, &action, &meta);
        cox_nvlist_set(all, "CRM_meta_timeout", cox_nvlist_get(&meta, "timeout"));
        cox_nvlist_clear(&meta);
    }
}

static bool
has_own_params(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *node)
{
    struct sched_action start = { .rsc = rsc, .node = node, .task = SCHED_TASK_START, .text = sched_task_text(SCHED_TASK_START) };
    struct cox_nvlist own = { 0 };
    bool has_some;

    sched_op_params(work, &start, sched_op_find(rsc, start.text, 0, true), &own);
    has_some = own.n_pairs > 0;
    cox_nvlist_clear(&own);
    return has_some;
}

/* Is parameter @name for the agent, and none of the secrets? */
static bool
is_public(const struct sched_rsc *rsc, const char *name, const char *secrets)
{
    if ((secrets != NULL && is_listed(secrets, name)) || g_str_has_prefix(name, "CRM_meta_")) {
        return false;
    }
    return !(rsc->is_fence_device
             && (g_str_has_prefix(name, "pcmk_") || strcmp(name, "provides") == 0
                 || strcmp(name, "stonith-timeout") == 0)); /* meant for the cluster, not the agent */
}

char *
sched_digest_public(const struct sched_rsc *rsc, const struct cox_nvlist *all, const char *secrets)
{
    g_autofree struct cox_nvpair *pairs = g_new0(struct cox_nvpair, all->n_pairs + 1);
    size_t n = 0;

    for (size_t i = 0; i < all->n_pairs; i++) {
        if (is_public(rsc, all->pairs[i].name, secrets)) {
            pairs[n++] = all->pairs[i];
        }
    }
    return cox_param_digest(pairs, n);
}

/* Are there asterisks for a secret, as in a configuration that was sent to others?  From a file they may be missing altogether. */
static bool
are_hidden(const struct sched_work *work, const struct cox_nvlist *all, const char *secrets)
{
    bool has_some = false;

    for (size_t i = 0; secrets != NULL && i < all->n_pairs; i++) {
        const char *value = all->pairs[i].value;

        if (is_listed(secrets, all->pairs[i].name) && value != NULL && *value != '\0') {
            has_some = true;
            if (value[strspn(value, "*")] == '\0') {
                return true;
            }
        }
    }
    return work->input->is_from_file && !has_some;
}

/* Where secrets are hidden, only the digest without them can tell; anywhere else a changed secret is a change. */
static bool
differs_in_secrets_only(const struct sched_work *work, const struct sched_rsc *rsc, const struct cox_op_history *op,
                        const struct cox_nvlist *all)
{
    g_autofree char *now = NULL;

    if (op->op_secure_digest == NULL || !are_hidden(work, all, op->op_secure_params)) {
        return false;
    }
    now = sched_digest_public(rsc, all, op->op_secure_params);
    return strcmp(now, op->op_secure_digest) == 0;
}

static void
note_secrets(struct sched_work *work, const struct sched_rsc *rsc, const struct sched_node *node, const struct cox_op_history *op)
{
    g_autofree char *interval = cox_interval_text(op->interval_ms);
    g_autofree char *note = NULL;

    if (work->input->with_scores || work->input->with_utilization) {
        note = g_strdup_printf("Only 'private' parameters to %s-interval %s for %s on %s changed: %s", interval, op->operation, rsc->id,
                               node->name, op->transition_magic != NULL ? op->transition_magic : "");
        g_ptr_array_add(work->notes, cox_arena_memdup(work->arena, note, strlen(note) + 1, 1));
    }
}

enum sched_digest_result
sched_digest_compare(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *node,
                     const struct cox_op_history *op, bool is_exact)
{
    struct cox_nvlist all = { 0 };
    enum sched_digest_result result = SCHED_DIGEST_SAME;
    g_autofree char *now = NULL;

    collect(work, rsc, node, op, &all);
    if (op->op_restart_digest != NULL) {
        g_autofree char *restart = digest_subset(&all, op->op_force_restart, true);

        if (strcmp(restart, op->op_restart_digest) != 0) {
            result = SCHED_DIGEST_RESTART;
        }
    }
    if (result == SCHED_DIGEST_SAME) {
        if (op->op_digest == NULL) {
            result = SCHED_DIGEST_RELOAD;
        } else {
            now = digest_subset(&all, NULL, true);
            if (strcmp(now, op->op_digest) != 0) {
                result = SCHED_DIGEST_RELOAD;
            }
        }
    }
    if (result == SCHED_DIGEST_RELOAD && op->interval_ms == 0 && has_own_params(work, rsc, node)) {
        result = SCHED_DIGEST_RESTART; /* a reload would not get them */
    }
    if (result != SCHED_DIGEST_SAME && !is_exact && differs_in_secrets_only(work, rsc, op, &all)) {
        result = SCHED_DIGEST_SAME;
        note_secrets(work, rsc, node, op);
    }
    cox_nvlist_clear(&all);
    return result;
}
