/* lib/base/effects.c - what the steps of an engine ask for.  Layer 0. */
#include "base/effects.h"

void
cox_effects_init(struct cox_effects *effects, size_t item_bytes)
{
    effects->items = g_array_new(FALSE, TRUE, (guint) item_bytes);
    effects->arena = NULL;
    effects->kept = NULL;
}

void
cox_effects_clear(struct cox_effects *effects)
{
    g_clear_pointer(&effects->items, g_array_unref);
    g_clear_pointer(&effects->arena, cox_arena_free);
    g_clear_pointer(&effects->kept, g_array_unref);
}

void
cox_effects_reset(struct cox_effects *effects)
{
    g_array_set_size(effects->items, 0);
    g_clear_pointer(&effects->arena, cox_arena_free);
    g_clear_pointer(&effects->kept, g_array_unref);
}

void *
cox_effects_add(struct cox_effects *effects)
{
    guint n = effects->items->len;

    g_array_set_size(effects->items, n + 1);
    return effects->items->data + (gsize) n * g_array_get_element_size(effects->items);
}

static struct cox_arena *
arena_of(struct cox_effects *effects)
{
    if (effects->arena == NULL) {
        effects->arena = cox_arena_new();
    }
    return effects->arena;
}

const char *
cox_effects_text(struct cox_effects *effects, const char *text)
{
    return text == NULL ? NULL : cox_arena_strdup(arena_of(effects), text);
}

const void *
cox_effects_array(struct cox_effects *effects, const void *data, size_t n, size_t size_bytes)
{
    return n == 0 ? NULL : cox_arena_memdup(arena_of(effects), data, n, size_bytes);
}

struct kept {
    gpointer thing;
    GDestroyNotify free;
};

static void
free_kept(gpointer data)
{
    const struct kept *kept = data;

    kept->free(kept->thing);
}

void
cox_effects_keep(struct cox_effects *effects, gpointer thing, GDestroyNotify free)
{
    const struct kept kept = { thing, free };

    if (effects->kept == NULL) {
        effects->kept = g_array_new(FALSE, FALSE, sizeof(struct kept));
        g_array_set_clear_func(effects->kept, free_kept);
    }
    g_array_append_val(effects->kept, kept);
}
