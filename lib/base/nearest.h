/* lib/base/nearest.h - which of the known names was probably meant by one that is not known?  Layer 0. */
#ifndef COX_BASE_NEAREST_H
#define COX_BASE_NEAREST_H

#include <stddef.h>
#include <glib.h>

G_BEGIN_DECLS

/**
 * How many letters have to be put in, left out, changed or exchanged with their neighbour to make one word of the other; upper and lower
 * case are the same.  (Optimal string alignment; Damerau 1964.)  Words longer than 255 bytes are as far apart as the longer one is long.
 */
size_t cox_nearest_distance(const char *a, const char *b);

/**
 * The candidate that @word was probably meant to be: the nearest, the first of several; one that begins with @word comes before all that
 * do not.
 *
 * @param candidates  NULL members are passed over
 * @return borrowed from @candidates; NULL when all differ in more than half of the letters of @word
 */
const char *cox_nearest(const char *word, const char *const *candidates, size_t n_candidates);

/** "; did you mean 'NAME'?", or "" when there is no such candidate; the caller frees it. */
char *cox_nearest_hint(const char *word, const char *const *candidates, size_t n_candidates);

G_END_DECLS

#endif
