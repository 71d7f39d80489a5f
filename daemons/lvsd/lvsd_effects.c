/* daemons/lvsd/lvsd_effects.c - what the engine asks for, in its order.  Layer 6. */
#include "daemons/lvsd/lvsd.h"

static void
on_wake(void *context)
{
    const struct cox_lvs_event event = { .kind = COX_LVS_ON_WAKE };
    struct cox_lvsd *lvsd = context;

    lvsd->wake_timer = 0;
    cox_lvsd_step(lvsd, &event);
}

static void
set_timer(struct cox_lvsd *lvsd, cox_usec at)
{
    cox_runtime_cancel(lvsd->runtime, lvsd->wake_timer);
    lvsd->wake_timer = cox_runtime_timer(lvsd->runtime, at, on_wake, lvsd);
}

/* Does it come after the operations before it? */
static bool
waits_for_operations(enum cox_lvs_effect_kind kind)
{
    return kind != COX_LVS_DO_OPS && kind != COX_LVS_DO_WAKE && kind != COX_LVS_DO_SAY && kind != COX_LVS_DO_PROBE && kind != COX_LVS_DO_CANCEL;
}

static void
carry_out(struct cox_lvsd *lvsd, const struct cox_lvs_effect *effect)
{
    switch (effect->kind) {
        case COX_LVS_DO_READ:
            cox_lvsd_read(lvsd, effect->number);
            break;
        case COX_LVS_DO_FLUSH:
            cox_lvsd_flush(lvsd);
            break;
        case COX_LVS_DO_OPS:
            lvsd->has_news = true;
            for (guint i = 0; i < effect->n_ops; i++) {
                g_ptr_array_add(lvsd->ops, (gpointer) (guintptr) &effect->ops[i]);
            }
            break;
        case COX_LVS_DO_PROBE:
            lvsd->n_probes++;
            cox_probes_begin(lvsd->probes, effect->number, effect->check);
            break;
        case COX_LVS_DO_CANCEL:
            cox_probes_cancel(lvsd->probes, effect->number);
            break;
        case COX_LVS_DO_RUN:
            cox_lvsd_run(lvsd, effect);
            break;
        case COX_LVS_DO_SAY:
            lvsd->has_news = true;
            cox_lvsd_say(lvsd, effect);
            break;
        case COX_LVS_DO_SYNC_START:
            cox_lvsd_start_sync(lvsd, effect);
            break;
        case COX_LVS_DO_SYNC_STOP:
            cox_lvsd_stop_sync(lvsd, effect->role);
            break;
        case COX_LVS_DO_TIMEOUTS:
            cox_lvsd_set_timeouts(lvsd, effect);
            break;
        case COX_LVS_DO_WAKE:
            set_timer(lvsd, effect->at);
            break;
        case COX_LVS_DO_DONE:
            break; /* the step is the stop's */
    }
}

void
cox_lvsd_carry_out(struct cox_lvsd *lvsd)
{
    for (guint i = 0; i < cox_lvs_effects_count(&lvsd->effects); i++) {
        const struct cox_lvs_effect *effect = cox_lvs_effects_get(&lvsd->effects, i);

        if (waits_for_operations(effect->kind)) {
            cox_lvsd_apply(lvsd);
        }
        carry_out(lvsd, effect);
    }
    cox_lvsd_apply(lvsd);
}
