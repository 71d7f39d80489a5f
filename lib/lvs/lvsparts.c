/* lib/lvs/lvsparts.c - what all parts of the engine of virtual servers use: chance, effects, the queue.  Layer 3, pure. */
#include "lvs/lvs_priv.h"

guint32
cox_lvs_random(struct cox_lvs *lvs)
{
    guint64 x = lvs->seed += G_GUINT64_CONSTANT(0x9e3779b97f4a7c15); /* splitmix64 */

    x = (x ^ (x >> 30)) * G_GUINT64_CONSTANT(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * G_GUINT64_CONSTANT(0x94d049bb133111eb);
    return (guint32) (x >> 32);
}

struct cox_lvs_effect *
cox_lvs_add(struct cox_lvs_effects *out, enum cox_lvs_effect_kind kind)
{
    struct cox_lvs_effect *effect = cox_effects_add(&out->list);

    effect->kind = kind;
    return effect;
}

gint
cox_lvs_by_due(gconstpointer a, gconstpointer b, gpointer data)
{
    const struct cox_lvs_due *one = a, *other = b;

    (void) data;
    return one->at != other->at ? (one->at > other->at) - (one->at < other->at) : (one->number > other->number) - (one->number < other->number);
}

void
cox_lvs_queue(struct cox_lvs *lvs, struct cox_lvs_due *due, cox_usec at)
{
    if (cox_usec_is_set(due->at)) {
        g_tree_remove(lvs->queue, due);
    }
    due->at = at;
    if (due->number == 0) {
        due->number = ++lvs->last_number;
    }
    if (cox_usec_is_set(at)) {
        g_tree_insert(lvs->queue, due, due);
    }
}

void
cox_lvs_dirty(struct cox_lvs *lvs, struct pool *pool)
{
    if (!pool->is_dirty) {
        pool->is_dirty = true;
        g_ptr_array_add(lvs->dirty, pool);
    }
}

void
cox_lvs_cancel(struct cox_lvs *lvs, struct watch *watch, struct cox_lvs_effects *out)
{
    if (watch->checker.probe != 0) {
        cox_lvs_add(out, COX_LVS_DO_CANCEL)->number = watch->checker.probe;
        g_hash_table_remove(lvs->probes, &watch->checker.probe);
        watch->checker.probe = 0;
    }
}

void
cox_lvs_read(struct cox_lvs *lvs, struct cox_lvs_effects *out)
{
    lvs->read_at = COX_USEC_NEVER;
    if (lvs->reading != 0) {
        lvs->is_stale = true;
    } else {
        lvs->reading = ++lvs->last_number;
        lvs->is_stale = false;
        cox_lvs_add(out, COX_LVS_DO_READ)->number = lvs->reading;
    }
}
