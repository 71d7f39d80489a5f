/* lib/base/arena.h - memory that is given back all at once.  Layer 0. */
#ifndef COX_BASE_ARENA_H
#define COX_BASE_ARENA_H

#include <stddef.h>
#include <glib.h>

G_BEGIN_DECLS

struct cox_arena;

/** A new, empty arena; the caller owns it. */
struct cox_arena *cox_arena_new(void);

/** Give back the arena and everything taken from it, when nobody holds it any more.  NULL is allowed. */
void cox_arena_free(struct cox_arena *arena);

/** @other lives at least as long as @arena, which may point into it; it must not hold @arena itself. */
void cox_arena_hold(struct cox_arena *arena, struct cox_arena *other);

/** @size_bytes zeroed bytes, aligned for any type, living as long as the arena.  Never NULL. */
void *cox_arena_alloc(struct cox_arena *arena, size_t size_bytes);

/** A copy of @text that lives as long as the arena; NULL for NULL. */
const char *cox_arena_strdup(struct cox_arena *arena, const char *text);

/** As cox_arena_strdup for the first @length bytes of @text; the copy is terminated. */
const char *cox_arena_strndup(struct cox_arena *arena, const char *text, size_t length);

/** Like cox_arena_strdup, but equal texts share one copy (ids, names, values that repeat). */
const char *cox_arena_intern(struct cox_arena *arena, const char *text);

/** printf into the arena. */
const char *cox_arena_printf(struct cox_arena *arena, const char *format, ...) G_GNUC_PRINTF(2, 3);

/** A copy of @n elements of @size_bytes each, or NULL when @n is 0. */
void *cox_arena_memdup(struct cox_arena *arena, const void *data, size_t n, size_t size_bytes);

/** Bytes taken so far, for statistics. */
size_t cox_arena_used_bytes(const struct cox_arena *arena);

/** @n zeroed elements of @type. */
#define cox_arena_new_array(arena, type, n) ((type *) cox_arena_alloc((arena), sizeof(type) * (size_t) (n)))

typedef struct cox_arena cox_arena; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_arena, cox_arena_free)


G_END_DECLS

#endif
