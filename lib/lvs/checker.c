/* lib/lvs/checker.c - one check of one server: when it is probed, and what its answers mean.  Layer 3, pure. */
#include "lvs/checker.h"

#include <string.h>

/* A probe ends by itself at its timeout; one that does not is given up so much later. */
enum { GRACE_MS = 1000, MILLI = 1000 };

/* Values beyond add nothing: weights end far below. */
enum { VALUE_MAX = 1000000 };

/* A moment from 0 up to @limit_ms. */
static gint64
within(gint64 limit_ms, guint32 random)
{
    return limit_ms <= 0 ? 0 : (gint64) (((guint64) random * (guint64) (limit_ms + 1)) >> 32);
}

/* @pause_ms, up to @percent longer or shorter. */
static gint64
varied(gint64 pause_ms, guint percent, guint32 random)
{
    const gint64 span = pause_ms / 100 * percent + pause_ms % 100 * percent / 100;

    return pause_ms - span + within(2 * span, random);
}

void
cox_lvs_checker_init(struct cox_lvs_checker *checker, const struct cox_lvs_check *check, bool is_good, cox_usec now, guint32 random)
{
    memset(checker, 0, sizeof *checker);
    checker->check = check;
    checker->is_good = is_good;
    checker->next_at = cox_usec_after_ms(now, within(check->warmup_ms, random));
}

enum cox_lvs_turn
cox_lvs_checker_wake(struct cox_lvs_checker *checker, guint64 probe, cox_usec now)
{
    if (!cox_usec_is_due(checker->next_at, now)) {
        return COX_LVS_TURN_NOTHING;
    }
    if (checker->probe != 0) {
        return COX_LVS_TURN_LATE;
    }
    checker->probe = probe;
    checker->begun_at = now;
    checker->next_at = cox_usec_after_ms(now, checker->check->timeout_ms + GRACE_MS);
    return COX_LVS_TURN_BEGIN;
}

enum cox_lvs_change
cox_lvs_checker_answer(struct cox_lvs_checker *checker, const struct cox_lvs_answer *answer, cox_usec now, guint32 random)
{
    const struct cox_lvs_check *check = checker->check;
    const bool was_good = checker->is_good, is_new = answer->has_value != checker->has_value || answer->value != checker->value;
    gint64 pause_ms = check->delay_ms;
    enum cox_lvs_change change = COX_LVS_CHANGE_NONE;

    checker->probe = 0;
    checker->is_answered = true;
    if (answer->is_good) {
        checker->has_value = answer->has_value;
        checker->value = answer->value;
        change = is_new ? COX_LVS_CHANGE_VALUE : COX_LVS_CHANGE_NONE;
    }
    if (answer->is_good == was_good) {
        checker->streak = 0;
    } else if (++checker->streak >= (was_good ? check->retries + 1 : MAX(check->rise, 1))) {
        checker->is_good = answer->is_good;
        checker->streak = 0;
        change = answer->is_good ? COX_LVS_CHANGE_UP : COX_LVS_CHANGE_DOWN;
    } else if (was_good) {
        pause_ms = check->retry_ms;
        change = COX_LVS_CHANGE_FAILURE;
    }
    checker->next_at = MAX(now, cox_usec_after_ms(checker->begun_at, varied(pause_ms, check->jitter_percent, random)));
    return change;
}

void
cox_lvs_checker_hurry(struct cox_lvs_checker *checker, cox_usec now)
{
    if (checker->probe == 0) {
        checker->next_at = cox_usec_min(checker->next_at, now);
    }
}

static enum cox_lvs_weigh
weigh_of(const struct cox_lvs_check *check)
{
    return check->kind == COX_LVS_CHECK_PROGRAM ? check->program.weigh
           : check->kind == COX_LVS_CHECK_FILE  ? check->file.weigh
                                                : COX_LVS_WEIGH_NOT;
}

gint64
cox_lvs_checker_weigh(const struct cox_lvs_checker *checker, gint configured, gint64 weight)
{
    const struct cox_lvs_check *check = checker->check;
    const gint64 value = CLAMP(checker->value, -VALUE_MAX, VALUE_MAX);
    gint64 full;

    if (!checker->has_value) {
        return weight;
    }
    switch (weigh_of(check)) {
        case COX_LVS_WEIGH_NOT:
            return weight;
        case COX_LVS_WEIGH_STATUS:
            if (check->kind == COX_LVS_CHECK_FILE) {
                return weight + value * check->file.factor * (check->file.is_reversed ? -1 : 1);
            }
            return value < 2 ? weight : weight + value - 2 - configured;
        case COX_LVS_WEIGH_LOAD:
            full = check->kind == COX_LVS_CHECK_PROGRAM && check->program.full_milli != 0 ? check->program.full_milli : MILLI;
            return weight <= 0 ? weight : MAX(1, weight * full / MAX(value, full));
    }
    return weight;
}
