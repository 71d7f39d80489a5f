/* lib/base/diag.h - problems found in user data: collected, never thrown.  Layer 0. */
#ifndef COX_BASE_DIAG_H
#define COX_BASE_DIAG_H

#include <stddef.h>
#include <stdbool.h>
#include <glib.h>

G_BEGIN_DECLS

enum cox_severity {
    COX_SEVERITY_INFO = 0,
    COX_SEVERITY_WARNING,
    COX_SEVERITY_ERROR,
};

/** One problem: which object, what is wrong with which value, what to do about it. */
struct cox_diag {
    enum cox_severity severity;
    const char *object; /**< id of the object, or NULL */
    const char *text;   /**< names object and value */
    const char *remedy; /**< or NULL */
    int line;           /**< in the input, 0 when unknown */
};

struct cox_diags;

/** An empty list; the caller owns it. */
struct cox_diags *cox_diags_new(void);
void cox_diags_free(struct cox_diags *diags);

/** Add a problem; texts are copied.  @object and @remedy may be NULL.  A NULL list drops it. */
void cox_diags_add(struct cox_diags *diags, enum cox_severity severity, const char *object, const char *remedy,
                   const char *format, ...) G_GNUC_PRINTF(5, 6);

/** As cox_diags_add, with the line in the input. */
void cox_diags_add_at(struct cox_diags *diags, const struct cox_diag *diag);

size_t cox_diags_count(const struct cox_diags *diags);

/** Problem number @index (0 based), borrowed until the list is freed. */
const struct cox_diag *cox_diags_get(const struct cox_diags *diags, size_t index);

/** Is there at least one of @severity or worse? */
bool cox_diags_has(const struct cox_diags *diags, enum cox_severity severity);

/** "OBJECT: TEXT; REMEDY" without what is not there; the caller frees. */
char *cox_diag_line(const struct cox_diag *diag);

/** The errors as one text, "LINE | LINE | and N more" beyond the first @most; "" when there is none.  The caller frees. */
char *cox_diags_errors(const struct cox_diags *diags, size_t most);

typedef struct cox_diags cox_diags; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_diags, cox_diags_free)

G_END_DECLS

#endif
