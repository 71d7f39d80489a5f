/* lib/exec/execresult.c - results of operations.  Layer 3, pure. */
#include "exec/execresult.h"

bool
cox_exec_result_is_same(const struct cox_exec_result *a, const struct cox_exec_result *b)
{
    return a->status == b->status && a->rc == b->rc && g_strcmp0(a->reason, b->reason) == 0;
}

/* Exit codes of a probe that mean that @task has done what it should. */
static bool
is_reached(const char *task, int rc)
{
    static const struct {
        const char *task;
        int rc[2];
    } wanted[] = {
        { "start", { COX_EXEC_RC_OK, COX_EXEC_RC_PROMOTED } },
        { "migrate_from", { COX_EXEC_RC_OK, COX_EXEC_RC_PROMOTED } },
        { "stop", { COX_EXEC_RC_NOT_RUNNING, COX_EXEC_RC_NOT_RUNNING } },
        { "migrate_to", { COX_EXEC_RC_NOT_RUNNING, COX_EXEC_RC_NOT_RUNNING } },
        { "promote", { COX_EXEC_RC_PROMOTED, COX_EXEC_RC_PROMOTED } },
        { "demote", { COX_EXEC_RC_OK, COX_EXEC_RC_NOT_RUNNING } },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++) {
        if (g_str_equal(task, wanted[i].task)) {
            return rc == wanted[i].rc[0] || rc == wanted[i].rc[1];
        }
    }
    return false; /* nothing can be concluded for a task that leaves no state */
}

struct cox_exec_result
cox_exec_result_from_probe(const char *task, const struct cox_exec_result *probe)
{
    if (probe->status == COX_OP_STATUS_DONE && is_reached(task, probe->rc)) {
        return (struct cox_exec_result) { COX_OP_STATUS_DONE, COX_EXEC_RC_OK, NULL };
    }
    return (struct cox_exec_result) { COX_OP_STATUS_ERROR, COX_EXEC_RC_ERROR,
                                      "its end was not seen, and a probe does not show the wanted state" };
}

/* FNV-1a over the text, then the finalizer of MurmurHash3: small differences of the arguments spread over all bits. */
static guint64
hash_of(guint64 seed, const char *rsc_id, gint64 interval_ms, guint64 n_runs)
{
    guint64 hash = G_GUINT64_CONSTANT(0xcbf29ce484222325) ^ seed;

    for (const char *at = rsc_id; *at != '\0'; at++) {
        hash = (hash ^ (guint64) (guchar) *at) * G_GUINT64_CONSTANT(0x100000001b3);
    }
    hash ^= (guint64) interval_ms * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15) ^ n_runs;
    hash = (hash ^ hash >> 33) * G_GUINT64_CONSTANT(0xff51afd7ed558ccd);
    hash = (hash ^ hash >> 33) * G_GUINT64_CONSTANT(0xc4ceb9fe1a85ec53);
    return hash ^ hash >> 33;
}

gint64
cox_exec_jitter_ms(guint64 seed, const char *rsc_id, gint64 interval_ms, guint64 n_runs)
{
    gint64 span_ms = MIN(interval_ms / 10, 5000);

    return (gint64) (hash_of(seed, rsc_id, interval_ms, n_runs) % (guint64) (span_ms + 1));
}

gint64
cox_exec_spread_ms(guint64 seed, const char *rsc_id, gint64 interval_ms)
{
    return (gint64) (hash_of(seed, rsc_id, interval_ms, 0) % (guint64) (interval_ms + 1));
}
