/* Random test of lib/exec: agents that take their time, hang, lose their results; crashes of the executor; several reigns. */
#include "exec/exec.h"

#include "base/testkit.h"

enum { SEEDS = 40, STEPS = 800, RSCS = 4, MAX_PROCESSES = 64 };

/* A process of the fake node: it outlives the executor. */
struct process {
    guint64 run; /* in the present executor; 0: free */
    guint rsc;
    bool is_killed, is_own_probe;
    const char *task;
    gint64 interval_ms;
    char key[24];
};

struct world {
    struct cox_exec *exec;
    GRand *random;
    cox_usec now, wake_at;
    struct process processes[MAX_PROCESSES];
    struct cox_exec_term term;
    GHashTable *open_keys;     /* one-shot orders of the present reign and executor that are not answered yet */
    GHashTable *answered_keys; /* one-shot orders that were reported */
    guint n_orders, n_runs, n_reports, n_refused;
    guint64 runs;
};

static const char *const names[RSCS] = { "a", "b", "c", "d" };

static guint
rsc_index(const char *name)
{
    return (guint) (name[0] - 'a');
}

static void
begin(struct world *w, const struct cox_exec_effect *effect)
{
    guint rsc = rsc_index(effect->rsc_id);
    struct process *free_slot = NULL;

    for (guint i = 0; i < MAX_PROCESSES; i++) {
        struct process *process = &w->processes[i];

        if (process->run == 0) {
            free_slot = free_slot == NULL ? process : free_slot;
        } else {
            if (process->rsc == rsc) {
                fail_msg("%s: %s begins while %s runs", effect->rsc_id, effect->task, process->task);
            }
        }
    }
    assert_non_null(free_slot);
    assert_false(!effect->is_probe && effect->interval_ms == 0 && g_hash_table_contains(w->answered_keys, effect->key)); /* withdrawn, or over */
    *free_slot = (struct process) { .run = effect->run, .rsc = rsc, .task = g_intern_string(effect->task),
                                    .interval_ms = effect->interval_ms, .is_own_probe = effect->is_probe };
    g_strlcpy(free_slot->key, effect->key == NULL ? "" : effect->key, sizeof(free_slot->key));
    w->runs = MAX(w->runs, effect->run);
    w->n_runs++;
}

static void
feed(struct world *w, const struct cox_exec_event *event)
{
    struct cox_exec_effects out;

    cox_exec_effects_init(&out);
    cox_exec_step(w->exec, event, w->now, &out);
    for (guint i = 0; i < cox_exec_effects_count(&out); i++) {
        const struct cox_exec_effect *e = cox_exec_effects_get(&out, i);

        switch (e->kind) {
            case COX_EXEC_DO_RUN:
                begin(w, e);
                break;
            case COX_EXEC_DO_KILL:
                for (guint p = 0; p < MAX_PROCESSES; p++) {
                    w->processes[p].is_killed = w->processes[p].is_killed || w->processes[p].run == e->run;
                }
                break;
            case COX_EXEC_DO_REPORT:
                w->n_reports++;
                if (e->interval_ms == 0) {
                    assert_true(g_hash_table_add(w->answered_keys, g_strdup(e->key))); /* not twice */
                    g_hash_table_remove(w->open_keys, e->key);
                }
                break;
            case COX_EXEC_DO_REFUSE:
                w->n_refused++;
                if (e->interval_ms == 0) {
                    g_hash_table_remove(w->open_keys, e->key);
                }
                break;
            case COX_EXEC_DO_CANCELLED:
            case COX_EXEC_DO_FORGOTTEN:
                break;
            case COX_EXEC_DO_WAKE:
                w->wake_at = e->at;
                break;
        }
    }
    cox_exec_effects_clear(&out);
}

static void
give_order(struct world *w)
{
    static const char *const tasks[] = { "start", "stop", "monitor", "promote", "demote", "monitor" };
    struct cox_exec_event event = { .kind = COX_EXEC_ON_ORDER };
    char *key = g_strdup_printf("k%u", ++w->n_orders);
    const char *task = tasks[g_rand_int_range(w->random, 0, G_N_ELEMENTS(tasks))];
    gint64 interval_ms = g_str_equal(task, "monitor") ? 1000 * g_rand_int_range(w->random, 0, 3) : 0;
    struct cox_opname after[2];

    event.order = (struct cox_exec_order) { names[g_rand_int_range(w->random, 0, RSCS)], task, key, interval_ms,
                                            g_rand_int_range(w->random, 1, 5) * 1000,
                                            g_rand_int_range(w->random, 0, 4) == 0 ? 700 : 0, w->term, after,
                                            interval_ms > 0 ? 0 : (size_t) g_rand_int_range(w->random, 0, 3) };
    for (size_t i = 0; i < G_N_ELEMENTS(after); i++) {
        after[i] = (struct cox_opname) { names[g_rand_int_range(w->random, 0, RSCS)], g_rand_boolean(w->random) ? "start" : "stop" };
    }
    if (g_rand_int_range(w->random, 0, 8) == 0) {
        event.order.term.generation--; /* a letter of yesterday */
    }
    if (interval_ms == 0) {
        g_hash_table_add(w->open_keys, key);
        feed(w, &event);
    } else {
        feed(w, &event);
        g_free(key);
    }
}

/* A process ends in one of many ways. */
static void
end_process(struct world *w, struct process *process)
{
    struct cox_exec_event event = { .kind = COX_EXEC_ON_RESULT, .run = process->run };

    event.ended.result = (struct cox_exec_result) { COX_OP_STATUS_DONE, g_rand_int_range(w->random, 0, 9), NULL };
    switch (process->is_killed ? 5 : g_rand_int_range(w->random, 0, 8)) {
        case 0:
            event.kind = COX_EXEC_ON_LOST;
            break;
        case 1:
            event.kind = COX_EXEC_ON_PENDING;
            break;
        default:
            break;
    }
    process->run = 0;
    feed(w, &event);
}

static void
crash(struct world *w)
{
    struct cox_exec_config config = { .seed = 3, .pending_ms = 500, .probe_timeout_ms = 3000 };

    cox_exec_free(w->exec);
    w->exec = cox_exec_new(&config);
    w->wake_at = COX_USEC_NEVER;
    g_hash_table_remove_all(w->open_keys); /* who ordered asks again */
    for (guint p = 0; p < MAX_PROCESSES; p++) {
        struct process *process = &w->processes[p];
        struct cox_exec_event event = { .kind = COX_EXEC_ON_RECOVERED };

        if (process->run == 0) {
            continue;
        }
        event.run = process->run = ++w->runs;
        event.is_probe = process->is_own_probe;
        event.is_reported = g_hash_table_contains(w->answered_keys, process->key);
        event.begun_at = w->now - g_rand_int_range(w->random, 0, 2000000);
        event.order = (struct cox_exec_order) { names[process->rsc], process->is_own_probe ? "start" : process->task, process->key,
                                                process->is_own_probe ? 0 : process->interval_ms, 4000, 0, w->term };
        feed(w, &event);
    }
    feed(w, &(struct cox_exec_event) { .kind = COX_EXEC_ON_TERM, .term = w->term });
    feed(w, &(struct cox_exec_event) { .kind = COX_EXEC_ON_READY });
}

static void
one_step(struct world *w)
{
    struct process *process = &w->processes[g_rand_int_range(w->random, 0, MAX_PROCESSES)];
    struct cox_exec_event event = { .kind = COX_EXEC_ON_TERM };

    w->now += g_rand_int_range(w->random, 0, 300000);
    if (w->wake_at <= w->now) {
        w->wake_at = COX_USEC_NEVER;
        feed(w, &(struct cox_exec_event) { .kind = COX_EXEC_ON_WAKE });
    }
    for (guint p = 0; p < MAX_PROCESSES && g_rand_int_range(w->random, 0, 3) > 0; p++) {
        if (w->processes[p].run != 0) {
            process = &w->processes[p];
        }
    }
    if (process->run != 0) {
        end_process(w, process);
    }
    switch (g_rand_int_range(w->random, 0, 40)) {
        case 0:
            crash(w);
            break;
        case 1:
            event.term = w->term = (struct cox_exec_term) { w->term.generation + 1, (guint32) g_rand_int_range(w->random, 1, 4) };
            g_hash_table_remove_all(w->open_keys); /* dropped, unless they run */
            feed(w, &event);
            break;
        case 2:
            event.kind = COX_EXEC_ON_LIMIT;
            event.limit = (guint) g_rand_int_range(w->random, 0, 3);
            feed(w, &event);
            break;
        case 3:
        case 4:
            event.kind = COX_EXEC_ON_CANCEL;
            event.order = (struct cox_exec_order) { names[g_rand_int_range(w->random, 0, RSCS)], "monitor", NULL, 1000, 0, 0, w->term };
            feed(w, &event);
            break;
        case 5:
        case 6:
        case 7:
            event.kind = COX_EXEC_ON_WITHDRAW;
            event.order = (struct cox_exec_order) { names[g_rand_int_range(w->random, 0, RSCS)], g_rand_boolean(w->random) ? "start" : "stop", NULL, 0, 0,
                                                    0, w->term };
            feed(w, &event);
            break;
        default:
            if (g_hash_table_size(w->open_keys) < 20) {
                give_order(w);
            }
            break;
    }
}

/* No more trouble: everything that runs ends, and time passes, until all orders are answered. */
static void
drain(struct world *w)
{
    feed(w, &(struct cox_exec_event) { .kind = COX_EXEC_ON_LIMIT });
    for (guint i = 0; i < 2000 && g_hash_table_size(w->open_keys) > 0; i++) {
        w->now += 100000;
        if (w->wake_at <= w->now) {
            w->wake_at = COX_USEC_NEVER;
            feed(w, &(struct cox_exec_event) { .kind = COX_EXEC_ON_WAKE });
        }
        for (guint p = 0; p < MAX_PROCESSES; p++) {
            if (w->processes[p].run != 0) {
                w->processes[p].is_killed = true; /* no more losses */
                end_process(w, &w->processes[p]);
            }
        }
    }
}

static void
operations_of_a_resource_never_overlap_and_each_order_is_answered_once(void **state)
{
    guint n_runs = 0, n_reports = 0, n_refused = 0;

    (void) state;
    for (guint32 seed = 1; seed <= SEEDS; seed++) {
        struct world w = { .now = 1000000, .term = { 10, 1 } };

        w.random = g_rand_new_with_seed(seed);
        w.answered_keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        w.open_keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        crash(&w);
        for (guint i = 0; i < STEPS; i++) {
            one_step(&w);
        }
        drain(&w);
        assert_int_equal(g_hash_table_size(w.open_keys), 0);
        n_runs += w.n_runs;
        n_reports += w.n_reports;
        n_refused += w.n_refused;
        cox_exec_free(w.exec);
        g_rand_free(w.random);
        g_hash_table_unref(w.open_keys);
        g_hash_table_unref(w.answered_keys);
    }
    assert_true(n_runs > 5000);
    assert_true(n_reports > 2000);
    assert_true(n_refused > 300);
}

COX_TEST_MAIN(cmocka_unit_test(operations_of_a_resource_never_overlap_and_each_order_is_answered_once))
