/* lib/base/arena.c - memory that is given back all at once.  Layer 0. */
#include "base/arena.h"

#include "base/error.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

enum { BLOCK_BYTES = 64 * 1024, FIRST_BLOCK_BYTES = 2 * 1024 /* messages need no more */ };

struct block {
    struct block *next;
    size_t used;
    size_t size;
    alignas(max_align_t) char data[];
};

struct cox_arena {
    struct block *blocks; /* the first one is being filled */
    GHashTable *interned; /* text -> the same text; made on first use */
    size_t used_bytes;
    size_t n_holders;
    GPtrArray *held; /* struct cox_arena; made on first use */
};

struct cox_arena *
cox_arena_new(void)
{
    return g_new0(struct cox_arena, 1);
}

void
cox_arena_free(struct cox_arena *arena)
{
    if (arena == NULL || arena->n_holders-- > 0) {
        return;
    }
    for (struct block *b = arena->blocks; b != NULL;) {
        struct block *next = b->next;

        g_free(b);
        b = next;
    }
    if (arena->interned != NULL) {
        g_hash_table_destroy(arena->interned);
    }
    if (arena->held != NULL) {
        g_ptr_array_unref(arena->held);
    }
    g_free(arena);
}

void
cox_arena_hold(struct cox_arena *arena, struct cox_arena *other)
{
    if (arena->held == NULL) {
        arena->held = g_ptr_array_new_with_free_func((GDestroyNotify) cox_arena_free);
    }
    other->n_holders++;
    g_ptr_array_add(arena->held, other);
}

static struct block *
new_block(struct cox_arena *arena, size_t size)
{
    size_t capacity = MAX(size, (size_t) (arena->blocks == NULL ? FIRST_BLOCK_BYTES : BLOCK_BYTES));
    struct block *b = NULL;

    b = g_malloc(sizeof(struct block) + capacity);
    b->used = 0;
    b->size = capacity;
    if (size > BLOCK_BYTES / 4 && arena->blocks != NULL) {
        /* A large piece gets a block of its own; keep filling the present one. */
        b->next = arena->blocks->next;
        arena->blocks->next = b;
    } else {
        b->next = arena->blocks;
        arena->blocks = b;
    }
    return b;
}

/* @size bytes that begin at a multiple of @alignment. */
static char *
take(struct cox_arena *arena, size_t size, size_t alignment)
{
    struct block *b = arena->blocks;
    size_t at = b == NULL ? 0 : (b->used + alignment - 1) & ~(alignment - 1);

    if (b == NULL || at > b->size || b->size - at < size) {
        b = new_block(arena, size);
        at = 0;
    }
    arena->used_bytes += at + size - b->used;
    b->used = at + size;
    return b->data + at;
}

void *
cox_arena_alloc(struct cox_arena *arena, size_t size_bytes)
{
    COX_BUG_ON(size_bytes > SIZE_MAX / 2);
    return memset(take(arena, MAX(size_bytes, 1), alignof(max_align_t)), 0, size_bytes);
}

const char *
cox_arena_strndup(struct cox_arena *arena, const char *text, size_t length)
{
    char *copy = NULL;

    COX_BUG_ON(length > SIZE_MAX / 2);
    copy = take(arena, length + 1, 1);
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

const char *
cox_arena_strdup(struct cox_arena *arena, const char *text)
{
    return text == NULL ? NULL : cox_arena_strndup(arena, text, strlen(text));
}

const char *
cox_arena_intern(struct cox_arena *arena, const char *text)
{
    const char *known;

    if (text == NULL) {
        return NULL;
    }
    if (arena->interned == NULL) {
        arena->interned = g_hash_table_new(g_str_hash, g_str_equal);
    }
    known = g_hash_table_lookup(arena->interned, text);
    if (known == NULL) {
        known = cox_arena_strdup(arena, text);
        g_hash_table_add(arena->interned, (gpointer) (uintptr_t) known);
    }
    return known;
}

const char *
cox_arena_printf(struct cox_arena *arena, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    return cox_arena_strdup(arena, text);
}

void *
cox_arena_memdup(struct cox_arena *arena, const void *data, size_t n, size_t size_bytes)
{
    void *copy;

    if (n == 0) {
        return NULL;
    }
    copy = cox_arena_alloc(arena, n * size_bytes);
    return memcpy(copy, data, n * size_bytes);
}

size_t
cox_arena_used_bytes(const struct cox_arena *arena)
{
    return arena->used_bytes;
}
