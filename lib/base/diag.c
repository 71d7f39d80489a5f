/* lib/base/diag.c - problems found in user data: collected, never thrown.  Layer 0. */
#include "base/diag.h"

#include "base/arena.h"

#include <stdarg.h>

struct cox_diags {
    struct cox_arena *arena;
    GArray *list; /* struct cox_diag */
};

struct cox_diags *
cox_diags_new(void)
{
    struct cox_diags *diags = g_new0(struct cox_diags, 1);

    diags->arena = cox_arena_new();
    diags->list = g_array_new(FALSE, FALSE, sizeof(struct cox_diag));
    return diags;
}

void
cox_diags_free(struct cox_diags *diags)
{
    if (diags == NULL) {
        return;
    }
    g_array_free(diags->list, TRUE);
    cox_arena_free(diags->arena);
    g_free(diags);
}

void
cox_diags_add_at(struct cox_diags *diags, const struct cox_diag *diag)
{
    struct cox_diag copy;

    if (diags == NULL) {
        return;
    }
    copy = (struct cox_diag) {
        .severity = diag->severity,
        .object = cox_arena_strdup(diags->arena, diag->object),
        .text = cox_arena_strdup(diags->arena, diag->text),
        .remedy = cox_arena_strdup(diags->arena, diag->remedy),
        .line = diag->line,
    };
    g_array_append_val(diags->list, copy);
}

void
cox_diags_add(struct cox_diags *diags, enum cox_severity severity, const char *object, const char *remedy,
              const char *format, ...)
{
    g_autofree char *text = NULL;
    struct cox_diag diag = { .severity = severity, .object = object, .remedy = remedy };
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    diag.text = text;
    cox_diags_add_at(diags, &diag);
}

size_t
cox_diags_count(const struct cox_diags *diags)
{
    return diags->list->len;
}

const struct cox_diag *
cox_diags_get(const struct cox_diags *diags, size_t index)
{
    return &g_array_index(diags->list, struct cox_diag, index);
}

bool
cox_diags_has(const struct cox_diags *diags, enum cox_severity severity)
{
    for (size_t i = 0; i < diags->list->len; i++) {
        if (cox_diags_get(diags, i)->severity >= severity) {
            return true;
        }
    }
    return false;
}

char *
cox_diag_line(const struct cox_diag *diag)
{
    return g_strdup_printf("%s%s%s%s%s", diag->object == NULL ? "" : diag->object, diag->object == NULL ? "" : ": ", diag->text,
                           diag->remedy == NULL ? "" : "; ", diag->remedy == NULL ? "" : diag->remedy);
}

char *
cox_diags_errors(const struct cox_diags *diags, size_t most)
{
    GString *text = g_string_new(NULL);
    size_t n = 0;

    for (size_t i = 0; i < cox_diags_count(diags); i++) {
        const struct cox_diag *diag = cox_diags_get(diags, i);
        g_autofree char *line = diag->severity == COX_SEVERITY_ERROR && ++n <= most ? cox_diag_line(diag) : NULL;

        if (line != NULL) {
            g_string_append_printf(text, "%s%s", n > 1 ? " | " : "", line);
        }
    }
    if (n > most) {
        g_string_append_printf(text, " | and %zu more", n - most);
    }
    return g_string_free(text, FALSE);
}
