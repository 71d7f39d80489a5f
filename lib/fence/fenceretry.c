/* lib/fence/fenceretry.c - when a node that could not be fenced is tried again.  Layer 3, pure. */
#include "fence/fenceretry.h"

struct failures {
    guint n;
    gint64 pause_ms;
    cox_usec at;
};

void
cox_fenceretry_init(struct cox_fenceretry *retry, guint max_attempts, gint64 pause_ms, gint64 pause_max_ms)
{
    *retry = (struct cox_fenceretry) { max_attempts, pause_ms, pause_max_ms, NULL };
    retry->targets = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

void
cox_fenceretry_clear(struct cox_fenceretry *retry)
{
    g_clear_pointer(&retry->targets, g_hash_table_unref);
}

void
cox_fenceretry_note_failure(struct cox_fenceretry *retry, const char *target, cox_usec now)
{
    struct failures *failures = g_hash_table_lookup(retry->targets, target);

    if (failures == NULL) {
        failures = g_new0(struct failures, 1);
        g_hash_table_insert(retry->targets, g_strdup(target), failures);
    }
    failures->n++;
    if (failures->n >= retry->max_attempts) {
        failures->pause_ms = CLAMP(failures->pause_ms * 2, retry->pause_ms, retry->pause_max_ms);
    }
    failures->at = cox_usec_after_ms(now, failures->pause_ms);
}

void
cox_fenceretry_note_success(struct cox_fenceretry *retry, const char *target)
{
    g_hash_table_remove(retry->targets, target);
}

cox_usec
cox_fenceretry_at(const struct cox_fenceretry *retry, const char *target)
{
    const struct failures *failures = g_hash_table_lookup(retry->targets, target);

    return failures == NULL ? G_MININT64 : failures->at;
}

guint
cox_fenceretry_failures(const struct cox_fenceretry *retry, const char *target)
{
    const struct failures *failures = g_hash_table_lookup(retry->targets, target);

    return failures == NULL ? 0 : failures->n;
}
