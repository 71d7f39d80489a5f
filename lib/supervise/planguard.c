/* lib/supervise/planguard.c - a configuration that crashes the scheduler must not stop the cluster: the engine.  Layer 3, pure. */
#include "supervise/planguard.h"

struct cox_planguard {
    struct cox_planguard_config config;
    char *current;       /* in force; NULL: none yet */
    char *object;        /* changed last since the good one */
    char *good;          /* planned last; NULL: none ever */
    char *asked;         /* what the scheduler works on; NULL: nothing */
    guint crashes;       /* of what is tried at present, in a row */
    bool is_aside;       /* the configuration in force is not tried any more */
    bool is_alarmed;     /* said, and not yet over */
    bool is_wanted;      /* a plan is wanted and not under way */
    gint64 pause_ms;
    cox_usec pause_until; /* COX_USEC_NEVER: no pause */
    cox_usec wake_at;
};

struct cox_planguard *
cox_planguard_new(const struct cox_planguard_config *config)
{
    struct cox_planguard *guard = g_new0(struct cox_planguard, 1);

    guard->config = *config;
    guard->pause_until = guard->wake_at = COX_USEC_NEVER;
    return guard;
}

void
cox_planguard_free(struct cox_planguard *guard)
{
    if (guard == NULL) {
        return;
    }
    g_free(guard->current);
    g_free(guard->object);
    g_free(guard->good);
    g_free(guard->asked);
    g_free(guard);
}

static void
set_text(char **field, const char *text)
{
    char *copy = g_strdup(text);

    g_free(*field);
    *field = copy;
}

static struct cox_planguard_effect *
add(struct cox_planguard_effects *out, enum cox_planguard_effect_kind kind, const char *config)
{
    struct cox_planguard_effect *effect = cox_effects_add(&out->list);

    effect->kind = kind;
    effect->config = cox_effects_text(&out->list, config);
    return effect;
}

static void
end_pause(struct cox_planguard *guard)
{
    guard->pause_ms = 0;
    guard->pause_until = COX_USEC_NEVER;
    guard->crashes = 0;
}

static void
on_config(struct cox_planguard *guard, const struct cox_planguard_event *event)
{
    if (event->object != NULL) {
        set_text(&guard->object, event->object);
    }
    if (g_strcmp0(event->config, guard->current) == 0) {
        return;
    }
    set_text(&guard->current, event->config);
    if (guard->is_aside) {
        guard->is_wanted = true; /* the next change is tried without being asked */
    }
    end_pause(guard);
    guard->is_aside = false;
}

static void
on_planned(struct cox_planguard *guard, struct cox_planguard_effects *out)
{
    g_autofree char *asked = g_steal_pointer(&guard->asked);

    if (asked == NULL) {
        return;
    }
    end_pause(guard);
    if (g_strcmp0(asked, guard->current) == 0) {
        set_text(&guard->good, asked);
        g_clear_pointer(&guard->object, g_free);
        guard->is_aside = false;
        if (guard->is_alarmed) {
            guard->is_alarmed = false;
            add(out, COX_PLANGUARD_DO_CLEAR, asked);
        }
    }
}

static void
set_aside(struct cox_planguard *guard, struct cox_planguard_effects *out)
{
    struct cox_planguard_effect *effect = NULL;

    guard->is_aside = guard->is_alarmed = true;
    guard->crashes = 0;
    add(out, COX_PLANGUARD_DO_SAVE, guard->current);
    effect = add(out, COX_PLANGUARD_DO_SAY, guard->current);
    effect->object = cox_effects_text(&out->list, guard->object);
    if (g_strcmp0(guard->good, guard->current) != 0) {
        effect->fallback = cox_effects_text(&out->list, guard->good);
    }
}

static void
on_crashed(struct cox_planguard *guard, cox_usec now, struct cox_planguard_effects *out)
{
    g_autofree char *asked = g_steal_pointer(&guard->asked);
    bool is_fallback = guard->is_aside;

    if (asked == NULL) {
        return;
    }
    guard->is_wanted = true;
    if (!is_fallback && g_strcmp0(asked, guard->current) != 0) {
        return; /* over an older one; the new one has not been tried */
    }
    if (++guard->crashes < guard->config.crash_limit) {
        return;
    }
    if (!is_fallback) {
        set_aside(guard, out);
        /* With another configuration to fall back on there is no reason to wait. */
        if (guard->good != NULL && !g_str_equal(guard->good, guard->current)) {
            return;
        }
    }
    guard->crashes = guard->config.crash_limit - 1; /* one more try after each pause */
    guard->pause_ms = CLAMP(guard->pause_ms * 2, guard->config.retry_ms, guard->config.retry_max_ms);
    guard->pause_until = cox_usec_after_ms(now, guard->pause_ms);
}

static void
plan_if_wanted(struct cox_planguard *guard, cox_usec now, struct cox_planguard_effects *out)
{
    const char *config = guard->current;

    if (cox_usec_is_due(guard->pause_until, now)) {
        guard->pause_until = COX_USEC_NEVER;
    }
    if (!guard->is_wanted || guard->asked != NULL || cox_usec_is_set(guard->pause_until) || guard->current == NULL) {
        return;
    }
    if (guard->is_aside && guard->good != NULL) {
        config = guard->good;
    }
    guard->is_wanted = false;
    guard->asked = g_strdup(config);
    add(out, COX_PLANGUARD_DO_PLAN, config)->is_fallback = guard->is_aside;
}

void
cox_planguard_step(struct cox_planguard *guard, const struct cox_planguard_event *event, cox_usec now,
                   struct cox_planguard_effects *out)
{
    switch (event->kind) {
        case COX_PLANGUARD_ON_CONFIG:
            on_config(guard, event);
            break;
        case COX_PLANGUARD_ON_ASK:
            guard->is_wanted = true;
            break;
        case COX_PLANGUARD_ON_PLANNED:
            on_planned(guard, out);
            break;
        case COX_PLANGUARD_ON_CRASHED:
            on_crashed(guard, now, out);
            break;
        case COX_PLANGUARD_ON_WAKE:
            guard->wake_at = COX_USEC_NEVER;
            break;
    }
    plan_if_wanted(guard, now, out);
    if (guard->pause_until != guard->wake_at) {
        guard->wake_at = guard->pause_until;
        add(out, COX_PLANGUARD_DO_WAKE, NULL)->at = guard->pause_until;
    }
}
