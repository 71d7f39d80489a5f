/* lib/model/score.h - scores: how much something is wanted, from -INFINITY to INFINITY.  Layer 1, pure. */
#ifndef COX_MODEL_SCORE_H
#define COX_MODEL_SCORE_H

#include <stdbool.h>
#include <glib.h>

G_BEGIN_DECLS

/** A score within +-COX_SCORE_INFINITY. */
typedef gint32 cox_score;

#define COX_SCORE_INFINITY 1000000

/**
 * Sum of two scores.  -INFINITY wins over everything, then INFINITY; else the sum, clamped.
 * Source: the field's score arithmetic (Pacemaker Explained, "Scores").
 */
cox_score cox_score_add(cox_score a, cox_score b);

/** @a times @factor percent-free integer, clamped. */
cox_score cox_score_mul(cox_score a, gint64 factor);

/**
 * Parse a score: an integer (clamped to +-INFINITY), "INFINITY", "+INFINITY", "-INFINITY", and the node health colours
 * are not scores (see health.h).
 *
 * @param score  set on success only
 * @param error  COX_ERROR_SYNTAX, quoting @text
 */
bool cox_score_parse(const char *text, cox_score *score, GError **error);

/** Space that cox_score_format needs. */
enum { COX_SCORE_TEXT_BYTES = 12 };

/** "INFINITY", "-INFINITY" or the number, written to @buffer, which is returned. */
const char *cox_score_format(cox_score score, char buffer[COX_SCORE_TEXT_BYTES]);

G_END_DECLS

#endif
