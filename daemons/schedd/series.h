/* daemons/schedd/series.h - the saved inputs of the scheduler: pe-input-N.bz2 and its like, in rotation.  Layer 6. */
#ifndef COX_SCHEDD_SERIES_H
#define COX_SCHEDD_SERIES_H

#include <stdbool.h>
#include <glib.h>

G_BEGIN_DECLS

enum cox_series_kind {
    COX_SERIES_INPUT = 0, /**< ordinary */
    COX_SERIES_WARN,      /**< the configuration has something questionable */
    COX_SERIES_ERROR,     /**< it has something wrong, or crashed the scheduler */
    COX_SERIES_N_KINDS,
};

/** A folder of saved inputs. */
struct cox_series;

/** The folder @directory is made when something is saved. */
struct cox_series *cox_series_new(const char *directory);
void cox_series_free(struct cox_series *series);

/**
 * The next place of its kind; nothing is written.
 *
 * @param limit  so many are kept: numbers begin anew at 0 after it; negative: all; 0: none
 * @return the path, the caller frees it; NULL when none are kept
 */
char *cox_series_next(struct cox_series *series, enum cox_series_kind kind, gint64 limit);

/**
 * Remove what was left of files that were being written when a process ended.  A thread may do it, before the first
 * cox_series_save(); what cannot be removed stays.
 */
void cox_series_tidy(const struct cox_series *series);

/**
 * Write @text (a document) to @path, compressed, and note its number as the last of its kind.  Looks at nothing that the other
 * functions change, so a thread may do it.
 * @return false with COX_ERROR_CANNOT_CREATE or COX_ERROR_IO naming the path
 */
bool cox_series_save(const struct cox_series *series, const char *path, const char *text, gsize length, GError **error);

typedef struct cox_series cox_series; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_series, cox_series_free)

G_END_DECLS

#endif
