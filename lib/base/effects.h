/* lib/base/effects.h - what the steps of an engine ask for: elements in order, with the texts they point to.  Layer 0. */
#ifndef COX_BASE_EFFECTS_H
#define COX_BASE_EFFECTS_H

#include <stddef.h>
#include <glib.h>

#include "base/arena.h"

G_BEGIN_DECLS

/** A list of elements of one size.  Not used as it is: COX_EFFECTS_DEFINE() wraps it in a type for each engine. */
struct cox_effects {
    GArray *items;
    struct cox_arena *arena; /**< texts and arrays that the items point to; NULL until the first one */
    GArray *kept;            /**< what else they point into, and how it is freed; NULL until the first one */
};

void cox_effects_init(struct cox_effects *effects, size_t item_bytes);

/** Give back everything. */
void cox_effects_clear(struct cox_effects *effects);

/** Empty the list for the next step; what its items pointed to is gone. */
void cox_effects_reset(struct cox_effects *effects);

/** A zeroed element at the end of the list; valid until the next one is added. */
void *cox_effects_add(struct cox_effects *effects);

/** A copy of @text that lives until reset or clear; NULL for NULL. */
const char *cox_effects_text(struct cox_effects *effects, const char *text);

/** A copy of @n elements of @size_bytes each that lives until reset or clear; NULL when @n is 0. */
const void *cox_effects_array(struct cox_effects *effects, const void *data, size_t n, size_t size_bytes);

/** Take @thing, which the items point into: @free gives it back at reset or clear.  For what is too large to be copied. */
void cox_effects_keep(struct cox_effects *effects, gpointer thing, GDestroyNotify free);

/**
 * Define struct cox_X_effects for elements of struct cox_X_effect, and its few functions.  The caller of cox_X_step() owns
 * the list: the step only appends; the caller carries out the elements in order and resets the list.
 */
#define COX_EFFECTS_DEFINE(engine)                                                                                   \
    struct cox_##engine##_effects {                                                                                  \
        struct cox_effects list;                                                                                     \
    };                                                                                                               \
    static inline void cox_##engine##_effects_init(struct cox_##engine##_effects *effects)                          \
    {                                                                                                                \
        cox_effects_init(&effects->list, sizeof(struct cox_##engine##_effect));                                     \
    }                                                                                                                \
    static inline void cox_##engine##_effects_clear(struct cox_##engine##_effects *effects)                         \
    {                                                                                                                \
        cox_effects_clear(&effects->list);                                                                           \
    }                                                                                                                \
    static inline void cox_##engine##_effects_reset(struct cox_##engine##_effects *effects)                         \
    {                                                                                                                \
        cox_effects_reset(&effects->list);                                                                           \
    }                                                                                                                \
    static inline guint cox_##engine##_effects_count(const struct cox_##engine##_effects *effects)                  \
    {                                                                                                                \
        return effects->list.items->len;                                                                             \
    }                                                                                                                \
    static inline const struct cox_##engine##_effect *cox_##engine##_effects_get(                                   \
        const struct cox_##engine##_effects *effects, guint i)                                                       \
    {                                                                                                                \
        return &g_array_index(effects->list.items, struct cox_##engine##_effect, i);                                \
    }

G_END_DECLS

#endif
