/* lib/fence/fencelevel.c - topology: which devices must fence a node together.  Layer 3, pure. */
#include "fence/fencelevel.h"

bool
cox_fencelevel_matches(const struct cox_fencelevel *level, const char *name, const char *attribute)
{
    switch (level->kind) {
        case COX_FENCE_TARGET_NAME:
            return g_ascii_strcasecmp(level->target, name) == 0;
        case COX_FENCE_TARGET_PATTERN:
            return g_regex_match_simple(level->target, name, G_REGEX_CASELESS, 0);
        case COX_FENCE_TARGET_ATTRIBUTE:
            break;
    }
    return g_strcmp0(level->value, attribute) == 0;
}

bool
cox_fencelevel_is_same(const struct cox_fencelevel *a, const struct cox_fencelevel *b)
{
    return a->kind == b->kind && a->index == b->index && g_strcmp0(a->target, b->target) == 0 && g_strcmp0(a->value, b->value) == 0;
}

static void
add(GArray *steps, guint device, enum cox_fence_action action)
{
    struct cox_fencestep step = { device, action };

    g_array_append_val(steps, step);
}

guint
cox_fencelevel_steps(const struct cox_fencedevice *const *devices, guint n, enum cox_fence_action action, GArray *steps)
{
    bool is_split = action == COX_FENCE_REBOOT && (n > 1 || !devices[0]->def.can[COX_FENCE_REBOOT]);

    for (guint i = 0; i < n; i++) {
        add(steps, i, is_split ? COX_FENCE_OFF : action);
    }
    for (guint i = 0; is_split && i < n; i++) {
        if (!devices[i]->def.is_automatic && devices[i]->def.can[COX_FENCE_ON]) {
            add(steps, i, COX_FENCE_ON);
        }
    }
    return n;
}
