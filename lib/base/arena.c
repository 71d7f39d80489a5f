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
};

struct cox_arena *
cox_arena_new(void)
{
    return g_new0(struct cox_arena, 1);
}

void
cox_arena_free(struct cox_arena *arena)
{
    if (arena == NULL) {
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
    g_free(arena);
}

static struct block *
block_for(struct cox_arena *arena, size_t size)
{
    struct block *b = arena->blocks;
    size_t capacity = MAX(size, (size_t) (b == NULL ? FIRST_BLOCK_BYTES : BLOCK_BYTES));

    if (b != NULL && b->size - b->used >= size) {
        return b;
    }
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

void *
cox_arena_alloc(struct cox_arena *arena, size_t size_bytes)
{
    size_t size;
    struct block *b;
    void *result;

    COX_BUG_ON(size_bytes > SIZE_MAX / 2);
    size = (MAX(size_bytes, 1) + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    b = block_for(arena, size);
    result = b->data + b->used;
    b->used += size;
    arena->used_bytes += size;
    return memset(result, 0, size);
}

const char *
cox_arena_strndup(struct cox_arena *arena, const char *text, size_t length)
{
    struct block *b = NULL;
    char *copy = NULL;
    size_t room = 0;
    size_t size = 0; /* strings need no alignment, the next piece does */

    COX_BUG_ON(length > SIZE_MAX / 2);
    b = block_for(arena, length + 1);
    copy = b->data + b->used;
    room = b->size - b->used;
    size = MIN(room, (length + 1 + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1));
    memcpy(copy, text, length);
    copy[length] = '\0';
    b->used += size;
    arena->used_bytes += size;
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
