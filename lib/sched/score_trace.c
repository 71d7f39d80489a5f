/* lib/sched/score_trace.c - the record of scores that people ask for with --show-scores.  Layer 3, pure. */
#include "sched/assign_priv.h"

void
sched_score_trace(struct sched_work *work, const struct sched_rsc *rsc, const char *where)
{
    if (!work->input->with_scores || rsc->is_orphan) {
        return;
    }
    for (guint32 i = 0; i < work->n_nodes; i++) {
        struct cox_score_entry entry = { .where = where, .rsc_id = rsc->id };

        if (rsc->cells[i].is_present) {
            entry.node = sched_node_at(work, i)->name;
            entry.score = rsc->cells[i].score;
            g_array_append_val(work->scores, entry);
        }
    }
    for (guint i = 0; i < sched_n_children(rsc); i++) {
        sched_score_trace(work, sched_child(rsc, i), where);
    }
}

void
sched_score_trace_promotion(struct sched_work *work, const struct sched_rsc *rsc, const struct sched_node *node)
{
    struct cox_score_entry entry = { .rsc_id = rsc->id, .score = rsc->sort_index, .is_promotion = true };

    if (work->input->with_scores) {
        entry.node = node == NULL ? NULL : node->name;
        g_array_append_val(work->scores, entry);
    }
}
