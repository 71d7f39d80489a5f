/* lib/sched/explain.c - the recorder of reasons.  Layer 3, pure. */
#include "sched/explain_priv.h"

#include <string.h>

#include "sched/assign_priv.h"

/** The recorder: what is begun with the run and ends with it; notes live in the plan's arena. */
struct sched_explain {
    struct cox_score_term cause;
    GHashTable *records; /* cells -> struct sched_record * */
    GHashTable *copies;  /* copy of cells -> struct sched_note ** [n_nodes + 1]; those of copies that are gone stay */
    GHashTable *names;   /* thing -> text */
    const char *naming;
};

void
sched_explain_begin(struct sched_work *work)
{
    if (!work->input->with_explanation || work->input->state_only) {
        return;
    }
    work->explain = cox_arena_new_array(work->arena, struct sched_explain, 1);
    work->explain->cause.kind = COX_TERM_UNEXPLAINED;
    work->explain->records = g_hash_table_new(NULL, NULL);
    work->explain->copies = g_hash_table_new(NULL, NULL);
    work->explain->names = g_hash_table_new(NULL, NULL);
}

void
sched_explain_end(struct sched_work *work)
{
    if (work->explain != NULL) {
        g_hash_table_destroy(work->explain->records);
        g_hash_table_destroy(work->explain->copies);
        g_hash_table_destroy(work->explain->names);
        work->explain = NULL;
    }
}

void
sched_explain_do_cause(struct sched_explain *explain, enum cox_term_kind kind, const char *id, const char *peer)
{
    explain->cause = (struct cox_score_term) { .kind = kind, .id = id, .peer = peer };
}

void
sched_explain_do_limit(struct sched_explain *explain, gint64 count, gint64 limit)
{
    explain->cause.count = count;
    explain->cause.limit = limit;
}

void
sched_explain_do_rule(struct sched_explain *explain, const char *rule)
{
    explain->cause.rule = rule;
}

static cox_score
known(const struct sched_record *record, guint32 idx)
{
    return record->last[idx] == NULL ? 0 : record->last[idx]->after;
}

static void
note(const struct sched_work *work, struct sched_record *record, guint32 idx, const struct cox_score_term *term)
{
    struct sched_note *added = cox_arena_new_array(work->arena, struct sched_note, 1);

    added->term = *term;
    added->after = term->is_set ? term->score : cox_score_add(known(record, idx), term->score);
    added->prev = record->last[idx];
    record->last[idx] = added;
}

/* What a cell held before anything was recorded. */
static void
note_given(const struct sched_work *work, struct sched_record *record)
{
    for (guint32 i = 0; i < work->n_nodes; i++) {
        const struct cox_score_term term = { .kind = record->rsc->replica >= 0 ? COX_TERM_BUNDLE : COX_TERM_NODE,
                                       .id = sched_node_at(work, i)->name,
                                       .score = record->rsc->cells[i].score };

        if (term.score != 0) {
            note(work, record, i, &term);
        }
    }
}

struct sched_record *
sched_explain_record(const struct sched_work *work, struct sched_rsc *rsc)
{
    struct sched_record *record = g_hash_table_lookup(work->explain->records, rsc->cells);

    if (record == NULL) {
        record = cox_arena_new_array(work->arena, struct sched_record, 1);
        record->rsc = rsc;
        record->last = cox_arena_new_array(work->arena, struct sched_note *, work->n_nodes + 1);
        record->chosen = COX_NODE_NONE;
        record->runner_up = COX_NODE_NONE;
        g_hash_table_insert(work->explain->records, rsc->cells, record);
        note_given(work, record);
    }
    return record;
}

void
sched_explain_do_change(const struct sched_work *work, struct sched_rsc *rsc, guint32 idx, cox_score score, bool is_set)
{
    struct sched_record *record = sched_explain_record(work, rsc);
    struct cox_score_term term = work->explain->cause;

    term.score = score;
    term.is_set = is_set;
    term.is_late = rsc->is_assigned && !rsc->is_assigning && idx < work->n_nodes;
    if (score != 0 || is_set || term.kind == COX_TERM_LOCATION) {
        note(work, record, idx, &term);
    }
}

/* From one score to another in one step: an addition where that leads there. */
static void
note_difference(const struct sched_work *work, struct sched_record *record, guint32 idx, cox_score score)
{
    const cox_score before = known(record, idx);
    struct cox_score_term term = work->explain->cause;

    if (before == score) {
        return;
    }
    term.score = ABS(score) >= COX_SCORE_INFINITY ? score : score - before;
    if (cox_score_add(before, term.score) != score) {
        term.score = score;
        term.is_set = true;
    }
    term.is_late = record->rsc->is_assigned && !record->rsc->is_assigning && idx < work->n_nodes;
    note(work, record, idx, &term);
}

void
sched_explain_do_settle(const struct sched_work *work, struct sched_rsc *rsc)
{
    struct sched_record *record = sched_explain_record(work, rsc);

    for (guint32 i = 0; i < work->n_nodes; i++) {
        note_difference(work, record, i, rsc->cells[i].score);
    }
}

/* Notes of the clone's row, first to last, as far as they are not the ranks that were put there for sorting. */
static void
carry(const struct sched_work *work, struct sched_record *record, const struct sched_note *last)
{
    if (last != NULL) {
        carry(work, record, last->prev); /* as deep as one cell has terms */
        if (last->term.kind != COX_TERM_PROMOTION) {
            note(work, record, SCHED_PROMOTION(work), &last->term);
        }
    }
}

void
sched_explain_do_promotion(struct sched_work *work, struct sched_rsc *rsc, const struct sched_rsc *clone, const struct sched_node *node)
{
    struct sched_record *record = sched_explain_record(work, rsc);
    const struct sched_record *whole = g_hash_table_lookup(work->explain->records, clone->cells);

    if (node != NULL && rsc->sort_index >= 0 && whole != NULL) {
        carry(work, record, whole->last[node->idx]);
    }
    sched_explain_do_cause(work->explain, COX_TERM_DEPENDENT, NULL, NULL);
    note_difference(work, record, SCHED_PROMOTION(work), rsc->sort_index);
}

void
sched_explain_do_copied(const struct sched_work *work, const struct sched_cell *cells, const struct sched_cell *copy)
{
    const struct sched_record *record = g_hash_table_lookup(work->explain->records, cells);

    if (record != NULL) {
        g_hash_table_insert(work->explain->copies, (gpointer) (guintptr) copy,
                            cox_arena_memdup(work->arena, record->last, work->n_nodes + 1, sizeof(record->last[0])));
    }
}

void
sched_explain_do_restored(const struct sched_work *work, const struct sched_cell *cells, const struct sched_cell *copy)
{
    struct sched_record *record = g_hash_table_lookup(work->explain->records, cells);
    struct sched_note *const *last = g_hash_table_lookup(work->explain->copies, copy);

    if (record != NULL && last != NULL) {
        memcpy(record->last, last, work->n_nodes * sizeof(last[0])); /* not the promotion score: that is no cell */
    }
}

void
sched_explain_do_bound(struct sched_work *work, struct sched_rsc *rsc, const struct sched_colocation *row)
{
    struct sched_record *record = sched_explain_record(work, rsc);

    record->choice = COX_CHOICE_BOUND;
    record->bound_id = row->id;
    record->bound_to = row->primary->id;
    for (guint i = 0; i < sched_n_children(rsc); i++) {
        sched_explain_do_bound(work, sched_child(rsc, i), row);
    }
}

void
sched_explain_do_partner(struct sched_work *work, struct sched_rsc *rsc, const struct sched_rsc *of)
{
    struct sched_record *record = sched_explain_record(work, rsc);

    record->choice = COX_CHOICE_PARTNER;
    record->bound_id = work->explain->naming;
    record->bound_to = of == NULL ? NULL : of->id;
}

void
sched_explain_do_name(const struct sched_work *work, const void *thing, const char *name)
{
    if (name != NULL) {
        g_hash_table_insert(work->explain->names, (gpointer) (guintptr) thing, (gpointer) (guintptr) name);
    }
}

void
sched_explain_do_name_now(const struct sched_work *work, const void *thing)
{
    sched_explain_do_name(work, thing, work->explain->naming);
}

void
sched_explain_do_naming(struct sched_work *work, const void *thing)
{
    work->explain->naming = thing == NULL ? NULL : sched_explain_name_of(work, thing);
}

void
sched_explain_do_naming_text(struct sched_work *work, const char *name)
{
    work->explain->naming = name;
}

const char *
sched_explain_name_of(const struct sched_work *work, const void *thing)
{
    return work->explain == NULL ? NULL : g_hash_table_lookup(work->explain->names, thing);
}
